"""What became of one message: asked by whoever waits for its answer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.conversations.places import Place
from domain.core.db import Session
from domain.core.queue import PUT_OFF

# The message is understood, its task (if it became one) is over or waits for a person, and all of it was said.
_SETTLED = text("""
SELECT t.id AS task_id, t.status, t.outcome, t.result, t.error, t.cost, t.started_at, t.completed_at, m.created_at,
       extract(epoch FROM coalesce(t.completed_at, now()) - m.created_at) AS seconds
FROM messages m LEFT JOIN tasks t ON t.id = m.task_id
WHERE m.id = :message_id AND m.handled_at IS NOT NULL
  AND (t.id IS NULL OR t.status IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'PAUSED'))
  AND NOT EXISTS (SELECT 1 FROM outbound_messages o WHERE o.status IN ('queued', 'sending')
                  AND (o.reply_to = m.id OR o.task_id = t.id))
""")

_WAITS = text(f"""
SELECT EXISTS (SELECT 1 FROM queue_jobs WHERE {PUT_OFF} AND data ->> 'message_id' = CAST(:message_id AS text))
   AND NOT EXISTS (SELECT 1 FROM outbound_messages WHERE reply_to = CAST(:message_id AS uuid)
                   AND status IN ('queued', 'sending'))
""")  # noqa: S608 - a constant

_SAID = text("""
SELECT body FROM outbound_messages
WHERE (reply_to = :message_id OR task_id = :task_id)
  AND (kind = 'post' OR (kind = 'edit' AND body ->> 'type' = 'plan' AND body -> 'asks' <> '[]')) ORDER BY seq
""")

_PLACE = text("""
SELECT t.thread_id, th.name, th.id = c.current_thread_id AS is_current, t.message_id
FROM tasks t JOIN threads th ON th.id = t.thread_id JOIN chats c ON c.id = th.chat_id WHERE t.id = :task_id
""")

_FACTS = text("""
SELECT output -> 'facts' AS facts FROM task_steps
WHERE task_id = :task_id AND status = 'SUCCEEDED' AND jsonb_typeof(output -> 'facts') = 'array' ORDER BY id
""")


async def settled(session: Session, message_id: UUID) -> RowMapping | None:
    """Task, status, outcome, result, error, cost (US dollars), seconds taken; None while something is still to come."""
    return await session.first(_SETTLED, {"message_id": message_id})


async def waits(session: Session, message_id: UUID) -> bool:
    """Whether what a message wants waits for the end of maintenance, and all that is said of it until then was said."""
    return bool(await session.scalar(_WAITS, {"message_id": str(message_id)}))


async def said_about(session: Session, message_id: UUID, task_id: UUID | None) -> Sequence[dict[str, Any]]:
    """The bodies of all posts in reply to a message, and of cards that ask, in order."""
    rows = await session.execute(_SAID, {"message_id": message_id, "task_id": task_id})
    return [row.body for row in rows]


async def place_of_task(session: Session, task_id: UUID) -> Place | None:
    """Where a task's answer will be said; None where there is no such task."""
    row = await session.first(_PLACE, {"task_id": task_id})
    if row is None:
        return None
    return Place(row["thread_id"], row["name"], row["is_current"] is True, row["message_id"])


async def facts_of(session: Session, task_id: UUID) -> list[dict[str, Any]]:
    """Every fact the task's steps computed, in the plan's order."""
    rows = await session.execute(_FACTS, {"task_id": task_id})
    return [fact for row in rows for fact in row.facts]
