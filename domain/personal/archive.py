"""A ZIP archive that is made in parts: what is written is handed on at once, and a later process goes on with it.

``zipfile`` writes to whatever can be written to, and keeps of what it has written only the directory of it. That
directory is what is stored between two parts.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_KEPT = ("header_offset", "CRC", "compress_size", "file_size", "compress_type", "flag_bits", "external_attr")
_LARGE = 64 * 1024
"""Bytes from which on a piece is compressed beside the event loop."""


class _Sink:
    """What has been written and not taken yet. It cannot be sought in, so that ``zipfile`` never goes back."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive. ``packed``: whether it is worth compressing."""

    name: str
    content: AsyncIterator[bytes]
    packed: bool = True


class Archive:
    """``state`` is what an earlier one said of itself at the end of a part."""

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        given = state or {"at": 0, "entries": []}
        self._sink = _Sink(given["at"])
        self._zip = ZipFile(cast("IO[bytes]", self._sink), "w")  # it asks for no more than this
        for name, *kept in given["entries"]:
            info = ZipInfo(name)
            for attribute, value in zip(_KEPT, kept, strict=True):
                setattr(info, attribute, value)
            self._zip.filelist.append(info)
            self._zip.NameToInfo[name] = info
        self._zip.start_dir = given["at"]

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    @property
    def state(self) -> dict[str, Any]:
        """Between two entries."""
        entries = [[info.filename, *(getattr(info, kept) for kept in _KEPT)] for info in self._zip.filelist]
        return {"at": self._sink.tell(), "entries": entries}

    async def add(self, entry: Entry) -> AsyncGenerator[bytes]:
        """The bytes of the archive that the entry makes, as they come."""
        info = ZipInfo(entry.name)
        info.compress_type = ZIP_DEFLATED if entry.packed else ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            async for piece in entry.content:
                if len(piece) < _LARGE:
                    file.write(piece)
                else:
                    await asyncio.to_thread(file.write, piece)
                if taken := self._sink.take():
                    yield taken
        yield self._sink.take()

    def end(self) -> bytes:
        """The last bytes: the directory."""
        self._zip.close()
        return self._sink.take()
