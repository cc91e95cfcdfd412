"""What the references of a node can see: earlier outputs, kept by where the steps stand."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.workflows.graph import Placed
from domain.workflows.references import WHOLE

Given = Callable[[], Mapping[str, Any]]
"""What was given to the task: asked for where a node names what neither a node nor a loop has."""


class Outputs:
    """The outputs of the steps that are over, and the items of the loops that have begun."""

    def __init__(self) -> None:
        self.items: dict[str, list[Any]] = {}
        self._beside: dict[str, dict[str, Any]] = {}
        """By the prefix of the steps, then by the node's own name."""

    def keep(self, placed: Placed, output: Any) -> None:
        self._beside.setdefault(placed.prefix, {})[placed.node.id] = output

    def drop(self, placed: Placed) -> None:
        self._beside.get(placed.prefix, {}).pop(placed.node.id, None)

    def scope(self, placed: Placed, given: Given) -> dict[str, Any]:
        """What the node names of all there is: what was ``given`` to the task, outputs by id, and inside a foreach its
        item, its siblings, and (``outer``) the item that is gone through around it.
        """
        names = placed.spot.names
        if not names:
            return {}
        levels, item = self._levels(placed), self._item(placed)
        if WHOLE in names:
            names = names.union(given(), item, *levels)
        seen: dict[str, Any] = {}
        for name in names:
            if name in item:
                seen[name] = item[name]
            elif (found := next((level[name] for level in levels if name in level), None)) is not None:
                seen[name] = {"output": found}
            elif name in (of_task := given()):
                seen[name] = of_task[name]
        return seen

    def _levels(self, placed: Placed) -> list[Mapping[str, Any]]:
        """Outputs by the node's name: of those beside it, of those around it, and so on outwards."""
        levels: list[Mapping[str, Any]] = []
        around: Placed | None = placed
        while around is not None:
            levels.append(self._beside.get(around.prefix, {}))
            around = around.parent
        return levels

    def _item(self, placed: Placed) -> dict[str, Any]:
        parent, index = placed.parent, placed.index
        if parent is None or index is None:
            return {}
        outer = self._item(parent)
        return {"item": self.items[parent.id][index], "index": index} | ({"outer": outer} if outer else {})
