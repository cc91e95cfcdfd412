"""The export of what is one person's: a ZIP with a file of JSON Lines a table, and their files.

It is written to storage in parts of some megabytes. After each part it is noted how far the archive is, so that whoever
takes over goes on there; at the end the parts become one file. What is held in memory is one piece of one file.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import orjson

from domain.core.db import Session
from domain.core.errors import NotFound
from domain.core.failpoints import reach
from domain.core.queue import Held, note
from domain.core.storage import Storage
from domain.personal import repository
from domain.personal.archive import Archive, Entry
from domain.personal.exported import files_of, folder_of, key_of
from domain.personal.fenced import fenced, reading
from domain.personal.inventory import personal_tables
from domain.personal.rows import Rows, files_in
from domain.personal.scope import Scope

PART = 32 * 1024 * 1024
"""Bytes after which a part ends, with the entry that is being written."""

_WORTH_PACKING = frozenset({".csv", ".html", ".json", ".md", ".tsv", ".txt"})

_ABOUT = """This is what Legwork has kept of you, as it was while it was collected.

Each file ending in .jsonl is one table, a row a line, in JSON. What others wrote is not part of it, and of shared chats
only what you wrote, and what you asked for and got. Files you sent, and files that were made for you, are in “files”,
under the keys by which the rows name them.
"""


@dataclass(frozen=True, slots=True)
class Collector:
    """Collects one export on behalf of a job."""

    held: Held
    storage: Storage
    export_id: UUID
    scope: Scope
    part: int = PART

    async def collect(self, state: dict[str, Any]) -> int | None:
        """Write what is missing, and put it together. ``state`` is how far it came before. Returns its size in bytes;
        None: it is no longer wanted, and nothing of it is left.
        """
        whole = key_of(self.export_id)
        parts = [key for file in state.get("files", ()) if (key := file["key"]) != whole]
        while not state.get("whole"):
            parts = [*parts, f"{folder_of(self.export_id)}/{len(parts) + 1:04}"]
            part = _Part(Archive(state.get("archive")), self.part)
            await self.storage.write(parts[-1], part.written(self._entries))
            reach("export.written")
            state = {"files": files_of(*parts), "archive": part.archive.state, "whole": part.is_last}
            if not await self._keep(state):
                return await self.drop(*parts)
        if "size" not in state:
            size = await self.storage.write(whole, self._joined(parts))
            reach("export.joined")
            state |= {"files": files_of(whole, *parts), "size": size}
            if not await self._keep(state):
                return await self.drop(whole, *parts)
        await self.drop(*parts)
        return state["size"]

    async def _keep(self, state: dict[str, Any]) -> bool:
        """Note how far it is. False: it is no longer wanted."""
        async with fenced(self.held) as session:
            await note(session, self.held.job, *_how_far(state))
            return await repository.keep_state(session, self.export_id, state)

    async def drop(self, *keys: str) -> None:
        """Remove what the archive was made of."""
        for key in keys:
            await self.storage.remove(key)

    async def _joined(self, parts: Sequence[str]) -> AsyncIterator[bytes]:
        for part in parts:
            async for piece in self.storage.stream(part):
                yield piece

    # -- what is in it -------------------------------------------------------------------------------

    async def _entries(self) -> AsyncGenerator[Entry]:
        yield Entry("README.txt", _once(_ABOUT.encode()))
        tables = [Rows(one.table, one.told, self.scope) for one in personal_tables() if one.told.exported is not None]
        for rows in tables:
            yield Entry(f"{rows.table.name}.jsonl", self._lines(rows))
        for rows in tables:
            async for key in self._files(rows):
                yield Entry(f"files/{key}", self._content(key), packed=PurePosixPath(key).suffix in _WORTH_PACKING)

    def _open(self) -> AbstractAsyncContextManager[Session]:
        return reading(self.held)

    async def _lines(self, rows: Rows) -> AsyncIterator[bytes]:
        async for batch in rows.exported(self._open):
            yield b"".join(orjson.dumps(dict(row), default=_worded) + b"\n" for row in batch)

    async def _files(self, rows: Rows) -> AsyncIterator[str]:
        files = rows.told.files
        if files is None:
            return
        async for batch in rows.exported(self._open):
            for row in batch:
                for key in files_in(files, row, own=True):
                    yield key

    async def _content(self, key: str) -> AsyncIterator[bytes]:
        try:
            async for piece in self.storage.stream(key):
                yield piece
        except NotFound as error:
            yield f"({error.sentence})".encode()


class _Part:
    """One part: the entries that the archive has not yet, until it is large enough."""

    def __init__(self, archive: Archive, bytes_: int) -> None:
        self.archive = archive
        self._bytes = bytes_
        self.is_last = False

    async def written(self, entries: Callable[[], AsyncGenerator[Entry]]) -> AsyncIterator[bytes]:
        size = 0
        async with aclosing(entries()) as found:
            async for entry in found:
                if entry.name in self.archive:
                    continue
                if size >= self._bytes:
                    return
                async with aclosing(self.archive.add(entry)) as pieces:
                    async for piece in pieces:
                        size += len(piece)
                        yield piece
        self.is_last = True
        yield self.archive.end()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _worded(value: object) -> str:
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)


def _how_far(state: dict[str, Any]) -> tuple[int, str]:
    """A percentage, and the same in words."""
    archive = state["archive"]
    written = f"{len(archive['entries']):,} files, {archive['at'] / 1024 / 1024:,.1f} MB"
    return (90 if state["whole"] else min(80, 10 * len(state["files"]))), written
