"""How people steer tasks: by buttons, by a word in the thread, by commands. All of them end here."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import messages
from domain.conversations.pressed import begun_by_press
from domain.conversations.quoted import pasted_in, with_pasted
from domain.conversations.said import Note, Said
from domain.conversations.schemas import Heard
from domain.conversations.standing import task_of
from domain.core import ids
from domain.core.db import Session
from domain.core.errors import Invalid, NotFound
from domain.core.queue import enqueue
from domain.core.text import literal
from domain.flow.common.board import Board
from domain.flow.common.commands import advance_command
from domain.flow.common.legs import let_go_on
from domain.flow.common.presses import read_value, task_value
from domain.flow.show.refresh import asked_again, refresh_card
from domain.flow.understand import acts, decide, restate
from domain.flow.understand.acts import acted
from domain.flow.understand.begin import begin
from domain.flow.understand.elsewhere import at_home
from domain.flow.understand.hand import let_again
from domain.flow.understand.own_task import go_on, own_task, owned, take_on
from domain.flow.understand.wait import let_begin
from domain.orgs.access import owns, sees
from domain.tasks import control, queries
from domain.tasks import repository as tasks
from domain.tasks.ending import take_back
from domain.tasks.states import ACCESS, HALTS, Outcome, TaskStatus, word
from domain.workflows.spec import read_spec


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
        return await BEGINNING[heard.press.action](session, heard, task_id)
    act = ACTIONS[heard.press.action]
    try:
        return await act(session, heard, task_id, node_id, chosen), task_id
    except NotFound:
        async with at_home(session, heard, task_id) as there:
            return await act(session, there, task_id, node_id, chosen), task_id


async def _task_of_message(session: Session, heard: Heard, written: str) -> str | None:
    """A reaction names the message it is on: the value the button of its task would carry. None: it is no task's, or
    another person's, whose result others greet with a thumb as they like, and do not rate.
    """
    message_id, _, chosen = written.rpartition(":")
    task_id = await task_of(session, heard.thread.chat_id, message_id)
    if task_id is None or not owns(heard.principal, (await owned(session, heard, task_id)).owner):
        return None
    return f"{task_value(task_id)}/:{chosen}"


async def _newest_here(session: Session, heard: Heard) -> str:
    """A press that names no task (Ctrl-C before there was a card) means the newest one of the thread."""
    open_tasks = await queries.open_in_thread(session, heard.thread.id)
    if not open_tasks:
        raise Invalid("Nothing is running in this thread.", code="ended")
    return task_value(open_tasks[0]["id"])


def _ended(task: RowMapping, title: str) -> Invalid:
    return Invalid(f"“{title}” has ended already ({word(TaskStatus(task['status']))}).", code="ended")


async def stop(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    """No further step begins. What was done stays done and is kept."""
    task = await own_task(session, heard, task_id, acts.STOP)
    title = await _title(session, heard, task)
    if TaskStatus(task["status"]).final:
        raise _ended(task, title)
    await control.cancel(session, task_id)
    tasks.add_log(session, task_id, "INFO", "Stopped by a person.")
    await refresh_card(session, task_id)
    session.signal(f"legwork:task:{task_id}")
    acted(session, heard, acts.STOP, ("task", task_id), task["user_id"])
    return (Note(text=f"Stopped: {literal(title)}. Nothing further is done; `/tasks retry` goes on from here."),)


async def pause(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    task = await own_task(session, heard, task_id, acts.PAUSE)
    title = await _title(session, heard, task)
    if TaskStatus(task["status"]).final:
        raise _ended(task, title)
    if task["status"] == "PAUSED" and task["waiting_for"] in HALTS:
        return (Note(text=f"“{literal(title)}” is paused already."),)
    await control.pause(session, task_id)
    await refresh_card(session, task_id)
    session.signal(f"legwork:task:{task_id}")
    acted(session, heard, acts.PAUSE, ("task", task_id), task["user_id"])
    return (Note(text=f"Paused: {literal(title)}. What is running now finishes; `resume` goes on."),)


async def _title(session: Session, heard: Heard, task: RowMapping) -> str:
    """What the task is called, to whoever may read it."""
    alone = heard.principal.private and owns(heard.principal, task["user_id"])
    if alone or sees(heard.principal, await owned(session, heard, task["id"])):
        return task["title"]
    return ids.text("task", task["id"])


async def resume(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    """What was paused goes on, and what stopped early."""
    task = await own_task(session, heard, task_id, acts.RESUME)
    if TaskStatus(task["status"]).final:
        if task["outcome"] == Outcome.PARTIAL.value:
            return await more(session, heard, task_id)
        raise _ended(task, task["title"])
    if task["status"] != "PAUSED":
        return (Note(text=f"“{literal(task['title'])}” is running."),)
    if task["waiting_for"] == ACCESS:
        await let_again(session, task)
    if task["waiting_for"] not in HALTS:
        asked = await asked_again(session, task_id)
        if asked:
            return asked
        raise Invalid("It waits for your answer.", remedy="Answer the question above and it goes on.")
    await go_on(session, task)
    acted(session, heard, acts.RESUME, ("task", task_id))
    return (Note(text=f"Going on: {literal(task['title'])}."),)


async def retry(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    """From the failed step on; what is done is kept."""
    task = await own_task(session, heard, task_id, acts.RETRY)
    if task["status"] not in ("FAILED", "CANCELLED"):
        raise Invalid(f"“{task['title']}” has not failed.", remedy="Only failed or stopped tasks are tried again.")
    if not await control.retry_steps(session, task_id) and task["status"] == "CANCELLED" and task["plan"] is not None:
        raise Invalid(f"“{task['title']}” ended with a no to it.", remedy="“Run again” asks anew.")
    await let_begin(session, heard)
    await take_back(session, task_id)
    await take_on(session, task)
    acted(session, heard, acts.RETRY, ("task", task_id))
    return (Note(text=f"Trying again: {literal(task['title'])}."),)


async def more(session: Session, heard: Heard, task_id: UUID, *_: object) -> Sequence[Said]:
    """On from where an agent came to its limit, with as much again; nothing that was stored is done again."""
    task = await own_task(session, heard, task_id, acts.RESUME)
    if not TaskStatus(task["status"]).final:
        return (Note(text=f"“{literal(task['title'])}” is going on already."),)
    await let_begin(session, heard)
    run = await tasks.load_run(session, task_id)
    if run is None or task["outcome"] != Outcome.PARTIAL.value or not await take_back(session, task_id):
        raise Invalid(f"“{task['title']}” did not stop early.", remedy="Ask for more in your own words.")
    board = Board(read_spec(task["plan"]), run.steps, await tasks.now(session))
    await tasks.save_steps(session, task_id, let_go_on(board))
    tasks.add_log(session, task_id, "INFO", "Let go on by a person.")
    await restate.withdraw(session, task, "more", str(heard.message_id))
    await take_on(session, task)
    acted(session, heard, acts.RESUME, ("task", task_id))
    return (Note(text=f"Going on: {literal(task['title'])}."),)


SAME_PRESS = timedelta(seconds=10)
"""A button that begins something, pressed by the same person once more within so long, was pressed once."""


async def again(session: Session, heard: Heard, task_id: UUID) -> tuple[Sequence[Said], UUID]:
    """The same plan once more, as a task of its own."""
    task = await own_task(session, heard, task_id, acts.AGAIN)
    if (begun := await begun_by_press(session, heard, within=SAME_PRESS)) is not None:
        return (Note(text="It is running again already."),), begun
    if task["plan"] is None:
        raise Invalid("That task had no plan to run again.", remedy="Send the message again.")
    await let_begin(session, heard)
    new = await tasks.add(
        session,
        org_id=task["org_id"],
        user_id=heard.person.user_id,
        thread_id=heard.thread.id,
        message_id=heard.message_id,
        title=task["title"],
        description=task["description"],
        quoted=task["quoted"],
        plan=task["plan"],
        total_steps=len(task["plan"]["nodes"]),
        priority=task["priority"],
    )
    await enqueue(session, advance_command(new.id, heard.person.user_id, priority=task["priority"]))
    acted(session, heard, acts.AGAIN, ("task", task_id))
    return (Note(text="Running again."),), new.id


async def restart(session: Session, heard: Heard, task_id: UUID) -> tuple[Sequence[Said], UUID]:
    """Stop the task, unless it has ended, and begin anew with what its message says now: once for what it says."""
    task = await own_task(session, heard, task_id, acts.RESTART)
    if (begun := await begun_by_press(session, heard)) is not None:
        return (Note(text="That was begun already."),), begun
    message = await messages.as_it_reads(session, task["message_id"])
    pasted = pasted_in(message["quoted"] if message is not None else task["quoted"])
    names = ", ".join(name for piece in pasted for name in piece.get("files", ()))
    words = (message["content"] if message is not None else "") or names or task["description"]
    if not TaskStatus(task["status"]).final:
        await stop(session, heard, task_id)
    acted(session, heard, acts.RESTART, ("task", task_id))
    quoted = with_pasted(task["quoted"], pasted)
    return (Note(text="Starting again."),), await begin(session, heard, words, quoted)


Action = Callable[[Session, Heard, UUID, str | None, str | None], Awaitable[Sequence[Said]]]

ACTIONS: dict[str, Action] = {
    "stop": stop,
    "pause": pause,
    "resume": resume,
    "retry": retry,
    "more": more,
    "approve": decide.approve,
    "reject": decide.reject,
    "answer": decide.answer_button,
    "redo": decide.redo,
    "done": decide.done,
    "feedback": restate.rate,
    "unfold": restate.unfold,
    "fold": restate.fold,
}
"""What the buttons of a task do, by the action they carry."""

BEGINNING = {"again": again, "restart": restart}
"""Actions that begin another task."""

ON_MESSAGE = "message:"
"""A reaction's value is this, the platform's id of the message, a colon, and up or down."""


def handles(action: str) -> bool:
    return action in ACTIONS or action in BEGINNING
