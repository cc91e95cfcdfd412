"""Long polling: an update is confirmed only after the transaction that stored it has committed.

What is not confirmed stays at Telegram for a day, so a process may end at any moment. An update that is
delivered again is known by its id (compared for equality: after an idle week the numbers begin anew).
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

from bot.patience import pause
from bot.telegram.connect import POLL_SECONDS, Connection
from bot.telegram.failures import repeatable
from bot.telegram.inbox import is_away
from bot.telegram.together import Together
from bot.telegram.updates import UPDATES, read
from domain.core.errors import LegworkError, Unavailable
from domain.core.logging import logger
from domain.core.queue.turn import Turn

log = logger(__name__)

ATTEMPTS = 5
"""How often an update whose storing fails for a reason nobody foresaw is tried; the others must not wait for ever."""
FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_LONGEST_PATIENCE = 300.0
"""Seconds that Telegram may ask for before it is asked again all the same: a number may be wrong, too."""
_PARTS_PAUSE = 0.2
"""Seconds after which further parts of a message are asked for."""

Raw = dict[str, Any]


class Poller:
    """Fetches updates and hands them on, one holder of the bot's turn at a time."""

    def __init__(
        self, connection: Connection, together: Together, *, seconds: int = POLL_SECONDS, first: float = FIRST_PAUSE
    ) -> None:
        self._connection = connection
        self._together = together
        self._seconds = seconds
        self._first = first
        self._offset = 0
        self._failures: dict[int, int] = {}
        self._settling: dict[int, asyncio.Task[None]] = {}

    async def run(self, turn: Turn, stop: asyncio.Event) -> None:
        """Until ``stop`` is set. Raises what the database raises when the turn is lost, Refused for a bad token."""
        wait = self._first
        try:
            while not stop.is_set():
                try:
                    await self._round(stop)
                    wait = self._first
                except Unavailable as error:
                    after = min(error.after.total_seconds(), _LONGEST_PATIENCE) if error.after is not None else wait
                    log.warning("updates could not be taken in; trying again", error=str(error)[:200], seconds=after)
                    await pause(stop, after)
                    wait = min(wait * 2, _LONGEST_PAUSE)
                await turn.confirm()
        finally:
            for task in self._settling.values():
                task.cancel()
            await asyncio.gather(*self._settling.values(), return_exceptions=True)

    async def _round(self, stop: asyncio.Event) -> None:
        """Fetch, store, and only then move the offset on, which is what confirms."""
        batch = await self._fetch(stop)
        numbered = [(_number(raw), raw) for raw in batch]
        for number, raw in numbered:
            if number not in self._settling:
                task = self._settling[number] = await self._begin(raw)
                if task.done() and task.exception() is not None:
                    break  # the rest of the batch keeps its order behind this one
        waiting = [task for task in self._settling.values() if not task.done()]
        if waiting:  # parts of a message: ask once more with the old offset, others may be on their way
            await asyncio.wait(waiting, timeout=_PARTS_PAUSE)
            return
        self._check()
        settled = [number for number, _ in numbered if number in self._settling]
        if settled:
            self._offset = settled[-1] + 1
        self._settling.clear()
        self._failures.clear()

    async def _begin(self, raw: Raw) -> asyncio.Task[None]:
        """Store the update, in its turn; what waits for other parts of its message is left to itself."""
        update = read(raw)
        if update == "malformed":
            log.warning("an update has another form than expected and is passed over", update_id=raw.get("update_id"))
            return asyncio.create_task(_nothing())
        held = self._together.holds(update)
        task = asyncio.create_task(self._together.take(update))
        if held:
            await asyncio.sleep(0)  # it is known to wait before the next one is looked at
        else:
            await asyncio.wait([task])
        return task

    def _check(self) -> None:
        """Raise the first failure that is worth another attempt; those updates are then begun anew."""
        failed = {number: error for number, task in self._settling.items() if (error := task.exception()) is not None}
        for number, error in failed.items():
            self._failures[number] = self._failures.get(number, 0) + 1
            if not is_away(error) and (isinstance(error, LegworkError) or self._failures[number] >= ATTEMPTS):
                log.error("an update could not be taken in and is passed over", update_id=number, exc_info=error)
                continue
            del self._settling[number]
        again = [failed[number] for number in failed if number not in self._settling]
        if again:
            raise Unavailable("An update could not be stored.") from again[0]

    async def _fetch(self, stop: asyncio.Event) -> Sequence[Raw]:
        """Raw updates with their numbers: one of an unknown form must not keep the others from being read."""
        waits = 0 if self._settling else self._seconds
        query = {"offset": self._offset, "timeout": waits, "allowed_updates": json.dumps(UPDATES)}
        address = f"{self._connection.bot.base_url}/getUpdates?{urlencode(query)}"
        fetching = asyncio.ensure_future(repeatable(self._connection.polls.post(address)))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                return []
            return _updates(fetching.result())
        finally:
            for task in (fetching, stopping):
                task.cancel()
            await asyncio.gather(fetching, stopping, return_exceptions=True)


def _updates(answer: object) -> list[Raw]:
    """Those that have a number. Raises Unavailable where nothing of what was handed out can be confirmed."""
    batch = cast("list[Any]", answer) if isinstance(answer, list) else None
    parts = [cast(Raw, part) for part in batch or () if isinstance(part, dict)]
    numbered = [part for part in parts if type(_number(part)) is int]
    if batch is None or (batch and not numbered):
        raise Unavailable("What Telegram hands out is no list of updates.")
    return numbered


def _number(raw: Raw) -> Any:
    return raw.get("update_id")


async def _nothing() -> None:
    return
