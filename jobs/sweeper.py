"""Looks at the ledger every few seconds: makes due jobs available, takes back those of dead workers, and starts
what nobody was woken for. It needs no Redis, so nothing waits for one."""

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic

from domain.core import queue
from domain.core.db import AWAY, RECONNECT_SECONDS
from domain.core.failpoints import reach
from domain.core.logging import logger
from domain.flow.common.legwork import Legwork
from domain.flow.conclude.quarantine import tell
from domain.flow.show.refresh import refresh_card
from domain.tasks import handed
from jobs import upkeep
from jobs.runner import Runner

log = logger(__name__)


SOON = 0.01
"""Seconds after a due time at which it is surely past."""

UNSERVED = 30.0
"""Seconds for which a step lies in a queue that no worker seems to serve, before its card says so."""


class Sweeper:
    """``runners`` are those of this process, by queue."""

    def __init__(
        self, legwork: Legwork, runners: Mapping[str, Runner], *, steady: Callable[[], float] = monotonic
    ) -> None:
        """``steady`` gives seconds that only go forward."""
        self._steady = steady
        self._legwork = legwork
        self._runners = runners
        self._interval = legwork.settings.sweep_seconds
        self._rescue_from = 0.0
        self._besides = upkeep.WORTH_IT if queue.Queue.UPKEEP in runners else "NULL"
        self._lying: dict[str, float] = {}
        """Since when there is work in queues that others should serve, in seconds of the steady clock."""

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
        async with self._legwork.database.system("the queue is everybody's") as session:
            swept = await queue.sweep(session, rescue=monotonic() >= self._rescue_from)
            for job in swept.quarantined:
                await tell(session, job)
                await upkeep.resume(session, job.kind)
            waiting = await queue.waiting(session, sorted(queue.SERVED))
            due, early = await queue.next_due(session, self._besides)
            reach("sweep.swept")
        if swept.rescued or swept.quarantined:
            log.warning("took back jobs of dead workers", rescued=swept.rescued, quarantined=len(swept.quarantined))
        for name in early or ():
            await upkeep.bring_forward(self._legwork.database, name)
        for name, runner in self._runners.items():
            for _ in range(min(waiting.get(name, 0), runner.free)):
                runner.start()
        await self._say_unserved(waiting)
        return self._interval if due is None else min(self._interval, due + SOON)

    async def _say_unserved(self, waiting: Mapping[str, int]) -> None:
        """Where work of others' queues has been lying for long, and nobody is at any, the cards of its tasks say so."""
        now = self._steady()
        self._lying = {name: self._lying.get(name, now) for name in waiting if name not in self._runners}
        overdue = [name for name, since in self._lying.items() if since + UNSERVED <= now]
        if not overdue:
            return
        async with self._legwork.database.system("the queue is everybody's") as session:
            for task_id in sorted(set(await queue.unserved(session, overdue))):
                if await handed.may_show(session, task_id):
                    await refresh_card(session, task_id)
