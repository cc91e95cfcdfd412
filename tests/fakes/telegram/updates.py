"""How updates reach the bot: fetched by getUpdates, or brought to its webhook."""

import asyncio
from dataclasses import dataclass, field

from tests.fakes.telegram.faults import Refusal
from tests.fakes.telegram.hooks import Hook
from tests.fakes.telegram.world import DEFAULT_UPDATES, Json, World


@dataclass
class _Poll:
    """The getUpdates call that is waiting; a second one ends the first."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Updates:
    """``url`` is the webhook's address, empty while there is none; ``new`` is set when something happens."""

    def __init__(self, world: World) -> None:
        self.url = ""
        self.new = asyncio.Event()
        self._world = world
        self._hook: Hook | None = None
        self._poll: _Poll | None = None

    @property
    def polling(self) -> bool:
        """Whether a getUpdates call is waiting."""
        return self._poll is not None

    @property
    def answers(self) -> list[int]:
        """The status of each answer to a webhook request; 0 where there was none."""
        return self._hook.answers if self._hook is not None else []

    @property
    def failed(self) -> tuple[int, str] | None:
        """When the webhook failed last, and how."""
        return self._hook.failed if self._hook is not None else None

    async def close(self) -> None:
        await self.hook("", None)

    def wants(self, allowed: list[str] | None) -> None:
        """None keeps what was wanted before; empty is the default."""
        if allowed is not None:
            self._world.wanted = frozenset(allowed) or DEFAULT_UPDATES

    async def poll(self, *, offset: int, limit: int, timeout: int, allowed: list[str] | None) -> list[Json]:
        """getUpdates: what is below ``offset`` is confirmed, and forgotten."""
        if self.url:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )
        self.wants(allowed)
        self._end_poll()
        self._world.queue = [update for update in self._world.queue if update["update_id"] >= offset]
        mine = self._poll = _Poll()
        deadline = asyncio.get_running_loop().time() + timeout
        while not self._world.queue and not mine.ended.is_set():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or not await self._something(mine, left):
                break
        if mine.ended.is_set():
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        self._poll = None
        return self._world.queue[: max(1, min(100, limit))]

    async def _something(self, mine: _Poll, seconds: float) -> bool:
        """Whether an update came, or another poll, within the time."""
        self.new.clear()
        waiting = [asyncio.create_task(event.wait()) for event in (self.new, mine.ended)]
        done, left = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        return bool(done)

    def _end_poll(self) -> None:
        if self._poll is not None:
            self._poll.ended.set()
            self._poll = None

    async def hook(self, url: str, secret: str | None) -> None:
        """Updates go to this address from now on; none: they wait to be fetched."""
        if self._hook is not None:
            await self._hook.close()
        self.url = url
        self._end_poll()
        self._hook = Hook(self._world, self.new, url, secret) if url else None
