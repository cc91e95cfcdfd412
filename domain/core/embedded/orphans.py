"""What an earlier keeper left behind: servers that still run, and a file that says one does."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from domain.core.embedded.locks import open_lock, take
from domain.core.embedded.place import Place
from domain.core.errors import Unavailable

if TYPE_CHECKING:
    import psutil

__all__ = ["take_over"]

_KEEPER_LEAVES = 30.0  # seconds; a stopping keeper lets Postgres write its checkpoint
# What orphans are sent, after how many seconds: the kernel has already told them on Linux.
_ENDINGS = ((0.5, signal.SIGTERM), (0.5, signal.SIGINT), (5.0, signal.SIGQUIT), (3.0, signal.SIGKILL))
_ORPHAN_LEAVES = 5.0
_PAUSE = 0.01


def take_over(place: Place, data: tuple[Path, ...]) -> tuple[int, int]:
    """The keeper's lock and the life lock, once no server of an earlier keeper is left in ``data``.

    Every server process inherits the life lock, so a free one proves that all of them are gone, and that a
    ``postmaster.pid`` is stale whatever process bears its number now.

    Raises:
        Unavailable: another keeper, or a server started by something else, holds the data.
    """
    keeper_lock, life_lock = open_lock(place.keeper_lock), open_lock(place.life_lock)
    if not _taken_within(_KEEPER_LEAVES, keeper_lock):
        raise Unavailable(
            f"The servers in {place.home} are run by another Legwork that cannot be reached from here.",
            remedy="Stop it, or set LEGWORK_DATA_DIR to another directory.",
        )
    if not take(life_lock):
        _end_orphans(life_lock, data)
    _forget_stale(place, data)
    return keeper_lock, life_lock


def _taken_within(seconds: float, lock: int) -> bool:
    deadline = time.monotonic() + seconds
    while not (taken := take(lock)) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    return taken


def _end_orphans(life_lock: int, data: tuple[Path, ...]) -> None:
    for patience, number in _ENDINGS:
        if _taken_within(patience, life_lock):
            return
        for process in _at_home_in(data):
            with suppress(ProcessLookupError):  # it went by itself
                os.kill(process.pid, number)
    if not _taken_within(_ORPHAN_LEAVES, life_lock):
        raise Unavailable(
            f"Servers that an earlier Legwork left in {data[0].parent} do not end.",
            remedy="End them by hand (“ps” shows them), then start again.",
        )


def _forget_stale(place: Place, data: tuple[Path, ...]) -> None:
    """Remove the lock files of a Postgres nobody stands behind.

    Postgres goes by the number in them, and that may be another process's by now, or a zombie's.
    """
    for directory in data:
        pid_file = directory / "postmaster.pid"
        if pid_file.exists():
            if strangers := _at_home_in((directory,)):
                raise Unavailable(
                    f"A Postgres that Legwork did not start (process {strangers[0].pid}) uses {directory}.",
                    remedy="Stop it, or set DATABASE_URL to its address.",
                )
            pid_file.unlink()
    for socket_lock in place.sockets.glob(".s.PGSQL.*.lock"):
        socket_lock.unlink()


def _at_home_in(data: tuple[Path, ...]) -> list[psutil.Process]:
    """The processes whose working directory is one of these, as every Postgres' and Valkey's is."""
    import psutil  # only after a crash: a start without one must not wait for it

    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) in data:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # gone meanwhile, or another account's
            continue
    return found
