"""What is said to a task that runs: noted with it; made a task of its own, when the person says so; and what becomes of
it where the task ended before it was heard.
"""

from collections.abc import Sequence
from uuid import UUID

from domain.conversations import messages, service
from domain.conversations import repository as conversations
from domain.conversations.outbox import say
from domain.conversations.pressed import begun_by_press
from domain.conversations.said import Note, Said
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.errors import Invalid, Refused
from domain.core.queue import Held, enqueue
from domain.core.text import literal
from domain.flow.common.commands import advance_command
from domain.flow.common.legwork import Legwork
from domain.flow.common.noting import OWN_LABEL, Remark, brief, have_it_go_on, own_button, remark
from domain.flow.common.presses import read_value
from domain.flow.understand import acts
from domain.flow.understand.acts import acted
from domain.flow.understand.begin import begin, title_of
from domain.flow.understand.own_task import own_task
from domain.tasks import notes
from domain.tasks import repository as tasks
from domain.tasks.notes import DROPPED, TASK, TaskNote
from domain.tasks.schemas import Task
from domain.tasks.states import TaskStatus

_OFFERED = 5
"""Of what a stopped task has not heard, so much is offered as tasks of its own."""


async def note(session: Session, heard: Heard, task_id: UUID) -> Note | None:
    """The message is for that task: it hears it. None: it has ended meanwhile. Raises Denied."""
    task = await own_task(session, heard, task_id, acts.NOTE)
    return await remark(session, task, Remark(heard.person.user_id, heard.message_id, words_of(heard)))


def words_of(heard: Heard) -> str:
    """The person's own words, with the names of the files that came with them, which lie in the thread."""
    files = ", ".join(file.name for file in heard.own_files)
    words = heard.text.strip()
    return f"{words} (with {files})" if words and files else words or files


async def own(session: Session, heard: Heard) -> tuple[Sequence[Said], UUID]:
    """What was said to a task becomes one of its own; the other hears it no more, unless it has already. Raises
    Invalid, Refused.
    """
    task_id, message_id = _pressed(heard)
    task = await own_task(session, heard, task_id, acts.OWN)
    if (begun := await begun_by_press(session, heard)) is not None:
        return (Note(text="That was begun already."),), begun
    found = await notes.of_message(session, message_id)
    message = await messages.as_it_reads(session, message_id)
    noted = found is not None and found.task_id == task_id
    if message is None or not (noted or message["user_id"] in heard.person.user_ids):
        raise Invalid("That message is no longer there.", remedy="Say it again.")
    if found is not None and noted and (found.heard_by or "").startswith(TASK):
        raise Refused("That is a task of its own already.", code="decided")
    words = message["content"].strip() or (found.words if found is not None and noted else "")
    begun = await begin(session, heard, words, message["quoted"])
    await conversations.mark_handled(session, message_id, begun)
    taken = found is None or await notes.take_out(session, found, f"{TASK}{begun}")
    await have_it_go_on(session, task)
    acted(session, heard, acts.OWN, ("task", task_id))
    heard_too = "" if taken else f" “{literal(task['title'])}” has heard it already, too."
    return (Note(text=f"A task of its own: {literal(brief(words))}{heard_too}"),), begun


def _pressed(heard: Heard) -> tuple[UUID, UUID]:
    task_id, _, message_id = read_value(heard.press.value if heard.press is not None else "")
    try:
        return task_id, UUID(message_id or "")
    except ValueError:
        raise Invalid("That button is no longer good.", remedy="Say it again in the thread.") from None


async def leave(legwork: Legwork, held: Held, task_id: UUID) -> None:
    """A task has ended before it heard all that was said to it. Of one that failed, or that could hear no more, the
    rest becomes a task of its own; of one that was stopped it is offered. Nothing where the task goes on again.
    """
    async with held.transaction(done=True) as session:
        status = await tasks.status_of(session, task_id)
        left = await notes.unheard(session, task_id)
        task = await tasks.load(session, task_id)
        if task is None or not status.final or not left:
            return
        if status is TaskStatus.CANCELLED:
            by, said = DROPPED, _offered(task, left)
        else:
            begun = await _begin(session, task, left)
            by, said = f"{TASK}{begun.id}", _begun(task, left)
            for one in left:
                await conversations.mark_handled(session, one.message_id, begun.id)
        await notes.heard(session, task_id, [one.id for one in left], by)
        thread, _, _ = await service.setting(session, task.thread_id, task.user_id)
        await say(session, thread, said, key=f"left:{left[-1].id}", reply_to=left[-1].message_id)


def _offered(task: Task, left: Sequence[TaskNote]) -> Note:
    told = "\n".join(f"- {literal(brief(one.words))}" for one in left)
    buttons = [
        own_button(task.id, one.message_id, f"Make {place} a task" if len(left) > 1 else OWN_LABEL)
        for place, one in enumerate(left[:_OFFERED], 1)
    ]
    return Note(
        text=f"“{literal(task.title)}” was stopped before it heard what you said to it:\n\n{told}",
        buttons=tuple(buttons),
    )


def _begun(task: Task, left: Sequence[TaskNote]) -> Note:
    title, words = literal(task.title), literal(" ".join(brief(one.words) for one in left))
    return Note(text=f"“{title}” ended before it heard this, so I take it on as a task of its own: {words}")


async def _begin(session: Session, task: Task, left: Sequence[TaskNote]) -> Task:
    words = "\n\n".join(one.words for one in left)
    begun = await tasks.add(
        session,
        org_id=task.org_id,
        user_id=task.user_id,
        thread_id=task.thread_id,
        message_id=left[-1].message_id,
        title=title_of(words, []),
        description=words,
        quoted=[],
        priority=task.priority,
    )
    await enqueue(session, advance_command(begun.id, begun.user_id, priority=begun.priority))
    return begun
