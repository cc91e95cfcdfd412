"""How long things are kept: what is older goes, a few hundred rows a transaction.

Nothing goes unless somebody has said for how long it is kept, for the installation or for one organization; but what
a button stands for, and mail addresses that are nobody's account, after thirty days. A row's key tells when it was made
(it is a UUIDv7), so that the old ones are found by the primary key.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.db.tables import Files, Personal, people_in
from domain.core.ids import new_id
from domain.core.queue import Held
from domain.core.storage import Storage
from domain.metadata import metadata
from domain.personal.fenced import fenced, reading
from domain.personal.rows import MANY, files_in


class Kind(StrEnum):
    """What a time can be set for."""

    LOGS = "logs"
    EVENTS = "events"
    MESSAGES = "messages"
    ARTIFACTS = "artifacts"
    AUDIT = "audit"


LEAST_DAYS = 2
"""What is younger may still be needed by what is under way: an event that comes again is known by its row."""
MOST_DAYS = 36_500
"""A century; what is to stay for longer is kept for ever."""


@dataclass(frozen=True, slots=True)
class _Aged:
    """A table whose rows go with age. ``when`` is SQL of those that are over and done with; without ``of_one`` its rows
    are no organization's. With ``loses`` a row stays, without what is in that column.
    """

    table: str
    when: str = "true"
    of_one: bool = True
    loses: str | None = None

    @property
    def files(self) -> Files | None:
        told = people_in(metadata.tables[self.table])
        return told.files if isinstance(told, Personal) else None


_AGED: Mapping[Kind, Sequence[_Aged]] = {
    Kind.LOGS: (_Aged("task_logs"),),
    Kind.EVENTS: (
        _Aged("inbound_events", of_one=False),
        _Aged("queue_jobs", "status IN ('completed', 'failed', 'cancelled')", of_one=False),
    ),
    Kind.MESSAGES: (
        _Aged("outbound_messages", "status NOT IN ('queued', 'sending')"),
        _Aged("messages", "(handled_at IS NOT NULL OR role = 'assistant')"),
    ),
    Kind.ARTIFACTS: (_Aged("task_artifacts"),),
    Kind.AUDIT: (_Aged("audit_logs", "details IS NOT NULL", loses="details"),),
}


_NOBODYS_ADDRESS = """merged_into IS NULL
      AND id IN (SELECT user_id FROM chat_identities WHERE platform = 'mail' AND user_id = first_user_id)"""
_IN_ANY_CASE, _DAYS_IN_ANY_CASE = (
    (
        _Aged("button_values", of_one=False),
        _Aged("mailed_links", of_one=False),
        _Aged("magic_links", "purpose = 'mail'", of_one=False),
        _Aged("users", _NOBODYS_ADDRESS, of_one=False),
        _Aged("invitations", "meant_for LIKE '%@%' AND expires_at < now()", of_one=False, loses="meant_for"),
    ),
    30,
)
"""A button that was not pressed for so long is no longer good, and neither is a link that was mailed to make an address
an account. Whom such an address is of, or one that was invited, may be nobody here, who could have it deleted: that it
is a user whom nobody has joined comes of the link alone."""


@dataclass(frozen=True, slots=True)
class Term:
    """For how many days things of a kind are kept; ``org_id`` None: wherever nothing else is said."""

    kind: Kind
    days: int
    org_id: UUID | None
    name: str | None
    """Of the organization."""


_IS_MIGRATED = text("SELECT to_regclass('retention') IS NOT NULL")


async def is_migrated(session: Session) -> bool:
    """Whether there is a table for it yet."""
    return bool(await session.scalar(_IS_MIGRATED))


async def terms(session: Session) -> list[Term]:
    """All that is set, that of the installation first."""
    rows = await session.all(
        text("""SELECT r.kind, r.days, r.org_id, o.name FROM retention r LEFT JOIN organizations o ON o.id = r.org_id
        ORDER BY o.name NULLS FIRST, r.kind""")
    )
    return [Term(Kind(row["kind"]), row["days"], row["org_id"], row["name"]) for row in rows]


async def set_term(session: Session, kind: Kind, days: int | None, org_id: UUID | None = None) -> None:
    """Keep things of that kind for so many days; None: for ever, or as long as the installation does."""
    given = {"kind": kind.value, "org_id": org_id}
    if days is None:
        gone = text("DELETE FROM retention WHERE kind = :kind AND org_id IS NOT DISTINCT FROM CAST(:org_id AS uuid)")
        await session.execute(gone, given)
        return
    await session.execute(
        text("""INSERT INTO retention (id, org_id, kind, days) VALUES (:id, :org_id, :kind, :days)
        ON CONFLICT (org_id, kind) DO UPDATE SET days = excluded.days, updated_at = now()"""),
        {"id": new_id(), "days": days, **given},
    )


_NOW = text("SELECT CAST(extract(epoch FROM now()) * 1000 AS bigint)")
_DAY_MS = 24 * 3600 * 1000


async def apply(held: Held, storage: Storage) -> dict[str, int]:
    """Let go what is older than is said. Returns how many rows of which table went."""
    async with reading(held) as session:
        found, now = await terms(session), await session.scalar(_NOW)
    until = now - _DAYS_IN_ANY_CASE * _DAY_MS
    gone = {one.table: await _age(held, storage, one, until, None, ()) for one in _IN_ANY_CASE}
    for term in found:
        others = [one.org_id for one in found if one.kind is term.kind and one.org_id is not None]
        for aged in _AGED[term.kind]:
            if aged.of_one or term.org_id is None:
                went = await _age(held, storage, aged, now - term.days * _DAY_MS, term.org_id, others)
                gone[aged.table] = gone.get(aged.table, 0) + went
    return {table: rows for table, rows in gone.items() if rows}


async def _age(
    held: Held, storage: Storage, aged: _Aged, until_ms: int, org_id: UUID | None, others: Sequence[UUID | None]
) -> int:
    """Let go what was made before that moment, which may be before there were any keys. Returns how many rows."""
    count = 0
    async for batch in _old(held, aged, UUID(int=max(until_ms, 0) << 80), org_id, others):
        await _let_go(held, storage, aged, batch)
        count += len(batch)
    return count


async def _old(
    held: Held, aged: _Aged, until: UUID, org_id: UUID | None, others: Sequence[UUID | None]
) -> AsyncGenerator[Sequence[RowMapping]]:
    whose = "true" if not aged.of_one else "org_id = :org_id" if org_id is not None else "NOT org_id = ANY(:others)"
    columns = f"id, {aged.files.column}" if aged.files is not None else "id"
    statement = text(f"""
    SELECT {columns} FROM {aged.table} WHERE id > :after AND id < :until AND {whose} AND {aged.when}
    ORDER BY id LIMIT :many""")  # noqa: S608 - of the constants above
    given: dict[str, Any] = {"until": until, "org_id": org_id, "others": list(others), "many": MANY}
    after = UUID(int=0)
    while True:
        async with reading(held) as session:
            batch = await session.all(statement, {**given, "after": after})
        if batch:
            yield batch
        if len(batch) < MANY:
            return
        after = batch[-1]["id"]


async def _let_go(held: Held, storage: Storage, aged: _Aged, batch: Sequence[RowMapping]) -> None:
    for row in batch if aged.files is not None else ():
        for key in files_in(aged.files, row) if aged.files is not None else ():
            await storage.remove(key)
    goes = f"UPDATE {aged.table} SET {aged.loses} = NULL" if aged.loses else f"DELETE FROM {aged.table}"  # noqa: S608 - of the constants above
    async with fenced(held) as session:
        ids = {"ids": [row["id"] for row in batch]}
        await session.execute(text(f"{goes} WHERE id = ANY(:ids) AND {aged.when}"), ids)  # it may have changed since


def worded(found: Sequence[Term]) -> list[str]:
    """A line for the installation, and one for each organization that has its own."""
    lines: dict[str | None, list[str]] = {None: []}
    for term in found:
        lines.setdefault(term.name, []).append(f"{term.kind} {term.days} days")
    said = {term.kind for term in found if term.org_id is None}
    ever = [kind.value for kind in Kind if kind not in said]
    first = [*lines.pop(None, []), *([f"{', '.join(ever)} for ever"] if ever else [])]
    return [", ".join(first), *(f"{name}: {', '.join(told)}" for name, told in lines.items())]
