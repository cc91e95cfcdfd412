"""Claims a queued job, runs its handler, and turns what comes of it into done, again, later or failed."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta
from random import random
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError

from domain.core import queue
from domain.core.db import AWAY, RECONNECT_SECONDS, Session
from domain.core.errors import LeaseLost, LegworkError, Unavailable
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.core.queue import Again, Held, Job, Queue, Snooze
from domain.core.settings import Settings
from domain.flow.common.legwork import Legwork
from domain.flow.conclude.quarantine import FAILED, tell

log = logger(__name__)

Handler = Callable[[Legwork, Held], Awaitable[None]]


_LOST = "the lease was lost; nothing of this run was written since"


class Runner:
    """Runs the jobs of one queue in this process, ``worker_slots`` at once."""

    def __init__(self, legwork: Legwork, name: str, handlers: Mapping[str, Handler], *, worker: str) -> None:
        self.queue = name
        self._legwork = legwork
        self._settings: Settings = legwork.settings
        self._handlers = handlers
        self._worker = worker
        # shares are those of people, but of bots and workspaces where it is delivered
        self._share_slots = self._settings.platform_slots if name == Queue.DELIVER else self._settings.person_slots
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[asyncio.Task[None], Held] = {}
        self._stopping = False
        self._context = copy_context()  # what is logged is the runner's, whoever starts it

    @property
    def free(self) -> int:
        return 0 if self._stopping else self._settings.worker_slots - len(self._tasks)

    @property
    def held(self) -> list[Held]:
        """The jobs being worked on."""
        return list(self._held.values())

    def start(self) -> bool:
        """Begin to work off the queue in the background.

        False where every slot is taken: whoever ends next goes straight on.
        """
        if self.free <= 0:
            return False
        task = asyncio.create_task(self._work_off(), name=f"{self.queue} runner", context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def rest(self) -> None:
        """Wait until no slot is working."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self) -> None:
        """Take nothing new, let what runs come to a boundary, then hand it back."""
        self._stopping = True
        for held in self._held.values():
            held.stopping.set()
            held.poked.set()
        pending = set(self._tasks)
        if pending:
            _, pending = await asyncio.wait(pending, timeout=self._settings.shutdown_seconds)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    # -- one slot ------------------------------------------------------------------------------------

    async def _work_off(self) -> None:
        """One job, and straight on while more is waiting."""
        try:
            while not self._stopping:
                job = await self._claim()
                if job is None or not await self._run(job):
                    return
        except AWAY as error:
            log.warning("the database did not answer; the sweeper goes on", queue=self.queue, error=str(error)[:200])

    async def _claim(self) -> Job | None:
        return await queue.claim(
            self._legwork.database,
            self.queue,
            worker=self._worker,
            lease=self._settings.lease,
            share_slots=self._share_slots,
        )

    async def _run(self, job: Job) -> bool:
        """Work on one claimed job. Returns whether more is waiting."""
        held = Held(self._legwork.database, job, self._settings.lease)
        current = asyncio.current_task()
        assert current is not None
        self._held[current] = held
        structlog.contextvars.bind_contextvars(job=str(job.id), kind=job.kind, epoch=job.epoch)
        beat = _Beat(lambda: self._keep_lease(held, current), self._settings.lease_seconds / 3)
        try:
            try:
                reach("job.claimed")
                await self._handlers[job.kind](self._legwork, held)
                if not held.ended:
                    await held.complete()
                reach("job.done")
            finally:
                await beat.stop()  # what came of it is noted below, and nobody is cancelled at that
            return held.more
        except LeaseLost:
            log.warning(_LOST)
            return True
        except Snooze as later:
            delay = later.delay
            return await self._end(held, lambda session: queue.snooze(session, held.job, delay))
        except Again as later:
            delay, error = later.delay, later.error
            return await self._end(held, lambda session: queue.again(session, held.job, delay, error))
        except asyncio.CancelledError:
            if not self._stopping:
                current.uncancel()
                log.warning("the lease was lost while a step ran")
                return True
            await asyncio.shield(self._end(held, lambda session: queue.release(session, held.job)))
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises ends as a retry or a failure
            failure = error
            return await self._end(held, lambda session: self._failed(session, held.job, failure))
        finally:
            self._held.pop(current, None)
            structlog.contextvars.unbind_contextvars("job", "kind", "epoch")

    async def _end(self, held: Held, how: Callable[[Session], Awaitable[bool]]) -> bool:
        """Note what came of a job. While the database is away this goes on trying: a job left running would
        look like the work of a dead worker."""
        collided = False
        while not held.ended:
            try:
                async with self._legwork.database.system("what became of a job, fenced by its row") as session:
                    return await how(session)
            except LeaseLost:
                log.warning(_LOST)
                return True
            except AWAY as error:
                if isinstance(error, IntegrityError) and not collided:
                    collided = True  # somebody queued the same work in this moment; by now that can be seen
                    continue
                log.warning("the end of a job could not be noted yet", error=str(error)[:200])
                await asyncio.sleep(RECONNECT_SECONDS)
        return held.more

    async def _failed(self, session: Session, job: Job, error: Exception) -> bool:
        final = isinstance(error, LegworkError) and not isinstance(error, Unavailable)
        if final or job.attempts >= job.max_attempts:
            log.error("a job failed for good", error=str(error), exc_info=None if final else error)
            await tell(session, job, error.sentence if isinstance(error, LegworkError) else FAILED)
            return await queue.fail(session, job, str(error))
        log.warning("a job failed and will be tried again", error=str(error), exc_info=error)
        return await queue.retry(session, job, backoff(job.attempts), str(error))

    async def _keep_lease(self, held: Held, work: asyncio.Task[None]) -> None:
        """Renew the lease while the handler runs; when it is lost, stop the handler."""
        while True:
            pause = self._settings.lease_seconds / 3
            try:
                await held.renew()
            except LeaseLost:
                if not held.ended:
                    work.cancel()
                return
            except AWAY as error:
                log.warning("the lease could not be renewed", error=str(error)[:200])
                pause = min(pause, RECONNECT_SECONDS)
            await asyncio.sleep(pause)


class _Beat:
    """Has a lease renewed from ``after`` seconds on: most jobs are done before."""

    def __init__(self, renewing: Callable[[], Coroutine[Any, Any, None]], after: float) -> None:
        self._renewing = renewing
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(after, self._begin)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._renewing())

    async def stop(self) -> None:
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


def backoff(attempts: int) -> timedelta:
    """Half a second doubled with each attempt, at most five minutes, plus up to half again by chance."""
    return timedelta(seconds=min(300.0, 0.5 * 2**attempts) * (1 + random() / 2))  # noqa: S311 - spreads retries
