"""What seals and opens: the data keys of a process, each unwrapped once."""

import asyncio
import hashlib
import hmac
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from time import monotonic
from uuid import UUID

from sqlalchemy import RowMapping

from domain.core.crypto import repository, sealing
from domain.core.crypto.given import Keys
from domain.core.crypto.sealing import KEY, Place
from domain.core.crypto.wrapping import GivenKey, not_the_key
from domain.core.db import Database
from domain.core.errors import Unavailable

_KEPT = 1_000
"""Data keys that one process remembers."""
_NEWEST_SECONDS = 60.0
"""For so long a data key counts as the newest of its organization; what is under the one before opens as well."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key as it is used, and its version."""

    version: int
    key: bytes

    def seal(self, place: Place, secret: bytes) -> bytes:
        return sealing.seal(self.key, self.version, place, secret)

    def open(self, place: Place, stored: bytes) -> bytes:
        return sealing.unseal(self.key, self.version, place, stored)


class Keyring:
    """Seals secrets of organizations, and opens them.

    Nothing is read and nothing asked before the first of them. It asks the database in transactions of its own, and
    perhaps a program: so no caller holds one open meanwhile. Raises Misconfigured where the key is missing or another,
    Unavailable where it cannot be asked for.
    """

    def __init__(self, database: Database, keys: Keys, *, steady: Callable[[], float] = monotonic) -> None:
        self.database = database
        self.keys = keys
        self._steady = steady
        self._opened: OrderedDict[tuple[UUID | None, int], DataKey] = OrderedDict()
        self._newest: dict[UUID | None, tuple[int, float]] = {}
        self._loading = asyncio.Lock()

    async def check(self) -> None:
        """Open the known row, where there are secrets: each process does so as it starts. Raises Misconfigured where
        the key is another.
        """
        row = await self._stored(None)
        if row is not None:
            await self.unwrapped(row)

    async def seal(self, org_id: UUID | None, column: str, row: UUID, secret: bytes) -> bytes:
        """A secret as it may be stored: in that ``table.column``, row and organization (None: the installation's)."""
        return (await self.data_key(org_id)).seal(Place(column, org_id, row), secret)

    async def open(self, org_id: UUID | None, column: str, row: UUID, stored: bytes) -> bytes:
        """The secret again. Raises Refused for what was changed, or stood elsewhere."""
        version = sealing.version_of(stored)
        return (await self.data_key(org_id, version)).open(Place(column, org_id, row), stored)

    async def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for another use, always the same one: no rotation changes it."""
        root = await self.data_key(None)
        return _hkdf(root.key, purpose)

    async def data_key(self, org_id: UUID | None, version: int | None = None) -> DataKey:
        """The newest data key of an organization, made the first time, or the one with that version."""
        found = self._remembered(org_id, version)
        if found is not None:
            return found
        async with self._loading:  # whoever waited for it finds what the other has read
            return self._remembered(org_id, version) or await self._load(org_id, version)

    async def newest(self, org_id: UUID) -> DataKey:
        """The newest as it stands in the database now."""
        self._newest.pop(org_id, None)
        return await self.data_key(org_id)

    def _remembered(self, org_id: UUID | None, version: int | None) -> DataKey | None:
        if version is None:
            newest, until = self._newest.get(org_id, (0, 0.0))
            if self._steady() >= until:
                return None
            version = newest
        return self._opened.get((org_id, version))

    async def _load(self, org_id: UUID | None, version: int | None) -> DataKey:
        for _ in range(_TRIES):
            row = await self._stored(org_id, version)
            if row is not None:
                return self._keep(org_id, row["version"], await self.unwrapped(row), newest=version is None)
            if version is not None:
                raise sealing.does_not_open()
            await (self._make_root() if org_id is None else self.make(org_id, 1))
        raise Unavailable("The keys are being changed at this moment.", remedy="Try again shortly.")

    async def _stored(self, org_id: UUID | None, version: int | None = None) -> RowMapping | None:
        async with self.database.system(
            "what opens a secret is nothing that an organization may read", single=True
        ) as session:
            return await repository.of(session, org_id, version)

    def _keep(self, org_id: UUID | None, version: int, key: bytes, *, newest: bool) -> DataKey:
        self._opened[org_id, version] = made = DataKey(version, key)
        if newest:
            self._newest[org_id] = (version, self._steady() + _NEWEST_SECONDS)
        while len(self._opened) > _KEPT:
            (forgotten, _), _ = self._opened.popitem(last=False)
            self._newest.pop(forgotten, None)
        return made

    async def unwrapped(self, row: RowMapping) -> bytes:
        """The data key of a row. Raises Misconfigured where no key that is given opens it."""
        wrapping = await self.keys.find(row["key_id"])
        if wrapping is None:
            raise not_the_key()
        if isinstance(wrapping, GivenKey):
            await asyncio.to_thread(_load_cryptography)
        key = await wrapping.unwrap(row["wrapped"], row["key_id"])
        if row["org_id"] is None and not hmac.compare_digest(_known(key), row["known"] or b""):
            raise not_the_key()
        return key

    async def _make_root(self) -> None:
        await asyncio.to_thread(_load_cryptography)
        wrapping, key = await self.keys.present(), os.urandom(KEY)
        wrapped, key_id = await wrapping.wrap(key), await wrapping.id()
        async with self.database.system(
            "what opens a secret is nothing that an organization may read", single=True
        ) as session:
            await repository.add_root(session, wrapped=wrapped, key_id=key_id, known=_known(key))

    async def make(self, org_id: UUID, version: int) -> None:
        """One more data key of an organization, wrapped as the installation's is, unless another process was first."""
        root = await self._stored(None)
        if root is None:
            return await self._make_root()
        wrapping = await self.keys.find(root["key_id"])
        if wrapping is None:
            raise not_the_key()
        await asyncio.to_thread(_load_cryptography)
        wrapped = await wrapping.wrap(os.urandom(KEY))
        async with self.database.system(
            "what opens a secret is nothing that an organization may read", single=True
        ) as session:
            await repository.add(session, org_id, version, wrapped=wrapped, key_id=root["key_id"])
        return None


def _known(root: bytes) -> bytes:
    """What is stored beside the installation's data key, and comes out again only where that was opened."""
    return _hkdf(root, "the known row")


def _hkdf(key: bytes, purpose: str) -> bytes:
    """One block of HKDF-SHA256 (RFC 5869), from a key that is random already."""
    return hmac.digest(key, f"legwork\n{purpose}".encode() + b"\x01", hashlib.sha256)


def _load_cryptography() -> None:
    """Loaded in a thread: the loop goes on meanwhile."""
    import_module("cryptography.hazmat.primitives.ciphers.aead")
    import_module("cryptography.hazmat.primitives.keywrap")
