"""Posts of which nobody can tell whether they arrived: their rows are ``unknown``, and a person is told once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from domain.conversations import outbox
from domain.conversations.ports import Address
from domain.conversations.said import Said, read
from domain.core.db import Session
from domain.core.queue import Command, Queue, enqueue

LATER = timedelta(seconds=10)
"""How long after a post was lost it is followed: what was lost with it is told in one breath."""

NOTE = "lost:"
"""What the keys of notes that tell of lost posts begin with; one that is lost itself is not followed by another."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A post that may not have arrived. ``user_id`` is whose thread it stands in."""

    id: UUID
    dedupe_key: str
    thread_id: UUID
    user_id: UUID
    reply_to: UUID | None
    to: Address


@dataclass(frozen=True, slots=True)
class Meant:
    """What a lost post says, in its newest state."""

    id: UUID
    task_id: UUID | None
    reply_to: UUID | None
    said: Said


async def follow(session: Session, chat_id: UUID, account: str, *, org_id: UUID | None) -> None:
    """Have a worker look at what was lost in a chat, a while after this transaction."""
    await enqueue(
        session,
        Command(
            queue=Queue.DELIVER,
            kind="follow",
            org_id=org_id,
            data={"chat_id": str(chat_id)},
            share=account,
            lane=f"lost:{chat_id}",
            dedupe_key=f"lost:{chat_id}",
            delay=LATER,
        ),
    )


async def follow_row(session: Session, row_id: UUID, account: str) -> None:
    """The same for the chat of a row of the outbox."""
    of = await session.first(text("SELECT chat_id, org_id FROM outbound_messages WHERE id = :id"), {"id": row_id})
    assert of is not None  # rows of the outbox are kept
    await follow(session, of["chat_id"], account, org_id=of["org_id"])


# A card is how the work stands, and is not followed: what comes of the work is said by itself.
_LOST = text("""
SELECT o.id, o.dedupe_key, o.thread_id, t.user_id, o.reply_to,
       c.platform, c.workspace, c.chat, t.platform_thread
FROM outbound_messages o JOIN threads t ON t.id = o.thread_id JOIN chats c ON c.id = o.chat_id
WHERE o.chat_id = :chat_id AND o.status = 'unknown' AND o.told_by IS NULL AND o.kind IN ('post', 'file')
  AND o.body ->> 'type' <> 'plan' AND NOT starts_with(o.dedupe_key, :note) AND o.created_at > now() - interval '1 day'
ORDER BY o.seq LIMIT 50
""")


async def lost(session: Session, chat_id: UUID) -> list[Lost]:
    """What of the last day may not have arrived in a chat, and nobody was told of."""
    rows = map(list, await session.execute(_LOST, {"chat_id": chat_id, "note": NOTE}))
    return [Lost(*row[:5], to=Address(*row[5:])) for row in rows]


_FOUND = text("""
UPDATE outbound_messages SET status = CASE WHEN CAST(:message_id AS text) IS NULL THEN 'queued' ELSE 'sent' END,
       platform_message_id = :message_id, sent_at = CASE WHEN CAST(:message_id AS text) IS NOT NULL THEN now() END
WHERE id = :id AND status = 'unknown'
""")


async def found(session: Session, row_id: UUID, message_id: str | None) -> None:
    """It is known by now: under that id of the platform's; without one it did not arrive, and is said again."""
    await session.execute(_FOUND, {"id": row_id, "message_id": message_id})


async def told(session: Session, row_ids: Sequence[UUID], note_id: UUID) -> None:
    """A person was told of these posts by that note."""
    await session.execute(
        text("UPDATE outbound_messages SET told_by = :note_id WHERE id = ANY(:ids)"),
        {"note_id": note_id, "ids": list(row_ids)},
    )


_MEANT = text("""
SELECT o.id, o.task_id, o.reply_to, coalesce((
           SELECT e.body FROM outbound_messages e WHERE e.target_key = o.dedupe_key AND e.kind = 'edit'
           ORDER BY e.seq DESC LIMIT 1), o.body) AS body
FROM outbound_messages o
WHERE o.chat_id = :chat_id AND o.status = 'unknown' AND o.told_by = :note_id ORDER BY o.seq
""")


async def meant(session: Session, chat_id: UUID, note_id: UUID) -> list[Meant]:
    """What the posts say that a note of the chat told of."""
    rows = await session.execute(_MEANT, {"chat_id": chat_id, "note_id": note_id})
    return [Meant(row.id, row.task_id, row.reply_to, read(row.body)) for row in rows]


_GIVEN_UP_BEFORE = text("""
SELECT EXISTS (
    SELECT 1 FROM queue_jobs q JOIN outbound_messages o ON o.id = :id
    WHERE q.status = 'quarantined' AND q.id <> :job_id AND q.lane = 'chat:' || o.chat_id AND q.failed_at > o.created_at)
""")
_GIVE_UP = text("""
UPDATE outbound_messages SET status = CASE status WHEN 'sending' THEN 'unknown' ELSE 'failed' END, error = :error
WHERE id = :id AND attempts = :attempts AND status IN ('queued', 'sending')
""")


async def deliver_anew(session: Session, chat_id: UUID, job_id: UUID, error: str, *, crashed: bool) -> None:
    """A delivery was given up: another job goes on with what is open in the chat. What is first there is given up with
    it, unless it ``crashed`` and that has not happened to it before: others may have been to blame.
    """
    rows = await outbox.open_rows(session, chat_id)
    org_id: UUID | None = await session.scalar(text("SELECT org_id FROM chats WHERE id = :id"), {"id": chat_id})
    if rows and (not crashed or await session.scalar(_GIVEN_UP_BEFORE, {"id": rows[0].id, "job_id": job_id})):
        await session.execute(_GIVE_UP, {"id": rows[0].id, "attempts": rows[0].attempts, "error": error})
        await follow(session, chat_id, rows[0].to.account, org_id=org_id)
        rows = rows[1:]
    if rows:
        progress = rows[0].kind == "edit"
        await outbox.wake_delivery(session, chat_id, rows[0].to.account, org_id=org_id, progress=progress)
