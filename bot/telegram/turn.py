"""One process at a time fetches a bot's updates: whoever holds a lock in the database, for as long as it lives."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import text

from domain.core.db import Database, Session

RETRY_SECONDS = 1.0
"""How often those who wait look whether the turn is theirs."""

# Held by an open transaction, so that it also works behind a pooler that hands connections on between transactions.
_TRY = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


class Turn:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def confirm(self) -> None:
        """Raises what the database raises when the connection is lost, and the turn with it."""
        await self._session.execute(text("SELECT 1"))


@asynccontextmanager
async def turn(
    database: Database, name: str, stop: asyncio.Event, *, retry: float = RETRY_SECONDS
) -> AsyncGenerator[Turn | None]:
    """The turn, for as long as the block runs; None when ``stop`` was set while waiting for it.

    The process that had it before may be dead: the database lets go of its lock with its connection.
    """
    while not stop.is_set():
        async with database.transaction() as session:
            if await session.scalar(_TRY, {"name": name}):
                yield Turn(session)
                return
        await pause(stop, retry)
    yield None


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not once it is time to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
