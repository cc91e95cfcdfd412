"""The process that keeps the embedded servers of one data directory.

    user ──┐  one open connection each              ┌─▶ postgres
    user ──┼───────────────▶ keeper ── parent of ───┤
    user ──┘                                        └─▶ valkey-server

The servers belong to no user of them but to this small process. It runs for as long as somebody is
connected: the kernel closes the connection of a user that is killed, so nothing is counted wrongly. It
restarts a server that ends; a user that loses the keeper starts another (see ``client``). When the
keeper itself is killed the kernel ends the servers.

One thread, the standard library only: it starts in 0.03 s and stays small.
"""

import json
import os
import selectors
import signal
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from domain.core.embedded.fleet import Fleet
from domain.core.embedded.locks import open_lock, take
from domain.core.embedded.orphans import take_over
from domain.core.embedded.place import Place, account_of, unusable
from domain.core.embedded.postgres import Postgres
from domain.core.embedded.process import Host, Server
from domain.core.embedded.valkey import Valkey
from domain.core.errors import LegworkError

__all__ = ["main"]

_LINE_BYTES = 65536
_LEAVE_WAIT = 1.0  # seconds a keeper that was told to stop waits for those who are just joining
_LOCK_PAUSE = 0.02


class _Keeper:
    def __init__(self, place: Place, listener: socket.socket) -> None:
        self._place = place
        self._listener = listener
        self._host: Host
        self._fleet = Fleet(_note)
        self._users: dict[socket.socket, bytes] = {}
        """Each connection with what it has sent of its request so far."""
        self._leaving: list[socket.socket] = []
        """Users that have closed their side; theirs is closed in turn when they may rely on what they left."""
        self._stopping = False
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Serve until the last user has left or a signal says to stop. The locks go with the process."""
        self._listen_to_signals()
        self._selector.register(self._listener, selectors.EVENT_READ)
        try:
            self._take_over()
            while not self._is_over():
                self._turn()
        except (LegworkError, OSError) as error:
            self._refuse_all(error)
        finally:
            self._fleet.stop()

    def _take_over(self) -> None:
        home = self._place.home
        _, life_lock = take_over(self._place, (home / "postgres", home / "valkey"))
        self._host = Host(self._place, account_of(home), life_lock)

    # -- the loop ------------------------------------------------------------------------------------

    def _turn(self) -> None:
        pause = self._fleet.revive()
        if not self._users:  # somebody holds the start lock: they connect in a moment, or give it back
            pause = _LOCK_PAUSE
        for key, _ in self._selector.select(pause):
            if key.fileobj is self._listener:
                self._accept()
            elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._users:
                self._receive(key.fileobj)
            else:
                os.read(key.fd, 512)  # the signals that woke us; their handlers have run
        if self._users:
            self._let_go()

    def _is_over(self) -> bool:
        if self._stopping:
            self._lock_out(_LEAVE_WAIT)
            return True
        return not self._users and self._lock_out(0.0)

    def _lock_out(self, patience: float) -> bool:
        """Take the start lock for good, so that nobody joins a keeper that leaves; whether that was possible."""
        deadline = time.monotonic() + patience
        while True:
            try:
                lock = open_lock(self._place.start_lock)
            except FileNotFoundError:  # the data directory was deleted: nobody can come any more
                return True
            if take(lock) and (self._stopping or not self._someone_waits()):
                self._place.control.unlink(missing_ok=True)
                self._listener.close()
                return True  # the descriptor stays open: the lock is held until the last server is gone
            os.close(lock)
            if time.monotonic() >= deadline:
                return False
            time.sleep(_LOCK_PAUSE)

    def _someone_waits(self) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            return bool(selector.select(0))

    def _listen_to_signals(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self._selector.register(reading, selectors.EVENT_READ)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # a server ended: wake up and look
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    # -- users ---------------------------------------------------------------------------------------

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        self._users[connection] = b""
        self._selector.register(connection, selectors.EVENT_READ)

    def _receive(self, connection: socket.socket) -> None:
        try:
            received = connection.recv(_LINE_BYTES)
        except ConnectionError:
            received = b""
        request = self._users[connection] + received
        if not received:
            self._part_with(connection)
        elif request.endswith(b"\n"):
            self._users[connection] = b""
            self._serve(connection, json.loads(request))
        else:
            self._users[connection] = request

    def _serve(self, connection: socket.socket, packages: dict[str, str]) -> None:
        try:
            self._fleet.start(self._servers(packages), interrupted=lambda: self._stopping)
        except (LegworkError, OSError) as error:
            _note(str(error))
            self._answer(connection, _told(error, self._place))
            self._part_with(connection)
        else:
            self._answer(connection, {})

    def _servers(self, packages: dict[str, str]) -> list[Server]:
        known = {"valkey": Valkey, "postgres": Postgres}
        return [known[name](Path(packages[name]), self._host) for name in known if name in packages]

    def _answer(self, connection: socket.socket, answer: dict[str, str | None]) -> None:
        try:
            connection.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:  # gone before the answer; the next reading finds out
            return

    def _part_with(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        del self._users[connection]
        self._leaving.append(connection)

    def _let_go(self) -> None:
        """Others keep the servers: whoever has left need not wait. The last one waits until they have stopped."""
        for connection in self._leaving:
            connection.close()
        self._leaving.clear()

    def _refuse_all(self, error: LegworkError | OSError) -> None:
        _note(str(error))
        while self._someone_waits():
            self._accept()
        for connection in self._users:
            self._answer(connection, _told(error, self._place))


def _told(error: LegworkError | OSError, place: Place) -> dict[str, str | None]:
    known = error if isinstance(error, LegworkError) else unusable(place.home, error)
    return {"kind": known.code, "code": known.reason, "sentence": known.sentence, "remedy": known.remedy}


def _note(text: str) -> None:
    """One line of the keeper's log, which is its standard error."""
    sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}\n")
    sys.stderr.flush()


def main(home: str, sockets: str, listener: str) -> None:
    """Detach from the process that started us and keep the servers of ``home``. ``listener`` is a descriptor."""
    if os.fork():
        os._exit(0)
    os.umask(0o022)
    _Keeper(Place(Path(home), Path(sockets)), socket.socket(fileno=int(listener))).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
