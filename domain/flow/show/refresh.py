"""Cards as they stand, when something other than the task's own worker has changed what they show."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.conversations import service as conversations
from domain.conversations.outbox import said_as, say
from domain.conversations.said import ApprovalCard, Note, Question, Said
from domain.core.db import Session
from domain.core.text import literal
from domain.flow.common.board import Board
from domain.flow.common.keys import asked_key, card_key
from domain.flow.common.outcome import ASKED, DECIDED
from domain.flow.show.asks import ask_of
from domain.flow.show.cards import plan_card
from domain.flow.show.progress import look_at_handed
from domain.tasks import control
from domain.tasks import repository as tasks
from domain.tasks.schemas import Step, Task
from domain.tasks.states import StepStatus
from domain.workflows.spec import read_spec


async def refresh_card(session: Session, task_id: UUID) -> None:
    """Queue an edit of the card; nothing for a task that has none yet."""
    run = await tasks.load_run(session, task_id)
    if run is None or run.task.plan is None or not run.steps:
        return
    task = run.task
    await look_at_handed(session, task_id, run.steps.values())
    thread, _, _ = await conversations.setting(session, task.thread_id, task.user_id)
    now = await tasks.now(session)
    card = plan_card(
        task, Board(read_spec(run.task.plan), run.steps, now), status=task.status, now=now, spent=Decimal(0)
    )
    task.card = await tasks.next_card(session, task_id)
    await say(session, thread, card, key=f"{card_key(task.id)}:{task.card}", task_id=task_id, edits=card_key(task.id))


async def close_card(session: Session, thread_id: UUID, user_id: UUID, key: str, outcome: str) -> None:
    """What was asked under a key is answered: its buttons go, and what came of it stands there instead.

    A terminal shows what was said before as it was; there the answer itself follows.
    """
    asked = await said_as(session, key)
    thread, _, _ = await conversations.setting(session, thread_id, user_id)
    if thread.held or not isinstance(asked, ApprovalCard | Question):
        return
    if isinstance(asked, ApprovalCard):
        closed: Said = asked.model_copy(update={"buttons": (), "details": (*asked.details, ("Decision", outcome))})
    else:
        closed = Note(text=f"{asked.text}\n\n{literal(outcome)}")  # a question would go on to say that it waits
    await say(session, thread, closed, key=f"{key}:closed", task_id=asked.task_id, edits=key)


async def withdraw(session: Session, task: Task, steps: Iterable[Step], why: str) -> None:
    """What steps had asked below the card they ask no more."""
    for step in steps:
        asked: Mapping[str, Any] = (step.input or {}).get(ASKED) or {}
        kind = "unknown" if step.status is StepStatus.UNKNOWN else asked.get("type")
        if kind is not None and not (step.input or {}).get(DECIDED):
            key = asked_key(task.id, step.node_id, step.attempt_group, kind)
            await close_card(session, task.thread_id, task.user_id, key, why)


async def asked_again(session: Session, task_id: UUID) -> list[Said]:
    """What a task waits for a person to answer, as it was asked: for who no longer sees it."""
    waiting = await control.waiting_steps(session, task_id)
    asks = (
        ask_of(task_id, step["node_id"], step["name"], StepStatus(step["status"]), step["input"]) for step in waiting
    )
    if waiting:
        return [ask for ask in asks if ask is not None]
    asked = await control.asked_back(session, task_id)
    said = await said_as(session, f"question:{task_id}:{asked}") if asked is not None else None
    return [said] if said is not None else []
