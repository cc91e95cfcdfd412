"""What the web process does: one application, with the routes of health, pages for people and those of platforms."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bot import registry
from bot.edge import open_edge
from bot.http import account, health, one_time
from bot.http.promptly import Promptly
from bot.http.purposes import purposes
from bot.http.server import serve
from domain.core import embedded
from domain.core.crypto.required import required
from domain.core.db import open_database
from domain.core.embedded import Servers
from domain.core.logging import logger
from domain.core.settings import Settings
from domain.core.wakes import Wakes
from domain.health.redis import connect

__all__ = ["web"]

log = logger(__name__)


async def web(settings: Settings, stop: asyncio.Event, listener: socket.socket, wakes: Wakes | None = None) -> None:
    """Answer requests until ``stop`` is set. ``wakes`` are those of a worker in the same process."""
    required(settings)
    async with embedded.running(settings) as servers:
        database, client = (
            open_database(servers.database_url, pool=settings.database_pool),
            connect(servers.redis_url),
        )
        try:
            host, port = listener.getsockname()[:2]
            log.info("the web process listens", host=host, port=port)
            async with _platforms(settings, servers, wakes) as platforms:
                pages = [*one_time.routes(database, purposes(settings)), *account.routes(database)]
                application = Starlette(routes=[*health.routes(database, client), *pages, *platforms])
                await serve(application, listener, stop)
        finally:
            await client.aclose()
            await database.close()


@asynccontextmanager
async def _platforms(settings: Settings, servers: Servers, wakes: Wakes | None) -> AsyncGenerator[Sequence[BaseRoute]]:
    """The routes at which chat platforms deliver their events; what they work with is opened only where there are."""
    configured = registry.routes(settings)
    if not configured:
        yield ()
        return
    promptly = Promptly()
    async with open_edge(settings, servers, wakes) as edge:
        try:
            routes = [route for make in configured for route in make(edge)]
            yield [promptly.answering(route) if isinstance(route, Route) else route for route in routes]
        finally:
            await promptly.close()
