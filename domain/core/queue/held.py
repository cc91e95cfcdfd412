"""A claimed job while it is being worked on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from domain.core.db import Database, Session
from domain.core.queue.commands import Command
from domain.core.queue.ledger import Job, become, complete, hold, renew
from domain.core.queue.put_off import put_off


class Again(Exception):
    """It has run, and is work that comes back (see ``recurring``): the same job once more after ``delay``, as if new.

    ``error``: why it did not come to its end.
    """

    def __init__(self, delay: timedelta, error: str | None = None) -> None:
        super().__init__(f"once more in {delay}")
        self.delay = delay
        self.error = error


@dataclass(slots=True)
class Fence:
    """What a statement needs to fence its transaction; with ``done`` the job ends with it."""

    session: Session
    job: Job
    done: bool
    more: bool = False
    """Whether other work was waiting in the queue when the job ended."""


@dataclass(slots=True)
class Ending:
    """A job's last transaction. With ``goes_on_as`` the job is not over: without being queued and claimed anew it goes
    on as that one, of the same queue and person, and leaves its lane to the next. With ``waits`` it is put off until it
    is brought back (see ``put_off``)."""

    session: Session
    goes_on_as: Command | None = None
    waits: bool = False


class Held:
    """One claimed job: every transaction made through it is fenced."""

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
        """A transaction of the job's organization that commits only while the job is still ours; with ``done`` it also
        completes the job.

        Raises:
            LeaseLost: another worker has the job; nothing was written.
            Snooze: the work has become another organization's, and is taken on anew for that.
        """
        more = False
        async with self.opened() as session:
            if done:
                more = await complete(session, self.job)
            else:
                await hold(session, self.job)
            yield session
            if done:
                more = self._goes_on_itself(session) or more
        if done:
            self.ended, self.more = True, more

    @asynccontextmanager
    async def fenced_within(self, *, done: bool = False, single: bool = False) -> AsyncGenerator["Fence"]:
        """A transaction of the job's organization whose first statement is the fence, among other things: with ``done``
        it has to complete the job and note ``more``, otherwise to hold it. ``single``: there is no other statement, and
        it is the system's.
        """
        async with (
            self.database.system("one statement, fenced by its job", single=True) if single else self.opened()
        ) as session:
            fence = Fence(session, self.job, done)
            yield fence
            more = self._goes_on_itself(session) or fence.more if done else False
        if done:
            self.ended, self.more = True, more

    def opened(self) -> AbstractAsyncContextManager[Session]:
        """A transaction of the job's organization that is not fenced: its statements are, where they write."""
        org_id = self.job.org_id
        if org_id is None:
            return self.database.system("a job of no one organization, fenced by its row")
        return self.database.transaction(org_id)

    async def renew(self) -> None:
        """Start the lease anew. Raises LeaseLost."""
        async with self.database.system("one statement, fenced by its job", single=True) as session:
            await renew(session, self.job, self.lease)

    async def complete(self) -> None:
        """End the job, with nothing else to write. Raises LeaseLost."""
        async with self.database.system("one statement, fenced by its job", single=True) as session:
            self.more = await complete(session, self.job)
        self.ended = True

    @asynccontextmanager
    async def ending(self) -> AsyncGenerator["Ending"]:
        """The job's last transaction: it completes the job, puts it off, or has it go on as another.

        Raises:
            LeaseLost: another worker has the job; nothing was written.
        """
        async with self.opened() as session:
            await hold(session, self.job)  # first, so that nobody else begins with what this transaction is about
            ending = Ending(session)
            yield ending
            if ending.waits:
                job, more = self.job, await put_off(session, self.job)
            elif ending.goes_on_as is None:
                job, more = self.job, await complete(session, self.job, held=True)
                more = self._goes_on_itself(session) or more
            else:
                job, more = await become(session, self.job, ending.goes_on_as, self.lease), False
        self.job, self.more, self.ended = job, more, ending.goes_on_as is None

    def _goes_on_itself(self, session: Session) -> bool:
        """Whether the transaction queued work for the worker that ends this job: it need not be woken for one."""
        queued = session.wakes.pop(self.job.queue, 0)
        if queued > 1:
            session.wakes[self.job.queue] = queued - 1
        return queued > 0
