"""``python -m bot``: listens on every chat platform that is configured."""

import asyncio
import sys
from collections.abc import Iterator
from typing import cast

from bot import registry
from bot.edge import open_edge
from bot.process import run
from domain.core import embedded
from domain.core.errors import LegworkError
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
        try:
            async with asyncio.TaskGroup() as listening:
                for platform, listen in listeners.items():
                    listening.create_task(listen(edge, stop), name=platform)
        except ExceptionGroup as failed:
            raise next(_explained(failed), failed) from None


def _explained(failed: ExceptionGroup[Exception]) -> Iterator[LegworkError]:
    """What can be said in a sentence of why a listener ended."""
    for error in failed.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _explained(cast("ExceptionGroup[Exception]", error))
        elif isinstance(error, LegworkError):
            yield error


if __name__ == "__main__":
    sys.exit(run(_listen))
