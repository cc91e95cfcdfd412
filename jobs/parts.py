"""Parts of one process: begun one after another, ended backwards; none goes on without the others."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from domain.core.errors import Unavailable
from domain.core.logging import logger

__all__ = ["Parts", "Serve"]

log = logger(__name__)

Serve = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""One part: it works until the event is set, and then comes to its end."""


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    task: asyncio.Task[None]
    stop: asyncio.Event


class Parts:
    """What runs side by side in one process until ``stop`` is set, or until one of them ends."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._begun: list[_Part] = []

    def begin(self, name: str, serve: Serve) -> None:
        """Begin one more, in the background."""
        stop = asyncio.Event()
        self._begun.append(_Part(name, asyncio.create_task(_speaking(name, serve(stop)), name=name), stop))

    async def until(self, *done: "asyncio.Future[Any]") -> bool:
        """Wait; True: one of these is done, False: it is time to end."""
        stopping = asyncio.create_task(self._stop.wait())
        try:
            ending = {stopping, *(part.task for part in self._begun)}
            await asyncio.wait({*ending, *done}, return_when=asyncio.FIRST_COMPLETED)
            return not any(task.done() for task in ending)
        finally:
            stopping.cancel()

    async def end(self) -> None:
        """End them one after another, the last that was begun first.

        Raises:
            Exception: what had ended one of them before, which is named in the log.
            Unavailable: one had ended without a word.
        """
        fallen = [part for part in self._begun if part.task.done()]
        for part in fallen:
            log.error("a part ended by itself, and the process ends with it", part=part.name)
        for part in reversed(self._begun):
            part.stop.set()
            await asyncio.wait([part.task])
            if part not in fallen and (error := part.task.exception()) is not None:
                log.error("a part did not come to its end", part=part.name, exc_info=error)
        for part in fallen:
            part.task.result()
            raise Unavailable(f"The {part.name} ended, and nobody had told it to.")


async def _speaking(name: str, serving: Coroutine[Any, Any, None]) -> None:
    """Its log lines, and those of all it starts, say which part spoke."""
    structlog.contextvars.bind_contextvars(part=name)
    await serving
