"""The outbox: everything said to a person is a row here before it is sent, ordered within its chat."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Literal
from uuid import UUID

import orjson
from sqlalchemy import text

from domain.conversations.models import outbound_messages
from domain.conversations.ports import Address
from domain.conversations.repository import ACCOUNT
from domain.conversations.said import FilePost, Said, read
from domain.conversations.schemas import Outbound, Thread
from domain.core.db import Insert, Session
from domain.core.ids import new_id
from domain.core.queue import HELD, Command, Job, Queue, enqueue, held_by

Settled = Literal["sent", "unknown", "failed", "queued"]
"""What can become of a row that was being sent; queued: it is tried again."""


class Overtaken(Exception):
    """Another process has marked the row, or its chat has moved: what is open has to be read anew."""


_SAY = Insert(
    outbound_messages,
    *("id", "chat_id", "thread_id", "task_id", "reply_to", "kind", "body", "dedupe_key", "target_key"),
    within="thread_id",
    otherwise="ON CONFLICT (dedupe_key) DO NOTHING",
)


async def say(
    session: Session,
    thread: Thread,
    said: Said,
    *,
    key: str,
    task_id: UUID | None = None,
    reply_to: UUID | None = None,
    edits: str | None = None,
    over: str | None = None,
    unhurried: bool = False,
) -> None:
    """Queue something to be said in a thread, in the caller's transaction; the same ``key`` is said once.

    With ``edits`` it replaces what was said under that key: of several waiting edits only the newest is sent. With
    ``over`` it is something new that takes the place of what was said under that key, where that still stands.
    ``unhurried``: whatever is said in other chats goes before it.
    """
    if thread.held:
        session.signal(held_channel(thread.chat_id))
    else:
        await wake_delivery(
            session,
            thread.chat_id,
            thread.account,
            org_id=thread.org_id,
            progress=edits is not None,
            unhurried=unhurried,
        )
    # after the job, which asks the database: so the row goes with what else is written at the end
    session.add(
        _SAY,
        {
            "id": new_id(),
            "chat_id": thread.chat_id,
            "thread_id": thread.id,
            "task_id": task_id,
            "reply_to": reply_to,
            "kind": "edit" if edits else said.type if said.type in ("file", "whisper") else "post",
            "body": orjson.Fragment(said.model_dump_json()),
            "dedupe_key": key,
            "target_key": edits or over,
        },
    )


_BESIDE = text("""
INSERT INTO outbound_messages (id, org_id, chat_id, thread_id, task_id, kind, body, dedupe_key)
SELECT :id, org_id, chat_id, thread_id, task_id, 'file', CAST(:body AS jsonb), :key
FROM outbound_messages WHERE id = :row
ON CONFLICT (dedupe_key) DO NOTHING
""")


async def say_beside(session: Session, row: Outbound, post: FilePost, *, key: str) -> None:
    """Queue a file that belongs to what a row says, in its thread; the same ``key`` is said once."""
    given = {"id": new_id(), "row": row.id, "body": post.model_dump_json(), "key": key}
    await session.execute(_BESIDE, given)


async def known(session: Session, keys: Sequence[str]) -> frozenset[str]:
    """Those of the keys under which something was queued."""
    found = await session.execute(
        text("SELECT dedupe_key FROM outbound_messages WHERE dedupe_key = ANY(:keys)"), {"keys": list(keys)}
    )
    return frozenset(str(key) for (key,) in found)


async def wake_delivery(
    session: Session,
    chat_id: UUID,
    account: str,
    *,
    org_id: UUID | None = None,
    progress: bool,
    unhurried: bool = False,
) -> None:
    """Have a worker deliver the chat's open rows once this transaction has committed.

    ``org_id``: the chat's; None: that of the transaction. ``progress``: nothing but edits is open, and they let through
    what is newly said in other chats. ``unhurried``: so does this, and lets those through as well.
    """
    await enqueue(
        session,
        Command(
            queue=Queue.DELIVER,
            kind="deliver",
            org_id=org_id,
            data={"chat_id": str(chat_id)},
            share=account,
            lane=f"chat:{chat_id}",
            dedupe_key=f"deliver:{chat_id}",
            priority=0 if unhurried else 1 if progress else 2,
        ),
    )


def held_channel(chat_id: UUID) -> str:
    """Where the process that holds a chat's terminal hears that there is something to deliver."""
    return f"legwork:chat:{chat_id}"


QUICK = timedelta(seconds=5)
"""For so long after it was asked, a task whose work is shown is waited for by later answers to its person."""

SILENT = timedelta(seconds=30)
"""For so long an answer waits for a task of which nothing is shown yet."""

_IN_TURN = f"""
SELECT max(CASE WHEN EXISTS (SELECT 1 FROM outbound_messages s WHERE s.task_id = k.id)
                THEN k.created_at + interval '{QUICK.total_seconds()} seconds'
                ELSE {{ready}} + interval '{SILENT.total_seconds()} seconds' END)
FROM tasks own
JOIN tasks k ON k.thread_id = own.thread_id AND k.user_id = own.user_id AND k.id < own.id
            AND k.status IN ('PENDING', 'RUNNING')
WHERE own.id = {{task_id}}
"""  # noqa: S608 - of the constants above
"""SQL of the moment at which what came of a task need not wait any longer for what was asked before it."""

_OPEN = text(f"""
SELECT o.id, o.seq, o.task_id, o.reply_to, o.kind, o.body, o.dedupe_key, o.target_key, o.status, o.plain, o.attempts,
       CASE WHEN o.not_before > now() THEN o.not_before - now() END AS wait,
       o.thread_id, outcome, CASE WHEN turn.moment > now() THEN turn.moment - now() END AS behind,
       c.platform, c.workspace, c.chat, t.platform_thread, ci.platform_user_id, m.platform_message_id AS answers,
       m.id IS NOT NULL AND EXISTS (
           SELECT 1 FROM messages n
           WHERE n.thread_id = m.thread_id AND n.id > m.id AND n.user_id = m.user_id AND n.press IS NULL
             AND n.task_id IS DISTINCT FROM coalesce(o.task_id, m.task_id)) AS crossed
FROM outbound_messages o
JOIN threads t ON t.id = o.thread_id
JOIN chats c ON c.id = o.chat_id
LEFT JOIN messages m ON m.id = o.reply_to
CROSS JOIN LATERAL (
    SELECT o.task_id IS NOT NULL AND o.kind <> 'edit'
           AND o.body ->> 'type' IN ('answer', 'question', 'problem', 'file')) AS kinds (outcome)
LEFT JOIN LATERAL ({_IN_TURN.format(ready="o.created_at", task_id="o.task_id")}) AS turn (moment) ON outcome
LEFT JOIN chat_identities ci ON ci.id = coalesce(t.identity_id, {ACCOUNT.format(user="t.user_id")})
WHERE o.chat_id = :chat_id AND o.status IN ('queued', 'sending')
ORDER BY o.seq LIMIT :limit
""")  # noqa: S608 - of the constants above
_TURN = text(f"SELECT coalesce(({_IN_TURN.format(ready='now()', task_id=':task_id')}) <= now(), true)")


async def chat_at(session: Session, address: Address) -> UUID | None:
    """The chat a gateway's address means; None before its first message."""
    return await session.scalar(
        text("SELECT id FROM chats WHERE platform = :platform AND workspace = :workspace AND chat = :chat"),
        address.named,
    )


OPEN_ROWS = 50
"""How many open rows of a chat are read at once."""


_OF_ROW = len(fields(Outbound)) - 1
"""The columns before those of the address."""


async def open_rows(session: Session, chat_id: UUID) -> list[Outbound]:
    """What is still to be said in a chat, in order; the first ``OPEN_ROWS`` of it."""
    rows = map(list, await session.execute(_OPEN, {"chat_id": chat_id, "limit": OPEN_ROWS}))
    return [Outbound(*row[:_OF_ROW], to=Address(*row[_OF_ROW:])) for row in rows]


async def in_turn(session: Session, task_id: UUID) -> bool:
    """Whether what comes of a task may be shown: nothing that its person asked before is still expected shortly."""
    return bool(await session.scalar(_TURN, {"task_id": task_id}))


async def said_as(session: Session, dedupe_key: str) -> Said | None:
    """What was said under a key."""
    body = await session.scalar(text("SELECT body FROM outbound_messages WHERE dedupe_key = :key"), {"key": dedupe_key})
    return read(body) if body is not None else None


_SENDING = """
UPDATE outbound_messages o SET status = 'sending', attempts = attempts + 1
WHERE id = :id AND attempts = :attempts AND status IN ('queued', 'sending') AND {held}
RETURNING (SELECT p.platform_message_id FROM outbound_messages p WHERE p.dedupe_key = coalesce(
    o.target_key, CASE WHEN o.body ->> 'type' IN ('approval', 'question') THEN 'card:' || o.task_id END))
"""
_SENDING_BY_JOB, _SENDING_BY_TERMINAL = text(_SENDING.format(held=HELD)), text(_SENDING.format(held="true"))


async def mark_sending(session: Session, row: Outbound, job: Job | None) -> str | None:
    """The intent: from here on the row may have been sent. Returns the platform's id of the message it edits,
    takes the place of, or (what a task asks below its card) refers to.

    Raises:
        Overtaken: another process has marked it since it was read, or has the job.
    """
    statement, fence = (_SENDING_BY_JOB, held_by(job)) if job is not None else (_SENDING_BY_TERMINAL, {})
    marked = (await session.execute(statement, {"id": row.id, "attempts": row.attempts, **fence})).first()
    if marked is None:
        raise Overtaken(row.dedupe_key)
    return marked[0]


async def mark_superseded(session: Session, row_ids: Sequence[UUID]) -> None:
    await session.execute(
        text("UPDATE outbound_messages SET status = 'superseded' WHERE id = ANY(:ids)"), {"ids": list(row_ids)}
    )


_SETTLED = """
UPDATE outbound_messages SET status = :status, platform_message_id = :message_id, error = :error,
       plain = coalesce(:plain, plain), sent_at = CASE WHEN :status = 'sent' THEN now() END,
       not_before = now() + CAST(:wait AS interval)
WHERE id = :id AND attempts = :attempts AND status = 'sending' RETURNING id
"""
_SETTLED_OVER = text(f"""
WITH settled AS ({_SETTLED}), stands AS (
    UPDATE outbound_messages SET platform_message_id = :message_id
    WHERE dedupe_key = :target_key AND :status = 'sent' AND EXISTS (SELECT 1 FROM settled)
)
SELECT id FROM settled
""")  # noqa: S608 - of the constant above
_SETTLED_ALONE = text(_SETTLED)


async def mark(
    session: Session,
    row: Outbound,
    status: Settled,
    *,
    message_id: str | None = None,
    error: str | None = None,
    plain: bool | None = None,
    wait: timedelta | None = None,
) -> None:
    """What became of a row that was being sent. ``wait``: its chat is left alone for so long.

    What has taken the place of another row is what edits of that one change from now on.

    Raises:
        Overtaken: another process has taken the row over; what it finds out counts.
    """
    over = {"target_key": row.target_key} if row.is_over else {}
    settled = await session.scalar(
        _SETTLED_OVER if row.is_over else _SETTLED_ALONE,
        {
            **over,
            "id": row.id,
            "attempts": row.attempts,
            "status": status,
            "message_id": message_id,
            "error": error,
            "plain": plain,
            "wait": wait,
        },
    )
    if settled is None:
        raise Overtaken(row.dedupe_key)
