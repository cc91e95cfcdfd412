"""``python -m bot.http``: the web process."""

import asyncio
import sys

from bot.http.listener import listen
from bot.http.web import web
from bot.process import run
from domain.core.settings import Settings


async def _web(settings: Settings, stop: asyncio.Event) -> None:
    with listen(settings.host, settings.port) as listener:
        await web(settings, stop, listener)


if __name__ == "__main__":
    sys.exit(run(_web))
