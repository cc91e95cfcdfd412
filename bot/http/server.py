"""Serves an ASGI application until it is told to stop."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Generator

import uvicorn
from starlette.types import ASGIApp

from domain.core.errors import Misconfigured

__all__ = ["listen", "serve"]

_GRACE = 10
"""Seconds that requests have to end once the process is to stop."""


class _Server(uvicorn.Server):
    """uvicorn's, without its signal handlers: they would end the process before it has closed what it holds."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections; port 0 is any free one.

    Raises:
        Misconfigured: the address is taken, or not one of this machine.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=2048)
        # Connections inherit it. asyncio sets it only where the protocol is named; without it an answer's body waits
        # for the other side to confirm the headers, 40 ms as a rule.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        raise Misconfigured(
            f"Nothing can listen on {host}, port {port}: {os.strerror(error.errno) if error.errno else error}.",
            remedy="Set LEGWORK_HOST and LEGWORK_PORT to an address of this machine that is free.",
        ) from error


async def serve(application: ASGIApp, listener: socket.socket, stop: asyncio.Event) -> None:
    """Answer requests until ``stop`` is set; those begun are let end, for ten seconds at most."""
    configuration = uvicorn.Config(
        application,
        log_config=None,  # the process' own logging
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
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
