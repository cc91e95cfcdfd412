"""A way to Postgres on which every answer takes its time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url


@dataclass
class SlowWire:
    """Listens on the loopback and passes everything on to the server's socket. ``seconds`` is what each answer of the
    server's is held back; it may be changed while the wire is in use."""

    url: str
    """The database's address by this way."""
    seconds: float = 0.0
    _socket: Path = field(default_factory=Path)
    _wires: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._wires.add(task)
        back, forth = await asyncio.open_unix_connection(self._socket)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, forth, slowly=False))
                both.create_task(self._pass_on(back, writer, slowly=True))
        except* OSError:
            pass  # one side was killed: the other hears of it as its connection ends
        finally:
            forth.close()
            writer.close()
            self._wires.discard(task)

    async def _pass_on(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, slowly: bool) -> None:
        while part := await source.read(65_536):
            if slowly:
                await asyncio.sleep(self.seconds)
            to.write(part)
            await to.drain()
        to.close()

    async def cut(self) -> None:
        for wire in list(self._wires):
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)


@asynccontextmanager
async def slow_wire(database_url: str) -> AsyncGenerator[SlowWire]:
    """A wire to the server of that address, which is a socket's."""
    address = make_url(database_url)
    folder, port = str(address.query["host"]), str(address.query.get("port") or 5432)
    wire = SlowWire("", _socket=Path(folder) / f".s.PGSQL.{port}")
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    at = server.sockets[0].getsockname()[1]
    query = {name: value for name, value in address.query.items() if name not in ("host", "port")}
    wire.url = address.set(host="127.0.0.1", port=at, query=query).render_as_string(hide_password=False)
    try:
        yield wire
    finally:
        server.close()
        await wire.cut()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 5)
