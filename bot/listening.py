"""Platforms are listened to side by side: what ends one listener is said, and it begins anew. The others go on."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, cast

from bot.patience import pause
from domain.core.errors import LegworkError, Misconfigured, Refused
from domain.core.logging import logger

__all__ = ["Pauses", "listen_to_all"]

log = logger(__name__)

Listen = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Pauses:
    """Before a listener begins anew; all in seconds."""

    first: float = 1.0
    longest: float = 60.0
    refused: float = 60.0
    """Where an operator has to act: a token that was revoked is not tried every second."""
    healthy: float = 300.0
    """A listener that went on for so long begins anew as if it had never failed."""


async def listen_to_all(listeners: Mapping[str, Listen], stop: asyncio.Event, pauses: Pauses | None = None) -> None:
    """Keep each platform's listener going until ``stop`` is set. Never raises for what one of them raises."""
    async with asyncio.TaskGroup() as listening:
        for platform, listen in listeners.items():
            listening.create_task(_keep(platform, listen, stop, pauses or Pauses()), name=platform)


async def _keep(platform: str, listen: Listen, stop: asyncio.Event, pauses: Pauses) -> None:
    wait = pauses.first
    while not stop.is_set():
        began = monotonic()
        try:
            await listen()
            return
        except Exception as failure:  # noqa: BLE001 - whatever it is, the other platforms go on
            if monotonic() - began >= pauses.healthy:
                wait = pauses.first
            error = _first(failure)
            after = pauses.refused if isinstance(error, Misconfigured | Refused) else wait
            _say(platform, error, after)
        await pause(stop, after)
        wait = min(2 * wait, pauses.longest)


def _say(platform: str, error: Exception, after: float) -> None:
    """A sentence; a traceback only where nobody foresaw the failure."""
    expected = isinstance(error, LegworkError)
    log.error(
        "a chat platform cannot be listened to; trying again",
        platform=platform,
        error=str(error) if expected else type(error).__name__,
        seconds=after,
        exc_info=None if expected else error,
    )


def _first(failure: Exception) -> Exception:
    """What can be said in a sentence where there is such, else what came first."""
    found = list(_parts(failure))
    return next((error for error in found if isinstance(error, LegworkError)), found[0])


def _parts(failure: Exception) -> Iterator[Exception]:
    if isinstance(failure, ExceptionGroup):
        for error in cast("ExceptionGroup[Exception]", failure).exceptions:
            yield from _parts(error)
    else:
        yield failure
