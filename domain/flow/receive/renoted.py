"""A message that was noted for a task that runs, edited or deleted: what has not been heard says what the message says
now; what has been heard is told anew.
"""

from sqlalchemy import RowMapping

from domain.conversations import service
from domain.conversations.outbox import say
from domain.conversations.ports import Incoming
from domain.conversations.said import Button, Note
from domain.conversations.schemas import Person
from domain.core.db import Session
from domain.core.text import literal, storable
from domain.flow.common.noting import Remark, brief, have_it_go_on, have_it_heard, may_hear, own_button, remark
from domain.flow.common.presses import task_value
from domain.orgs.access import works
from domain.tasks import control, notes
from domain.tasks.notes import DROPPED, TASK, TaskNote


def may_change(person: Person, task: RowMapping) -> bool:
    """Whether what they say otherwise now is to be heard by that task: it is theirs, and they may have work done."""
    return works(person.role) and task["user_id"] in person.user_ids


async def follow(session: Session, incoming: Incoming, row: RowMapping, person: Person) -> bool:
    """Take the change of a message (``row``, see ``messages.sent_message``) into account, whose new text is stored.
    False: it was noted for no task, or has become one of its own.
    """
    note = await notes.of_message(session, row["id"])
    if note is None or (note.heard_by or "").startswith(TASK):
        return False
    task = await control.lock(session, note.task_id, row["org_id"])
    if task is None:
        return False
    if not may_change(person, task):
        return True
    deleted = incoming.change == "deleted"
    said = await (_deleted(session, task, note) if deleted else _edited(session, task, note, row, incoming.text))
    if said is not None:
        thread, _, _ = await service.setting(session, row["thread_id"], row["user_id"])
        key = f"changed:{incoming.event_key}"
        await say(session, thread, said, key=key, task_id=task["id"], reply_to=row["id"])
    return True


async def _edited(session: Session, task: RowMapping, note: TaskNote, row: RowMapping, text: str) -> Note | None:
    words, own, title = storable(text), own_button(task["id"], note.message_id), literal(task["title"])
    if not may_hear(task):
        return Note(text=f"You edited what you had said to “{title}”, which has ended.", buttons=(own,))
    if await notes.reword(session, note, words):
        await have_it_heard(session, task)
        return Note(text=f"Noted for “{title}” as it reads now: {literal(brief(words))}", buttons=(own,))
    await notes.let_go(session, note)
    again = f"{words} (instead of what I said before: {note.words})"
    told = await remark(session, task, Remark(row["user_id"], note.message_id, again))
    if told is None or note.heard_by == DROPPED:
        return told
    return told.model_copy(update={"text": f"“{title}” had heard it already. {told.text}"})


async def _deleted(session: Session, task: RowMapping, note: TaskNote) -> Note | None:
    if not may_hear(task) or note.heard_by == DROPPED:
        return None
    title, told = literal(task["title"]), literal(brief(note.words))
    if await notes.take_out(session, note, DROPPED):
        await have_it_go_on(session, task)
        return Note(text=f"Taken back, before “{title}” heard it: {told}")
    stop = Button(label="Stop", action="stop", value=task_value(task["id"]), style="danger")
    text = f"You deleted what “{title}” has heard already ({told}) It goes on with that."
    return Note(text=text, buttons=(stop,))
