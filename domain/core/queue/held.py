"""A claimed job while it is being worked on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from domain.core.db import Database, Session
from domain.core.queue.ledger import Job, complete, hold


class Snooze(Exception):
    """It is not the time yet: run this job again after ``delay``; no attempt is spent."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__(f"again in {delay}")
        self.delay = delay


class Held:
    """One claimed job: every transaction made through it is fenced and renews the lease."""

    def __init__(self, database: Database, job: Job, lease: timedelta) -> None:
        self.database = database
        self.job = job
        self.lease = lease
        self.ended = False
        self.more = False
        """Whether other work of the queue was waiting when this job ended."""
        self.stopping = asyncio.Event()
        """The process is stopping: end at the next boundary and leave the rest to another worker."""
        self.poked = asyncio.Event()
        """Somebody changed what this job works on: look at the database."""

    @asynccontextmanager
    async def transaction(self, *, done: bool = False) -> AsyncGenerator[Session]:
        """A transaction that commits only while the job is still ours; with ``done`` it also completes the job.

        Raises:
            LeaseLost: another worker has the job; nothing was written.
        """
        async with self.database.transaction() as session:
            if done:
                self.more = await complete(session, self.job)
            else:
                await hold(session, self.job, self.lease)
            yield session
        if done:
            self.ended = True
            self.more = self.more or self.job.queue in session.wakes
