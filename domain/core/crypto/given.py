"""The keys that the settings name, or, where they name none, the one that is made once in the data directory."""

import asyncio
import base64
import binascii
import os
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path

from domain.core.crypto.required import MAKE, is_own
from domain.core.crypto.sealing import KEY
from domain.core.crypto.wrapping import COMMAND, GivenKey, ProgramKey, WrappingKey
from domain.core.embedded.place import unusable
from domain.core.errors import Misconfigured
from domain.core.logging import logger
from domain.core.settings import Settings

log = logger(__name__)

OWN = "key"
"""The name of Legwork's own key in the data directory."""
OWN_PREVIOUS = "key.previous"

_RENEWING = "key.lock"
"""Held while one of the two is put in its place, or goes."""
_ROTATING = "key.rotating.lock"
"""Held for the whole of a rotation."""

_FEWEST = 12
"""Different bytes in a key; of 32 random ones about 30 differ."""


class Keys:
    """What wraps this installation's data keys: the present key, and the one before, while there is one.

    Whatever reads a key raises Misconfigured where it cannot be used; nothing is read before it is needed.
    """

    def __init__(self, settings: Settings) -> None:
        self.is_own = is_own(settings)
        self._settings = settings
        self._present: WrappingKey | None = None
        self._previous: WrappingKey | None = None

    async def present(self) -> WrappingKey:
        """What data keys are to be wrapped with."""
        if self._present is None:
            await self._load()
        assert self._present is not None  # it was just loaded
        return self._present

    async def find(self, key_id: str) -> WrappingKey | None:
        """The key with that id. One that is not known is looked for anew: its file may have been changed."""
        found = await self._known(key_id)
        if found is None:
            await self._load()
            found = await self._known(key_id)
        return found

    async def renew_own(self, before: str) -> None:
        """Have a new key of Legwork's own take the place of the one with that id, which stays beside it.

        Whoever does so second, or once more after being killed, finds it done.
        """
        await asyncio.to_thread(_renew, self._settings.data_dir, before)
        await self._load()

    def rotating(self) -> AbstractAsyncContextManager[object]:
        """Where the key is Legwork's own: nobody else is within, of all who have this data directory. Whoever comes
        meanwhile waits; who is killed holds nobody up.
        """
        if not self.is_own:
            return nullcontext()
        return _rotating(self._settings.data_dir)

    async def forget_own_previous(self, is_used: Callable[[str], Awaitable[bool]]) -> None:
        """The key before goes, unless ``is_used`` says of its id that something is wrapped with it."""
        from filelock import AsyncFileLock

        folder = self._settings.data_dir
        path = folder / OWN_PREVIOUS
        async with AsyncFileLock(folder / _RENEWING, mode=0o600):  # meanwhile nobody puts another in its place
            if not await asyncio.to_thread(path.exists):
                return
            name = GivenKey(await asyncio.to_thread(_read_file, "LEGWORK_KEY_PREVIOUS", path)).name
            if await is_used(name):
                log.warning("the key before is kept: something is wrapped with it", key=name)
            else:
                await asyncio.to_thread(path.unlink, missing_ok=True)

    async def _known(self, key_id: str) -> WrappingKey | None:
        there = [key for key in (self._present, self._previous) if key is not None]
        for key in there:
            if isinstance(key, GivenKey) and key.name == key_id:
                return key
        programs = [key for key in there if isinstance(key, ProgramKey)] if key_id.startswith(COMMAND) else []
        for program in programs:
            if await program.id() == key_id:
                return program
        return programs[0] if programs else None  # a service may know its former keys by their names

    async def _load(self) -> None:
        self._present, self._previous = await asyncio.to_thread(_read_all, self._settings, own=self.is_own)


def _read_all(settings: Settings, *, own: bool) -> tuple[WrappingKey, WrappingKey | None]:
    previous = settings.key_previous.get_secret_value().strip() if settings.key_previous is not None else None
    if own:
        present: WrappingKey = GivenKey(_own(settings.data_dir))
        former = settings.data_dir / OWN_PREVIOUS
        if previous is None and former.exists():
            return present, GivenKey(_read_file("LEGWORK_KEY_PREVIOUS", former))
    else:
        present = _given(settings)
    return present, _named("LEGWORK_KEY_PREVIOUS", previous) if previous is not None else None


def _given(settings: Settings) -> WrappingKey:
    written, file, command = settings.key, settings.key_file, settings.key_command
    if sum(given is not None for given in (written, file, command)) > 1:
        raise Misconfigured(
            "More than one key is set.", remedy="Leave one of LEGWORK_KEY, LEGWORK_KEY_FILE and LEGWORK_KEY_COMMAND."
        )
    if command is not None:
        return ProgramKey(command.get_secret_value())
    if file is not None:
        return GivenKey(_read_file("LEGWORK_KEY_FILE", file))
    assert written is not None  # one of them is, or the key is Legwork's own
    return GivenKey(_parsed("LEGWORK_KEY", written.get_secret_value()))


def _named(setting: str, written: str) -> WrappingKey:
    """A key as one setting names it, in whichever way: itself, ``file:PATH``, or ``command:PROGRAM …``."""
    kind, colon, rest = written.partition(":")
    if colon and kind == "file":
        return GivenKey(_read_file(setting, Path(rest)))
    if colon and kind == "command":
        return ProgramKey(rest)
    return GivenKey(_parsed(setting, written))


def _parsed(setting: str, written: str) -> bytes:
    """The 32 bytes; no error quotes them."""
    text = "".join(written.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY:
        raise Misconfigured(f"{setting} is no key: it takes 32 bytes, written in base64.", remedy=MAKE)
    if len(set(key)) < _FEWEST:
        raise Misconfigured(f"{setting} is a key that anybody could guess.", remedy=MAKE)
    return key


def _read_file(setting: str, path: Path) -> bytes:
    try:
        return _parsed(setting, path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it holds no text"
        raise Misconfigured(f"The key in {path} cannot be read: {why}.", remedy=f"Correct {setting}.") from error


# -- Legwork's own ------------------------------------------------------------------------------------


def _own(data_dir: Path) -> bytes:
    path = data_dir / OWN
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            made = _write_beside(path, secrets.token_bytes(KEY))
            try:
                path.hardlink_to(made)  # whole, or not at all; of two processes one comes first
            except FileExistsError:
                pass
            finally:
                made.unlink()
            _settle(data_dir)
    except OSError as error:
        raise unusable(data_dir, error) from error
    return _read_file("LEGWORK_KEY_FILE", path)


@asynccontextmanager
async def _rotating(data_dir: Path) -> AsyncGenerator[None]:
    from filelock import AsyncFileLock

    try:
        await asyncio.to_thread(data_dir.mkdir, parents=True, exist_ok=True)
        lock = AsyncFileLock(data_dir / _ROTATING, mode=0o600)
        await lock.acquire()
    except OSError as error:
        raise unusable(data_dir, error) from error
    try:
        yield
    finally:
        await lock.release()


def _renew(data_dir: Path, before: str) -> None:
    from filelock import FileLock

    try:
        with FileLock(data_dir / _RENEWING, mode=0o600):
            key = _own(data_dir)
            if GivenKey(key).name != before:
                return
            _write_beside(data_dir / OWN, key).replace(data_dir / OWN_PREVIOUS)
            _settle(data_dir)  # the old one is safe before the new one takes its place
            _write_beside(data_dir / OWN, secrets.token_bytes(KEY)).replace(data_dir / OWN)
            _settle(data_dir)
    except OSError as error:
        raise unusable(data_dir, error) from error


def _write_beside(path: Path, key: bytes) -> Path:
    """A file of another name in the same directory, only for this account, that is on the disk."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(key) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return made


def _settle(directory: Path) -> None:
    """See to it that the names of its files are on the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
