"""A job that is given up: one that took its worker down three times, or failed for good. The person it works for
is told, whatever it was; of a step that was handed over, through the task that goes on with it."""

from typing import Any, Protocol
from uuid import UUID

from domain.conversations import repository as messages
from domain.conversations import service as conversations
from domain.conversations.lost import deliver_anew
from domain.conversations.outbox import say
from domain.conversations.said import Button, Problem
from domain.core.db import Session
from domain.core.errors import NotFound
from domain.core.logging import logger
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.common.noting import brief
from domain.flow.common.presses import task_value
from domain.flow.show.refresh import refresh_card
from domain.tasks import control, handed, notes
from domain.tasks import repository as tasks
from domain.tasks.ending import LEFT, end
from domain.tasks.states import HALTS, TaskStatus

log = logger(__name__)

CRASHED = "This took its worker down three times, so I stopped trying."
FAILED = "This failed because of a fault in Legwork, again and again, so I stopped trying."

_REMEDY = "What was done is kept. Retry when the cause is mended; an admin finds it in the log."


class GivenUp(Protocol):
    """A row of the ledger."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def task_id(self) -> UUID | None: ...
    @property
    def data(self) -> dict[str, Any]: ...


async def tell(session: Session, job: GivenUp, sentence: str = CRASHED) -> None:
    """Say in its thread what became of a job's task or message, and fail the task; what a delivery had to say is left
    to another.
    """
    log.error("a job is given up", job=str(job.id), kind=job.kind)
    try:
        if job.kind == "step" and job.task_id is not None:
            await _tell_of_step(session, job, job.task_id, sentence)
        elif job.task_id is not None:
            await _tell_of_task(session, job, job.task_id, sentence)
        elif job.kind == "understand":
            await _tell_of_message(session, job, UUID(job.data["message_id"]), sentence)
        elif job.kind == LEFT:
            await _tell_of_left(session, job, UUID(job.data["task_id"]), sentence)
        elif job.kind == "deliver":
            chat_id = UUID(job.data["chat_id"])
            await deliver_anew(session, chat_id, job.id, sentence, crashed=sentence is CRASHED)
    except NotFound as gone:
        log.info("nobody is left to be told", job=str(job.id), because=gone.sentence)


async def _tell_of_task(session: Session, job: GivenUp, task_id: UUID, sentence: str) -> None:
    task = await tasks.load(session, task_id)
    if task is None:
        return
    error = {"code": "given_up", "sentence": sentence, "remedy": _REMEDY}
    if not await end(session, task.id, TaskStatus.FAILED, error=error):
        return  # it has ended already
    await control.cancel_handed(session, task.id)
    session.signal(f"legwork:task:{task.id}")
    await refresh_card(session, task.id)
    thread, _, _ = await conversations.setting(session, task.thread_id, task.user_id)
    problem = Problem(
        sentence=sentence,
        remedy=_REMEDY,
        task_id=task.id,
        buttons=(Button(label="Retry", action="retry", value=task_value(task.id)),),
    )
    await say(session, thread, problem, key=f"given-up:{job.id}", task_id=task.id, reply_to=task.message_id)


async def _tell_of_step(session: Session, job: GivenUp, task_id: UUID, sentence: str) -> None:
    """The task goes on with that: it may have another way, or the person decides what became of the call."""
    error = {"code": "given_up", "sentence": sentence, "remedy": _REMEDY}
    task = await handed.give_up(session, task_id, job.data["node_id"], job.data["group"], error=error)
    if task is not None:
        await enqueue(session, advance_command(task_id, task.user_id, priority=task.priority))
        session.signal(f"legwork:task:{task_id}")
        if task.status.final or task.waiting_for in HALTS:
            await refresh_card(session, task_id)  # nobody else shows it


async def _tell_of_message(session: Session, job: GivenUp, message_id: UUID, sentence: str) -> None:
    heard = await conversations.heard(session, message_id)
    problem = Problem(sentence=sentence, remedy="Send the message again, or say it in other words.")
    await say(session, heard.thread, problem, key=f"given-up:{job.id}", reply_to=message_id)
    await messages.mark_handled(session, message_id, None)


async def _tell_of_left(session: Session, job: GivenUp, task_id: UUID, sentence: str) -> None:
    """What a task had not heard when it ended is told, so that it can be said again."""
    task, left = await tasks.load(session, task_id), await notes.unheard(session, task_id)
    if task is None or not left:
        return
    await notes.heard(session, task_id, [note.id for note in left], notes.DROPPED)
    thread, _, _ = await conversations.setting(session, task.thread_id, task.user_id)
    words = " ".join(brief(note.words) for note in left)
    problem = Problem(sentence=sentence, remedy=f"“{task.title}” had not heard this; say it again: {words}")
    await say(session, thread, problem, key=f"given-up:{job.id}", reply_to=left[-1].message_id)
