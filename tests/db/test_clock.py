"""The clock that workers go by: the database's, whatever the host's says."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import text

from domain.core.db import Database
from domain.core.queue.clock import DatabaseClock
from tests.fixtures.waiting import eventually


class Steady:
    """A steady clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


async def moment_of(database: Database) -> datetime:
    async with database.system("a test") as session:
        return await session.scalar(text("SELECT clock_timestamp()"))


async def test_once_read_it_goes_on_from_the_databases_moment_with_the_steady_clock(database: Database) -> None:
    steady = Steady()
    clock = DatabaseClock(steady=steady)
    before = await moment_of(database)
    await clock.read(database)
    assert before <= clock.now() <= await moment_of(database)
    read = clock.now()
    steady.seconds += 3_600
    assert clock.now() - read == timedelta(hours=1)


async def test_what_the_steady_clock_misses_is_made_up_for(database: Database) -> None:
    clock = DatabaseClock(steady=Steady())  # it stands still, as on a machine that sleeps
    read = clock.now()
    following = asyncio.create_task(clock.follow(database, every=0.0))
    await eventually(lambda: clock.now() > read)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
