"""The clock that leases and due times go by, as a worker sees it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import text

from domain.core.db import AWAY, Database

READ_SECONDS = 10.0
"""How often the database's clock is read again: a steady clock drifts, and stands still while a laptop sleeps."""


class DatabaseClock:
    """The database's clock, carried on by this machine's steady one, which nobody sets.

    What a worker compares with moments that are stored goes by it: several workers, and the database that wakes them,
    then mean the same moment, however wrong the clocks of their hosts are. Until it was read it goes by its host's.
    """

    def __init__(self, *, steady: Callable[[], float] = monotonic) -> None:
        """``steady`` gives seconds that only go forward."""
        self._steady = steady
        self._moment, self._since = datetime.now(UTC), steady()

    def now(self) -> datetime:
        return self._moment + timedelta(seconds=self._steady() - self._since)

    async def read(self, database: Database) -> None:
        """Ask the database. Raises what it raises while it is away."""
        async with database.system("the clock is everybody's") as session:
            since = self._steady()  # from before the answer: what the database holds due is due here too
            self._moment, self._since = await session.scalar(text("SELECT clock_timestamp()")), since

    async def follow(self, database: Database, *, every: float = READ_SECONDS) -> None:
        """Read it every so many seconds for as long as the process lives; while the database is away it goes on."""
        while True:
            await asyncio.sleep(every)
            try:
                await self.read(database)
            except AWAY:
                continue  # whoever needs the database for its work says that it is away
