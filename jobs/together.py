"""``python -m jobs``: worker, web and bot as one process, on one loop.

Each part is what it is in a process of its own; they begin in this order and end in the other, and when one ends by
itself so does the process. What the edge commits starts the worker beside it at once.
"""

import asyncio

from pydantic import SecretStr

import migrations
from bot.hearing import hear
from bot.http.listener import listen
from bot.http.web import web
from domain.core import embedded
from domain.core.db import open_database
from domain.core.embedded import Servers
from domain.core.loop import loaded
from domain.core.queue import SERVED
from domain.core.settings import Settings
from domain.core.wakes import Wakes
from jobs.parts import Parts
from jobs.worker import work

__all__ = ["together"]


async def together(settings: Settings, stop: asyncio.Event) -> None:
    """Run all parts until ``stop`` is set. An embedded database is brought up to date first; another is checked.

    Raises:
        Misconfigured, Unavailable: nothing was begun; why, and what to do about it.
        Exception: what ended a part, once the others have come to their ends.
    """
    with listen(settings.host, settings.port) as listener:
        async with embedded.running(settings) as servers:
            await _migrate(settings, servers)
            given = _with_addresses(settings, servers)
            parts, ready = Parts(stop), asyncio.get_running_loop().create_future()
            try:
                parts.begin("worker", lambda its_stop: work(given, sorted(SERVED), its_stop, ready))
                if await parts.until(ready):
                    wakes: Wakes = ready.result()
                    parts.begin("web", lambda its_stop: web(given, its_stop, listener, wakes))
                    parts.begin("bot", lambda its_stop: hear(given, its_stop, wakes))
                    loaded()
                    await parts.until()
            finally:
                await parts.end()


async def _migrate(settings: Settings, servers: Servers) -> None:
    database = open_database(servers.database_url, pool=1)
    try:
        await migrations.ready(database, embedded=settings.database_url is None)
    finally:
        await database.close()


def _with_addresses(settings: Settings, servers: Servers) -> Settings:
    """Settings under which every part uses the servers that run already, as a process that is told of them does."""
    addresses = {"database_url": SecretStr(servers.database_url), "redis_url": SecretStr(servers.redis_url)}
    return settings.model_copy(update=addresses)
