"""What a person says to a task while it runs, until it is heard.

A note is written under the lock of its task's row, and counted there (``tasks.unheard``): so it is either in time, and
the task does not succeed before it is heard, or it finds the task ended and is none. Whatever changes the count holds
that lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.ids import new_id
from domain.tasks.states import TaskStatus

MOST_UNHEARD = 50
"""Of one task at a time."""

TASK = "task:"
"""What ``heard_by`` begins with where it became a task of its own."""

DROPPED = "dropped"
"""``heard_by`` of what was not heard, and whose person was told so."""


class Noted(StrEnum):
    """What became of words that were to be noted. Only ``NOTED`` is true."""

    NOTED = "noted"
    KNOWN = "known"
    """Of this message it was noted before."""
    FULL = "full"
    """As many are unheard as a task may have."""
    ENDED = "ended"
    """The task has ended: there is nobody to hear it."""

    def __bool__(self) -> bool:
        return self is Noted.NOTED


@dataclass(frozen=True, slots=True)
class TaskNote:
    """Something said to a task. ``heard_by`` is None while nobody has heard it."""

    id: UUID
    task_id: UUID
    message_id: UUID
    words: str
    heard_by: str | None = None


_LOCK = text("SELECT status, unheard FROM tasks WHERE id = :task_id FOR UPDATE")
_ADD = text("""
INSERT INTO task_notes (id, org_id, task_id, user_id, message_id, words)
SELECT :id, org_id, id, :user_id, :message_id, :words FROM tasks WHERE id = :task_id
ON CONFLICT (task_id, message_id) DO NOTHING RETURNING id
""")
_COUNT = text("UPDATE tasks SET unheard = unheard + :by, updated_at = now() WHERE id = :task_id")


async def add(session: Session, task_id: UUID, *, user_id: UUID, message_id: UUID, words: str) -> Noted:
    """Note what a person says to a task; the task's row is locked from here on."""
    row = await session.first(_LOCK, {"task_id": task_id})
    if row is None or TaskStatus(row["status"]).final:
        return Noted.ENDED
    if row["unheard"] >= MOST_UNHEARD:
        return Noted.FULL
    given = {"id": new_id(), "task_id": task_id, "user_id": user_id, "message_id": message_id, "words": words}
    if await session.scalar(_ADD, given) is None:
        return Noted.KNOWN
    await session.execute(_COUNT, {"task_id": task_id, "by": 1})
    return Noted.NOTED


_NOTES = "SELECT id, task_id, message_id, words, heard_by FROM task_notes"
_UNHEARD = text(f"{_NOTES} WHERE task_id = :task_id AND heard_by IS NULL ORDER BY id")
_OF_TASK = text(f"{_NOTES} WHERE task_id = :task_id ORDER BY id")
_OF_MESSAGE = text(f"{_NOTES} WHERE message_id = :message_id ORDER BY id DESC LIMIT 1")


async def unheard(session: Session, task_id: UUID) -> list[TaskNote]:
    """What nobody has heard yet, in the order it was said."""
    return [_note(row) for row in await session.all(_UNHEARD, {"task_id": task_id})]


_LEFT = text("SELECT unheard FROM tasks WHERE id = :task_id AND status IN ('PENDING', 'RUNNING', 'PAUSED')")


async def left(session: Session, task_id: UUID) -> int:
    """How much of what was said to an open task is unheard; 0 for one that has ended."""
    return await session.scalar(_LEFT, {"task_id": task_id}) or 0


async def of_task(session: Session, task_id: UUID) -> list[TaskNote]:
    """All that was said to it, in that order."""
    return [_note(row) for row in await session.all(_OF_TASK, {"task_id": task_id})]


async def of_message(session: Session, message_id: UUID) -> TaskNote | None:
    """The newest note that a message became."""
    row = await session.first(_OF_MESSAGE, {"message_id": message_id})
    return _note(row) if row is not None else None


def _note(row: RowMapping) -> TaskNote:
    return TaskNote(row["id"], row["task_id"], row["message_id"], row["words"], row["heard_by"])


_HEARD = text("""
UPDATE task_notes SET heard_by = :by WHERE task_id = :task_id AND id = ANY(:ids) AND heard_by IS NULL RETURNING id
""")


async def heard(session: Session, task_id: UUID, ids: Sequence[UUID], by: str) -> list[UUID]:
    """The notes are heard, once: returns the ids of those that nobody had heard, or taken out, before. The task's row
    is locked from here on; in a worker's transaction the fence comes first.
    """
    await session.first(_LOCK, {"task_id": task_id})
    rows = await session.all(_HEARD, {"task_id": task_id, "ids": list(ids), "by": by})
    if rows:
        await session.execute(_COUNT, {"task_id": task_id, "by": -len(rows)})
    return [row["id"] for row in rows]


async def take_out(session: Session, note: TaskNote, by: str) -> bool:
    """The note is not for its task any more. False: it has been heard, or taken out, before."""
    return bool(await heard(session, note.task_id, [note.id], by))


_LET_GO = text("UPDATE task_notes SET message_id = :id WHERE id = :note")


async def let_go(session: Session, note: TaskNote) -> None:
    """The note is no longer that of its message, which says something else by now and may be noted anew."""
    await session.execute(_LET_GO, {"id": new_id(), "note": note.id})


_REWORD = text("UPDATE task_notes SET words = :words WHERE id = :id AND heard_by IS NULL RETURNING id")


async def reword(session: Session, note: TaskNote, words: str) -> bool:
    """The note says something else now. False: it has been heard already. Locks the task's row first."""
    await session.first(_LOCK, {"task_id": note.task_id})
    return await session.scalar(_REWORD, {"id": note.id, "words": words}) is not None
