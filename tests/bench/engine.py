"""Durable tasks of three steps that do nothing, through one, two and four worker processes, beside bare commits of the
same Postgres and bare jobs of arq through the same Redis.

A round's clock runs from the commit that queues its tasks to the end of the last. A task takes its steps one after
another; each of them is committed. The workers have their defaults: 50 jobs at once, ten of one person.
"""

from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import RowMapping

from domain.core.db import Database
from domain.core.embedded import Servers
from domain.core.settings import Settings
from tests.bench import floors, work
from tests.bench.measure import ROUNDS, Figure, spread
from tests.bench.processes import servers_in, waking, workers
from tests.fixtures.waiting import eventually

TASKS = 200
ALONE = 20
"""Tasks one after another, in each round."""
WORKERS = (1, 2, 4)
SLOTS: int = Settings.model_fields["worker_slots"].default
COMMITTERS = 10
JOBS = 2_000


async def run(folder: Path) -> list[Figure]:
    async with servers_in(folder / "engine") as (servers, database), waking(servers, database):
        persons = await work.people(database)
        commits = [(await floors.commits(servers.database_url, COMMITTERS, 2_000))[0] for _ in range(ROUNDS)]
        bare = await floors.arq_jobs(folder, servers, slots=SLOTS, count=JOBS, rounds=ROUNDS)
        rates: dict[int, list[float]] = {}
        for count in WORKERS:
            async with workers(folder / "engine", servers, count):
                await rate(database, persons)  # connections are opened, statements prepared
                rates[count] = [await rate(database, persons) for _ in range(ROUNDS)]
                if count == 1:
                    took = await alone(servers, database, persons)
                    floor = [(await floors.commits(servers.database_url, 1, 200))[1] for _ in range(ROUNDS)]
                    by_itself = spread("one such task alone, beside one bare commit", took, floor)
    steps = [found * work.STEPS for found in rates[1]]
    return [
        *(
            Figure(f"tasks of three no-op steps, {_counted(count)}", "tasks/s", found, commits)
            for count, found in rates.items()
        ),
        Figure("the same in steps, one worker; the floor is bare arq jobs", "steps/s", steps, bare),
        Figure("one step, in bare arq jobs", "jobs", [median(bare) / found for found in steps]),
        *by_itself,
    ]


def _counted(count: int) -> str:
    return "one worker" if count == 1 else f"{count} workers"


async def rate(database: Database, persons: list[RowMapping]) -> float:
    """Tasks a second, from the commit that queues them all."""
    _, begun = await work.add(database, persons, TASKS)
    ended = await work.done(database)
    return TASKS / (ended - begun).total_seconds()


async def alone(servers: Servers, database: Database, persons: list[RowMapping]) -> list[list[float]]:
    """Seconds from the commit of one task to that of its end, which is looked for every millisecond, in rounds."""
    async with floors.connections(servers.database_url, 1) as [connection]:
        return [[await _one(connection, database, persons) for _ in range(ALONE)] for _ in range(ROUNDS)]


async def _one(connection: Any, database: Database, persons: list[RowMapping]) -> float:
    query = await connection.prepare("SELECT clock_timestamp() FROM tasks WHERE id = $1 AND status = 'SUCCEEDED'")
    [task_id], begun = await work.add(database, persons, 1)
    ended = await eventually(lambda: query.fetchval(task_id), every=0.001)
    return (ended - begun).total_seconds()
