"""``python -m bot.http``: the web process."""

import asyncio
import sys

from starlette.applications import Starlette

from bot.http import health
from bot.http.server import listen, serve
from bot.process import run
from domain.core import embedded
from domain.core.db import open_database
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
                await serve(Starlette(routes=health.routes(database, client)), listener, stop)
            finally:
                await client.aclose()
                await database.close()


if __name__ == "__main__":
    sys.exit(run(_web))
