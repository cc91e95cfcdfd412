"""A process' own side of the embedded servers: join their keeper, or start it, and stay connected."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import weakref
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.core.embedded.locks import open_lock, take
from domain.core.embedded.place import Place, unusable
from domain.core.embedded.process import tail
from domain.core.errors import LegworkError, Misconfigured, Unavailable

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger

__all__ = ["Membership", "join"]

_LOCK_WAIT = 60.0  # seconds; a leaving keeper holds the lock until its servers have stopped
_LOCK_PAUSE = 0.01
_ANSWER_WAIT = 150.0  # the keeper itself gives up before that
_LEAVE_WAIT = 60.0
_REJOIN_PAUSE = 1.0
_BACKLOG = 128
_KINDS: dict[str, type[LegworkError]] = {kind.code: kind for kind in (Misconfigured, Unavailable)}

_connections: weakref.WeakSet[socket.socket] = weakref.WeakSet()


@dataclass(frozen=True, slots=True)
class _Line:
    """An open connection to the keeper."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Membership:
    """One user of the servers. While it lasts they run, and are brought back if their keeper is lost."""

    def __init__(self, place: Place, packages: Mapping[str, str], line: _Line) -> None:
        self._place = place
        self._packages = packages
        self._line = line
        self._staying = asyncio.create_task(self._stay(), name="embedded servers")

    async def leave(self) -> None:
        """Give the servers up. The last user to leave returns when they have stopped."""
        self._staying.cancel()
        try:
            await asyncio.wait([self._staying])
            if not self._line.writer.is_closing():
                with suppress(ConnectionError, TimeoutError):
                    self._line.writer.write_eof()
                    await asyncio.wait_for(self._line.reader.read(), _LEAVE_WAIT)
        finally:
            self._line.writer.close()  # also when whoever leaves is told not to wait
        await _hang_up(self._line)

    async def _stay(self) -> None:
        while True:
            with suppress(ConnectionError):
                await self._line.reader.read()  # it says nothing more: this returns when it is gone
            from domain.core.logging import logger  # loaded when there is something to say: a supervisor stays small

            log = logger(__name__)
            log.warning("embedded_servers_lost", home=str(self._place.home))
            await _hang_up(self._line)
            self._line = await self._enter_again(log)
            log.warning("embedded_servers_back", home=str(self._place.home))

    async def _enter_again(self, log: "BoundLogger") -> _Line:
        while True:
            try:
                return await _enter(self._place, self._packages)
            except (LegworkError, OSError) as error:
                log.error("embedded_servers_down", reason=str(error))
                await asyncio.sleep(_REJOIN_PAUSE)


async def join(place: Place, packages: Mapping[str, str]) -> Membership:
    """Become a user of the servers named in ``packages`` (``postgres``, ``valkey``: where their wheels are).

    Returns when they take connections.

    Raises:
        Misconfigured, Unavailable: they cannot be started; why, and what to do about it.
    """
    try:
        return Membership(place, packages, await _enter(place, packages))
    except OSError as error:
        raise unusable(place.home, error) from error


async def _enter(place: Place, packages: Mapping[str, str]) -> _Line:
    while True:
        log_start = place.keeper_log.stat().st_size if place.keeper_log.exists() else 0
        line, is_ours = await _connect(place)
        try:
            answer = await _ask(line, packages)
            if answer is not None and "sentence" not in answer:
                return line
        except BaseException:
            await _hang_up(line)
            raise
        await _hang_up(line)
        if answer is not None:
            raise _KINDS[answer["kind"]](answer["sentence"], remedy=answer["remedy"], code=answer["code"])
        if is_ours:
            said = tail(place.keeper_log, start=log_start).strip().splitlines() or ["it said nothing"]
            raise Unavailable(
                f"The embedded servers could not be started: {said[-1]}", remedy=f"See {place.keeper_log}."
            )
        # That keeper was killed, or told to stop, while we came. The next one is ours, or newer.


async def _ask(line: _Line, packages: Mapping[str, str]) -> dict[str, str] | None:
    """The keeper's answer: empty when the servers run, else the error. None: it ended before it answered."""
    try:
        line.writer.write(json.dumps(dict(packages)).encode() + b"\n")
        answer = await asyncio.wait_for(line.reader.readline(), _ANSWER_WAIT)
    except ConnectionError:
        return None
    except TimeoutError:
        raise Unavailable(
            "The embedded servers do not answer.", remedy="See their logs in the data directory."
        ) from None
    return json.loads(answer) if answer else None


async def _hang_up(line: _Line) -> None:
    line.writer.close()
    with suppress(ConnectionError):
        await line.writer.wait_closed()


async def _connect(place: Place) -> tuple[_Line, bool]:
    """A connection to the keeper, and whether we had to start it."""
    async with _start_lock(place):
        try:
            connection, starting = _dial(place), None
        except (FileNotFoundError, ConnectionRefusedError):
            connection, starting = _start_keeper(place)
    try:
        if starting is not None:
            await asyncio.to_thread(starting.wait)  # for its first half only: it detaches at once
        return _Line(*await asyncio.open_unix_connection(sock=connection)), starting is not None
    except BaseException:
        connection.close()
        if starting is not None:
            starting.wait()
        raise


@asynccontextmanager
async def _start_lock(place: Place) -> AsyncGenerator[None]:
    lock = open_lock(place.start_lock)
    try:
        async with asyncio.timeout(_LOCK_WAIT):
            while not take(lock):  # noqa: ASYNC110 - the kernel tells nobody when a lock is given back
                await asyncio.sleep(_LOCK_PAUSE)
    except TimeoutError:
        os.close(lock)
        raise Unavailable(
            f"The embedded servers in {place.home} are still being stopped by another process.", remedy="Start again."
        ) from None
    try:
        yield
    finally:
        os.close(lock)


def _dial(place: Place) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(place.control))
    except OSError:
        connection.close()
        raise
    _connections.add(connection)
    return connection


def _start_keeper(place: Place) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Open the keeper's door, enter, and hand the door to a new keeper: whoever comes next just waits in line."""
    place.control.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener, place.keeper_log.open("ab") as log:
        listener.bind(str(place.control))
        listener.listen(_BACKLOG)
        connection = _dial(place)
        arguments = [str(place.home), str(place.sockets), str(listener.fileno())]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own command line
                [sys.executable, "-s", "-P", "-m", "domain.core.embedded.keeper", *arguments],
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(listener.fileno(),),
                start_new_session=True,
            )
        except OSError:
            connection.close()
            raise
    return connection, process


def _environment() -> dict[str, str]:
    """What Python needs to find the same modules, and none of our secrets: the keeper outlives us."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)  # noqa: PTH100 - "" is the working directory
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PYTHONHOME") if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONPATH": path, **kept}


def _forget_connections() -> None:
    """A forked child is no user: its copy of a connection would keep the servers after we are gone."""
    for connection in list(_connections):
        connection.close()


os.register_at_fork(after_in_child=_forget_connections)
