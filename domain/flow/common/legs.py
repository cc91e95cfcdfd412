"""Agents that came to a limit, and how one goes on from there: with its allowance given again, and all that it has
stored. What only puts into words what it found is said anew after it; where more than that hangs on it, it cannot.
"""

from collections.abc import Iterator

from domain.flow.common.rounds import BEGUN, LEGS, PAST
from domain.flow.common.stands import Stands
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus, declined
from domain.workflows.graph import Placed
from domain.workflows.spec import NodeType

_WORDS = (NodeType.LLM, NodeType.POST, NodeType.CONDITION)
"""Nodes that change nothing, and are no agents."""


def may_go_on(board: Stands) -> list[Step]:
    """Agents that ended at a limit, and on which nothing hangs but words, in the plan's order."""
    return [agent for agent in board.limited if all(_is_words(board, step) for step in _behind(board, agent))]


def let_go_on(board: Stands) -> list[Step]:
    """Make the steps such that these agents go on, each with another leg. Returns those that changed; the board is to
    be laid out anew.
    """
    changed: dict[str, Step] = {}
    for agent in may_go_on(board):
        given = agent.input or {}
        agent.input = given | {LEGS: int(given.get(LEGS) or 0) + 1, PAST: len(board.rounds(agent.node_id))}
        agent.status, agent.output, agent.attempt_count = StepStatus.PENDING, {BEGUN: True}, 0
        changed[agent.node_id] = agent
        for holder in _around(board, agent):
            holder.status, holder.output = StepStatus.RUNNING, {"items": (holder.output or {}).get("items") or []}
            changed[holder.node_id] = holder
        for step in _behind(board, agent):
            step.status, step.output, step.attempt_count = StepStatus.PENDING, None, 0
            step.attempt_group += 0 if step.node_id in changed else 1
            step.input, step.idempotency_key, step.wake_at, step.started_at = None, None, None, None
            changed[step.node_id] = step
    for step in changed.values():
        step.error, step.finished_at = None, None
    return list(changed.values())


def _is_words(board: Stands, step: Step) -> bool:
    """Whether a step has done nothing but put into words; what was left out has done nothing at all."""
    spot = board.placed(step.node_id).spot
    if step.status is StepStatus.SKIPPED:
        return not declined(step.output)
    return spot.node.type in _WORDS and spot.holds is None


def _around(board: Stands, step: Step) -> Iterator[Step]:
    """What holds it, from the inside out."""
    parent = board.placed(step.node_id).parent
    while parent is not None:
        yield board.steps[parent.id]
        parent = parent.parent


def _behind(board: Stands, step: Step) -> list[Step]:
    """What hangs on it, or on what holds it, however far."""
    found: dict[str, Step] = {}
    left = [board.placed(each.node_id) for each in (step, *_around(board, step))]
    while left:
        placed = left.pop()
        for follower in _following(board, placed):
            if follower.id not in found:
                found[follower.id] = board.steps[follower.id]
                left.append(follower)
    return list(found.values())


def _following(board: Stands, placed: Placed) -> list[Placed]:
    return [board.placed(placed.prefix + name) for name, _ in placed.spot.after]
