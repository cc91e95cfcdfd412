"""Sealing what was written, after the fact: an act itself never waits for the chain it will be part of."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import RowMapping

from domain.audit import repository
from domain.audit.chain import START, Head, written
from domain.audit.chain import seal as seal_of
from domain.core.db import Session

UNSEALED = repository.UNSEALED

MANY = 1_000
"""Rows that are sealed in one transaction at most."""


async def seal(session: Session, key: bytes, many: int = MANY) -> int:
    """Append rows that are not sealed to their chains. Returns how many: fewer than ``many`` where none is left.

    Whatever can be seen and has no seal is next, so that a row which is committed late, behind younger ones, is sealed
    late and breaks nothing. Of two that seal at once one waits, and finds what the other left.
    """
    await repository.alone(session)
    rows = await repository.unsealed(session, many)
    heads = await repository.heads_of(session, {row["chain"] for row in rows})
    sealed = _appended(key, rows, {head.chain: head for head in heads})
    await repository.write_seals(session, sealed)
    return len(rows)


async def grown(session: Session, since: datetime | None) -> list[str]:
    """The heads of the chains that grew after that moment (None: of all), as lines to be kept elsewhere."""
    heads = await repository.heads(session, since or datetime.fromtimestamp(0, UTC))
    return [written(head) for head in heads]


def _appended(key: bytes, rows: Sequence[RowMapping], heads: dict[UUID, Head]) -> list[tuple[UUID, int, bytes]]:
    """Row, place and seal; ``heads`` are moved on."""
    sealed: list[tuple[UUID, int, bytes]] = []
    for row in rows:
        head = heads.get(row["chain"], Head(row["chain"], 0, START))
        seq = head.seq + 1
        made = seal_of(key, head.hash, seq, row)
        heads[row["chain"]] = Head(row["chain"], seq, made)
        sealed.append((row["id"], seq, made))
    return sealed
