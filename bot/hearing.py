"""What the bot process does: it listens on every chat platform that is configured."""

import asyncio
from functools import partial

from bot import registry
from bot.edge import open_edge
from bot.listening import listen_to_all
from domain.core import embedded
from domain.core.crypto.required import required
from domain.core.logging import logger
from domain.core.settings import Settings
from domain.core.wakes import Wakes

__all__ = ["hear"]

log = logger(__name__)


async def hear(settings: Settings, stop: asyncio.Event, wakes: Wakes | None = None) -> None:
    """Listen until ``stop`` is set. With no platform it waits as well: ending would only have it started again.

    ``wakes`` are those of a worker in the same process.
    """
    required(settings)
    listeners = registry.listeners(settings)
    if not listeners:
        log.info("no chat platform is configured; “legwork chat” talks to Legwork in a terminal")
        await stop.wait()
        return
    async with embedded.running(settings) as servers, open_edge(settings, servers, wakes) as edge:
        await listen_to_all({platform: partial(listen, edge, stop) for platform, listen in listeners.items()}, stop)
