"""``python -m bot.http``: the web process."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from bot import registry
from bot.edge import open_edge
from bot.http import health
from bot.http.promptly import Promptly
from bot.http.server import listen, serve
from bot.process import run
from domain.core import embedded
from domain.core.db import open_database
from domain.core.embedded import Servers
from domain.core.logging import logger
from domain.core.settings import Settings
from domain.health.redis import connect

log = logger(__name__)


async def _web(settings: Settings, stop: asyncio.Event) -> None:
    with listen(settings.host, settings.port) as listener:
        async with embedded.running(settings) as servers:
            database, client = (
                open_database(servers.database_url, pool=settings.database_pool),
                connect(servers.redis_url),
            )
            try:
                host, port = listener.getsockname()[:2]
                log.info("the web process listens", host=host, port=port)
                async with _platforms(settings, servers) as platforms:
                    application = Starlette(routes=[*health.routes(database, client), *platforms])
                    await serve(application, listener, stop)
            finally:
                await client.aclose()
                await database.close()


@asynccontextmanager
async def _platforms(settings: Settings, servers: Servers) -> AsyncGenerator[Sequence[BaseRoute]]:
    """The routes at which chat platforms deliver their events; what they work with is opened only where there are."""
    configured = registry.routes(settings)
    if not configured:
        yield ()
        return
    promptly = Promptly()
    async with open_edge(settings, servers) as edge:
        try:
            routes = [route for make in configured for route in make(edge)]
            yield [promptly.answering(route) if isinstance(route, Route) else route for route in routes]
        finally:
            await promptly.close()


if __name__ == "__main__":
    sys.exit(run(_web))
