"""What people ask about tasks, scoped to their organization; lists page by key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import RowMapping, select, text

from domain.conversations.ports import NAMELESS, Address
from domain.core.db import Session
from domain.orgs.access import Owned
from domain.tasks.models import task_logs, task_steps, tasks
from domain.tasks.states import WORK, TaskStatus

_LISTED = (*(tasks.c[name] for name in ("id", "title", "status", "outcome", "waiting_for", "created_at", "cost")),)
_WORK = tasks.c.outcome.in_([outcome.value for outcome in WORK])
_IN_SHARED_CHATS = text(
    "NOT EXISTS (SELECT 1 FROM threads t JOIN chats c ON c.id = t.chat_id WHERE t.id = tasks.thread_id AND c.private)"
)

# Where nothing is ever planned or done, the whole thread would be gone through each time.
_PREVIOUS = text("""
WITH latest AS (
  SELECT id, description, plan, status, outcome, result FROM tasks
  WHERE thread_id = :thread_id AND id < :task_id ORDER BY id DESC LIMIT 50
), planned AS (
  SELECT id, description, plan FROM latest WHERE plan IS NOT NULL ORDER BY id DESC LIMIT 1
), looked AS (
  SELECT s.id FROM latest l JOIN task_steps s ON s.task_id = l.id
  WHERE s.name IN ('analyse_table', 'query_table') AND s.status = 'SUCCEEDED' ORDER BY l.id DESC, s.id DESC LIMIT 1
)
SELECT planned.description, planned.plan,
       (SELECT coalesce(output -> 'has', output -> 'columns') FROM task_steps s
        WHERE s.id = (SELECT id FROM looked)) AS columns,
       (SELECT output -> 'query' FROM task_steps s WHERE s.id = (SELECT id FROM looked)) AS query,
       (SELECT result ->> 'text' FROM latest
        WHERE status = 'SUCCEEDED' AND outcome IN ('answer', 'partial') ORDER BY id DESC LIMIT 1) AS result,
       ARRAY(
         SELECT description FROM tasks WHERE thread_id = :thread_id AND id < :task_id ORDER BY id LIMIT 3
       ) AS first_words,
       EXISTS (
         SELECT 1 FROM tasks WHERE thread_id = :thread_id AND outcome IN ('help', 'not_understood') AND id < :task_id
           AND plan IS NULL
       ) AS helped,
       EXISTS (
         SELECT 1 FROM tasks WHERE thread_id = :thread_id AND id < :task_id AND status IN ('PENDING', 'RUNNING')
       ) AS under_way,
       (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'title', o.title, 'doing', o.doing) ORDER BY o.id) FROM (
         SELECT id, title, left(description, 300) AS doing FROM tasks
         WHERE thread_id = :thread_id AND user_id = :user_id AND id < :task_id
           AND status IN ('PENDING', 'RUNNING', 'PAUSED') AND NOT EXISTS (
             SELECT 1 FROM tasks own JOIN messages m ON m.id = own.message_id
             WHERE own.id = :task_id AND m.press IS NOT NULL)
         ORDER BY id DESC LIMIT 9) o
       ) AS open
FROM (SELECT 1) one LEFT JOIN planned ON true
""")


async def previous_in_thread(session: Session, thread_id: UUID, user_id: UUID, task_id: UUID) -> RowMapping:
    """Of a thread's last fifty earlier tasks: description and plan of the newest that had a plan, or None; the columns
    of the table that was looked at last, and the query that was put to it, None where everything it says was asked
    for; the last answer that was a result. The words of the thread's first tasks; whether it was told what Legwork can
    do, and whether one of its tasks is ``under_way``; and of the person's own earlier tasks there those that are
    ``open``, oldest first: id, title, and what was asked, or None; what a press has begun is work of its own."""
    row = await session.first(_PREVIOUS, {"thread_id": thread_id, "user_id": user_id, "task_id": task_id})
    assert row is not None  # there is one, whatever the thread holds
    return row


async def list_tasks(
    session: Session,
    *,
    org_id: UUID,
    user_ids: Collection[UUID],
    status: TaskStatus | None = None,
    before: UUID | None = None,
    limit: int = 10,
    read_along: bool = False,
) -> Sequence[RowMapping]:
    """A person's tasks, newest first; greetings, and what was not understood, are none. ``read_along``: others read the
    list, and what stands in private chats is not in it."""
    query = (
        select(*_LISTED)
        .where(tasks.c.org_id == org_id, tasks.c.user_id.in_(user_ids), _WORK)
        .order_by(tasks.c.id.desc())
        .limit(limit)
    )
    if status is not None:
        query = query.where(tasks.c.status == status.value)
    if before is not None:
        query = query.where(tasks.c.id < before)
    if read_along:
        query = query.where(_IN_SHARED_CHATS)
    return await session.all(query)


async def find(session: Session, *, org_id: UUID, task_id: UUID) -> RowMapping | None:
    """One task of that organization, whole; whether somebody may see it, ``owned`` tells."""
    return await session.first(select(tasks).where(tasks.c.id == task_id, tasks.c.org_id == org_id))


_OWNED = text(f"""
SELECT k.user_id, c.id = :here AS here, c.private,
       coalesce(o.settings ->> 'approvals' = 'admins', false) OR EXISTS (
           SELECT 1 FROM chat_identities ci
           WHERE ci.user_id = k.user_id AND ci.platform_user_id LIKE '{NAMELESS}%') AS admins_decide
FROM tasks k JOIN threads t ON t.id = k.thread_id JOIN chats c ON c.id = t.chat_id
JOIN organizations o ON o.id = k.org_id
WHERE k.id = :task_id
""")  # noqa: S608 - of the constant


async def owned(session: Session, task_id: UUID, *, here: UUID) -> Owned:
    """Whose a task that is there is, and where it stands; ``here``: the chat in which somebody asks. For what was begun
    without a name there is nobody who could decide but admins."""
    row = await session.first(_OWNED, {"task_id": task_id, "here": here})
    assert row is not None  # it was found before
    return Owned(row["user_id"], private=row["private"], here=row["here"], admins_decide=row["admins_decide"])


async def newest(
    session: Session, *, org_id: UUID, user_ids: Collection[UUID], limit: int = 500, read_along: bool = False
) -> Sequence[UUID]:
    """The ids of a person's latest tasks: what a short id may mean; ``read_along`` as for ``list_tasks``."""
    query = (
        select(tasks.c.id)
        .where(tasks.c.org_id == org_id, tasks.c.user_id.in_(user_ids), _WORK)
        .order_by(tasks.c.id.desc())
        .limit(limit)
    )
    rows = await session.execute(query.where(_IN_SHARED_CHATS) if read_along else query)
    return [row.id for row in rows]


# A task may ask while other steps of it are still running.
_OPEN_TASKS = """
SELECT id, org_id, user_id, title, status, waiting_for,
       waiting_for IN ('answer', 'approval') OR EXISTS (
           SELECT 1 FROM task_steps s WHERE s.task_id = tasks.id AND s.status = 'WAITING' AND s.wake_at IS NULL) AS asks
FROM tasks
WHERE status IN ('PENDING', 'RUNNING', 'PAUSED')
"""
_OPEN = text(f"{_OPEN_TASKS} AND thread_id = :thread_id ORDER BY id DESC")
_OPEN_TASK = text(f"{_OPEN_TASKS} AND id = :task_id")


async def open_in_thread(session: Session, thread_id: UUID) -> Sequence[RowMapping]:
    """Tasks of a thread that have not ended, newest first; ``asks``: it waits for the person's words."""
    return await session.all(_OPEN, {"thread_id": thread_id})


async def open_task(session: Session, task_id: UUID) -> RowMapping | None:
    """One task, as ``open_in_thread`` has it, with its organization; None where it has ended."""
    return await session.first(_OPEN_TASK, {"task_id": task_id})


# In a chat that others read, what a person has running elsewhere is nobody's business.
_OPEN_OF = text("""
SELECT k.id, k.title, k.status, k.waiting_for, t.chat_id = :chat_id AS here
FROM tasks k JOIN threads t ON t.id = k.thread_id
WHERE k.org_id = :org_id AND k.user_id = ANY(:user_ids) AND k.status IN ('PENDING', 'RUNNING', 'PAUSED')
  AND (t.chat_id = :chat_id OR EXISTS (SELECT 1 FROM chats c WHERE c.id = :chat_id AND c.private))
ORDER BY k.id DESC
""")


async def open_of(session: Session, *, org_id: UUID, user_ids: Collection[UUID], chat_id: UUID) -> Sequence[RowMapping]:
    """A person's tasks that have not ended, newest first: those of this chat, or, where only they read it, of all
    chats; ``here``: it is one of this chat."""
    return await session.all(_OPEN_OF, {"org_id": org_id, "user_ids": list(user_ids), "chat_id": chat_id})


Work = Literal["works", "waits", "rests"]

_WORK_AT = text("""
SELECT EXISTS (SELECT 1 FROM tasks k WHERE k.thread_id = t.id AND k.status IN ('PENDING', 'RUNNING'))
         OR EXISTS (SELECT 1 FROM messages m WHERE m.thread_id = t.id AND m.role = 'user' AND m.handled_at IS NULL)
         OR EXISTS (SELECT 1 FROM outbound_messages o WHERE o.thread_id = t.id AND o.kind <> 'edit'
                      AND o.status IN ('queued', 'sending') AND o.dedupe_key <> :saying) AS works,
       EXISTS (SELECT 1 FROM tasks k WHERE k.thread_id = t.id AND k.status = 'PAUSED') AS waits
FROM chats c JOIN threads t ON t.chat_id = c.id
WHERE c.platform = :platform AND c.workspace = :workspace AND c.chat = :chat AND t.platform_thread = :thread
""")


async def work_at(session: Session, at: Address, *, saying: str) -> Work:
    """What the work of a platform's thread has come to: something is to be understood, done or said there, apart from
    what is said under the key ``saying``; or it waits for a person; or nothing is open."""
    row = await session.first(_WORK_AT, {**at.named, "saying": saying})
    if row is None:
        return "rests"
    return "works" if row["works"] else "waits" if row["waits"] else "rests"


async def steps_of(session: Session, task_id: UUID) -> Sequence[RowMapping]:
    return await session.all(select(task_steps).where(task_steps.c.task_id == task_id).order_by(task_steps.c.id))


async def logs_of(session: Session, task_id: UUID, limit: int = 50) -> Sequence[RowMapping]:
    return await session.all(
        select(task_logs).where(task_logs.c.task_id == task_id).order_by(task_logs.c.id.desc()).limit(limit)
    )


_PARTIAL = text("""
SELECT id, user_id FROM (
    SELECT id, user_id, status, outcome FROM tasks WHERE thread_id = :thread_id ORDER BY id DESC LIMIT 1) newest
WHERE status = 'SUCCEEDED' AND outcome = 'partial'
""")


async def partial_in_thread(session: Session, thread_id: UUID, user_ids: Collection[UUID]) -> UUID | None:
    """The newest task of a thread, where it is that person's and came to a part of what was asked."""
    row = await session.first(_PARTIAL, {"thread_id": thread_id})
    return row["id"] if row is not None and row["user_id"] in user_ids else None


async def latest_in_thread(session: Session, thread_id: UUID) -> UUID | None:
    return await session.scalar(
        select(tasks.c.id).where(tasks.c.thread_id == thread_id, _WORK).order_by(tasks.c.id.desc()).limit(1)
    )


_STANDING = text("""
SELECT c.settings ->> 'listen' AS listen, t.id IS NOT NULL AS known, coalesce(own.works, false) AS works,
       coalesce(own.asks, false) AS asks, coalesce(latest.own, false) AS latest,
       coalesce(extract(epoch FROM now() - greatest(own.moment, CASE WHEN latest.own THEN latest.moment END)), 0)
           AS since
FROM chats c
LEFT JOIN chat_identities ci
       ON ci.platform = c.platform AND ci.workspace = c.workspace AND ci.platform_user_id = :person
LEFT JOIN threads t ON t.deleted_at IS NULL AND t.chat_id = c.id AND t.id = (
       CASE WHEN CAST(:thread AS text) IS NULL THEN c.current_thread_id
            ELSE (SELECT k.id FROM threads k WHERE k.chat_id = c.id AND k.platform_thread = :thread) END)
LEFT JOIN LATERAL (
    SELECT true AS works, max(k.updated_at) AS moment,
           bool_or(k.waiting_for IN ('answer', 'approval') OR EXISTS (
               SELECT 1 FROM task_steps s
               WHERE s.task_id = k.id AND s.status = 'WAITING' AND s.wake_at IS NULL)) AS asks
    FROM tasks k
    WHERE k.thread_id = t.id AND k.status IN ('PENDING', 'RUNNING', 'PAUSED')
      AND k.user_id IN (ci.user_id, ci.first_user_id)
    HAVING count(*) > 0) own ON true
LEFT JOIN LATERAL (
    SELECT k.user_id IN (ci.user_id, ci.first_user_id) AS own, k.updated_at AS moment FROM tasks k
    WHERE k.thread_id = t.id ORDER BY k.id DESC LIMIT 1) latest ON true
WHERE c.platform = :platform AND c.workspace = :workspace AND c.chat = :chat
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands in a thread. ``listen`` is the chat's setting; ``known``: Legwork has a part in the thread;
    ``works``: a task of theirs has not ended there; ``asks``: one of those waits for their words; ``latest``: the
    newest task there is theirs; ``since``: seconds since their tasks there came further.
    """

    listen: str | None
    known: bool
    works: bool
    asks: bool
    latest: bool
    since: float


async def standing(session: Session, at: Address) -> Standing | None:
    """Of whoever speaks there. None: there is no such chat yet."""
    row = await session.first(_STANDING, at.named)
    if row is None:
        return None
    return Standing(row["listen"], row["known"], row["works"], row["asks"], row["latest"], float(row["since"]))
