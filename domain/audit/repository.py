"""The SQL of the trail: what is not sealed, the ends of the chains, pages of it, and erasing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.audit.chain import SEALED, Head
from domain.core.db import Session

UNSEALED = "EXISTS (SELECT FROM (SELECT FROM audit_logs WHERE seq IS NULL ORDER BY created_at LIMIT 1) unsealed)"
"""SQL that is true while something waits to be sealed. The order has it ask the index of such rows, and no other."""

_COLUMNS = ", ".join(SEALED)

_ALONE = text("SELECT pg_advisory_xact_lock(7140385102)")

_NEXT = text(f"""
SELECT chain, {_COLUMNS} FROM audit_logs WHERE seq IS NULL ORDER BY created_at, id LIMIT :many
""")  # noqa: S608 - the columns are a constant

# A seal that was wiped, by whoever can, is found by who verifies; who seals goes on.
_HEADS_OF = text("""
SELECT chain, head.seq, coalesce(head.hash, '') FROM unnest(CAST(:chains AS uuid[])) AS chain, LATERAL (
    SELECT seq, hash FROM audit_logs a WHERE a.chain = chain.chain AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1) head
""")

_SEAL = text("""
UPDATE audit_logs a SET seq = made.seq, hash = made.hash
FROM unnest(CAST(:ids AS uuid[]), CAST(:seqs AS bigint[]), CAST(:hashes AS bytea[])) AS made (id, seq, hash)
WHERE a.id = made.id AND a.seq IS NULL
""")

# From one chain to the next by the index of their places: what stands within them is not read.
_CHAINS = """
WITH RECURSIVE chains AS (
    (SELECT chain FROM audit_logs WHERE seq IS NOT NULL ORDER BY chain LIMIT 1)
    UNION ALL
    SELECT (SELECT a.chain FROM audit_logs a WHERE a.chain > c.chain AND a.seq IS NOT NULL ORDER BY a.chain LIMIT 1)
    FROM chains c WHERE c.chain IS NOT NULL
)
"""

# A transaction may commit long after the moment it was begun, which is its rows' created_at.
_HEADS = text(f"""
{_CHAINS}
SELECT c.chain, head.seq, coalesce(head.hash, '') FROM chains c, LATERAL (
    SELECT seq, hash, created_at FROM audit_logs a WHERE a.chain = c.chain AND seq IS NOT NULL
    ORDER BY seq DESC LIMIT 1) head
WHERE c.chain IS NOT NULL AND head.created_at > CAST(:since AS timestamptz) - CAST(:slack AS interval)
ORDER BY c.chain
""")  # noqa: S608 - a constant
_SLACK = timedelta(minutes=10)

_LINKS = text(f"""
SELECT seq, hash, details, {_COLUMNS} FROM audit_logs
WHERE chain = :chain AND seq > :after ORDER BY seq LIMIT :many
""")  # noqa: S608 - the columns are a constant

_WAITING = text("SELECT count(*) FROM audit_logs WHERE seq IS NULL")


_ALL_CHAINS = text(f"{_CHAINS} SELECT chain FROM chains WHERE chain IS NOT NULL ORDER BY chain")  # noqa: S608

_ERASE = text("""
UPDATE audit_logs SET details = NULL
WHERE details IS NOT NULL AND (actor_id = ANY(CAST(:people AS uuid[])) OR on_behalf_of = ANY(CAST(:people AS uuid[]))
      OR (resource_type = 'user' AND resource_id = ANY(CAST(:named AS text[]))))
RETURNING id
""")

_SHOWN = """id, actor_kind, actor_id, on_behalf_of, action, resource_type, resource_id, outcome, permission, details,
created_at, seq"""
_PAGE = f"SELECT {_SHOWN} FROM audit_logs WHERE {{}} ORDER BY created_at DESC, id DESC LIMIT :limit"  # noqa: S608
# The newest of each person, and of those the newest: who has done little would be looked for among all others' rows.
_PAGE_OF = f"""
SELECT did.* FROM unnest(CAST(:actors AS uuid[])) AS actors (one), LATERAL (
    SELECT {_SHOWN} FROM audit_logs WHERE actor_id = actors.one AND {{}}
    ORDER BY created_at DESC, id DESC LIMIT :limit) did
ORDER BY did.created_at DESC, did.id DESC LIMIT :limit
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of a trail are asked for; None: whichever."""

    chain: UUID
    """The organization, or ``PLATFORM``."""
    actors: Collection[UUID] | None = None
    action: str | None = None
    since: timedelta | None = None
    refused: bool = False


async def alone(session: Session) -> None:
    """Wait until nobody else seals; for the rest of the transaction nobody does."""
    await session.execute(_ALONE)


async def unsealed(session: Session, many: int) -> Sequence[RowMapping]:
    """What can be seen and is not sealed, the oldest first."""
    return await session.all(_NEXT, {"many": many})


async def heads_of(session: Session, chains: Collection[UUID]) -> list[Head]:
    """The ends of these chains; none where nothing of one is sealed."""
    if not chains:
        return []
    return [Head(*row.values()) for row in await session.all(_HEADS_OF, {"chains": [*chains]})]


async def write_seals(session: Session, sealed: Sequence[tuple[UUID, int, bytes]]) -> None:
    """Give each of these rows its place and its seal."""
    if sealed:
        ids, seqs, hashes = zip(*sealed, strict=True)
        await session.execute(_SEAL, {"ids": [*ids], "seqs": [*seqs], "hashes": [*hashes]})


async def heads(session: Session, since: datetime) -> list[Head]:
    """The ends of all chains that have rows from after that moment, give or take minutes."""
    return [Head(*row.values()) for row in await session.all(_HEADS, {"since": since, "slack": _SLACK})]


async def chains(session: Session) -> list[UUID]:
    """Every chain in which something is sealed."""
    return [row["chain"] for row in await session.all(_ALL_CHAINS)]


async def links(session: Session, chain: UUID, after: int, many: int) -> Sequence[RowMapping]:
    """So many rows of a chain behind that place, in order: ``seq``, ``hash``, ``details`` and what the seal covers."""
    return await session.all(_LINKS, {"chain": chain, "after": after, "many": many})


async def waiting(session: Session) -> int:
    """How many rows have no seal yet."""
    return await session.scalar(_WAITING)


async def erase(session: Session, people: Collection[UUID]) -> int:
    """Forget the details of what these people did and of what was done to them: that it was done, and by whom, stays.
    Returns of how many rows.
    """
    erased = await session.all(_ERASE, {"people": [*people], "named": [str(person) for person in people]})
    return len(erased)


async def page(
    session: Session, asked: Asked, *, before: tuple[datetime, UUID] | None, limit: int
) -> Sequence[RowMapping]:
    """The newest rows of a trail, of those that are older than the row ``before`` (its moment and id)."""
    conditions = ["chain = :chain"]
    values: dict[str, object] = {"chain": asked.chain, "limit": limit}
    if asked.actors is not None:
        values["actors"] = [*asked.actors]
    if asked.action is not None:
        conditions.append("action = :action")
        values["action"] = asked.action
    if asked.since is not None:
        conditions.append("created_at > now() - CAST(:since AS interval)")
        values["since"] = asked.since
    if asked.refused:
        conditions.append("outcome = 'refused'")
    if before is not None:
        conditions.append("(created_at, id) < (:moment, :id)")
        values["moment"], values["id"] = before
    statement = _PAGE if asked.actors is None else _PAGE_OF
    return await session.all(text(statement.format(" AND ".join(conditions))), values)
