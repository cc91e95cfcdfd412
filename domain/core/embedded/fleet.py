"""The servers of one keeper: started together, restarted one by one, stopped together."""

import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from domain.core.embedded.process import Server, explain, tail
from domain.core.errors import Unavailable

__all__ = ["Fleet"]

_POLL = 0.005  # seconds between looks at a starting or stopping server
_START = 120.0  # a long log may have to be replayed
_STOP = 20.0  # for each signal
_HEALTHY = 60.0  # after so many seconds an earlier end is forgiven
_LONGEST_DELAY = 5.0
_KILLED_IN_VAIN = 3


@dataclass(slots=True)
class _Kept:
    server: Server
    process: subprocess.Popen[bytes]
    log_start: int
    started: float = field(default_factory=time.monotonic)
    served: bool = False
    """Whether it has been ready once."""
    ends: int = 0
    due: float | None = None
    """When to start it again, while it is down."""

    def has_failed(self) -> bool:
        """Whether it gave up before it was ever ready, so that its users are told why instead of waiting.

        One that was killed gave nothing up, unless that goes on.
        """
        code = self.process.poll()
        return not self.served and code is not None and (code >= 0 or self.ends >= _KILLED_IN_VAIN)


class Fleet:
    def __init__(self, note: Callable[[str], None]) -> None:
        self._kept: dict[str, _Kept] = {}
        self._note = note

    def start(self, servers: Iterable[Server], *, interrupted: Callable[[], bool]) -> None:
        """Start those that do not run yet and return when all of them take connections.

        Raises:
            LegworkError: one did not start; why, and what to do about it.
        """
        servers = list(servers)
        for server in servers:
            if server.name not in self._kept:
                server.prepare()
                self._kept[server.name] = self._begin(server)
        deadline = time.monotonic() + _START
        while not all(self._is_up(server.name) for server in servers):
            if interrupted() or time.monotonic() > deadline:
                raise Unavailable("The embedded servers were not ready in time.", remedy="Start again.")
            self.revive()
            time.sleep(_POLL)

    def revive(self) -> float | None:
        """Start again what has ended; the seconds until the next one is due, if any is."""
        now = time.monotonic()
        for kept in self._kept.values():
            if kept.due is None and kept.process.poll() is not None and not kept.has_failed():
                kept.ends = 1 if now - kept.started > _HEALTHY else kept.ends + 1
                kept.due = now + min(_LONGEST_DELAY, 0.05 * 2**kept.ends)
                self._note(f"{kept.server.name} ended with {kept.process.returncode}")
            if kept.due is not None and now >= kept.due:
                self._restart(kept, now)
        dues = [kept.due - now for kept in self._kept.values() if kept.due is not None]
        return max(min(dues), 0.0) if dues else None

    def stop(self) -> None:
        """End all of them, kindly first, and wait until they are gone."""
        running = {name: kept for name, kept in self._kept.items() if kept.process.poll() is None}
        deadlines: dict[str, float] = {}
        signals = {name: list(kept.server.stop_signals) for name, kept in running.items()}
        while running:
            for name, kept in list(running.items()):
                if kept.process.poll() is not None:
                    del running[name]
                elif signals[name] and time.monotonic() > deadlines.get(name, 0.0):
                    kept.process.send_signal(signals[name].pop(0))
                    deadlines[name] = time.monotonic() + _STOP
            time.sleep(_POLL)

    def _restart(self, kept: _Kept, now: float) -> None:
        self._note(f"starting {kept.server.name} again")
        try:
            kept.process, kept.started, kept.due = kept.server.start(), now, None
        except OSError as error:  # no memory, no process to be had: it may pass
            self._note(f"it could not be started: {error}")
            kept.due = now + _LONGEST_DELAY

    def _begin(self, server: Server) -> _Kept:
        log_start = server.log.stat().st_size if server.log.exists() else 0
        return _Kept(server, server.start(), log_start)

    def _is_up(self, name: str) -> bool:
        kept = self._kept[name]
        if kept.process.poll() is None and kept.server.is_ready(kept.process.pid):
            if not kept.served:
                kept.served = True
                kept.server.settle()
            return True
        if kept.has_failed():
            del self._kept[name]
            raise explain(name, tail(kept.server.log, start=kept.log_start), kept.server.log)
        return False
