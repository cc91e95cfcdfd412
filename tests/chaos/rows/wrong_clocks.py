"""Workers on hosts whose clocks are wrong: six hours behind, six hours ahead, and set back and forth all the time.

A host's clock is simulated: before anything else is imported, the worker's process is given a ``time.time`` and a
``datetime.now`` that are that far off. The steady clock, which no operator sets, goes as it does.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import text

from tests.chaos.crew import start
from tests.chaos.ground import Ground
from tests.chaos.platforms import PATIENT
from tests.chaos.row import Outcome, Row
from tests.factories.specs import node, tool
from tests.fixtures.waiting import eventually

HOURS = {"behind": "-6", "ahead": "6", "set": "6 * (-1) ** int(time.monotonic())"}
"""How far off each worker's clock is, as an expression."""

SECONDS = 3.0
"""Of a delay that lasts so long."""
LATE = 60.0
"""Seconds after its moment at which a delay counts as late."""

_RUN = """
import datetime, runpy, time
seconds, real = time.time, datetime.datetime

def off():
    return 3600 * ({hours})

class Any(type):
    def __instancecheck__(cls, value):
        return isinstance(value, real)

class Wrong(real, metaclass=Any):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + datetime.timedelta(seconds=off())

time.time = lambda: seconds() + off()
time.time_ns = lambda: int(time.time() * 1e9)
datetime.datetime = Wrong
runpy.run_module("jobs.worker", run_name="__main__")
"""


async def drive(ground: Ground, count: int) -> Outcome:
    """Half of the delays last some seconds, half end at a moment that is named; each then makes one request."""
    workers = [
        await start(
            [sys.executable, "-c", _RUN.format(hours=hours)],
            ground.environment | PATIENT,
            ground.folder / f"{name}.log",
        )
        for name, hours in HOURS.items()
    ]
    try:
        for worker in workers:
            await worker.says("worker is ready")
        due = [await _begin(ground, number) for number in range(count)]
        await _ended(ground, count, max(due) + LATE - monotonic())
        return Outcome(
            zero=_wrong(ground, due) | {"workers that died": sum(not worker.alive for worker in workers)},
            told={"delays": count, "workers with a wrong clock": len(workers)},
        )
    finally:
        await asyncio.gather(*(worker.kill() for worker in workers))


async def _begin(ground: Ground, number: int) -> float:
    """A task that waits. Returns the earliest moment of this process's steady clock at which it may go on."""
    name = f"clock{number}"
    due = monotonic() + SECONDS
    async with ground.database.system("a test") as session:
        now: datetime = await session.scalar(text("SELECT clock_timestamp()"))
    config: dict[str, Any] = (
        {"seconds": SECONDS} if number % 2 else {"until": (now + timedelta(seconds=SECONDS)).isoformat()}
    )
    call = {"method": "GET", "url": ground.web.url(f"/{name}")}
    nodes = [node("n1", "delay", **config), tool("n2", "http_request", **call)]
    await ground.crew.keep(name, nodes, [["n1", "n2"]])
    await ground.crew.say(f"/workflows run {name}", name)
    return due


async def _ended(ground: Ground, count: int, within: float) -> None:
    """Until every delay is over, or so many seconds have passed."""

    async def all_done() -> bool:
        return await ground.crew.count("tasks WHERE status = 'SUCCEEDED'") == count

    try:
        await eventually(all_done, within, every=0.05)
    except TimeoutError:
        return


def _wrong(ground: Ground, due: Sequence[float]) -> dict[str, int]:
    over = [[asked.at for asked in ground.web.ledger if asked.path == f"/clock{number}"] for number in range(len(due))]
    ended = list(zip(over, due, strict=True))
    return {
        "delays over too early": sum(bool(at) and at[0] < moment for at, moment in ended),
        "delays late, or not over": sum(not at or at[0] > moment + LATE for at, moment in ended),
        "delays over twice": sum(len(at) > 1 for at in over),
    }


ROW = Row(
    name="wrong-clocks",
    fault="the hosts' clocks are hours off, or set back and forth",
    promise="delays end when they should by the database's clock, and once",
    full=60,
    short=8,
    drive=drive,
)
