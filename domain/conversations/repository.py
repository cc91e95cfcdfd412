"""The tables of conversations: hearing, threads, history. The outbox has a file of its own."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, func, select, text, tuple_, update

from domain.conversations.models import chats, messages, threads
from domain.conversations.ports import About, Address, Incoming
from domain.core.db import Insert, Session
from domain.core.ids import new_id
from domain.maintenance.service import MAY_WAIT

LOOK_BACK = 500
"""So many of a thread's latest messages are looked through, and no more."""

ACCOUNT = """(
    SELECT i.id FROM chat_identities i
    WHERE i.platform = c.platform AND i.workspace = c.workspace AND (i.user_id = {user} OR i.first_user_id = {user})
    ORDER BY i.first_user_id = {user} DESC, i.id LIMIT 1)"""
"""SQL of the account that a person speaks by where the chat ``c`` is, for rows that do not say it: one, however many
accounts they have there."""

OTHERS = "ARRAY(SELECT o.id FROM users o WHERE o.merged_into = u.id) AS others"
"""SQL of who else the person ``u`` is: accounts that were linked to theirs."""

LOCATE = """
SELECT ci.user_id, ci.id AS identity_id, c.id AS chat_id, coalesce(t.org_id, c.org_id) AS org_id, c.held,
       t.id AS thread_id, om.status, CASE WHEN om.status = 'active' THEN om.role END AS role,
       CASE WHEN NOT c.bound THEN om.standing END AS standing, c.bound, ci.name, ci.timezone,
       EXISTS (SELECT 1 FROM tasks k WHERE k.thread_id = t.id AND k.status = 'PAUSED') AS waiting
FROM (SELECT 1) AS one
LEFT JOIN chat_identities ci
       ON ci.platform = :platform AND ci.workspace = :workspace AND ci.platform_user_id = :person
LEFT JOIN chats c ON c.platform = :platform AND c.workspace = :workspace AND c.chat = :chat
LEFT JOIN threads t ON t.deleted_at IS NULL AND t.chat_id = c.id AND t.id = (
       CASE WHEN CAST(:thread AS text) IS NULL THEN c.current_thread_id
            ELSE (SELECT k.id FROM threads k WHERE k.chat_id = c.id AND k.platform_thread = :thread) END)
LEFT JOIN organization_members om ON om.org_id = coalesce(t.org_id, c.org_id) AND om.user_id = ci.user_id
"""
"""Finds everything a message needs in one row; what is missing is made afterwards, once. ``role`` is that of an active
membership. ``standing``, ``name`` and ``timezone`` are what the platform said last, so far as it counts in the chat."""

_LOCATE = text(LOCATE)


async def locate(session: Session, at: Address) -> RowMapping:
    """Who is speaking where: ids of person, chat, organization and thread, each None where it is new."""
    row = await session.first(_LOCATE, at.named)
    assert row is not None  # the left side always has its one row
    return row


_SAID_OTHERWISE = text("""
SELECT om.org_id, om.user_id FROM chat_identities i
LEFT JOIN organization_members om ON om.org_id = (SELECT o.id FROM organizations o WHERE o.slug = :organization)
      AND om.user_id = ANY(ARRAY[i.user_id, i.first_user_id]) AND om.standing IS DISTINCT FROM CAST(:standing AS text)
      AND CAST(:standing AS text) <> 'unknown'
WHERE i.platform = :platform AND i.workspace = :workspace AND i.platform_user_id = :person
  AND (om.id IS NOT NULL OR coalesce(CAST(:name AS text), i.name) IS DISTINCT FROM i.name
       OR coalesce(CAST(:timezone AS text), i.timezone) IS DISTINCT FROM i.timezone)
ORDER BY om.id
""")


async def said_otherwise(session: Session, about: About) -> Sequence[RowMapping]:
    """Where a platform says something else of somebody than before: each membership of the workspace's organization by
    which they stand otherwise (org_id, user_id), or a row without one where it is what they are called. None: nowhere,
    as of everybody who is not known."""
    return await session.all(_SAID_OTHERWISE, asdict(about))


_FIRST_HEARD = text("""
INSERT INTO inbound_events (id, platform, workspace, event_key, chat, platform_message_id)
VALUES (:id, :platform, :workspace, :event_key, :chat, :message_id)
ON CONFLICT DO NOTHING RETURNING id
""")


async def first_heard(session: Session, incoming: Incoming) -> bool:
    """Record the event; False when it, or the message that is new with it, was recorded before."""
    message_id = incoming.message_id if incoming.change is None else None
    given = {"id": new_id(), "event_key": incoming.event_key, "message_id": message_id}
    return await session.scalar(_FIRST_HEARD, incoming.address.named | given) is not None


# The organization is the thread's, here as everywhere: a chat may have been bound to another one since.
_HEARD = text(f"""
SELECT m.id, m.content, m.attachments, m.quoted, m.press, m.handled_at, m.user_id, t.org_id, u.name,
       ci.id AS account_id, {OTHERS},
       coalesce(p.timezone, 'UTC') AS timezone, CASE WHEN om.status = 'active' THEN om.role END AS role,
       t.id AS thread_id, t.chat_id, t.name AS thread_name, t.instructions, t.model, c.held, c.private,
       c.platform, c.workspace, c.chat, t.platform_thread, ci.platform_user_id, m.platform_message_id AS answers,
       {MAY_WAIT} AS may_wait
FROM messages m
JOIN threads t ON t.id = m.thread_id
JOIN chats c ON c.id = t.chat_id
JOIN users u ON u.id = m.user_id
LEFT JOIN chat_identities ci ON ci.id = coalesce(m.identity_id, {ACCOUNT.format(user="m.user_id")})
LEFT JOIN user_profiles p ON p.user_id = m.user_id
LEFT JOIN organization_members om ON om.org_id = t.org_id AND om.user_id = m.user_id
WHERE m.id = :message_id FOR UPDATE OF m
""")  # noqa: S608 - of the constants above


async def heard(session: Session, message_id: UUID) -> RowMapping | None:
    """The message, held until the transaction ends: who says “stop” meanwhile waits to see what becomes of it."""
    return await session.first(_HEARD, {"message_id": message_id})


_ADD_TURN = Insert(messages, "id", "thread_id", "role", "content", "task_id", within="thread_id")


def add_turn(session: Session, *, thread_id: UUID, content: str, task_id: UUID) -> None:
    """What Legwork has answered becomes a turn of the thread."""
    row = {"id": new_id(), "thread_id": thread_id, "role": "assistant", "content": content, "task_id": task_id}
    session.add(_ADD_TURN, row)


_HANDLED = text("UPDATE messages SET handled_at = now(), task_id = :task_id WHERE id = :message_id")


async def mark_handled(session: Session, message_id: UUID, task_id: UUID | None) -> None:
    await session.execute(_HANDLED, {"message_id": message_id, "task_id": task_id})


_WITHDRAW = text("""
UPDATE messages SET handled_at = now()
WHERE thread_id = :thread_id AND user_id = :user_id AND id < :before AND role = 'user' AND press IS NULL
  AND handled_at IS NULL
RETURNING content
""")


async def withdraw(session: Session, *, thread_id: UUID, user_id: UUID, before: UUID) -> Sequence[str]:
    """Count what a person said in a thread before a message, and nobody has understood yet, as handled: its words.

    Waits for what is being understood just now, which then counts as understood.
    """
    rows = await session.all(_WITHDRAW, {"thread_id": thread_id, "user_id": user_id, "before": before})
    return [row["content"] for row in rows]


async def add_chat(session: Session, **values: Any) -> None:
    """Insert the chat unless another process just did."""
    await session.execute(
        text("""INSERT INTO chats (id, platform, workspace, chat, org_id, private, held)
        VALUES (:id, :platform, :workspace, :chat, :org_id, :private, :held) ON CONFLICT DO NOTHING"""),
        {"id": new_id(), **values},
    )


_ADD_THREAD = text("""
INSERT INTO threads (id, org_id, user_id, chat_id, identity_id, platform_thread, storage_id)
VALUES (:id, :org_id, :user_id, :chat_id, (
    SELECT i.id FROM chats c JOIN chat_identities i ON i.platform = c.platform AND i.workspace = c.workspace
    WHERE c.id = :chat_id AND i.platform_user_id = :person
), :platform_thread, :storage_id)
ON CONFLICT (chat_id, platform_thread) DO UPDATE SET active_at = now() RETURNING id, deleted_at
""")
_LET_GO = text("UPDATE threads SET platform_thread = NULL WHERE id = :id")


async def add_thread(
    session: Session, *, chat_id: UUID, org_id: UUID, user_id: UUID, person: str | None, platform_thread: str | None
) -> tuple[UUID, bool]:
    """The thread of that chat, made unless it is there, and whether it takes the place of a deleted one. ``person`` is
    the platform's id of the account that begins it."""
    place = {
        "chat_id": chat_id,
        "org_id": org_id,
        "user_id": user_id,
        "person": person,
        "platform_thread": platform_thread,
    }
    given = {**place, "id": (thread_id := new_id()), "storage_id": str(thread_id)}
    row = await session.first(_ADD_THREAD, given)
    was_deleted = row is not None and row["deleted_at"] is not None
    if row is not None and was_deleted:
        await session.execute(_LET_GO, {"id": row["id"]})
        row = await session.first(_ADD_THREAD, given)
    assert row is not None  # inserted, or in its way
    return row["id"], was_deleted


async def set_current_thread(session: Session, chat_id: UUID, thread_id: UUID) -> None:
    await session.execute(update(chats).where(chats.c.id == chat_id).values(current_thread_id=thread_id))


async def list_threads(
    session: Session,
    *,
    org_id: UUID,
    user_ids: Collection[UUID],
    before: tuple[datetime, UUID] | None = None,
    limit: int,
    read_along: bool = False,
) -> Sequence[RowMapping]:
    """A person's threads, the most recently active first: id, name, active_at.

    ``before``: those that come after the one with that moment and id. ``read_along``: others read the list, and the
    threads of private chats are not in it.
    """
    query = _own_threads(org_id, user_ids).order_by(threads.c.active_at.desc(), threads.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(threads.c.active_at, threads.c.id) < tuple_(*before))
    if read_along:
        query = query.where(threads.c.chat_id.in_(select(chats.c.id).where(chats.c.org_id == org_id, ~chats.c.private)))
    return await session.all(query)


async def find_thread(
    session: Session, *, org_id: UUID, user_ids: Collection[UUID], thread_id: UUID
) -> RowMapping | None:
    """One thread of that person, as ``list_threads`` has it."""
    return await session.first(_own_threads(org_id, user_ids).where(threads.c.id == thread_id))


def _own_threads(org_id: UUID, user_ids: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    return select(threads.c.id, threads.c.name, threads.c.active_at, threads.c.chat_id).where(
        threads.c.org_id == org_id, threads.c.user_id.in_(user_ids), threads.c.deleted_at.is_(None)
    )


async def change_thread(session: Session, thread_id: UUID, **values: Any) -> None:
    await session.execute(update(threads).where(threads.c.id == thread_id).values(**values))


_TOUCH = """UPDATE threads SET active_at = now(), name = coalesce(name, :name)
WHERE id = :thread_id AND (name IS NULL OR active_at < now() - interval '1 minute')"""


async def touch_thread(session: Session, thread_id: UUID, name: str) -> None:
    """Something is going on in the thread; one without a name takes this one. At most one write a minute."""
    await session.execute(text(_TOUCH), {"thread_id": thread_id, "name": name})


_BEGUN = text(f"WITH touched AS ({_TOUCH}) {_HANDLED.text}")


async def mark_begun(session: Session, message_id: UUID, task_id: UUID, thread_id: UUID, name: str) -> None:
    """The message is handled, a task having begun with it: ``mark_handled`` and ``touch_thread`` in one statement."""
    given = {"message_id": message_id, "task_id": task_id, "thread_id": thread_id, "name": name}
    await session.execute(_BEGUN, given)


_SETTING = text(f"""
SELECT t.id AS thread_id, t.chat_id, t.name AS thread_name, t.instructions, t.model, c.held, c.private,
       c.platform, c.workspace, c.chat, t.platform_thread, t.org_id, ci.platform_user_id,
       (SELECT m.platform_message_id FROM messages m WHERE m.id = :message_id) AS answers,
       ci.id AS account_id, {OTHERS},
       u.name, coalesce(p.timezone, 'UTC') AS timezone, CASE WHEN om.status = 'active' THEN om.role END AS role
FROM threads t
JOIN chats c ON c.id = t.chat_id
JOIN users u ON u.id = :user_id
LEFT JOIN chat_identities ci ON ci.id = coalesce(
       (SELECT m.identity_id FROM messages m WHERE m.id = :message_id AND m.user_id = u.id),
       CASE WHEN t.user_id = u.id THEN t.identity_id END, {ACCOUNT.format(user="u.id")})
LEFT JOIN user_profiles p ON p.user_id = u.id
LEFT JOIN organization_members om ON om.org_id = t.org_id AND om.user_id = u.id
WHERE t.id = :thread_id
""")  # noqa: S608 - of the constants above


async def setting(
    session: Session, thread_id: UUID, user_id: UUID, message_id: UUID | None = None
) -> RowMapping | None:
    """A thread, its chat and a person in it; ``answers`` is the platform's id of the message, where there is one."""
    return await session.first(_SETTING, {"thread_id": thread_id, "user_id": user_id, "message_id": message_id})


async def delete_thread(session: Session, thread_id: UUID) -> None:
    """The thread is kept for the upkeep to remove, and no longer shown; its chat goes on in a new one."""
    await session.execute(update(threads).where(threads.c.id == thread_id).values(deleted_at=func.now()))
    own = select(threads.c.chat_id).where(threads.c.id == thread_id).scalar_subquery()
    await session.execute(
        update(chats).where(chats.c.id == own, chats.c.current_thread_id == thread_id).values(current_thread_id=None)
    )
