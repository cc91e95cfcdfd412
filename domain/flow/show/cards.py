"""The plan card: what a person sees of a task as it advances."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from decimal import Decimal

from domain.conversations.outbox import say
from domain.conversations.said import Button, CardStep, PlanCard, StepState
from domain.core.db import Session
from domain.flow.common.advance import Advance
from domain.flow.common.board import Board
from domain.flow.common.keys import card_key
from domain.flow.common.outcome import DECIDED
from domain.flow.common.presses import CARD, step_value, task_value
from domain.flow.common.rounds import limited_by
from domain.flow.show import loops
from domain.flow.show.agents import calls_of, how_far, state_of
from domain.flow.show.asks import asks_of, on_card
from domain.flow.show.progress import look_at_handed
from domain.llm.prices import total
from domain.tasks.schemas import Step, Task
from domain.tasks.states import ACCESS, HALTS, StepStatus, TaskStatus, declined
from domain.workflows.graph import Holds
from domain.workflows.spec import Node

PARTIAL, NO_ACCESS = "PARTIAL", "NO_ACCESS"
"""What a card says instead of a task's status where an agent of its stopped early, so that it is not done; and where
its person may not have work done any more."""


def plan_card(
    task: Task,
    board: Board,
    *,
    status: TaskStatus,
    now: datetime,
    spent: Decimal | None,
    running: Iterable[str] = (),
) -> PlanCard:
    """The card for the present state. ``running`` are steps that have just begun; ``spent`` is in US dollars."""
    begun = set(running)
    asks, pressed = on_card([] if status.final else asks_of(task.id, board.steps.values()))
    elapsed = (now - task.started_at).total_seconds() * 1000 if task.started_at else 0
    return PlanCard(
        task_id=task.id,
        title=task.title,
        status=_status(task, board, status),
        steps=tuple(_line(board, node, status, begun) for node in board.spec.nodes),
        started_at=task.started_at,
        elapsed_ms=max(0, round(elapsed)),
        cost=total((task.cost, spent)),
        asks=asks,
        buttons=(
            *pressed,
            *_buttons(task, status, refused=any(declined(step.output) for step in board.steps.values())),
        ),
    )


def _status(task: Task, board: Board, status: TaskStatus) -> str:
    if status is TaskStatus.PAUSED and task.waiting_for == ACCESS:
        return NO_ACCESS
    return PARTIAL if status is TaskStatus.SUCCEEDED and board.limited else status.value


def card_now(advance: Advance, board: Board, status: TaskStatus, running: Iterable[str] = ()) -> PlanCard:
    """The task's card in its present state."""
    return plan_card(
        advance.task,
        board,
        status=status,
        now=advance.legwork.clock.now(),
        spent=Decimal(0),
        running=running,
    )


async def say_card(
    session: Session,
    advance: Advance,
    board: Board,
    status: TaskStatus,
    running: Iterable[str] = (),
    *,
    brief: bool = False,
) -> None:
    """Queue an edit of the task's card to its present state; ``brief``: to the one line that is left of it."""
    task = advance.task
    await look_at_handed(session, task.id, board.handed)
    card = card_now(advance, board, status, running)
    await say(
        session,
        advance.thread,
        _brief(card) if brief else card,
        key=f"{card_key(task.id)}:{task.card}",
        task_id=task.id,
        reply_to=task.message_id,
        edits=card_key(task.id),
    )


def _brief(card: PlanCard) -> PlanCard:
    """One line of it, which can be unfolded."""
    unfold = Button(label="Details", action="unfold", value=step_value(card.task_id, CARD))
    return card.model_copy(update={"brief": True, "buttons": (unfold,)})


def _line(board: Board, node: Node, status: TaskStatus, begun: Set[str]) -> CardStep:
    """A step of the plan itself, with what it did where it is an agent."""
    step, holds = board.steps[node.id], board.placed(node.id).spot.holds
    state = StepState.RUNNING if node.id in begun else state_of(step)
    if holds is None:
        return CardStep(label=node.label, state=state, note=_note(board, step, holds))
    early = step.status is StepStatus.SUCCEEDED and limited_by(step) is not None
    return CardStep(
        label=node.label,
        state=StepState.SKIPPED if early or (status.final and board.holds(step)) else state,
        note=_note(board, step, holds),
        lines=calls_of(board, step, begun, ended=status.final) if holds == "rounds" else (),
    )


def _note(board: Board, step: Step, holds: Holds | None) -> str:
    decided = str((step.input or {}).get(DECIDED) or "")
    if declined(step.output):
        return decided or "rejected"
    if step.error is not None and step.status in (StepStatus.FAILED, StepStatus.WAITING):
        caught = step.status is StepStatus.FAILED and board.placed(step.node_id).caught
        return f"{step.error.get('sentence', '')}{' (dealt with)' if caught else ''}"
    if holds == "rounds" and (far := how_far(board, step)):
        return far
    if holds == "items" and (far := _of_loop(board, step)):
        return far
    if step.status is StepStatus.WAITING and step.wake_at is not None:
        return f"until {step.wake_at:%Y-%m-%d %H:%M} UTC"
    if step.status in (StepStatus.RUNNING, StepStatus.HANDED) and step.progress:
        return step.progress
    return decided


def _of_loop(board: Board, loop: Step) -> str:
    inside = board.inside(loop.node_id)
    caught = dealt_with([other for other in inside if board.deals_with(other)])
    if board.holds(loop) or (inside and loop.status is StepStatus.CANCELLED):
        return ", ".join(filter(None, (loops.how_far(board, loop), caught)))
    return caught


def dealt_with(steps: Sequence[Step]) -> str:
    """How many steps failed without harm; empty for none."""
    if not steps:
        return ""
    return "1 step failed and was dealt with" if len(steps) == 1 else f"{len(steps)} steps failed and were dealt with"


def _buttons(task: Task, status: TaskStatus, *, refused: bool) -> tuple[Button, ...]:
    value = task_value(task.id)
    details = Button(label="Details", action="details", value=value)
    if status is TaskStatus.RUNNING:
        return (
            Button(label="Stop", action="stop", value=value, style="danger"),
            Button(label="Pause", action="pause", value=value),
            details,
        )
    if status is TaskStatus.PAUSED:
        resume = Button(label="Resume", action="resume", value=value, style="primary")
        stop = Button(label="Stop", action="stop", value=value, style="danger")
        return (resume, stop, details) if task.waiting_for in HALTS else (stop, details)
    if status is TaskStatus.FAILED or (status is TaskStatus.CANCELLED and not refused):
        return (Button(label="Retry", action="retry", value=value, style="primary"), details)
    return (details,)
