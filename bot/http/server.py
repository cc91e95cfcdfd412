"""Serves an ASGI application until it is told to stop."""

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn
from starlette.types import ASGIApp

from bot.http.listener import GRACE

__all__ = ["serve"]


class _Server(uvicorn.Server):
    """uvicorn's, without its signal handlers: they would end the process before it has closed what it holds."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def serve(application: ASGIApp, listener: socket.socket, stop: asyncio.Event) -> None:
    """Answer requests until ``stop`` is set; those begun are let end, for ten seconds at most."""
    configuration = uvicorn.Config(
        application,
        log_config=None,  # the process' own logging
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(configuration)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await serving
