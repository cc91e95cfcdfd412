"""What a stored message says: as it was sent, as it was edited, and with what was fetched for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select, text, update

from domain.conversations.models import messages
from domain.conversations.ports import Address
from domain.conversations.repository import LOOK_BACK
from domain.core.db import Session
from domain.core.ids import new_id


async def sent_message(session: Session, at: Address, message_id: str) -> RowMapping | None:
    """A message by the platform's id, if that person sent it: id, content, attachments, quoted, handled_at, task_id,
    thread_id, user_id, org_id. Held until the transaction ends: what becomes of it just now has become of it."""
    return await session.first(
        text("""SELECT m.id, m.content, m.attachments, m.quoted, m.handled_at, m.task_id, m.thread_id, m.user_id,
               t.org_id
        FROM chat_identities ci
        JOIN messages m ON m.user_id IN (ci.user_id, ci.first_user_id) AND coalesce(m.identity_id = ci.id, true)
        JOIN threads t ON t.id = m.thread_id
        JOIN chats c ON c.id = t.chat_id AND c.platform = ci.platform AND c.workspace = ci.workspace
        WHERE ci.platform = :platform AND ci.workspace = :workspace AND ci.platform_user_id = :person
          AND c.chat = :chat AND m.platform_message_id = :message_id FOR UPDATE OF m"""),
        {**at.named, "message_id": message_id},
    )


async def reword(session: Session, message_id: UUID, content: str, *, handled: str) -> None:
    """What a message says now; ``handled``, once it was understood."""
    await session.execute(
        text(
            "UPDATE messages SET content = CASE WHEN handled_at IS NULL THEN :content ELSE :handled END WHERE id = :id"
        ),
        {"id": message_id, "content": content, "handled": handled},
    )


async def set_content(session: Session, message_id: UUID, content: str) -> None:
    await session.execute(update(messages).where(messages.c.id == message_id).values(content=content))


_PENDING = text("""
SELECT m.attachments, m.quoted, m.platform_message_id, c.platform, c.workspace, c.chat, t.platform_thread
FROM messages m JOIN threads t ON t.id = m.thread_id JOIN chats c ON c.id = t.chat_id
JOIN organization_members om ON om.org_id = t.org_id AND om.user_id = m.user_id AND om.status = 'active'
WHERE m.id = :message_id
""")


async def pending(session: Session, message_id: UUID) -> RowMapping | None:
    """What of a message is left to be fetched, and from where: attachments, quoted, platform_message_id, and its
    platform, workspace, chat and platform_thread. None: for whoever is no member, or not any more, nothing is."""
    return await session.first(_PENDING, {"message_id": message_id})


async def set_collected(
    session: Session, message_id: UUID, *, attachments: list[dict[str, Any]], quoted: list[dict[str, Any]]
) -> None:
    await session.execute(
        update(messages).where(messages.c.id == message_id).values(attachments=attachments, quoted=quoted)
    )


async def as_it_reads(session: Session, message_id: UUID | None) -> RowMapping | None:
    """content, quoted and user_id of a message."""
    columns = (messages.c.content, messages.c.quoted, messages.c.user_id)
    return await session.first(select(*columns).where(messages.c.id == message_id))


async def count_turns(session: Session, thread_id: UUID) -> int:
    """How many messages a thread holds, commands and presses aside."""
    return int(
        await session.scalar(
            text("SELECT count(*) FROM messages WHERE thread_id = :id AND press IS NULL AND content NOT LIKE '/%'"),
            {"id": thread_id},
        )
    )


_HISTORY = text(f"""
SELECT role, content, newest.quoted, t.status, t.outcome, t.plan IS NOT NULL AS planned FROM (
    SELECT id, role, content, quoted, task_id, press FROM messages WHERE thread_id = :thread_id AND id < :before
    ORDER BY id DESC LIMIT {LOOK_BACK}
) newest LEFT JOIN tasks t ON t.id = newest.task_id
WHERE press IS NULL AND (task_id IS NOT NULL OR (content = '' AND newest.quoted <> '[]'))
ORDER BY newest.id DESC LIMIT :limit
""")  # noqa: S608 - of the constant above


async def history(session: Session, thread_id: UUID, *, before: UUID, limit: int) -> Sequence[RowMapping]:
    """Role, content, quoted, and their task's status, outcome and whether it was planned, of the latest messages of a
    thread before one of them, newest first; commands and presses are no part of it, what was passed on without a word
    is.

    It looks back over ``LOOK_BACK`` messages: behind more commands than that, what was talked about is long past.
    """
    return await session.all(_HISTORY, {"thread_id": thread_id, "before": before, "limit": limit})


async def attachments_of(session: Session, message_id: UUID) -> list[dict[str, Any]]:
    """The files of one message: key, name, mime_type, size (bytes), sha256."""
    found = await session.scalar(text("SELECT attachments FROM messages WHERE id = :id"), {"id": message_id})
    return list(found or [])


_GIVE_BACK = text("""
WITH begun AS (
    UPDATE threads SET user_id = :now
    WHERE org_id IN (SELECT org_id FROM organization_members WHERE user_id = :before)
      AND user_id = :before AND identity_id = :identity_id
)
UPDATE messages SET user_id = :now WHERE user_id = :before AND identity_id = :identity_id
""")


async def give_back(session: Session, *, identity_id: UUID, before: UUID, now: UUID) -> None:
    """What somebody has written and begun by that account is another's from now on."""
    await session.execute(_GIVE_BACK, {"identity_id": identity_id, "before": before, "now": now})


_ADD_TURNED_AWAY = text("""
INSERT INTO messages (id, org_id, thread_id, user_id, role, content, platform_message_id, handled_at)
SELECT :id, org_id, id, :user_id, 'user', :content, :platform_message_id, now() FROM threads WHERE id = :thread_id
""")


async def add_turned_away(
    session: Session, *, thread_id: UUID, user_id: UUID, content: str, platform_message_id: str | None
) -> UUID:
    """The words of somebody who is not let in, with which nothing is done."""
    given = {"thread_id": thread_id, "user_id": user_id, "content": content, "platform_message_id": platform_message_id}
    await session.execute(_ADD_TURNED_AWAY, {**given, "id": (message_id := new_id())})
    return message_id


_FOLLOW_THREAD = text("""
UPDATE messages m SET org_id = t.org_id FROM threads t
WHERE m.id = :message_id AND t.id = m.thread_id AND m.org_id <> t.org_id RETURNING t.org_id
""")


async def follow_thread(session: Session, message_id: UUID) -> UUID | None:
    """Make a message its thread's organization's, in a transaction that sees both. None: it is."""
    return await session.scalar(_FOLLOW_THREAD, {"message_id": message_id})
