"""Doubles on the loopback: a port, and an ASGI application served on it in this event loop."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from typing import Literal

import uvicorn
from starlette.types import ASGIApp


def bound(port: int = 0) -> socket.socket:
    """A socket of the loopback, on any free port unless one is given. Raises OSError where it is taken."""
    # asyncio turns Nagle's algorithm off only where the protocol is named: 40 ms a request otherwise
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    """Where it is reached over HTTP, without a slash at the end."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


class Server(uvicorn.Server):
    """A server that leaves the process's signals alone, and ends at once when it is told to."""

    def __init__(
        self,
        application: ASGIApp,
        listener: socket.socket,
        *,
        patient: bool = False,
        tls: ssl.SSLContext | None = None,
        http: Literal["auto", "h11"] = "auto",
    ) -> None:
        """``patient``: requests that were begun have a second to end."""
        config = uvicorn.Config(
            application,
            lifespan="off",
            ws="none",
            http=http,
            log_config=None,
            log_level="critical",  # it reports each answer that is cut off, and they are on purpose
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        config.load()
        config.ssl = tls
        super().__init__(config)
        self._listener = listener
        self._patient = patient
        self._ready = asyncio.Event()
        self._told = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns once it answers."""
        self._running = asyncio.create_task(self.serve(sockets=[self._listener]))
        await self._ready.wait()

    async def stop(self) -> None:
        self.should_exit = True
        self.force_exit = not self._patient
        self._told.set()
        assert self._running is not None
        await self._running
        self._listener.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    async def main_loop(self) -> None:
        """uvicorn's own looks ten times a second whether it is to end; what it does every second is done here too."""
        while not self._told.is_set():
            await self.on_tick(0)  # among others, the time in the Date header
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1.0)


@contextlib.asynccontextmanager
async def serving(application: ASGIApp) -> AsyncIterator[str]:
    """Serve until the block ends; gives the address, without a slash at its end."""
    listener = bound()
    server = Server(application, listener, patient=True)
    await server.start()
    try:
        yield address(listener)
    finally:
        await server.stop()
