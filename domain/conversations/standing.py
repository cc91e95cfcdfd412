"""What stands in a chat: where something we said is now, and what a message of ours belongs to."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from domain.conversations.said import Answer, PlanCard, Problem, read
from domain.core.db import Session


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something we said stands now."""

    age: timedelta
    """Since it was shown; none for what is about to be."""
    buried: bool
    """Somebody wrote below it, we said something else there, or the answer to an earlier question is about to be."""


# A thread of the platform's own is a place by itself; without those all threads of a chat stand in one place, where
# what was not active lately needs no look. Messages are compared by the database's clock, which made none of the ids.
_STANDING = text("""
WITH said AS (
    SELECT o.seq, o.task_id, o.created_at, o.sent_at, t.id AS thread_id, t.chat_id, t.platform_thread
    FROM outbound_messages o JOIN threads t ON t.id = o.thread_id
    WHERE o.dedupe_key = :key AND o.status IN ('queued', 'sending', 'sent')
), place AS (
    SELECT t.id FROM said JOIN threads t ON t.id = said.thread_id
    UNION
    SELECT t.id FROM said JOIN threads t ON t.chat_id = said.chat_id AND t.platform_thread IS NULL
    WHERE said.platform_thread IS NULL AND t.active_at > now() - interval '10 minutes'
)
SELECT now() - coalesce(said.sent_at, now()) AS age,
       EXISTS (
           SELECT 1 FROM place, LATERAL (
               SELECT m.role, m.press, m.created_at FROM messages m
               WHERE m.thread_id = place.id ORDER BY m.id DESC LIMIT 20
           ) m WHERE m.role = 'user' AND m.press IS NULL AND m.created_at > said.created_at)
       OR EXISTS (
           SELECT 1 FROM place JOIN outbound_messages o ON o.thread_id = place.id
           WHERE o.seq > said.seq AND o.kind IN ('post', 'file') AND o.target_key IS NULL AND o.status <> 'failed'
       )
       OR EXISTS (
           SELECT 1 FROM tasks own JOIN tasks k ON k.thread_id = own.thread_id AND k.user_id = own.user_id
           WHERE own.id = said.task_id AND k.id < own.id AND k.status IN ('PENDING', 'RUNNING')
       ) AS buried
FROM said
""")


async def standing(session: Session, key: str) -> Standing | None:
    """Where that which was said under a key stands; None where it is not known to stand anywhere, nor about to."""
    row = await session.first(_STANDING, {"key": key})
    return Standing(row["age"], row["buried"]) if row is not None else None


_RESULT = text("""
SELECT o.dedupe_key AS key, coalesce((
    SELECT e.body FROM outbound_messages e
    WHERE e.task_id = :task_id AND e.target_key = o.dedupe_key AND e.kind = 'edit' ORDER BY e.seq DESC LIMIT 1
), o.body) AS body
FROM outbound_messages o
WHERE o.task_id = :task_id AND o.kind = 'post' AND o.body ->> 'type' IN ('answer', 'problem')
ORDER BY o.seq DESC LIMIT 1
""")


async def result_of(session: Session, task_id: UUID) -> tuple[str, Answer | Problem] | None:
    """The key and the present state of what a task said last of all, its answer or what went wrong."""
    row = await session.first(_RESULT, {"task_id": task_id})
    said = read(row["body"]) if row is not None else None
    return (row["key"], said) if row is not None and isinstance(said, Answer | Problem) else None


_CARD = text("""
SELECT body FROM outbound_messages
WHERE task_id = :task_id AND (dedupe_key = :key OR target_key = :key) AND body ->> 'type' = 'plan'
ORDER BY seq DESC LIMIT 1
""")


async def card_of(session: Session, task_id: UUID, key: str) -> PlanCard | None:
    """The last state of a task's card that was said under a key."""
    body = await session.scalar(_CARD, {"task_id": task_id, "key": key})
    said = read(body) if body is not None else None
    return said if isinstance(said, PlanCard) else None


# Messages that were split are looked for among the newest of a chat; the others are found by their one id.
_TASK_OF = text("""
SELECT task_id FROM (
    (SELECT task_id, seq FROM outbound_messages
     WHERE chat_id = :chat_id AND platform_message_id = :message_id AND task_id IS NOT NULL
     ORDER BY seq DESC LIMIT 1)
    UNION ALL
    (SELECT task_id, seq FROM (
         SELECT task_id, seq, platform_message_id FROM outbound_messages
         WHERE chat_id = :chat_id AND platform_message_id LIKE '%,%' ORDER BY seq DESC LIMIT 500) split
     WHERE task_id IS NOT NULL AND :message_id = ANY(string_to_array(platform_message_id, ','))
     ORDER BY seq DESC LIMIT 1)
) posted ORDER BY seq DESC LIMIT 1
""")


async def task_of(session: Session, chat_id: UUID, platform_message_id: str) -> UUID | None:
    """The task a message of ours belongs to; what was split holds the ids of its parts, with commas."""
    return await session.scalar(_TASK_OF, {"chat_id": chat_id, "message_id": platform_message_id})


_SHOWN = text("""
SELECT EXISTS (
    SELECT 1 FROM outbound_messages o JOIN messages m ON m.id = :message_id
    WHERE o.task_id = :task_id AND o.status NOT IN ('queued', 'superseded') AND strpos(o.body::text, :button) > 0
      AND coalesce(o.sent_at, o.created_at) <= m.created_at)
""")


async def shown_before(session: Session, message_id: UUID, *, task_id: UUID, button: str) -> bool:
    """Whether something of the task that carries a button of this value was shown before the message was written."""
    given = {"message_id": message_id, "task_id": task_id, "button": f'"{button}"'}
    return bool(await session.scalar(_SHOWN, given))
