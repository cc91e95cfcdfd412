"""A message that was heard just as its chat became another organization's: it came to be of the one before."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from domain.conversations import messages
from domain.core import queue
from domain.core.errors import NotFound
from domain.core.queue import Held, Snooze


@asynccontextmanager
async def followed(held: Held, message_id: UUID) -> AsyncGenerator[None]:
    """Where the block does not find the message: make it, and the job that holds it, that organization's.

    Raises Snooze: it is taken on anew for that.
    """
    try:
        yield
    except NotFound:
        async with held.database.system("a message may be of another organization than its thread") as session:
            org_id = await messages.follow_thread(session, message_id)
            if org_id is None:
                raise
            await queue.give_job(session, held.job, org_id)
        raise Snooze(timedelta()) from None
