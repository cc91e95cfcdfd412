"""Leases: who lost one writes nothing, what a dead worker held is taken back, what kills its workers is set aside."""

from datetime import timedelta

import pytest

from domain.core import queue
from domain.core.db import Database
from domain.core.errors import LeaseLost
from domain.core.queue import Held
from domain.core.queue.ledger import SUSPECTS
from tests.factories.jobs import LEASE, claim, claim_all, claimed, enqueue, execute, rows, run_out, state, sweep


async def test_who_lost_the_lease_writes_nothing(database: Database) -> None:
    await enqueue(database, "mine")
    stale = await claimed(database, worker="paused")
    await run_out(database, stale)
    assert (await sweep(database)).rescued == 1
    fresh = await claimed(database, worker="other")
    assert fresh.epoch > stale.epoch

    held = Held(database, stale, LEASE)
    for done in (False, True):
        with pytest.raises(LeaseLost):
            async with held.transaction(done=done) as session:
                await queue.enqueue(session, queue.Command(queue=queue.Queue.TASK, kind="stale"))
    for end in (queue.complete, queue.release):
        with pytest.raises(LeaseLost):
            async with database.system("a test") as session:
                await end(session, stale)
    assert not await rows(database, "SELECT 1 FROM queue_jobs WHERE kind = 'stale'")
    assert (await state(database, fresh.id))["worker"] == "other"


async def test_a_held_job_renews_its_lease(database: Database) -> None:
    await enqueue(database)
    job = await claimed(database)
    await execute(database, "UPDATE queue_jobs SET lease_until = now() + interval '1 second'")
    await Held(database, job, LEASE).renew()
    [(left,)] = await rows(database, "SELECT lease_until - now() FROM queue_jobs")
    assert left > timedelta(seconds=20)


async def test_a_dead_workers_job_is_taken_back_without_spending_its_attempt(database: Database) -> None:
    job_id = await enqueue(database)
    await run_out(database, await claimed(database))
    swept = await sweep(database)
    assert (swept.rescued, len(swept.quarantined)) == (1, 0)
    found = await state(database, job_id)
    assert (found["status"], found["attempts"], found["crashes"]) == ("available", 0, 1)


async def test_a_live_lease_is_left_alone(database: Database) -> None:
    await enqueue(database)
    await claimed(database)
    assert (await sweep(database)).rescued == 0


async def test_the_third_crash_quarantines_and_the_neighbour_is_not_held_up(database: Database) -> None:
    job_id = await enqueue(database, "poison", lane="a", priority=3)
    for _ in range(3):
        job = await claimed(database)
        assert job.data["name"] == "poison"
        await run_out(database, job)
        swept = await sweep(database)
    await enqueue(database, "neighbour", lane="a")
    assert [job.id for job in swept.quarantined] == [job_id]
    found = await state(database, job_id)
    assert (found["status"], found["error"]) == ("quarantined", "its worker died 3 times")
    assert await claim_all(database) == ["neighbour"]


async def test_a_worker_takes_a_few_jobs_at_a_time_of_those_whose_worker_died(database: Database) -> None:
    for number in range(SUSPECTS + 2):
        await enqueue(database, str(number))
    await lose_all(database, "dead")
    await enqueue(database, "fresh")
    few = [str(number) for number in range(SUSPECTS)]
    assert await claim_all(database, worker="w1") == [*few, "fresh"]
    assert await claim_all(database, worker="w2") == [str(SUSPECTS), str(SUSPECTS + 1)]


async def test_a_worker_takes_one_job_at_a_time_of_those_whose_worker_died_twice(database: Database) -> None:
    for name in ("guilty", "innocent"):
        await enqueue(database, name)
    for worker in ("dead", "dead too"):
        await lose_all(database, worker)
    await enqueue(database, "fresh")
    assert await claim_all(database, worker="w1") == ["guilty", "fresh"]
    assert await claim_all(database, worker="w2") == ["innocent"]


async def lose_all(database: Database, worker: str) -> None:
    """A worker takes whatever it may, and dies."""
    while (job := await claim(database, worker=worker, share_slots=100)) is not None:
        await run_out(database, job)
        await execute(database, "UPDATE queue_jobs SET worker = 'gone' WHERE id = :id", id=job.id)
    await sweep(database)


@pytest.mark.parametrize("end", ["retry", "snooze", "release", "rescue"])
async def test_a_job_that_comes_back_leaves_its_key_to_the_one_that_took_it_meanwhile(
    database: Database, end: str
) -> None:
    await enqueue(database, "first", dedupe_key="k", lane="a")
    job = await claimed(database)
    await enqueue(database, "second", dedupe_key="k", lane="a")
    if end == "rescue":
        await run_out(database, job)
        assert (await sweep(database)).rescued == 1
    else:
        async with database.system("a test") as session:
            match end:
                case "retry":
                    await queue.retry(session, job, timedelta(0), "again")
                case "snooze":
                    await queue.snooze(session, job, timedelta(0))
                case _:
                    await queue.release(session, job)
        await sweep(database)
    done: list[str] = []
    while (again := await claim(database)) is not None:
        done.append(again.data["name"])
        async with database.system("a test") as session:
            await queue.complete(session, again)
    assert sorted(done) == ["first", "second"]


async def test_two_dead_jobs_of_one_key_are_both_taken_back(database: Database) -> None:
    for name in ("first", "second"):
        await enqueue(database, name, dedupe_key="k")
        await run_out(database, await claimed(database))
    assert (await sweep(database)).rescued == 2
    assert [(await claimed(database, worker=name)).data["name"] for name in ("w1", "w2")] == ["first", "second"]
