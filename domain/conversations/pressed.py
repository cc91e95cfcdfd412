"""What presses before this one have begun."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from domain.conversations.repository import LOOK_BACK
from domain.conversations.schemas import Heard
from domain.core.db import Session
from domain.core.db.moments import is_recent

_BEGUN_BY_PRESS = text(f"""
SELECT m.task_id FROM messages own, (
    SELECT id, user_id, press, task_id, created_at FROM messages WHERE thread_id = :thread_id
    ORDER BY id DESC LIMIT {LOOK_BACK}
) m
WHERE own.id = :message_id AND m.id <> own.id AND m.task_id IS NOT NULL AND m.user_id = own.user_id
  AND m.press ->> 'action' = own.press ->> 'action' AND m.press ->> 'value' = own.press ->> 'value'
  AND (CAST(:within AS interval) IS NULL OR m.created_at > own.created_at - CAST(:within AS interval))
ORDER BY m.id DESC LIMIT 1
""")  # noqa: S608 - of the constant


async def begun_by_press(session: Session, heard: Heard, *, within: timedelta | None = None) -> UUID | None:
    """The task that an earlier press of the same button by the same person has begun; ``within``: at most so long
    before. Whoever asks holds what such presses are about, so that of two at once the second is told of the first.
    """
    given = {"thread_id": heard.thread.id, "message_id": heard.message_id, "within": within}
    return await session.scalar(_BEGUN_BY_PRESS, given)


CONFIRMS_FOR = timedelta(minutes=5)
"""So long after somebody asked for something to be destroyed their yes to it counts."""

_ASKED = text(f"""
SELECT m.user_id, coalesce('/' || (m.press ->> 'value'), m.content) AS command,
       {is_recent("m.created_at", "CAST(:within AS interval)")} AS fresh
FROM messages m JOIN threads t ON t.id = m.thread_id
WHERE m.id = :message_id AND t.chat_id = :chat_id AND coalesce(m.press ->> 'action', 'command') = 'command'
FOR UPDATE OF m
""")  # noqa: S608 - of the constant


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that somebody gave, by words or by a button, and whether that was a short while ago."""

    user_id: UUID | None
    command: str
    fresh: bool


async def asked(session: Session, message_id: UUID, chat_id: UUID) -> Asked | None:
    """The command that a message of that chat gave, held: of two answers to it at once the second sees the first."""
    row = await session.first(_ASKED, {"message_id": message_id, "chat_id": chat_id, "within": CONFIRMS_FOR})
    return Asked(row["user_id"], row["command"], row["fresh"]) if row is not None else None
