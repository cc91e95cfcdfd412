"""An agent's line on the plan card, and what stands below it: how far it is, and the last that it did."""

from collections.abc import Container
from decimal import Decimal

from domain.conversations.said import CardLine, StepState
from domain.flow.common.board import Board
from domain.flow.common.outcome import DECIDED
from domain.flow.common.rounds import LEGS, allowed, limited_by, spent
from domain.llm.prices import dollars
from domain.tasks.schemas import Step
from domain.tasks.states import StepStatus, declined
from domain.tools.wording import worded

SHOWN = 3
"""Calls below the line of an agent that is at work: its last."""
MOST = 12
"""The same where its task has ended, and people look at what it did."""
LONGEST = 120
"""Characters of why a call failed."""

STATES = {
    StepStatus.PENDING: StepState.WAITING,
    StepStatus.RUNNING: StepState.RUNNING,
    StepStatus.WAITING: StepState.ASKING,
    StepStatus.HANDED: StepState.RUNNING,
    StepStatus.UNKNOWN: StepState.ASKING,
    StepStatus.SUCCEEDED: StepState.DONE,
    StepStatus.FAILED: StepState.FAILED,
    StepStatus.SKIPPED: StepState.SKIPPED,
    StepStatus.CANCELLED: StepState.SKIPPED,
}


def state_of(step: Step) -> StepState:
    """How a step is marked where people see it."""
    if step.status is StepStatus.WAITING and step.wake_at is not None:  # for a moment, not for a person
        return StepState.RETRYING if step.error is not None else StepState.WAITING
    return STATES[step.status]


def how_far(board: Board, agent: Step) -> str:
    """“Round 4 of 12 · $0.03 of $0.50”; “12 rounds, 9 calls” where it has ended. Empty where it has not begun."""
    output = agent.output or {}
    if "rounds" in output:
        told = f"{_counted(output['rounds'], 'round')}, {_counted(output['calls'], 'call')}"
        return f"{told}, stopped early" if limited_by(agent) is not None else told
    rounds = board.rounds(agent.node_id)
    if not rounds:
        return ""
    return " · ".join(filter(None, (f"Round {len(rounds)} of {allowed(agent)}", _money(board, agent))))


def calls_of(board: Board, agent: Step, begun: Container[str] = (), *, ended: bool = False) -> tuple[CardLine, ...]:
    """The last calls that were begun, in their order, while the agent is at work; where the task has ``ended``, as
    many as there is room for. ``begun`` are the ids of steps that begin now.
    """
    if not (ended or board.holds(agent)):
        return ()
    calls = [step for each in board.rounds(agent.node_id) for _, step in each.calls if step is not None]
    known = [step for step in calls if step.status is not StepStatus.PENDING or step.node_id in begun]
    most = MOST if ended else SHOWN
    shown = tuple(_line(board, step, begun) for step in known[-most:])
    if not ended or len(known) <= most:
        return shown
    earlier = f"{len(known) - most} more before these: “/tasks show” has them all"
    return (CardLine(label=earlier, state=StepState.DONE), *shown)


def named(board: Board, call: Step) -> str:
    """A call in words, as it was asked for."""
    node = board.placed(call.node_id).node
    return worded(node.name, node.config) or node.name.replace("_", " ")


def outcome_of(call: Step) -> str:
    """What became of a call, where its mark does not say it; empty for one that did what it should."""
    output = call.output or {}
    if declined(output):
        words = str(output.get("words") or "")
        return f"you said no: {_short(words)}" if words else "you said no"
    match call.status:
        case StepStatus.FAILED:
            return _short(str((call.error or {}).get("sentence") or "failed"))
        case StepStatus.UNKNOWN:
            return "nobody knows whether it happened"
        case StepStatus.WAITING if call.wake_at is None:
            return "waits for your yes"
        case StepStatus.WAITING:
            return "will be tried again" if call.error is not None else f"waits until {call.wake_at:%H:%M:%S} UTC"
        case StepStatus.SKIPPED:
            return _short(str(output.get("not_made") or "not made"))
        case StepStatus.CANCELLED:
            return "stopped"
        case StepStatus.RUNNING | StepStatus.HANDED:
            return call.progress
        case _:
            return str((call.input or {}).get(DECIDED) or "")


def _line(board: Board, call: Step, begun: Container[str]) -> CardLine:
    if call.node_id in begun:
        return CardLine(label=named(board, call), state=StepState.RUNNING)
    return CardLine(label=named(board, call), state=state_of(call), note=outcome_of(call))


def _money(board: Board, agent: Step) -> str:
    amount, given = spent(board.rounds(agent.node_id)), agent.input or {}
    if not amount:
        return ""
    if given.get("budget") is None:
        return dollars(amount)
    return f"{dollars(amount)} of {dollars(Decimal(str(given['budget'])) * (1 + int(given.get(LEGS) or 0)))}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
