"""Where the steps of an agent stand: in each round a thought, and the calls that it asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

from domain.workflows.graph import ENDED, Placed, Spot
from domain.workflows.spec import Node, NodeType

THINK = "think"
"""The name of a thought within its round."""


def thought(agent: Placed, index: int) -> Placed:
    """The thought that a round begins with. It is tried again as its agent's node says."""
    node = Node(id=THINK, type=NodeType.THINK, name=THINK, retry=agent.node.retry)
    return _placed(agent, index, Spot(node, 0))


def called(agent: Placed, index: int, calls: Iterable[Mapping[str, Any]]) -> list[Placed]:
    """The calls of a round, each ``{"id", "name", "arguments", "external"}``; what goes wrong with one its agent reads.
    One that is external waits for the one before it, whatever became of that.
    """
    spots: list[Spot] = []
    before: Spot | None = None
    for position, call in enumerate(calls, 1):
        node = Node(id=call["id"], type=NodeType.TOOL, name=call["name"], config=call["arguments"], literal=True)
        spot = Spot(node, position)
        spot.catches = True
        if call["external"]:
            if before is not None:
                before.after.append((node.id, ENDED))
                spot.needs = 1
            before = spot
        spots.append(spot)
    return [_placed(agent, index, spot) for spot in spots]


def _placed(agent: Placed, index: int, spot: Spot) -> Placed:
    prefix, place = agent.inside(index), (agent.place[0] + 1, *agent.place[1:], index, spot.position)
    caught = spot.catches or agent.caught
    return Placed(prefix + spot.node.id, spot, prefix, place, agent.root, caught, agent, index)
