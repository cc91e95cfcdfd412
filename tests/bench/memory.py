"""What a bot and a worker hold in memory once they are ready, with Slack and Telegram configured; and what becomes of
the worker's while it does tasks of three steps that do nothing: it should stay as it is.

``LEGWORK_BENCH_TASKS`` says how many tasks, 50000 for the whole of it. RSS counts every page a process has, PSS its
share of those that others have too; PSS is left out where the system does not tell.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression

import psutil

from domain.core.db import Database
from domain.core.embedded import Servers
from tests.bench import work
from tests.bench.measure import Figure
from tests.bench.processes import servers_in, waking, workers
from tests.bench.whole import bot_and_worker

TASKS = int(os.environ.get("LEGWORK_BENCH_TASKS", "5000"))
AT_ONCE = 200
"""So many are queued together; after each lot the memory is read."""
WARM = 0.3
"""The part of the lots that the slope leaves out: pools and caches fill up first."""
STARTS = 3
MB = 1024 * 1024

Held = dict[str, float]
"""Megabytes by kind: RSS, and PSS where it can be read."""


async def run(folder: Path) -> list[Figure]:
    folder /= "memory"
    async with servers_in(folder) as (servers, database):
        starts = [await _at_start(folder, servers) for _ in range(STARTS)]
        grown = await _over_tasks(folder, servers, database)
    return [
        *(
            Figure(f"memory of the {name} at start, {kind}", "MB", [start[name][kind] for start in starts])
            for name, held in starts[0].items()
            for kind in held
        ),
        *grown,
    ]


def held(pid: int) -> Held:
    memory = psutil.Process(pid).memory_full_info()
    found = {"RSS": memory.rss / MB}
    if (shared := getattr(memory, "pss", 0)) > 0:
        found["PSS"] = shared / MB
    return found


async def _at_start(folder: Path, servers: Servers) -> dict[str, Held]:
    async with bot_and_worker(folder, servers) as running:
        return {name: held(process.pid) for name, process in running.items()}


async def _over_tasks(folder: Path, servers: Servers, database: Database) -> list[Figure]:
    lots = max(4, TASKS // AT_ONCE)
    async with waking(servers, database), workers(folder, servers, 1) as [worker]:
        persons = await work.people(database)
        read = [held(worker.pid)["RSS"]]
        for _ in range(lots):
            await work.add(database, persons, AT_ONCE)
            await work.done(database)
            read.append(held(worker.pid)["RSS"])
    later = read[round(len(read) * WARM) :]
    return [
        Figure("worker's RSS before the first task", "MB", read[:1]),
        Figure(f"worker's RSS after {lots * AT_ONCE:,} tasks of three no-op steps", "MB", read[-1:]),
        Figure(f"its highest between lots of {AT_ONCE}", "MB", [max(read)]),
        Figure("its growth once warm, for every 10,000 tasks", "MB", [_slope(later) * 10_000 / AT_ONCE]),
    ]


def _slope(values: Sequence[float]) -> float:
    """By least squares, from one value to the next."""
    return linear_regression(range(len(values)), values).slope
