"""How long work waits to begin, behind a queue that is long: by priority behind 2,000 tasks of low priority, and a
person's one task behind another's thousand. Two workers; the tasks' three steps do nothing.

A wait is from the row that queues the job to its claim, by the database's clock. The floor is that of a task that has
the workers to itself.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import RowMapping, text

from domain.core.db import Database
from domain.tasks.states import Priority
from tests.bench import work
from tests.bench.measure import ROUNDS, Figure, spread
from tests.bench.processes import servers_in, waking, workers
from tests.fixtures.waiting import eventually

LOW = 2_000
HEAVY = 1_000
EACH = 10
"""Tasks of each other priority, and newcomers, in one round."""
PAUSE = 0.01
"""Seconds between two of them."""
OTHERS = (Priority.URGENT, Priority.HIGH, Priority.MEDIUM)

Waits = list[float]


async def run(folder: Path) -> list[Figure]:
    folder /= "priorities"
    async with servers_in(folder) as (servers, database), waking(servers, database):
        persons = await work.people(database)
        one, *others = await work.people(database, 1 + EACH, of="fairness")
        async with workers(folder, servers, 2):
            alone = [await _alone(database, persons) for _ in range(ROUNDS)]
            mixed = await _mixed(database, persons)
            newcomers, heavy = await _fair(database, one, others)
    return [
        *spread("wait of a task that has two workers to itself", alone),
        *(
            figure
            for priority, rounds in mixed.items()
            for figure in spread(f"wait of {priority} behind {LOW:,} LOW", rounds, alone)
        ),
        *spread(f"wait of a person's one task behind another's {HEAVY:,}", newcomers, alone),
        Figure(f"wait of the last of those {HEAVY:,}", "s", [max(heavy)]),
    ]


async def _alone(database: Database, persons: Sequence[RowMapping]) -> Waits:
    ids: list[UUID] = []
    for person in persons[:EACH]:
        ids += (await work.add(database, [person], 1))[0]
        await work.done(database)
    return await _waits(database, ids)


async def _mixed(database: Database, persons: Sequence[RowMapping]) -> dict[str, list[Waits]]:
    """The waits of each priority: of the others in rounds, of the many together."""
    low, begun = await _many(database, persons, LOW, Priority.LOW)
    rounds: list[dict[Priority, list[UUID]]] = []
    for _ in range(ROUNDS):
        ids: dict[Priority, list[UUID]] = {priority: [] for priority in OTHERS}
        for person in persons[:EACH]:
            for priority in OTHERS:
                ids[priority] += (await work.add(database, [person], 1, priority=priority.rank))[0]
                await asyncio.sleep(PAUSE)
        rounds.append(ids)
    await _over(database)
    waits = {priority.value: [await _waits(database, ids[priority]) for ids in rounds] for priority in OTHERS}
    return waits | {Priority.LOW.value: [await _waits(database, low, begun)]}


async def _fair(database: Database, one: RowMapping, others: Sequence[RowMapping]) -> tuple[list[Waits], Waits]:
    many, begun = await _many(database, [one], HEAVY, Priority.MEDIUM)
    rounds: list[list[UUID]] = []
    for _ in range(ROUNDS):
        ids: list[UUID] = []
        for other in others:
            ids += (await work.add(database, [other], 1))[0]
            await asyncio.sleep(PAUSE)
        rounds.append(ids)
    await _over(database)
    return [await _waits(database, ids) for ids in rounds], await _waits(database, many, begun)


async def _many(
    database: Database, persons: Sequence[RowMapping], count: int, priority: Priority
) -> tuple[list[UUID], datetime]:
    """The long queue, committed at once and found by the sweepers; returns once it is worked on."""
    wake, database.after_commit = database.after_commit, None
    try:
        many = await work.add(database, persons, count, priority=priority.rank)
    finally:
        database.after_commit = wake
    await eventually(lambda: _jobs(database, "running"))
    return many


async def _over(database: Database) -> None:
    assert await _jobs(database, "available"), "the long queue was over too soon: make it longer"
    await work.done(database)


async def _jobs(database: Database, status: str) -> int:
    async with database.system("a test") as session:
        return await session.scalar(text("SELECT count(*) FROM queue_jobs WHERE status = :status"), {"status": status})


async def _waits(database: Database, ids: Sequence[UUID], since: datetime | None = None) -> Waits:
    """Seconds, counted from ``since`` for what was queued before: a long transaction's rows bear its beginning."""
    async with database.system("a test") as session:
        rows = await session.all(
            text("""SELECT extract(epoch FROM started_at - greatest(created_at, :since))::float AS wait
            FROM queue_jobs WHERE task_id = ANY(:ids)"""),
            {"ids": list(ids), "since": since},
        )
    assert len(rows) == len(ids)
    return [row["wait"] for row in rows]
