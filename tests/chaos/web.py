"""A web on the loopback that remembers every request and answers some only when it is told to."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    key: str
    """The Idempotency-Key header."""
    at: float = field(default_factory=monotonic)
    """When, by this process's steady clock, in seconds."""


@dataclass
class GatedWeb:
    """``ledger`` only grows. A path that begins with ``/gate`` is answered once ``gate`` is set; one that ``gates``
    names, once that event is."""

    port: int = 0
    ledger: list[Asked] = field(default_factory=list[Asked])
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    gates: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.endpoint}{path}"

    def count(self, path: str) -> int:
        return sum(asked.path == path for asked in self.ledger)

    def keys(self, path: str) -> list[str]:
        return [asked.key for asked in self.ledger if asked.path == path]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *headers = head.split("\r\n")
            method, path, _ = line.split(" ")
            given = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in headers)}
            self.ledger.append(Asked(method, path, given.get("idempotency-key", "")))
            if path.startswith("/gate"):
                await self.gate.wait()
            if path in self.gates:
                await self.gates[path].wait()
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 4\r\nconnection: close\r\n\r\ndone"
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever asked was killed
        finally:
            writer.close()


@asynccontextmanager
async def gated_web() -> AsyncGenerator[GatedWeb]:
    web = GatedWeb()
    server = await asyncio.start_server(web.answer, "127.0.0.1", 0)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        web.gate.set()
        server.close()
        await server.wait_closed()
