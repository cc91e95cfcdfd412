"""The journal of erasures beside the database: one small file each, in storage, with numbers and no word.

A database that is restored from before an erasure has everything again, the erasure's own row not. What lies here says
so.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import orjson

from domain.core.storage import Storage
from domain.personal.scope import Scope, read

FOLDER = "erasures"


@dataclass(frozen=True, slots=True)
class Noted:
    """An erasure that was begun. ``scope`` is what it was then."""

    id: UUID
    user_id: UUID
    org_id: UUID
    scope: Scope


async def note(storage: Storage, noted: Noted) -> None:
    """Note it before anything is erased; a second time changes nothing. Raises Unavailable."""
    told = {"user_id": noted.user_id, "org_id": noted.org_id, **noted.scope.as_json()}
    await storage.write(f"{FOLDER}/{noted.id}.json", _once(orjson.dumps(told, default=str)))


async def noted(storage: Storage) -> AsyncIterator[Noted]:
    """All there are. Raises Unavailable."""
    async for key in storage.keys(FOLDER):
        told = orjson.loads(await storage.read(key))
        erasure_id = UUID(key.rpartition("/")[2].removesuffix(".json"))
        yield Noted(erasure_id, UUID(told["user_id"]), UUID(told["org_id"]), read(told))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
