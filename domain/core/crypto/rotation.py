"""Rotation: every data key is wrapped with the present key, and every secret sealed under a new data key.

It goes in small batches, and may be killed anywhere: each step finds by itself what is left to do. Both keys, and both
data keys of an organization, are good until the end. What is stored meanwhile is never overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping

from domain.core.crypto import repository
from domain.core.crypto.keyring import DataKey, Keyring
from domain.core.crypto.sealing import Place
from domain.core.db.tables import Sealed
from domain.core.errors import Refused
from domain.core.failpoints import reach
from domain.core.logging import logger

log = logger(__name__)

BATCH = 100
"""Rows of one transaction."""
KEPT_HOURS = 1
"""For so long after a new data key the one before is kept: another process may still seal under it."""


@dataclass(slots=True)
class Rotated:
    """What was done: data keys that were wrapped anew, organizations with a new one, rows under it, ones that went."""

    rewrapped: int = 0
    renewed: int = 0
    resealed: int = 0
    dropped: int = 0
    unopened: int = 0
    """Rows that were left as they are, since what is in them does not open."""


async def rotate(keyring: Keyring, tables: Sequence[Sealed]) -> Rotated:
    """Rotate, or go on with what was cut off. Raises Misconfigured where a key is missing that something is under.

    Where the key is Legwork's own, whoever comes second waits for the first, and then rotates once more: who is late
    would otherwise wrap with a key that the other is about to forget.
    """
    async with keyring.keys.rotating():
        return await _rotate(keyring, tables)


async def _rotate(keyring: Keyring, tables: Sequence[Sealed]) -> Rotated:
    done = Rotated()
    await keyring.data_key(None)
    async with keyring.database.system("keys of all organizations are changed") as session:
        since, before = await repository.begin_rotation(session)
    reach("keys.begun")
    if keyring.keys.is_own:
        await keyring.keys.renew_own(before)
        reach("keys.renewed")
    await _rewrap(keyring, done)
    while True:
        async with keyring.database.system("keys of all organizations are changed") as session:
            older = await repository.older(session, since, limit=BATCH)
        if not older:
            break
        for row in older:
            await keyring.make(row["org_id"], row["version"] + 1)
            reach("keys.made")
        done.renewed += len(older)
    await tend(keyring, tables, done)
    async with keyring.database.system("keys of all organizations are changed") as session:
        await repository.end_rotation(session)
    reach("keys.ended")
    if keyring.keys.is_own:

        async def is_used(key_id: str) -> bool:
            async with keyring.database.system("keys of all organizations are changed") as session:
                return await repository.wraps_any(session, key_id)

        await keyring.keys.forget_own_previous(is_used)
    return done


async def tend(keyring: Keyring, tables: Sequence[Sealed], done: Rotated | None = None) -> Rotated:
    """Put under the newest data key what is still under an older one, and drop data keys that nothing is under."""
    done = done or Rotated()
    async with keyring.database.system("keys of all organizations are changed") as session:
        organizations = await repository.several(session)
    for org_id in organizations:
        newest = await keyring.newest(org_id)
        for sealed in tables:
            await _reseal(keyring, sealed, org_id, newest, done)
    if organizations:
        async with keyring.database.system("keys of all organizations are changed") as session:
            done.dropped = await repository.drop_superseded(session, [one.table for one in tables], hours=KEPT_HOURS)
    return done


async def _rewrap(keyring: Keyring, done: Rotated) -> None:
    """The installation's own data key goes first: from then on nobody wraps with the key before."""
    present = await keyring.keys.present()
    key_id, limit = await present.id(), 1
    while True:
        async with keyring.database.system("keys of all organizations are changed") as session:
            rows = await repository.wrapped_otherwise(session, key_id, limit=limit)
        if not rows:
            return
        wrapped = [(row, await present.wrap(await keyring.unwrapped(row))) for row in rows]
        async with keyring.database.system("keys of all organizations are changed") as session:
            for row, now in wrapped:
                await repository.rewrap(session, row, wrapped=now, key_id=key_id)
            reach("keys.rewrapping")
        reach("keys.rewrapped")
        done.rewrapped += len(rows)
        limit = BATCH


async def _reseal(keyring: Keyring, sealed: Sealed, org_id: UUID, newest: DataKey, done: Rotated) -> None:
    after: UUID | None = None
    while True:
        async with keyring.database.system("keys of all organizations are changed") as session:
            rows = await repository.sealed_before(
                session, sealed.table, sealed.columns, org_id, newest.version, after=after, limit=BATCH
            )
        if not rows:
            return
        changed = [(row, await _changed(keyring, sealed, org_id, row, newest)) for row in rows]
        done.unopened += sum(values is None for _, values in changed)
        async with keyring.database.system("keys of all organizations are changed") as session:
            for row, values in changed:
                if values is not None:
                    done.resealed += await repository.reseal(session, sealed.table, row, newest.version, values)
            reach("keys.resealing")
        reach("keys.resealed")
        after = rows[-1]["id"]


async def _changed(
    keyring: Keyring, sealed: Sealed, org_id: UUID, row: RowMapping, newest: DataKey
) -> dict[str, tuple[bytes | None, bytes | None]] | None:
    """By column, as it is and under the newest data key; None where something in the row does not open."""
    values: dict[str, tuple[bytes | None, bytes | None]] = {}
    for name in sealed.columns:
        before: bytes | None = row[name]
        place = Place(f"{sealed.table}.{name}", org_id, row["id"])
        try:
            opened = await keyring.open(org_id, place.column, place.row, before) if before is not None else None
        except Refused:
            log.error("a stored secret does not open", table=sealed.table, column=name, row=str(row["id"]))
            return None
        values[name] = (before, newest.seal(place, opened) if opened is not None else None)
    return values
