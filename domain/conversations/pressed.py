"""What presses before this one have begun."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from domain.conversations.repository import LOOK_BACK
from domain.conversations.schemas import Heard
from domain.core.db import Session

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
