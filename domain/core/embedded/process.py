"""One server process: started so that it ends with its keeper, and explained when it fails."""

import errno
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from domain.core.embedded.lifeline import end_with_parent
from domain.core.embedded.place import Account, Place, unusable
from domain.core.errors import LegworkError, Unavailable

__all__ = ["Host", "Server", "explain", "tail"]

_LOG_BYTES = 8 * 1024 * 1024
# Nothing of the caller's: PGPORT and its kin would be taken for settings, and TZ is asked for at initdb.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Host:
    """What every server of one keeper shares: where, as whom (None: as ourselves), and the life lock it inherits."""

    place: Place
    account: Account | None
    life_lock: int

    def make(self, directory: Path) -> None:
        """A private directory that belongs to the servers' account."""
        directory.mkdir(mode=0o700, exist_ok=True)
        if self.account is not None:
            os.chown(directory, self.account.uid, self.account.gid)

    def spawn(
        self, command: Sequence[str], *, log: Path, death_signal: signal.Signals, writes: bool = True
    ) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own, its output appended to ``log``.

        One that writes to the data inherits the life lock: the next keeper waits for its end.
        To be called from the keeper's only thread: the kernel's death signal is tied to that thread, and
        Python code between fork and exec is safe only where no other thread holds a lock.
        """
        _rotate(log)
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own command line
                command,
                cwd="/",
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(self.life_lock,) if writes else (),
                process_group=0,
                umask=0o077,
                user=self.account and self.account.uid,
                group=self.account and self.account.gid,
                extra_groups=None if self.account is None else [],
                preexec_fn=partial(end_with_parent, death_signal, os.getpid()),
            )


class Server(Protocol):
    """What the keeper knows about a server it keeps."""

    @property
    def name(self) -> str: ...

    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]:
        """The kindest first; each next one is sent when the last has not helped."""
        ...

    @property
    def log(self) -> Path: ...

    def prepare(self) -> None:
        """Make what the server needs before its first start. Raises LegworkError."""
        ...

    def start(self) -> subprocess.Popen[bytes]: ...

    def is_ready(self, pid: int) -> bool:
        """Whether the process of that id takes connections."""
        ...

    def settle(self) -> None:
        """Begin what may be done once it does; called after the first start, not to be waited for."""
        ...


def tail(log: Path, *, start: int = 0) -> str:
    """What was written to a log since it was ``start`` bytes long; at most its last 8 KiB."""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(start if start <= size else 0, size - 8192))
        return file.read().decode(errors="replace")


def explain(name: str, output: str, log: Path) -> LegworkError:
    """The error behind a server that did not start, from what it said."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return unusable(log.parent, OSError(errno.ENOSPC, "no space left"))
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(mark in line for mark in ("FATAL", "PANIC", "error"))]
    said = (telling or lines or ["it said nothing"])[-1]
    return Unavailable(f"The embedded {name} did not start: {said}", remedy=f"Its log is {log}.")


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
