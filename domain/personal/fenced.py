"""Transactions of a job about one person: of no one organization, since one person is in several."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from domain.core.db import Session
from domain.core.queue import Held, hold


@asynccontextmanager
async def fenced(held: Held) -> AsyncGenerator[Session]:
    """One that commits only while the job is held. Raises LeaseLost: another worker has it; nothing was written."""
    async with held.database.system("one person is in several organizations") as session:
        await hold(session, held.job)
        yield session


def reading(held: Held) -> AbstractAsyncContextManager[Session]:
    """One that only reads, and need not be fenced."""
    return held.database.system("one person is in several organizations")
