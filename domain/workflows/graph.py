"""A spec laid out for running: every node with what it waits for, foreach nodes opened into their items."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.workflows.spec import Node, NodeType, Spec, body_of


@dataclass(frozen=True, slots=True)
class Need:
    """One incoming edge: of which node, and, out of a condition, for which outcome (true unless it says otherwise)."""

    node_id: str
    outcome: bool | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """One node of the running graph. ``id`` is unique in the task: ``n2``, or ``n2[0].n1`` inside a foreach."""

    id: str
    node: Node
    needs: tuple[Need, ...]
    parent: str | None = None
    index: int | None = None

    @property
    def prefix(self) -> str:
        """What stands before the ids of its siblings."""
        return "" if self.parent is None else f"{self.parent}[{self.index}]."


def lay_out(spec: Spec, opened: Mapping[str, list[Any]]) -> dict[str, Placed]:
    """Every node by id. ``opened`` holds the items of each foreach that has begun."""
    placed = _place(spec)
    for node_id, items in opened.items():
        body = body_of(placed[node_id].node)
        for index in range(len(items)):
            placed.update(_place(body, parent=node_id, index=index))
    return placed


def _place(spec: Spec, parent: str | None = None, index: int | None = None) -> dict[str, Placed]:
    prefix = "" if parent is None else f"{parent}[{index}]."
    needs: dict[str, list[Need]] = {node.id: [] for node in spec.nodes}
    conditions = {node.id for node in spec.nodes if node.type is NodeType.CONDITION}
    for edge in spec.edges:
        outcome = edge[2] if len(edge) == 3 else True if edge[0] in conditions else None
        needs[edge[1]].append(Need(prefix + edge[0], outcome))
    return {
        prefix + node.id: Placed(prefix + node.id, node, tuple(needs[node.id]), parent, index) for node in spec.nodes
    }


def last_nodes(spec: Spec) -> list[Node]:
    """The nodes nothing waits for: what they put out is the result."""
    sources = {edge[0] for edge in spec.edges}
    return [node for node in spec.nodes if node.id not in sources and node.type is not NodeType.POST]


def scope(
    placed: Placed, outputs: Mapping[str, Any], given: Mapping[str, Any], opened: Mapping[str, list[Any]]
) -> dict[str, Any]:
    """What the references of one node can see: earlier outputs by id, and inside a foreach its item and siblings."""
    seen: dict[str, Any] = dict(given)
    seen.update({node_id: {"output": output} for node_id, output in outputs.items() if "[" not in node_id})
    if placed.parent is not None and placed.index is not None:
        prefix = placed.prefix
        seen.update(
            {
                node_id.removeprefix(prefix): {"output": output}
                for node_id, output in outputs.items()
                if node_id.startswith(prefix)
            }
        )
        seen["item"] = opened[placed.parent][placed.index]
        seen["index"] = placed.index
    return seen
