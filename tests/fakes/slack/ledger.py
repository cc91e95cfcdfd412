"""What was asked of the double, and what people got to see: append-only."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Request:
    """One call of the Web API, as it came in."""

    method: str
    workspace: str | None
    arguments: dict[str, Any]
    at: float
    error: str | None = None
    status: int = 200
    retry_after: int = 0
    """Seconds the caller was asked to wait; 0 where it was not."""
    in_address: list[str] = field(default_factory=list[str])
    """Arguments that stood in the address, where proxies and logs see them."""
    accepted: bool = False
    """Whether it took effect, whatever the caller learned of it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something appeared on a screen. ``to`` is the only person who sees it, None: everybody in the channel."""

    kind: Literal["posted", "edited", "deleted", "streamed", "ephemeral", "view", "status"]
    channel: str
    ts: str
    text: str
    to: str | None = None


class Changes:
    """Lets tests wait for a condition instead of sleeping."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def note(self) -> None:
        """Something happened: every waiting condition is looked at again."""
        for event in self._waiting:
            event.set()

    async def until(self, holds: Callable[[], T], within: float | None = 10.0) -> T:
        """What ``holds`` gives as soon as it is true. Raises TimeoutError after ``within`` seconds."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(within):
                while not (found := holds()):
                    await event.wait()
                    event.clear()
            return found
        finally:
            self._waiting.discard(event)
