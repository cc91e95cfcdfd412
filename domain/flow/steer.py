"""How people steer tasks: by buttons, by a word in the thread, by commands. All of them end here."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import outbox
from domain.conversations import repository as conversations
from domain.conversations.said import Note, Said
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import Invalid, NotFound, Refused
from domain.core.queue import enqueue
from domain.flow.begin import WORKERS, begin
from domain.flow.presses import asked_key, read_value, task_value
from domain.flow.refresh import asked_again, close_card, refresh_card
from domain.flow.rest import advance_command
from domain.flow.words import consent
from domain.tasks import control, queries
from domain.tasks import repository as tasks
from domain.tasks.states import StepStatus, TaskStatus, word


async def press(session: Session, heard: Heard) -> tuple[Sequence[Said], UUID | None]:
    """A button of a task was pressed. Raises LegworkError, whose sentence the person reads."""
    assert heard.press is not None
    value: str | None = heard.press.value
    if heard.press.action == "feedback" and value and value.startswith(ON_MESSAGE):
        value = await _task_of_message(session, heard, value.removeprefix(ON_MESSAGE))
        if value is None:
            return (), None
    task_id, node_id, chosen = read_value(value or await _newest_here(session, heard))
    if heard.press.action in BEGINNING:
        return (), await BEGINNING[heard.press.action](session, heard, task_id)
    return await ACTIONS[heard.press.action](session, heard, task_id, node_id, chosen), task_id


async def _task_of_message(session: Session, heard: Heard, written: str) -> str | None:
    """A reaction names the message it is on: the value the button of its task would carry."""
    message_id, _, chosen = written.rpartition(":")
    task_id = await outbox.task_of(session, heard.thread.chat_id, message_id)
    return f"{task_value(task_id)}/:{chosen}" if task_id is not None else None


async def _newest_here(session: Session, heard: Heard) -> str:
    """A press that names no task (Ctrl-C before there was a card) means the newest one of the thread."""
    open_tasks = await queries.open_in_thread(session, heard.thread.id)
    if not open_tasks:
        raise Invalid("Nothing is running in this thread.", code="ended")
    return task_value(open_tasks[0]["id"])


async def _own(session: Session, heard: Heard, task_id: UUID) -> RowMapping:
    """The task, if this person may steer it: their own, or any of the organization for its admins."""
    task = await control.lock(session, task_id, heard.person.org_id)
    if task is None:
        raise NotFound("There is no such task here.", remedy="“/tasks” lists yours.")
    if task["user_id"] != heard.person.user_id and heard.person.role not in ("owner", "admin"):
        raise Refused("Only the person it works for, or an admin, may steer this task.")
    if heard.person.role not in WORKERS:
        raise Refused("As a viewer you may read.", remedy="Steering tasks needs the role member.")
    return task


def _ended(task: RowMapping) -> Invalid:
    return Invalid(f"“{task['title']}” has ended already ({word(TaskStatus(task['status']))}).", code="ended")


async def stop(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    """No further step begins. What was done stays done and is kept."""
    task = await _own(session, heard, task_id)
    if TaskStatus(task["status"]).final:
        raise _ended(task)
    await control.cancel(session, task_id)
    tasks.add_log(session, task_id, "INFO", "Stopped by a person.")
    await refresh_card(session, task_id)
    session.signal(f"legwork:task:{task_id}")
    return (Note(text=f"Stopped: {task['title']}. Nothing further is done; `/tasks retry` goes on from here."),)


async def pause(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    task = await _own(session, heard, task_id)
    if TaskStatus(task["status"]).final:
        raise _ended(task)
    if task["status"] == "PAUSED" and task["waiting_for"] == "person":
        return (Note(text=f"“{task['title']}” is paused already."),)
    await control.change(session, task_id, status=TaskStatus.PAUSED.value, waiting_for="person")
    await refresh_card(session, task_id)
    session.signal(f"legwork:task:{task_id}")
    return (Note(text=f"Paused: {task['title']}. What is running now finishes; `resume` goes on."),)


async def resume(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    task = await _own(session, heard, task_id)
    if TaskStatus(task["status"]).final:
        raise _ended(task)
    if task["status"] != "PAUSED":
        return (Note(text=f"“{task['title']}” is running."),)
    if task["waiting_for"] != "person":
        asked = await asked_again(session, task_id)
        if asked:
            return asked
        raise Invalid("It waits for your answer.", remedy="Answer the question above and it goes on.")
    await _go_on(session, task)
    return (Note(text=f"Going on: {task['title']}."),)


async def retry(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    """From the failed step on; what is done is kept."""
    task = await _own(session, heard, task_id)
    if task["status"] not in ("FAILED", "CANCELLED"):
        raise Invalid(f"“{task['title']}” has not failed.", remedy="Only failed or stopped tasks are tried again.")
    await control.retry_steps(session, task_id)
    await _go_on(session, task, error=None, completed_at=None, card=task["card"] + 1)
    return (Note(text=f"Trying again: {task['title']}."),)


async def again(session: Session, heard: Heard, task_id: UUID) -> UUID:
    """The same plan once more, as a task of its own."""
    task = await _own(session, heard, task_id)
    if task["plan"] is None:
        raise Invalid("That task had no plan to run again.", remedy="Send the message again.")
    new = await tasks.add(
        session,
        org_id=task["org_id"],
        user_id=heard.person.user_id,
        thread_id=heard.thread.id,
        message_id=heard.message_id,
        title=task["title"],
        description=task["description"],
        plan=task["plan"],
        total_steps=len(task["plan"]["nodes"]),
        priority=task["priority"],
    )
    await enqueue(session, advance_command(new.id, heard.person.user_id, priority=task["priority"]))
    return new.id


async def restart(session: Session, heard: Heard, task_id: UUID) -> UUID:
    """Stop the task and begin anew with what its message says now."""
    task = await _own(session, heard, task_id)
    words = await conversations.content_of(session, task["message_id"]) or task["description"]
    if not TaskStatus(task["status"]).final:
        await stop(session, heard, task_id)
    return await begin(session, heard, words)


async def feedback(session: Session, heard: Heard, task_id: UUID, _: str | None, chosen: str | None) -> Sequence[Said]:
    """Thumbs up or down; a second one replaces the first."""
    task = await control.lock(session, task_id, heard.person.org_id)
    if task is None or chosen not in ("up", "down"):
        raise Invalid("That button is no longer good.")
    await control.set_feedback(session, task_id, heard.person.user_id, 1 if chosen == "up" else -1)
    return (Note(text="Thank you, noted."),)


async def approve(session: Session, heard: Heard, task_id: UUID, node_id: str | None, *_: object) -> Sequence[Said]:
    return await _decide(session, heard, task_id, node_id, approved=True)


async def reject(session: Session, heard: Heard, task_id: UUID, node_id: str | None, *_: object) -> Sequence[Said]:
    return await _decide(session, heard, task_id, node_id, approved=False)


async def _decide(
    session: Session, heard: Heard, task_id: UUID, node_id: str | None, *, approved: bool
) -> Sequence[Said]:
    task = await _own(session, heard, task_id)
    step = await control.step(session, task_id, node_id or "")
    if step is None or step["status"] != "WAITING" or TaskStatus(task["status"]).final:
        raise Refused("That was decided already.", code="decided")
    given: dict[str, Any] = step["input"] or {}
    digest: str | None = given.get("digest")
    if digest is not None:
        if not await control.decide(
            session, task_id, step["node_id"], digest, approved=approved, person=heard.person.user_id
        ):
            raise Refused("That was decided already, or asked too long ago.", code="decided")
        if approved:
            await control.set_step(session, task_id, step["node_id"], StepStatus.PENDING)
        else:
            await _settle_step(session, task_id, step["node_id"], StepStatus.SKIPPED, {"rejected": True})
    else:
        status = StepStatus.SUCCEEDED if approved else StepStatus.SKIPPED  # what hangs on it is then left out
        await _settle_step(session, task_id, step["node_id"], status, {"approved": approved})
    outcome = "approved" if approved else "rejected"
    tasks.add_log(session, task_id, "INFO", f"{outcome.capitalize()}.", step=step["node_id"])
    await _close(session, heard, task, step, "approval", outcome)
    await _go_on(session, task)
    return (Note(text="Approved." if approved else "Rejected: it is not done."),)


async def answer(session: Session, heard: Heard, task_id: UUID, words: str) -> Sequence[Said] | None:
    """The person's words answer what a task waits for. None: they are not an answer to it."""
    task = await _own(session, heard, task_id)
    waiting = [step for step in await control.waiting_steps(session, task_id) if step["status"] == "WAITING"]
    if task["plan"] is None:
        description = f"{task['description']}\n\n(You asked me for more, and I answered: {words})"
        await _say_closed(session, heard, task, f"question:{task_id}:{task['card']}", "answered")
        await _go_on(session, task, description=description, message_id=heard.message_id, card=task["card"] + 1)
        return ()
    if not waiting:
        return None
    step = waiting[0]
    if step["type"] == "ask":
        await _settle_step(session, task_id, step["node_id"], StepStatus.SUCCEEDED, {"text": words})
        await _close(session, heard, task, step, "question", "answered")
        await _go_on(session, task)
        return ()
    decision = consent(words)
    return None if decision is None else await _decide(session, heard, task_id, step["node_id"], approved=decision)


async def _answer_button(
    session: Session, heard: Heard, task_id: UUID, node_id: str | None, chosen: str | None
) -> Sequence[Said]:
    task = await _own(session, heard, task_id)
    step = await control.step(session, task_id, node_id or "")
    if step is None or step["status"] != "WAITING" or TaskStatus(task["status"]).final:
        raise Refused("That was answered already.", code="decided")
    await _settle_step(session, task_id, step["node_id"], StepStatus.SUCCEEDED, {"text": chosen or ""})
    await _close(session, heard, task, step, "question", f"answered “{chosen or ''}”")
    await _go_on(session, task)
    return ()


async def redo(session: Session, heard: Heard, task_id: UUID, node_id: str | None, *_: object) -> Sequence[Said]:
    """It may have happened, and the person wants it done again: a new attempt with a new idempotency key."""
    task = await _unknown(session, heard, task_id, node_id, "done again")
    await control.change_unknown(session, task_id, node_id or "")
    await _go_on(session, task)
    return (Note(text="I do it again."),)


async def done(session: Session, heard: Heard, task_id: UUID, node_id: str | None, *_: object) -> Sequence[Said]:
    """It did happen: the step counts as done."""
    task = await _unknown(session, heard, task_id, node_id, "noted as done")
    await _settle_step(session, task_id, node_id or "", StepStatus.SUCCEEDED, {"assumed_done": True})
    await _go_on(session, task)
    return (Note(text="Noted as done."),)


async def _unknown(session: Session, heard: Heard, task_id: UUID, node_id: str | None, outcome: str) -> RowMapping:
    task = await _own(session, heard, task_id)
    step = await control.step(session, task_id, node_id or "")
    if step is None or step["status"] != "UNKNOWN" or TaskStatus(task["status"]).final:
        raise Refused("That was decided already.", code="decided")
    await _close(session, heard, task, step, "unknown", outcome)
    return task


async def _settle_step(
    session: Session, task_id: UUID, node_id: str, status: StepStatus, output: dict[str, Any]
) -> None:
    await control.set_step(session, task_id, node_id, status, output=output, error=None, wake_at=None)


async def _close(session: Session, heard: Heard, task: RowMapping, step: RowMapping, kind: str, outcome: str) -> None:
    """Take the buttons off what was asked, and say who decided what."""
    key = asked_key(task["id"], step["node_id"], step["attempt_group"], kind)
    await _say_closed(session, heard, task, key, outcome)


async def _say_closed(session: Session, heard: Heard, task: RowMapping, key: str, outcome: str) -> None:
    by = f" by {heard.person.name}" if heard.person.name else ""
    await close_card(session, task["thread_id"], task["user_id"], key, f"{outcome[:1].upper()}{outcome[1:]}{by}.")


async def _go_on(session: Session, task: RowMapping, **values: object) -> None:
    await control.change(session, task["id"], status=TaskStatus.PENDING.value, waiting_for=None, **values)
    await enqueue(session, advance_command(task["id"], task["user_id"], priority=max(task["priority"], 2)))


Action = Callable[[Session, Heard, UUID, str | None, str | None], Awaitable[Sequence[Said]]]

ACTIONS: dict[str, Action] = {
    "stop": stop,
    "pause": pause,
    "resume": resume,
    "retry": retry,
    "approve": approve,
    "reject": reject,
    "answer": _answer_button,
    "redo": redo,
    "done": done,
    "feedback": feedback,
}
"""What the buttons of a task do, by the action they carry."""

BEGINNING = {"again": again, "restart": restart}
"""Actions that begin another task."""

ON_MESSAGE = "message:"
"""A reaction's value is this, the platform's id of the message, a colon, and up or down."""


def handles(action: str) -> bool:
    return action in ACTIONS or action in BEGINNING
