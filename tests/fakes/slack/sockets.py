"""Socket Mode: up to ten connections of one app, each envelope to one of them."""

import asyncio
import itertools
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack.rules import Rules

Json = dict[str, Any]


class ConnectionLost(Exception):
    """The socket was closed before the envelope was acknowledged."""


@dataclass(slots=True, eq=False)
class Connection:
    """One open socket. ``waiting`` are envelopes not yet acknowledged."""

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False
    waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict[str, asyncio.Future[Json | None]])

    @property
    def open(self) -> bool:
        return not self.leaving and not self.socket.closed


class Sockets:
    """Every connection that was ever open; new envelopes go round the open ones."""

    def __init__(self, rules: Rules, app_id: str, note: Callable[[], None]) -> None:
        self._rules = rules
        self._app_id = app_id
        self._note = note
        self._tickets: set[str] = set()
        self._turn = itertools.count()
        self._numbers = itertools.count(1)
        self._farewells: set[asyncio.Task[None]] = set()
        self._refusing = 0
        self.connections: list[Connection] = []
        self.reused = 0
        """Attempts with a ticket that was used before, or never given out."""

    @property
    def open(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.open]

    def ticket(self) -> str:
        """What a socket is opened with, once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            self.reused += 1
            return web.Response(status=401, text="unknown ticket")
        self._tickets.discard(ticket)
        if self._refusing:
            self._refusing -= 1
            return web.Response(status=503, text="no room")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.open) >= self._rules.connections:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": _DEBUG})
            await socket.close()
            return socket
        connection = Connection(next(self._numbers), socket, request)
        self.connections.append(connection)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.open),
                "connection_info": {"app_id": self._app_id},
                "debug_info": _DEBUG | {"approximate_connection_time": 18060},
            }
        )
        self._note()
        try:
            await self._listen(connection)
        finally:
            for future in connection.waiting.values():
                if not future.done():
                    future.set_exception(ConnectionLost())
            self._note()
        return socket

    async def send(self, envelope: Json, avoid: set[int], within: float) -> tuple[int, Json | None]:
        """Send to one connection, rather none of ``avoid``; the connection's number and the answer's payload.

        Raises TimeoutError when it is not acknowledged, ConnectionLost, ConnectionError when none is open.
        """
        candidates = [c for c in self.open if c.number not in avoid] or self.open
        if not candidates:
            raise ConnectionError("no socket is open")
        connection = candidates[next(self._turn) % len(candidates)]
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = future
        avoid.add(connection.number)
        try:
            async with asyncio.timeout(within):
                await connection.socket.send_json(envelope)
                return connection.number, await future
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def disconnect(self, reason: str) -> None:
        """Say goodbye to every connection; each is closed when its client leaves, or after a while."""
        for connection in self.open:
            connection.leaving = True
            await connection.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": _DEBUG})
            farewell = asyncio.create_task(self._farewell(connection))
            self._farewells.add(farewell)
            farewell.add_done_callback(self._farewells.discard)

    def refuse(self, times: int) -> None:
        """The next so many tickets are used up, and no socket is opened for them."""
        self._refusing = times

    async def blurt(self, message: str | bytes) -> None:
        """Say this to every connection, whatever it is."""
        for connection in self.open:
            await (
                connection.socket.send_str(message)
                if isinstance(message, str)
                else connection.socket.send_bytes(message)
            )

    def cut(self) -> None:
        """Close every connection without a word."""
        for connection in self.connections:
            connection.leaving = True
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def close(self) -> None:
        for farewell in self._farewells:
            farewell.cancel()
        self.cut()

    async def _farewell(self, connection: Connection) -> None:
        await asyncio.sleep(self._rules.farewell)
        await connection.socket.close()

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            answer = json.loads(message.data)
            future = connection.waiting.get(answer.get("envelope_id", ""))
            if future is not None and not future.done():
                future.set_result(answer.get("payload"))


_DEBUG = {"host": "applink-double", "build_number": 1}
