"""A worker that stands still at a named place until its lease has run out and others have done its work, and goes on.

The victim is armed with every failpoint that a worker comes by here, but for one kind. Between the commit that says “I
am about to call” and the call itself (``intent.intended``, ``deliver.sending``) nothing can hold back a process that
wakes: the receiver would have to know of leases. One that stands still in an open transaction loses it, with its
connection, before its job is taken.
"""

import asyncio
import re
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

import psutil
from sqlalchemy import RowMapping

from domain.core.failpoints import VARIABLE
from domain.metadata import metadata
from tests.chaos.crew import Process
from tests.chaos.ground import Ground
from tests.chaos.people import PASSED, People, people_of
from tests.chaos.row import Outcome, Row
from tests.fixtures.waiting import eventually

ARMED = [point for point in PASSED if not point.startswith(("receive.", "intent.")) and point != "deliver.sending"]
"""Nothing is asked for here that changes something outside, and so comes by an intent."""
ASKED = ("page", "sum", "file")

_REACHED = re.compile(r"a failpoint was reached.*? point=(?P<point>[\w.]+)")
_BESIDES = {
    "queue_jobs": ("t::text", "queue <> 'UPKEEP'"),
    "audit_logs": ("(t.id, t.action, t.outcome, t.details)::text", "true"),  # it is sealed a moment later
    "health_checks": ("t.name", "true"),
}
"""What of a row is compared, and of which rows, where that is not all."""
_LOST = re.compile(r"the lease was lost")


def _stands(victim: Process, number: int) -> bool:
    """Whether it stands still at the failpoint of that number."""
    reached = len(_REACHED.findall(victim.printed))
    return reached == number and psutil.Process(victim.pid).status() == psutil.STATUS_STOPPED


def _gone(victim: Process) -> bool:
    """Whether it has ended. On its way out it may stand still at what is still armed."""
    if victim.alive:
        victim.send(signal.SIGCONT)
    return not victim.alive


class Pauses:
    """What was counted so far."""

    def __init__(self, ground: Ground, people: People) -> None:
        self.crew = ground.crew
        self.people = people
        self.at: Counter[str] = Counter()
        self.stale_writes = 0
        self.shown_again = 0
        self.taken_over = 0
        self.remarks: list[str] = []
        self._asked = 0
        self._asking: set[asyncio.Task[object]] = set()

    async def victim(self, most: int) -> None:
        """One worker through all of its pauses, at most so many."""
        armed = ",".join(f"{point}=stop" for point in ARMED)
        victim = await self.crew.start("jobs.worker", **{VARIABLE: armed})
        for number in range(1, min(len(ARMED), most) + 1):
            await self._comes_by(victim, number)
            await self._pause(victim, number)
        victim.send(signal.SIGTERM)
        await eventually(lambda: _gone(victim), every=0.05)

    async def rest(self) -> None:
        """Until all that was asked for is settled."""
        await asyncio.gather(*self._asking)
        await self.crew.settles()

    async def _comes_by(self, victim: Process, number: int) -> None:
        """Ask for things until the victim stands still for that time."""

        def stands() -> bool:
            self._ask()
            return _stands(victim, number)

        await eventually(stands, 60.0)

    def _ask(self) -> None:
        """Keep one thing asked for."""
        self._asking = {task for task in self._asking if not task.done()}
        if not self._asking:
            self._asked += 1
            self._asking.add(asyncio.create_task(self.people.ask(ASKED[self._asked % len(ASKED)])))

    async def _pause(self, victim: Process, number: int) -> None:
        """Wait until others have done its work, wake it, and see whether anything changes before it gives up."""
        point = _REACHED.findall(victim.printed)[-1]
        held = {row["id"]: row["epoch"] for row in await self._held_by(victim)}
        self.at[point] += 1
        lost = len(_LOST.findall(victim.printed))
        await eventually(lambda: self._all_taken(held), 60.0)
        await self.rest()
        taken = await self._taken(held)
        before, shown = await self._everything(), len(self.people.slack.seen)
        victim.send(signal.SIGCONT)
        await eventually(
            lambda: len(_LOST.findall(victim.printed)) >= lost + taken or _stands(victim, number + 1), 60.0
        )
        self.taken_over += taken
        after = await self._everything()
        changed = sorted(after - before) or sorted(before - after)
        self.stale_writes += len(changed)
        again = self.people.slack.seen[shown:]
        self.shown_again += len(again)
        if changed or again:
            self.remarks.append(f"paused at {point}: {'; '.join([*changed, *map(str, again)])[:1500]}")

    async def _held_by(self, victim: Process) -> Sequence[RowMapping]:
        return await self.crew.rows(
            "SELECT id, epoch FROM queue_jobs WHERE status = 'running' AND worker LIKE :name", name=f"%:{victim.pid}"
        )

    async def _all_taken(self, held: Mapping[UUID, int]) -> bool:
        """Whether nothing of it is the victim's any more."""
        rows = await self.crew.rows(
            "SELECT id, epoch FROM queue_jobs WHERE id = ANY(:ids) AND status = 'running'", ids=list(held)
        )
        return all(row["epoch"] != held[row["id"]] for row in rows)

    async def _taken(self, held: Mapping[UUID, int]) -> int:
        """How many of the jobs others have had since."""
        rows = await self.crew.rows("SELECT id, epoch FROM queue_jobs WHERE id = ANY(:ids)", ids=list(held))
        return sum(row["epoch"] != held[row["id"]] for row in rows)

    async def _everything(self) -> set[str]:
        """Every row of every table, besides what upkeep goes on with."""
        found: set[str] = set()
        for table in metadata.sorted_tables:
            written, where = _BESIDES.get(table.name, ("t::text", "true"))
            rows = await self.crew.rows(f"SELECT {written} AS written FROM {table.name} t WHERE {where}")
            found |= {f"{table.name} {row['written']}" for row in rows}
        return found


async def drive(ground: Ground, count: int) -> Outcome:
    crew = ground.crew
    ground.web.gate.set()
    async with people_of(ground) as people:
        bot = await crew.start("bot")
        await bot.says("listening to Slack")
        await crew.muster(1)
        pauses = Pauses(ground, people)
        while (done := pauses.at.total()) < count:
            await pauses.victim(count - done)
        await pauses.rest()
        zeros = await people.zeros()
        twice = zeros.pop("answered twice")
    return Outcome(
        zero={
            "stale writes": pauses.stale_writes,
            **zeros,
            "jobs left over": await crew.left(),
        },
        told={
            "jobs taken over meanwhile": pauses.taken_over,
            "posted by the one that came back": pauses.shown_again,
            "answers among that": twice,
            "failpoints paused at": len(pauses.at),
            "asked": len(people.exchanges),
        },
        remarks=pauses.remarks,
    )


ROW = Row(
    name="worker-paused",
    fault="worker paused past its lease, then resumed",
    promise="0 stale writes: what others took over stays as they left it",
    full=50,
    short=3,
    drive=drive,
)
