"""Files: streamed into an object store (a local folder or any S3 endpoint), read back as a local path.

Each upload has a key of its own, so one that is repeated after a crash changes nothing; a file that no row
names is an orphan for the upkeep to remove.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from domain.core.errors import Invalid, Misconfigured, NotFound, Unavailable
from domain.core.ids import new_id
from domain.core.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore, RetryConfig


_PIECE = 256 * 1024
"""Bytes that are read at once of what is passed on."""
_AT_ONCE = 2
"""Parts of a large file that are under way to the store at once: each is held until it is there."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept: ``size`` in bytes, ``sha256`` in hexadecimal."""

    key: str
    size: int
    sha256: str


class Storage:
    """The store of one process. ``cache`` is a local folder for copies of what must be a file on disk."""

    def __init__(self, store: "ObjectStore", cache: Path, *, limit: int) -> None:
        self._store = store
        self._cache = cache
        self._limit = limit

    async def add(self, folder: str, name: str, content: AsyncIterator[bytes] | bytes) -> Stored:
        """Keep a file.

        Raises:
            Invalid: it is larger than ``LEGWORK_MAX_FILE_MB``; nothing is kept then.
            Unavailable: the store did not take it.
        """
        import obstore  # a native library, loaded when the first file comes

        key = f"{folder}/{new_id()}{_suffix(name)}"
        meter = _Meter(name, self._limit)
        try:
            await obstore.put_async(self._store, key, meter.measured(content))
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable(f"The file {name} could not be stored.", remedy=_first_line(error)) from error
        return Stored(key=key, size=meter.size, sha256=meter.digest.hexdigest())

    async def read(self, key: str) -> bytes:
        """A file's content. Raises NotFound, Unavailable."""
        import obstore

        try:
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        except FileNotFoundError:
            raise NotFound("That file is no longer stored.", remedy="Send it again.") from None
        except obstore.exceptions.BaseError as error:
            raise Unavailable("The file store did not answer.", remedy=_first_line(error)) from error

    async def write(self, key: str, content: AsyncIterator[bytes]) -> int:
        """Keep what streams in under a key of the program's own, in place of what was there, however large it is.

        Returns its size in bytes. Raises Unavailable; what ``content`` raises goes through.
        """
        import obstore

        size = 0

        async def measured() -> AsyncIterator[bytes]:
            nonlocal size
            async for chunk in content:
                size += len(chunk)
                yield chunk

        try:
            await obstore.put_async(self._store, key, measured(), max_concurrency=_AT_ONCE)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Unavailable("The file store did not answer.", remedy=_first_line(error)) from error
        return size

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """A file's content, piece by piece. Raises NotFound, Unavailable."""
        import obstore

        try:
            found = await obstore.get_async(self._store, key)
            async for piece in found.stream(min_chunk_size=_PIECE):
                yield bytes(piece)
        except FileNotFoundError:
            raise NotFound("That file is no longer stored.") from None
        except obstore.exceptions.BaseError as error:
            raise Unavailable("The file store did not answer.", remedy=_first_line(error)) from error

    async def keys(self, folder: str) -> AsyncIterator[str]:
        """The keys of the files below a folder. Raises Unavailable."""
        import obstore

        try:
            listed = self._store.list(folder)  # pyright: ignore[reportUnknownMemberType] - one overload is of arrow's
            async for found in listed:
                for file in found:
                    yield file["path"]
        except obstore.exceptions.BaseError as error:
            raise Unavailable("The file store did not answer.", remedy=_first_line(error)) from error

    async def remove(self, key: str) -> None:
        """Remove a file, and this machine's copy of it; one that is gone already is no error. Raises Unavailable."""
        import obstore

        (self._cache / key).unlink(missing_ok=True)
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except obstore.exceptions.BaseError as error:
            raise Unavailable("The file store did not answer.", remedy=_first_line(error)) from error

    async def local_path(self, key: str) -> Path:
        """The file on the local disk, to be read only."""
        path = self._cache / key
        if not path.exists():
            content = await self.read(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name}.part")
            part.write_bytes(content)
            part.replace(path)
        return path


class _Meter:
    """Counts and hashes what streams through, and breaks the stream off above the limit."""

    def __init__(self, name: str, limit: int) -> None:
        self.size = 0
        self.digest = hashlib.sha256()
        self._name = name
        self._limit = limit

    async def measured(self, content: AsyncIterator[bytes] | bytes) -> AsyncIterator[bytes]:
        async for chunk in _chunks(content):
            self.size += len(chunk)
            if self.size > self._limit:
                raise Invalid(
                    f"{self._name} is larger than {self._limit // 1024 // 1024} MB, so it was not taken.",
                    remedy="Send a smaller file, or a part of it.",
                    code="file_too_large",
                )
            self.digest.update(chunk)
            yield chunk


async def _chunks(content: AsyncIterator[bytes] | bytes) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    async for chunk in content:
        yield chunk


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and len(suffix) <= 10 else ""


def _first_line(error: Any) -> str:
    return str(error).splitlines()[0][:200]


_RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=15)}
"""A chat event waits for its files: a store that is away must be known to be in time to say so."""


def open_storage(settings: Settings) -> Storage:
    """The store that the settings name: ``data_dir/files`` unless LEGWORK_STORAGE_URL says otherwise.

    Raises Misconfigured.
    """
    import obstore
    from obstore.store import LocalStore, from_url

    cache = settings.data_dir / "cache"
    url = settings.storage_url
    if url is None or url.startswith("file://"):
        folder = settings.data_dir / "files" if url is None else Path(url.removeprefix("file://"))
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return Storage(LocalStore(folder), folder, limit=settings.max_file_bytes)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise Misconfigured(
                f"Files cannot be kept in {folder}: {getattr(error, 'strerror', None) or _first_line(error)}.",
                remedy="Set LEGWORK_DATA_DIR or LEGWORK_STORAGE_URL to a directory this account may write to.",
            ) from error
    try:
        return Storage(from_url(url, retry_config=_RETRIES), cache, limit=settings.max_file_bytes)
    except (obstore.exceptions.BaseError, ValueError, OSError) as error:
        raise Misconfigured(
            f"LEGWORK_STORAGE_URL cannot be used: {_first_line(error)}.",
            remedy="Use file:///path or s3://bucket/prefix.",
        ) from error
