"""Looks at the ledger every few seconds: makes due jobs available, takes back those of dead workers, and starts
what nobody was woken for. It needs no Redis, so nothing waits for one."""

import asyncio
from collections.abc import Mapping
from time import monotonic

from domain.core import queue
from domain.core.db import AWAY, RECONNECT_SECONDS
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.flow.common.legwork import Legwork
from domain.flow.conclude.quarantine import tell
from jobs.runner import Runner

log = logger(__name__)


SOON = 0.01
"""Seconds after a due time at which it is surely past."""


class Sweeper:
    """``runners`` are those of this process, by queue."""

    def __init__(self, legwork: Legwork, runners: Mapping[str, Runner]) -> None:
        self._legwork = legwork
        self._runners = runners
        self._interval = legwork.settings.sweep_seconds
        self._rescue_from = 0.0

    async def run(self) -> None:
        """Sweep for as long as the process lives."""
        while True:
            try:
                pause = await self.sweep()
            except AWAY as error:
                log.warning("the database did not answer", error=str(error)[:200])
                # nobody could renew a lease meanwhile: a lease that ran out then is no sign of a dead worker
                self._rescue_from = monotonic() + self._legwork.settings.lease_seconds
                pause = min(self._interval, RECONNECT_SECONDS)
            await asyncio.sleep(pause)

    async def sweep(self) -> float:
        """One sweep. Returns the seconds until the next is worth it."""
        async with self._legwork.database.transaction() as session:
            swept = await queue.sweep(session, rescue=monotonic() >= self._rescue_from)
            for job in swept.quarantined:
                await tell(session, job)
            waiting = await queue.waiting(session, list(self._runners))
            due = await queue.next_due(session)
            reach("sweep.swept")
        if swept.rescued or swept.quarantined:
            log.warning("took back jobs of dead workers", rescued=swept.rescued, quarantined=len(swept.quarantined))
        for name, jobs in waiting.items():
            for _ in range(min(jobs, self._runners[name].free)):
                self._runners[name].start()
        return self._interval if due is None else min(self._interval, due + SOON)
