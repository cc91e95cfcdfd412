"""Where something is said, for a platform that shows all threads of a chat in one place."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from domain.core.db import Session

_PLACE = text("""
SELECT t.id, t.name, c.current_thread_id, o.reply_to
FROM outbound_messages o
JOIN threads t ON t.id = o.thread_id
JOIN chats c ON c.id = o.chat_id
WHERE o.dedupe_key = :key
""")


@dataclass(frozen=True, slots=True)
class Place:
    """A thread, whether it is the one its chat is in now, and the message that is replied to there."""

    thread_id: UUID
    name: str | None
    is_current: bool
    reply_to: UUID | None


async def place_of(session: Session, key: str) -> Place | None:
    """Where the row with this key is said; None where there is none."""
    row = await session.first(_PLACE, {"key": key})
    if row is None:
        return None
    return Place(row["id"], row["name"], row["id"] == row["current_thread_id"], row["reply_to"])
