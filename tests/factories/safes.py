"""A table with two secrets in a row, as a feature has it."""

import base64
import os
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.crypto.sealing import KEY
from domain.core.db import Database
from domain.core.db.tables import Sealed
from domain.core.ids import new_id
from domain.core.settings import Settings

SAFES = [Sealed("safes", ("token", "refresh"))]
FIRST, SECOND = (base64.b64encode(os.urandom(KEY)).decode() for _ in range(2))


class Safes:
    """A table with two secrets in a row, as a feature has it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self._folder = folder

    def keyring(self, **given: object) -> Keyring:
        """One more process."""
        return Keyring(self.database, Keys(Settings.model_validate({"data_dir": self._folder, **given})))

    async def organization(self) -> UUID:
        made = new_id()
        async with self.database.system("a test") as session:
            await session.execute(
                text("INSERT INTO organizations (id, name, slug) VALUES (:id, 'Acme', :slug)"),
                {"id": made, "slug": str(made)},
            )
        return made

    async def put(self, keyring: Keyring, org_id: UUID, secret: str) -> UUID:
        row, key = new_id(), await keyring.data_key(org_id)
        token = await keyring.seal(org_id, "safes.token", row, secret.encode())
        async with self.database.system("a test") as session:
            await session.execute(
                text("INSERT INTO safes (id, org_id, key_version, token) VALUES (:id, :org_id, :version, :token)"),
                {"id": row, "org_id": org_id, "version": key.version, "token": token},
            )
        return row

    async def all(self, keyring: Keyring) -> set[str]:
        async with self.database.system("a test") as session:
            rows = await session.all(text("SELECT * FROM safes"))
        return {
            (await keyring.open(row["org_id"], "safes.token", row["id"], row["token"])).decode()
            for row in rows
            if row["token"] is not None
        }

    async def versions(self) -> list[tuple[int, int]]:
        """Of the data keys in use, and of all there are, by how many rows."""
        async with self.database.system("a test") as session:
            rows = await session.all(text("SELECT key_version, count(*) AS n FROM safes GROUP BY 1 ORDER BY 1"))
        return [(row["key_version"], row["n"]) for row in rows]


async def filled(safes: Safes, keyring: Keyring, organizations: int = 3, rows: int = 4) -> set[str]:
    kept: set[str] = set()
    for place in range(organizations):
        org_id = await safes.organization()
        for n in range(rows):
            await safes.put(keyring, org_id, f"secret {place}.{n}")
            kept.add(f"secret {place}.{n}")
    return kept
