"""The tables of exports and erasures."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.db.moments import is_recent
from domain.core.ids import new_id

# -- exports ------------------------------------------------------------------------------------------

_EXPORT = "id, user_id, org_id, status, state, size, ready_at, expires_at, created_at"

_ADD_EXPORT = text("INSERT INTO data_exports (id, user_id, org_id) VALUES (:id, :user_id, :org_id)")


async def add_export(session: Session, user_id: UUID, org_id: UUID) -> UUID:
    key = new_id()
    await session.execute(_ADD_EXPORT, {"id": key, "user_id": user_id, "org_id": org_id})
    return key


async def export(session: Session, export_id: UUID) -> RowMapping | None:
    return await session.first(
        text(f"SELECT {_EXPORT} FROM data_exports WHERE id = :id"),  # noqa: S608 - of a constant
        {"id": export_id},
    )


_WITHIN = "CAST(:within AS interval)"
_LAST_EXPORT = text(f"""
SELECT {_EXPORT}, CASE WHEN {is_recent("created_at", _WITHIN)} THEN created_at + {_WITHIN} - now()
                  ELSE interval '0' END AS wait FROM data_exports
WHERE user_id = ANY(:people) AND status <> 'failed' ORDER BY id DESC LIMIT 1
""")  # noqa: S608 - of a constant


async def last_export(session: Session, people: Sequence[UUID], within: timedelta) -> RowMapping | None:
    """The newest; ``wait`` is what is left of ``within`` since it was asked for."""
    return await session.first(_LAST_EXPORT, {"people": list(people), "within": within})


_KEEP_STATE = text("""
UPDATE data_exports SET state = CAST(:state AS jsonb) WHERE id = :id AND status = 'collecting' RETURNING id
""")


async def keep_state(session: Session, export_id: UUID, state: Mapping[str, Any]) -> bool:
    """Note how far it is. False: it is no longer wanted."""
    given = {"id": export_id, "state": orjson.dumps(state).decode()}
    return await session.scalar(_KEEP_STATE, given) is not None


_READY = text("""
UPDATE data_exports SET status = 'ready', state = CAST(:state AS jsonb), size = :size, ready_at = now(),
       expires_at = now() + CAST(:good AS interval)
WHERE id = :id AND status = 'collecting' RETURNING expires_at
""")


async def set_ready(
    session: Session, export_id: UUID, *, state: Mapping[str, Any], size: int, good: timedelta
) -> datetime | None:
    """Its archive can be had. Returns until when; None: it is no longer wanted."""
    given = {"id": export_id, "state": orjson.dumps(state).decode(), "size": size, "good": good}
    return await session.scalar(_READY, given)


async def can_be_had(session: Session, export_id: UUID) -> RowMapping | None:
    """An export whose archive is there still."""
    return await session.first(
        text(f"SELECT {_EXPORT} FROM data_exports WHERE id = :id AND status = 'ready' AND expires_at > now()"),  # noqa: S608 - of a constant
        {"id": export_id},
    )


_OVER = text("""
SELECT id, status, state FROM data_exports
WHERE (status = 'ready' AND expires_at <= now()) OR (status = 'collecting' AND created_at < now() - interval '2 days')
ORDER BY id LIMIT :many
""")


async def exports_over(session: Session, many: int) -> Sequence[RowMapping]:
    """Those whose time is over, and those that have not come to their end in two days."""
    return await session.all(_OVER, {"many": many})


_LYING = text("""
SELECT id FROM data_exports WHERE status = 'collecting' AND created_at < now() - interval '10 minutes'
ORDER BY id LIMIT :many
""")


async def exports_lying(session: Session, many: int) -> list[UUID]:
    """Those that have been collected for so long that it may have been broken off."""
    return [row["id"] for row in await session.all(_LYING, {"many": many})]


_EXPIRE = text("UPDATE data_exports SET status = :status, state = '{}' WHERE id = :id")


async def expire_export(session: Session, export_id: UUID, *, failed: bool) -> None:
    await session.execute(_EXPIRE, {"id": export_id, "status": "failed" if failed else "expired"})


# -- erasures -----------------------------------------------------------------------------------------

_ERASURE = "id, user_id, org_id, scope, erased, waits_for, due_at, cancelled_at, began_at, done_at, created_at"

_ADD_ERASURE = text("""
INSERT INTO erasures (id, user_id, org_id, scope, due_at)
VALUES (:id, :user_id, :org_id, CAST(:scope AS jsonb), now() + CAST(:after AS interval)) RETURNING id, due_at
""")


async def add_erasure(
    session: Session, user_id: UUID, org_id: UUID, after: timedelta, people: Sequence[UUID]
) -> RowMapping:
    """``people``: all that whoever asks is known as, and nobody whom they are linked to later."""
    scope = orjson.dumps({"people": people}, default=str).decode()
    given = {"id": new_id(), "user_id": user_id, "org_id": org_id, "scope": scope, "after": after}
    row = await session.first(_ADD_ERASURE, given)
    assert row is not None
    return row


async def erasure(session: Session, erasure_id: UUID) -> RowMapping | None:
    """Held until the transaction ends: nobody undoes it meanwhile."""
    return await session.first(
        text(f"SELECT {_ERASURE} FROM erasures WHERE id = :id FOR UPDATE"),  # noqa: S608 - of a constant
        {"id": erasure_id},
    )


OF_A_PERSON = "(scope -> 'people') IS DISTINCT FROM '[]'::jsonb"
"""SQL: that of an organization is about nobody, from the beginning."""
_OPEN = text(f"""
SELECT {_ERASURE} FROM erasures
WHERE {OF_A_PERSON} AND user_id = ANY(:people) AND cancelled_at IS NULL AND done_at IS NULL ORDER BY id LIMIT 1
""")  # noqa: S608 - of a constant


async def open_erasure(session: Session, people: Sequence[UUID]) -> RowMapping | None:
    """The one that this person has asked for, whichever of their accounts it was."""
    return await session.first(_OPEN, {"people": list(people)})


_CANCEL = text(f"""
UPDATE erasures SET cancelled_at = now()
WHERE {OF_A_PERSON} AND user_id = ANY(:people) AND cancelled_at IS NULL AND began_at IS NULL RETURNING id
""")  # noqa: S608 - of a constant


async def cancel_erasure(session: Session, people: Sequence[UUID]) -> list[UUID]:
    """Undo what has not begun. Returns what it was."""
    return [row["id"] for row in await session.all(_CANCEL, {"people": list(people)})]


_DUE = text("""
SELECT id FROM erasures WHERE done_at IS NULL AND cancelled_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT :many
""")


async def due_erasures(session: Session, many: int) -> list[UUID]:
    return [row["id"] for row in await session.all(_DUE, {"many": many})]


_BEGIN = text("""
UPDATE erasures SET began_at = coalesce(began_at, now()), scope = CAST(:scope AS jsonb), waits_for = NULL
WHERE id = :id
""")


async def begin_erasure(session: Session, erasure_id: UUID, scope: Mapping[str, Any]) -> None:
    """From here on nothing undoes it. For whoever holds it (``erasure``)."""
    await session.execute(_BEGIN, {"id": erasure_id, "scope": orjson.dumps(scope).decode()})


async def hold_back(session: Session, erasure_id: UUID, why: str) -> None:
    """It is due, and waits for its person to do something first."""
    await session.execute(text("UPDATE erasures SET waits_for = :why WHERE id = :id"), {"id": erasure_id, "why": why})


_COUNT = text("""
UPDATE erasures SET erased = erased || jsonb_build_object(CAST(:name AS text),
       coalesce(CAST(erased ->> :name AS bigint), 0) + CAST(:rows AS bigint)) WHERE id = :id
""")


async def count_erased(session: Session, erasure_id: UUID, table: str, rows: int) -> None:
    await session.execute(_COUNT, {"id": erasure_id, "name": table, "rows": rows})


_DONE = text("UPDATE erasures SET done_at = now() WHERE id = :id")
_GONE = text("UPDATE users SET deleted_at = coalesce(deleted_at, now()) WHERE id = ANY(:people)")


async def end_erasure(session: Session, erasure_id: UUID, people: Sequence[UUID]) -> None:
    await session.execute(_GONE, {"people": list(people)})
    await session.execute(_DONE, {"id": erasure_id})


_AGAIN = text("""
INSERT INTO erasures (id, user_id, org_id, scope, due_at, began_at)
VALUES (:id, :user_id, :org_id, CAST(:scope AS jsonb), now(), now())
ON CONFLICT (id) DO UPDATE SET due_at = now(), began_at = now(), done_at = NULL, cancelled_at = NULL
""")


async def erase_again(
    session: Session, erasure_id: UUID, *, user_id: UUID, org_id: UUID, scope: Mapping[str, Any]
) -> None:
    """Enter what the journal says was erased, as something to be done."""
    given = {"id": erasure_id, "user_id": user_id, "org_id": org_id, "scope": orjson.dumps(scope).decode()}
    await session.execute(_AGAIN, given)


# -- what runs ----------------------------------------------------------------------------------------

_RUNNING_TASKS = text("""
SELECT id, org_id FROM tasks
WHERE status IN ('PENDING', 'RUNNING', 'PAUSED')
  AND (user_id = ANY(:people) OR thread_id IN (SELECT id FROM threads WHERE chat_id = ANY(:chats)))
ORDER BY id LIMIT :many
""")


async def open_tasks(
    session: Session, people: Sequence[UUID], chats: Sequence[UUID], many: int
) -> Sequence[RowMapping]:
    """Tasks of this person, and those in their private chats, that have not ended."""
    return await session.all(_RUNNING_TASKS, {"people": list(people), "chats": list(chats), "many": many})


_STOP_JOBS = text("""
UPDATE queue_jobs SET status = 'cancelled'
WHERE status IN ('available', 'scheduled') AND share = ANY(CAST(:written AS text[])) AND queue <> 'UPKEEP'
""")
_RUNS = text("""
SELECT EXISTS (SELECT 1 FROM queue_jobs WHERE status = 'running' AND queue <> 'UPKEEP'
               AND (share = ANY(CAST(:written AS text[])) OR task_id IN (
                   SELECT id FROM tasks WHERE user_id = ANY(:people)))) AS runs
""")
_UNSAID = text("""
UPDATE outbound_messages o SET status = 'superseded'
WHERE o.status IN ('queued', 'sending')
  AND (o.task_id IN (SELECT id FROM tasks WHERE user_id = ANY(:people))
       OR o.reply_to IN (SELECT id FROM messages WHERE user_id = ANY(:people)))
""")


async def stop_jobs(session: Session, people: Sequence[UUID]) -> bool:
    """What was to be done for this person is not begun. Returns whether something still runs."""
    written = [str(one) for one in people]
    await session.execute(_STOP_JOBS, {"written": written})
    return bool(await session.scalar(_RUNS, {"written": written, "people": list(people)}))


async def leave_unsaid(session: Session, people: Sequence[UUID]) -> None:
    """What was to be said of their work in shared chats is not."""
    await session.execute(_UNSAID, {"people": list(people)})


# -- people -------------------------------------------------------------------------------------------


async def known_as(session: Session, user_id: UUID) -> UUID:
    """Who they are by now: another account of theirs may have become the one they are known by."""
    main = text("SELECT coalesce(merged_into, id) FROM users WHERE id = :user_id")
    return await session.scalar(main, {"user_id": user_id}) or user_id


async def timezone_of(session: Session, user_id: UUID) -> str:
    zone = text("SELECT timezone FROM user_profiles WHERE user_id = :user_id")
    return await session.scalar(zone, {"user_id": user_id}) or "UTC"


_HAS_TERMINAL = text("""
SELECT EXISTS (SELECT 1 FROM threads t JOIN chats c ON c.id = t.chat_id
               WHERE t.user_id = :user_id AND c.private AND c.held)
""")


async def has_terminal(session: Session, user_id: UUID) -> bool:
    """Whether they talk in a terminal, where a file is a path on this machine."""
    return bool(await session.scalar(_HAS_TERMINAL, {"user_id": user_id}))
