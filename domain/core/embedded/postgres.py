"""The embedded Postgres: a cluster of its own, a unix socket, no TCP port, durable as any other."""

import shutil
import signal
import subprocess
from pathlib import Path

from domain.core.embedded import binaries
from domain.core.embedded.process import Host, explain, tail
from domain.core.errors import LegworkError, Misconfigured

__all__ = ["SUPERUSER", "Postgres", "read_pid_file"]

SUPERUSER = "postgres"

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # one machine, small data: no replication, no helpers for parallel queries or asynchronous reads
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "jit": "off",
}


class Postgres:
    name = "Postgres"
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
    """Fast shutdown, immediate shutdown, and the last resort (Postgres manual, "Shutting Down the Server")."""

    def __init__(self, package: Path, host: Host) -> None:
        self._package = package
        self._host = host
        self._data = host.place.home / "postgres"
        self._unflushed = False
        self._flush: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self._host.place.home / "postgres.log"

    def prepare(self) -> None:
        """Choose the binaries that made the cluster; make it where there is none.

        Raises:
            Misconfigured: the cluster is of another major version, or the disk is full.
            Unavailable: initdb failed, in its own words.
        """
        made_by = self._major()
        installed = binaries.postgres_majors(self._package)
        major = max(installed) if made_by is None else made_by
        if major not in installed:
            raise _other_major(major, max(installed), self._data)
        self._programs = binaries.postgres_programs(installed[major], self._host)
        if made_by is None:
            self._initialise()

    def start(self) -> subprocess.Popen[bytes]:
        settings = {**_SETTINGS, "unix_socket_directories": str(self._host.place.sockets)}
        command = [str(self._programs / "postgres"), "-D", str(self._data)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        # An immediate shutdown: it takes every backend along, and the log is replayed at the next start.
        return self._host.spawn(command, log=self.log, death_signal=signal.SIGQUIT)

    def is_ready(self, pid: int) -> bool:
        """Whether the last line of ``postmaster.pid``, the eighth, says so, for this very process.

        Source: ``LOCK_FILE_LINE_PM_STATUS`` in Postgres' miscinit and pidfile.h; pg_ctl waits on the same.
        """
        lines = read_pid_file(self._data)
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7] == "ready"

    def settle(self) -> None:
        """Flush a new cluster to disk: a power cut must not spoil the ground that durable rows stand on."""
        if self._unflushed:
            self._flush = self._host.spawn(
                [str(self._programs / "initdb"), "--sync-only", f"--pgdata={self._data}"],
                log=self.log,
                death_signal=signal.SIGTERM,
                writes=False,
            )
            self._unflushed = False

    def _major(self) -> int | None:
        try:
            return int((self._data / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return None

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there: half a cluster is never taken for one.

        Flushing its thousand files can take longer than all the rest, so ``settle`` has that done meanwhile.
        """
        fresh = self._data.with_suffix(".new")
        if fresh.exists():
            shutil.rmtree(fresh)
        self._host.make(fresh)
        start = self.log.stat().st_size if self.log.exists() else 0
        initdb = self._host.spawn(
            [
                str(self._programs / "initdb"),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                "--auth=trust",  # whoever may enter the socket's directory is the owner
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            log=self.log,
            death_signal=signal.SIGTERM,
        )
        if initdb.wait() != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise explain("Postgres", tail(self.log, start=start), self.log)
        fresh.rename(self._data)
        self._unflushed = True


def read_pid_file(data: Path) -> list[str]:
    """The lines of ``postmaster.pid``, stripped; none where there is no such file (yet)."""
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _other_major(made_by: int, ours: int, data: Path) -> LegworkError:
    upgrade = "Install a newer legwork[embedded]" if made_by > ours else "Move the data with that version's pg_dumpall"
    return Misconfigured(
        f"The data in {data} was made by Postgres {made_by}; the embedded one is {ours}.",
        remedy=f"{upgrade}, set LEGWORK_DATA_DIR to another directory, or set DATABASE_URL.",
        code="other_postgres",
    )
