"""Who sits at a terminal, and which chat it is: two terminals of one person are two chats."""

import getpass
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from filelock import FileLock, Timeout

from bot.console.gateway import PLATFORM
from domain.conversations.ports import Address
from domain.core.errors import Misconfigured


@dataclass(frozen=True, slots=True)
class Seat:
    """A terminal's place. ``timezone`` is an IANA name, None where the machine does not tell."""

    address: Address
    person: str
    timezone: str | None
    history: Path
    """Where the lines typed are kept."""


@contextmanager
def taken(data_dir: Path) -> Generator[Seat]:
    """The first free seat of this person on this machine, held until the end of the block.

    Raises:
        Misconfigured: the data directory cannot be written to.
    """
    person = _person()
    folder = data_dir / "console"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        slot, lock = _free_slot(folder, person)
    except OSError as error:
        raise Misconfigured(
            f"The directory {folder} cannot be written to: {error.strerror}.",
            remedy="Give yourself access to it, or set LEGWORK_DATA_DIR to another one.",
        ) from error
    try:
        address = Address(PLATFORM, socket.gethostname(), f"{person}/{slot}")
        yield Seat(address, person, timezone(), folder / f"{person}.history")
    finally:
        lock.release()


def _free_slot(folder: Path, person: str) -> tuple[int, FileLock]:
    slot = 1
    while True:
        lock = FileLock(folder / f"{person}-{slot}.lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            slot += 1
        else:
            return slot, lock


def _person() -> str:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers (KeyError before Python 3.13)
        name = f"uid{os.getuid()}"
    return name.replace(os.sep, "_")


def timezone(environment: str | None = None, localtime: Path = Path("/etc/localtime")) -> str | None:
    """The machine's time zone by its IANA name: ``TZ``, else what ``/etc/localtime`` links to."""
    named = (environment if environment is not None else os.environ.get("TZ", "")).removeprefix(":")
    _, found, linked = str(localtime.resolve()).partition("zoneinfo/")
    for name in (named, linked if found else ""):
        if name and _is_zone(name):
            return name
    return None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
