"""Work of which only one process at a time may do any, such as fetching a bot's messages.

Whoever has the turn holds a lock in the database for as long as it lives.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import text

from domain.core.db import Database, Session

RETRY_SECONDS = 1.0
"""How often those who wait look whether it is theirs."""

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
        async with database.system("a lock between processes") as session:
            if await session.scalar(_TRY, {"name": name}):
                yield Turn(session)
                return
        try:
            async with asyncio.timeout(retry):
                await stop.wait()
        except TimeoutError:
            continue
    yield None
