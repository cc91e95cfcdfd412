"""The socket of the web process. Whoever only wants to know whether a port is free loads no web server for it."""

import os
import socket

from domain.core.errors import Misconfigured

__all__ = ["GRACE", "listen"]

GRACE = 10
"""Seconds that requests have to end once the web process is to stop."""


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
