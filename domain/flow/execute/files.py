"""The files of a thread: what people sent, and what its tasks made."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from domain.core.db import Database
from domain.core.errors import NotFound
from domain.core.storage import Storage
from domain.tasks import files as task_files
from domain.tasks.schemas import Artifact
from domain.tools.registry import StoredFile


class ThreadFiles:
    """The files one tool call may see; new ones are kept in ``added`` until the step's result is stored."""

    def __init__(self, database: Database, storage: Storage, org_id: UUID, thread_id: UUID) -> None:
        self._database = database
        self._storage = storage
        self._org_id = org_id
        self._thread_id = thread_id
        self.added: list[Artifact] = []

    async def find(self, name: str) -> StoredFile:
        known = await self._known()
        wanted = name.strip().strip("\"'").removeprefix("@")
        exact = [file for file in known if wanted in (file.name, file.key)]
        alike = [file for file in known if file.name.casefold() == wanted.casefold()]
        if exact or alike:
            return (exact or alike)[0]
        there = ", ".join(dict.fromkeys(file.name for file in known)) or "none yet"
        raise NotFound(f"There is no file “{name}” in this thread.", remedy=f"Files here: {there}.")

    async def _known(self) -> Sequence[StoredFile]:
        fresh = [
            StoredFile(file.key, file.name, file.mime_type, file.size, file.checksum) for file in reversed(self.added)
        ]
        async with self._database.transaction(self._org_id) as session:
            rows = await task_files.of_thread(session, self._thread_id)
        stored = [StoredFile(row["key"], row["name"], row["mime_type"], row["size"], row["sha256"]) for row in rows]
        return fresh + stored

    async def local_path(self, file: StoredFile) -> Path:
        return await self._storage.local_path(file.key)

    async def add(self, name: str, mime_type: str, content: bytes, *, description: str = "") -> StoredFile:
        stored = await self._storage.add(f"made/{self._org_id}", name, content)
        checksum = hashlib.sha256(content).hexdigest()
        self.added.append(Artifact(stored.key, name, mime_type, stored.size, checksum, description))
        return StoredFile(stored.key, name, mime_type, stored.size, checksum)
