"""Whether the trail is what was written: each row's seal is made again and compared."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.audit import chain, repository
from domain.audit.chain import START, Head
from domain.audit.service import digest
from domain.core.db import Database

_MANY = 2_000
"""Rows that are read at once."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first row of a chain that does not fit. ``seq``: its place, or the one that is empty."""

    chain: UUID
    seq: int
    id: UUID | None
    what: str


@dataclass(slots=True)
class Verified:
    """What was looked at. That details were ``erased``, and that rows wait for a seal, is no fault."""

    chains: int = 0
    rows: int = 0
    erased: int = 0
    waiting: int = 0
    heads: list[Head] = field(default_factory=list[Head])
    misfits: list[Misfit] = field(default_factory=list[Misfit])


async def verify(database: Database, key: bytes, known: Sequence[Head] = ()) -> Verified:
    """Follow every chain from its first row. ``known``: heads that were kept elsewhere, which have to be in them."""
    found = Verified()
    async with database.system("the trail is everybody's") as session:
        there = await repository.chains(session)
        found.waiting = await repository.waiting(session)
    found.chains = len(there)
    for one in there:
        misfit = await _follow(database, key, one, [head for head in known if head.chain == one], found)
        if misfit is not None:
            found.misfits.append(misfit)
    for head in known:
        if head.chain not in there:
            found.misfits.append(Misfit(head.chain, head.seq, None, "is gone, with its whole chain"))
    return found


async def _follow(database: Database, key: bytes, one: UUID, known: Sequence[Head], found: Verified) -> Misfit | None:
    head = Head(one, 0, START)
    kept: dict[int, set[bytes]] = {}
    for there in known:
        kept.setdefault(there.seq, set()).add(there.hash)
    more = True
    while more:
        async with database.system("the trail is everybody's") as session:
            rows = await repository.links(session, one, head.seq, _MANY)
        for row in rows:
            found.rows += 1
            found.erased += row["details"] is None
            what = _fault(key, head, row, kept.pop(row["seq"], set()))
            if what is not None:
                is_missing = row["seq"] != head.seq + 1
                return Misfit(one, head.seq + 1, None if is_missing else row["id"], what)
            head = Head(one, row["seq"], row["hash"])
        more = len(rows) == _MANY
    found.heads.append(head)
    if kept:
        return Misfit(one, head.seq + 1, None, "is gone, with all behind it: a head is known from there")
    return None


def _fault(key: bytes, before: Head, row: Mapping[Any, Any], known: set[bytes]) -> str | None:
    made = row["hash"] or b""
    if row["seq"] != before.seq + 1:
        return "is gone: what follows it is there"
    if row["details"] is not None and not hmac.compare_digest(digest(row["details"]), row["details_hash"]):
        return "has other details than were written"
    if known - {made}:
        return "is not the one whose seal is known"
    if not made:
        return "has no seal"
    if not hmac.compare_digest(chain.seal(key, before.hash, row["seq"], row), made):
        return "does not fit its seal" if chain.by(key, made) else "is sealed with another key"
    return None
