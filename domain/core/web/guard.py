"""Where a fetch may go: a host is resolved once, every address is judged, and only those are connected to."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from domain.core.errors import Misconfigured, Refused, Unavailable
from domain.core.settings import Settings
from domain.core.web.addresses import refusal
from domain.core.web.urls import check_port, endpoint

__all__ = ["Guard", "Resolver", "resolve"]

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""The IP addresses of a host, as text, best first. Raises OSError where there are none."""

_SERVICE_PORTS = {"redis": 6379, "rediss": 6379, "valkey": 6379, "valkeys": 6379}
_POSTGRES_PORT = 5432


async def resolve(host: str, port: int) -> list[str]:
    """The system's own resolver, which runs in a thread."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


class Guard:
    """Judges a host and a port at the moment a connection to it is to be opened."""

    def __init__(self, settings: Settings, resolver: Resolver = resolve, allow: Iterable[str] = ()) -> None:
        self._resolver = resolver
        self._allowed = frozenset(endpoint(pair) for pair in (*settings.fetch_allow, *allow))
        self._own = _own_services(settings)

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses a connection may be made to, best first.

        Raises:
            Refused: one of the host's addresses is not public (a mixed answer is an attack), the port is no
                web server's, or it is Legwork's own database.
            Unavailable: the host cannot be found.
        """
        allowed = (host, port) in self._allowed
        if not allowed:
            check_port(port)
        found = await self._resolve(host, port)
        if await self._is_own(host, port, found):
            raise Refused("The address is that of Legwork's own database, so it is not fetched.")
        if not allowed:
            for address in found:
                _check(host, port, address)
        return found

    async def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise Unavailable(f"The host {host} cannot be found.", remedy="Check the address.") from error
        if not found:
            raise Unavailable(f"The host {host} cannot be found.", remedy="Check the address.")
        return found

    async def _is_own(self, host: str, port: int, addresses: list[str]) -> bool:
        for own_host, own_port in self._own:
            if own_port == port and (own_host == host or await self._share(own_host, port, addresses)):
                return True
        return False

    async def _share(self, own_host: str, port: int, addresses: list[str]) -> bool:
        """Whether another name leads to the same machine."""
        try:
            return not set(addresses).isdisjoint(await self._resolver(own_host, port))
        except OSError:
            return False  # a service that has no address now cannot be reached by any name


def _check(host: str, port: int, address: str) -> None:
    reason = refusal(address)
    if reason is not None:
        raise Refused(
            f"The address {host} leads to {reason}, so it is not fetched.",
            remedy=f"An administrator can allow it by adding “{host}:{port}” to LEGWORK_FETCH_ALLOW.",
        )


def _own_services(settings: Settings) -> frozenset[tuple[str, int]]:
    """Host and port of the configured Postgres and Redis; embedded ones listen on no port."""
    own: set[tuple[str, int]] = set()
    for url in (settings.database_url, settings.redis_url):
        scheme, _, rest = (url.get_secret_value() if url is not None else "").partition("://")
        hosts = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
        for each in filter(None, hosts.split(",")):  # libpq takes several hosts, separated by commas
            host, port = _host_and_written_port(each)
            own.add((host, port or _SERVICE_PORTS.get(scheme, _POSTGRES_PORT)))
    return frozenset(own)


def _host_and_written_port(written: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{written}")
        return (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise Misconfigured(
            "The address of the database or of Redis cannot be read.", remedy="Check DATABASE_URL and REDIS_URL."
        ) from error
