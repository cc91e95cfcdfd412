"""What every long-running process of the chat edge has in common: settings, logs, signals, an exit status."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

from bot.supervision.group import UNFIT
from domain.core import failpoints
from domain.core.errors import LegworkError, Outdated
from domain.core.logging import configure, logger
from domain.core.loop import run as run_loop
from domain.core.settings import Settings, load

__all__ = ["run"]

log = logger(__name__)

Serve = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run(serve: Serve) -> int:
    """Run until SIGTERM or SIGINT sets the event.

    Returns:
        0 after such a signal, 1 after a failure, ``UNFIT`` after one that starting again does not mend.
    """
    try:
        run_loop(_until_told(serve, load()))
    except LegworkError as error:
        sys.stderr.write(f"legwork: {error}\n")
        return UNFIT if isinstance(error, Outdated) else 1
    except Exception as error:
        log.critical("the process ended", exc_info=error)
        return 1
    return 0


async def _until_told(serve: Serve, settings: Settings) -> None:
    configure(settings)
    failpoints.arm(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, stop)
