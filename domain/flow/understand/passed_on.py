"""A message without words of the person's own: they passed on what others said."""

from collections.abc import Sequence

from domain.conversations import messages
from domain.conversations.quoted import Quoted
from domain.conversations.said import Note
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.text import literal
from domain.flow.understand.begin import add_task
from domain.tasks import control
from domain.tasks.schemas import Task
from domain.tasks.states import TaskStatus

_DID = {"forward": "forwarded me", "shared": "shared with me"}


def ask(quoted: Sequence[Quoted]) -> Note:
    """What shall be done with it?"""
    if all(piece.kind == "earlier" for piece in quoted):
        return Note(text="You called me: what shall I do with what was said here?")
    names = list(dict.fromkeys(piece.who for piece in quoted if piece.who))
    by = f" from {literal(_listed(names[:3]))}" if names else ""
    did = _DID.get(quoted[-1].kind, "pointed me to")
    if len(quoted) == 1:
        return Note(text=f"You {did} a message{by}: what shall I do with it?")
    return Note(text=f"You {did} {len(quoted)} messages{by}: what shall I do with them?")


async def with_comment(session: Session, heard: Heard, comment: str | None) -> Task | None:
    """The task for what was passed on together with the comment that was sent just before it as a message of its own.

    A task that the comment alone became, and that is still being decided, ends without a word: it could not know what
    was meant. None: there is no such comment, it was no work, or the work is under way or asks something: then what is
    passed on came later, and neither steers it nor answers it.
    """
    if comment is None:
        return None
    row = await messages.sent_message(session, heard.address, comment)
    if row is None or row["task_id"] is None:
        return None
    task = await control.lock(session, row["task_id"], row["org_id"])
    if task is None or task["message_id"] != row["id"]:
        return None  # it steered a task, or answered one
    status = TaskStatus(task["status"])
    if status in (TaskStatus.PENDING, TaskStatus.RUNNING) and task["plan"] is None:
        await control.cancel(session, task["id"])
        session.signal(f"legwork:task:{task['id']}")
    elif not status.final or status is TaskStatus.CANCELLED:
        return None
    quoted = [*task["quoted"], *(piece.as_json() for piece in heard.quoted)]
    return await add_task(session, heard, row["content"], quoted, started=True)


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
