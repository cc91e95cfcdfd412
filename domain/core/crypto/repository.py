"""The table of data keys. What is wrapped anew is wrapped with the key of the installation's own row, and no other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Session
from domain.core.ids import new_id

_COLUMNS = "id, org_id, version, wrapped, key_id, known"

_OF = text(f"""
SELECT {_COLUMNS} FROM data_keys
WHERE org_id IS NOT DISTINCT FROM CAST(:org_id AS uuid)
  AND (CAST(:version AS integer) IS NULL OR version = :version)
ORDER BY version DESC LIMIT 1
""")  # noqa: S608 - of the constant above


async def of(session: Session, org_id: UUID | None, version: int | None = None) -> RowMapping | None:
    """A data key of an organization (None: of the installation): the newest, or the one with that version."""
    return await session.first(_OF, {"org_id": org_id, "version": version})


async def is_migrated(session: Session) -> bool:
    """Whether there is the table."""
    return bool(await session.scalar(text("SELECT to_regclass('data_keys') IS NOT NULL")))


_ADD_ROOT = text("""
INSERT INTO data_keys (id, version, wrapped, key_id, known) VALUES (:id, 1, :wrapped, :key_id, :known)
ON CONFLICT DO NOTHING
""")


async def add_root(session: Session, *, wrapped: bytes, key_id: str, known: bytes) -> None:
    """The installation's own data key, unless it is there."""
    await session.execute(_ADD_ROOT, {"id": new_id(), "wrapped": wrapped, "key_id": key_id, "known": known})


# a rotation changes the installation's row first: whoever wraps with the key before is too late from then on
_ADD = text("""
WITH root AS (SELECT key_id FROM data_keys WHERE org_id IS NULL FOR SHARE)
INSERT INTO data_keys (id, org_id, version, wrapped, key_id)
SELECT :id, :org_id, :version, :wrapped, key_id FROM root
WHERE key_id = :key_id AND EXISTS (SELECT 1 FROM organizations o WHERE o.id = :org_id)
ON CONFLICT DO NOTHING
""")


async def add(session: Session, org_id: UUID, version: int, *, wrapped: bytes, key_id: str) -> None:
    """One more version, unless it is there, or the installation's row is wrapped with another key by now."""
    await session.execute(
        _ADD, {"id": new_id(), "org_id": org_id, "version": version, "wrapped": wrapped, "key_id": key_id}
    )


_STANDING = text("""
SELECT count(DISTINCT org_id) AS organizations, count(*) FILTER (WHERE key_id <> :key_id) AS others,
       coalesce(bool_or(rotating_since IS NOT NULL), false) AS rotating
FROM data_keys
""")


async def standing(session: Session, key_id: str) -> RowMapping:
    """How many organizations have data keys, how many data keys another key has wrapped, and whether it is changing."""
    row = await session.first(_STANDING, {"key_id": key_id})
    assert row is not None  # a sum always has its one row
    return row


# -- rotation -----------------------------------------------------------------------------------------

_BEGIN = text("""
UPDATE data_keys SET rotating_from = CASE WHEN rotating_since IS NULL THEN key_id ELSE rotating_from END,
       rotating_since = coalesce(rotating_since, now())
WHERE org_id IS NULL RETURNING rotating_since, rotating_from
""")
_END = text("UPDATE data_keys SET rotating_since = NULL, rotating_from = NULL WHERE org_id IS NULL")


async def begin_rotation(session: Session) -> tuple[datetime, str]:
    """Begin a rotation, or go on with the one under way: since when, and from which key."""
    row = await session.first(_BEGIN)
    assert row is not None  # the installation's row was opened before
    return row["rotating_since"], row["rotating_from"]


async def end_rotation(session: Session) -> None:
    await session.execute(_END)


_WRAPPED_OTHERWISE = text(f"""
SELECT {_COLUMNS} FROM data_keys WHERE key_id <> :key_id ORDER BY org_id NULLS FIRST, version LIMIT :limit
""")  # noqa: S608 - of the constant above


async def wrapped_otherwise(session: Session, key_id: str, *, limit: int) -> Sequence[RowMapping]:
    """Data keys that another key has wrapped, the installation's own first."""
    return await session.all(_WRAPPED_OTHERWISE, {"key_id": key_id, "limit": limit})


async def wraps_any(session: Session, key_id: str) -> bool:
    """Whether the key with that id has wrapped any data key that there is."""
    return bool(
        await session.scalar(text("SELECT EXISTS (SELECT 1 FROM data_keys WHERE key_id = :key_id)"), {"key_id": key_id})
    )


_REWRAP = text("UPDATE data_keys SET wrapped = :wrapped, key_id = :key_id WHERE id = :id AND wrapped = :before")


async def rewrap(session: Session, row: RowMapping, *, wrapped: bytes, key_id: str) -> None:
    """Unless somebody else has done so."""
    given = {"id": row["id"], "before": row["wrapped"], "wrapped": wrapped, "key_id": key_id}
    await session.execute(_REWRAP, given)


_OLDER = text("""
SELECT org_id, max(version) AS version FROM data_keys WHERE org_id IS NOT NULL
GROUP BY org_id HAVING max(created_at) < :since ORDER BY org_id LIMIT :limit
""")


async def older(session: Session, since: datetime, *, limit: int) -> Sequence[RowMapping]:
    """Organizations whose newest data key is from before: org_id, version."""
    return await session.all(_OLDER, {"since": since, "limit": limit})


async def several(session: Session) -> Sequence[UUID]:
    """Organizations with more than one data key."""
    rows = await session.execute(
        text("SELECT org_id FROM data_keys WHERE org_id IS NOT NULL GROUP BY org_id HAVING count(*) > 1")
    )
    return [row[0] for row in rows]


async def sealed_before(
    session: Session,
    table: str,
    columns: Sequence[str],
    org_id: UUID,
    version: int,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Rows of a table (its name and its columns' are of the code) whose secrets are under an older data key."""
    return await session.all(
        text(f"""SELECT id, key_version, {", ".join(columns)} FROM {table}
        WHERE org_id = :org_id AND key_version < :version AND (CAST(:after AS uuid) IS NULL OR id > :after)
        ORDER BY id LIMIT :limit"""),  # noqa: S608
        {"org_id": org_id, "version": version, "after": after, "limit": limit},
    )


async def reseal(
    session: Session, table: str, row: RowMapping, version: int, values: Mapping[str, tuple[bytes | None, bytes | None]]
) -> int:
    """Put secrets under another data key: by column, before and now. Returns 0 where others were stored meanwhile:
    they are the right ones.
    """
    now = ", ".join(f"{name} = CAST(:now_{name} AS bytea)" for name in values)
    same = " AND ".join(f"{name} IS NOT DISTINCT FROM CAST(:was_{name} AS bytea)" for name in values)
    given: dict[str, object] = {"id": row["id"], "was": row["key_version"], "version": version}
    for name, (before, after) in values.items():
        given |= {f"was_{name}": before, f"now_{name}": after}
    rows = await session.execute(
        text(f"""UPDATE {table} SET key_version = :version, {now}
        WHERE id = :id AND key_version = :was AND {same} RETURNING id"""),  # noqa: S608
        given,
    )
    return len(rows.all())


async def drop_superseded(session: Session, tables: Sequence[str], *, hours: int) -> int:
    """Data keys that a newer one followed that long ago, and nothing is sealed under. Returns how many they were."""
    unused = " ".join(
        f"AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.org_id = d.org_id AND t.key_version = d.version)"  # noqa: S608
        for table in tables
    )
    rows = await session.execute(
        text(f"""DELETE FROM data_keys d WHERE EXISTS (
            SELECT 1 FROM data_keys n WHERE n.org_id = d.org_id AND n.version > d.version
            AND n.created_at < now() - make_interval(hours => :hours)) {unused} RETURNING id"""),  # noqa: S608
        {"hours": hours},
    )
    return len(rows.all())


async def erase_of(session: Session, orgs: Sequence[UUID]) -> None:
    """The data keys of organizations that go: what is sealed under them has gone before."""
    await session.execute(text("DELETE FROM data_keys WHERE org_id = ANY(:orgs)"), {"orgs": list(orgs)})
