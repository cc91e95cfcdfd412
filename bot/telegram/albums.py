"""The parts of an album are held together until no further one has come for a moment.

None of them is acknowledged before all are stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from bot.telegram.translate import album_of
from bot.telegram.updates import Update

QUIET_SECONDS = 1.0
"""After this long without a further part an album is whole. Telegram delivers the parts within a fraction of it."""

Take = Callable[[Sequence[Update]], Awaitable[None]]


class _Album:
    def __init__(self) -> None:
        self.parts: dict[int, Update] = {}
        self.grown = asyncio.Event()
        self.settled: asyncio.Task[None] | None = None


class Albums:
    """Between the updates and their transaction. One process sees the parts it was given: where two web processes
    share a bot, an album may become two messages."""

    def __init__(self, take: Take, *, quiet: float = QUIET_SECONDS) -> None:
        self._take = take
        self._quiet = quiet
        self._open: dict[tuple[int, str], _Album] = {}

    async def take(self, update: Update) -> None:
        """Return when the update is stored, with the rest of its album where it is a part of one.

        Raises what storing it raises; then none of the album's parts may be acknowledged.
        """
        key = album_of(update)
        if key is None:
            await self._take([update])
            return
        album = self._open.get(key)
        if album is None:
            album = self._open[key] = _Album()
            album.settled = asyncio.create_task(self._settle(key, album))
        assert album.settled is not None
        album.parts[update.update_id] = update
        album.grown.set()
        await asyncio.shield(album.settled)

    async def close(self) -> None:
        """What has not been stored is not acknowledged, and comes again."""
        tasks = [album.settled for album in self._open.values() if album.settled is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _settle(self, key: tuple[int, str], album: _Album) -> None:
        try:
            while await self._grows(album):
                pass
        finally:
            del self._open[key]  # a part that comes now is on its own
        await self._take([album.parts[number] for number in sorted(album.parts)])

    async def _grows(self, album: _Album) -> bool:
        album.grown.clear()
        try:
            async with asyncio.timeout(self._quiet):
                await album.grown.wait()
        except TimeoutError:
            return False
        return True
