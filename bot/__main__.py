"""``python -m bot``: listens on every chat platform that is configured."""

import asyncio
import sys
from functools import partial

from bot import registry
from bot.edge import open_edge
from bot.listening import listen_to_all
from bot.process import run
from domain.core import embedded
from domain.core.logging import logger
from domain.core.settings import Settings

log = logger(__name__)


async def _listen(settings: Settings, stop: asyncio.Event) -> None:
    """Listen until ``stop`` is set. With no platform it waits as well: ending would only have it started again."""
    listeners = registry.listeners(settings)
    if not listeners:
        log.info("no chat platform is configured; “legwork chat” talks to Legwork in a terminal")
        await stop.wait()
        return
    async with embedded.running(settings) as servers, open_edge(settings, servers) as edge:
        await listen_to_all({platform: partial(listen, edge, stop) for platform, listen in listeners.items()}, stop)


if __name__ == "__main__":
    sys.exit(run(_listen))
