"""A spec laid out for running: every node with what waits for it, and what a foreach node repeats for each item."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from domain.workflows.references import names_of
from domain.workflows.spec import ERROR, Node, NodeType, Spec, body_of

Holds = Literal["items", "rounds"]
"""What a node holds whose work is done by nodes of their own: while those run, nobody runs the holder itself."""

ENDED: Literal["ended"] = "ended"
Wanted = bool | Literal["error", "ended"] | None
"""What an edge asks of the node it comes from: that it succeeds, and, out of a condition, with which result; that it
fails; or nothing but that it has ``ENDED``."""


def holds(node: Node) -> Holds | None:
    """What a node holds, if it does: the items of a loop, or the rounds of an agent, which a model with tools is."""
    if node.type is NodeType.FOREACH:
        return "items"
    agent = node.type is NodeType.AGENT or (node.type is NodeType.LLM and bool(node.config.get("tools")))
    return "rounds" if agent else None


class Spot:
    """One node of a spec, with what is the same of it wherever the spec is placed.

    ``after`` names those that wait for it, with what each of them wants of it; ``needs`` counts those it waits for.
    """

    def __init__(self, node: Node, position: int) -> None:
        self.node = node
        self.position = position
        self.holds: Holds | None = holds(node)
        self.needs = 0
        self.after: list[tuple[str, Wanted]] = []
        self.catches = False
        """Whether its failure is dealt with: by an edge out of it for that, or by its agent, which reads why."""

    @cached_property
    def names(self) -> frozenset[str]:
        """What its references begin from."""
        return names_of(self.node)

    @cached_property
    def body(self) -> "Layout":
        """What it repeats, if it is a holder."""
        return Layout(body_of(self.node))


class Layout:
    """A spec that can be placed any number of times."""

    def __init__(self, spec: Spec) -> None:
        self.spots = [Spot(node, position) for position, node in enumerate(spec.nodes)]
        by_id = {spot.node.id: spot for spot in self.spots}
        for edge in spec.edges:
            before, after = by_id[edge[0]], by_id[edge[1]]
            wanted = edge[2] if len(edge) == 3 else True if before.node.type is NodeType.CONDITION else None
            before.after.append((after.node.id, wanted))
            before.catches |= wanted == ERROR
            after.needs += 1

    def placed(self, parent: "Placed | None" = None, index: int | None = None) -> Iterator["Placed"]:
        """Its nodes where they stand: in the plan itself or, for one of the items, inside a holder."""
        prefix = "" if parent is None else parent.inside(index)
        depth, *path = (0,) if parent is None else (parent.place[0] + 1, *parent.place[1:], index or 0)
        for spot in self.spots:
            node_id = prefix + spot.node.id
            root = node_id if parent is None else parent.root
            caught = spot.catches or (parent is not None and parent.caught)
            yield Placed(node_id, spot, prefix, (depth, *path, spot.position), root, caught, parent, index)


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """One node of the running graph. ``id`` is unique in the task: ``n2``, or ``n2[0].n1`` inside a foreach (where that
    is inside another, ``n3[2].n2[0].n1``).

    ``place`` orders the nodes of a plan: its own, in their order, then those inside of them, then those inside of
    these. ``root`` is the node of the plan itself it belongs to. ``parent`` holds it, for the item ``index``.
    """

    id: str
    spot: Spot
    prefix: str
    """What stands before its own name, and before those of its siblings."""
    place: tuple[int, ...]
    root: str
    caught: bool = False
    """Whether its failure is dealt with: by an edge out of it, or out of what holds it, however far around."""
    parent: "Placed | None" = None
    index: int | None = None

    @property
    def node(self) -> Node:
        return self.spot.node

    @property
    def of_agent(self) -> bool:
        """Whether it is a thought or a call of an agent."""
        return self.parent is not None and self.parent.spot.holds == "rounds"

    def inside(self, index: int | None) -> str:
        """What stands before the names of what it holds: for one of its items, or (``n3/n7``) for a plan of its own."""
        return f"{self.id}/" if index is None else f"{self.id}[{index}]."


def last_nodes(spec: Spec) -> list[Node]:
    """The nodes nothing waits for, but for their failure: what they put out is the result."""
    sources = {edge[0] for edge in spec.edges if edge[2:] != (ERROR,)}
    return [node for node in spec.nodes if node.id not in sources and node.type is not NodeType.POST]
