"""What comes back by itself, against a real Postgres: once at a time, on the database's clock, whatever goes wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from arq.connections import ArqRedis

from domain.core import queue
from domain.core.db import Database
from domain.core.queue import Again, Command, Held, Job, Queue, recurring
from domain.core.wakes import Wakes, arq_queue
from domain.flow.common.legwork import Legwork
from jobs.upkeep import AFTER_A_FAULT, AFTER_CRASHES, UPKEEP, WORTH_IT, Upkeep, bring_forward, handler
from tests.factories.audit import act
from tests.factories.jobs import LEASE, execute, rows, run_out, sweep
from tests.fixtures.talk import Worker

HOUR = timedelta(hours=1)


async def keep(database: Database, **every: timedelta) -> None:
    async with database.system("a test") as session:
        await recurring.keep(session, every)


async def pending(database: Database) -> Sequence[Any]:
    return await rows(
        database,
        """SELECT kind, status, attempts, crashes, error,
               round(extract(epoch FROM run_at - now()))::int AS seconds FROM queue_jobs
        WHERE status IN ('available', 'scheduled') ORDER BY kind""",
    )


async def due(database: Database) -> None:
    await execute(database, "UPDATE queue_jobs SET run_at = now() WHERE status = 'scheduled'")
    await sweep(database)


async def claimed(database: Database, worker: str = "w1") -> Job | None:
    return await queue.claim(database, "UPKEEP", worker=worker, lease=LEASE, share_slots=10)


async def put_off(database: Database, job: Job, error: str | None = None) -> None:
    async with database.system("a test") as session:
        await queue.again(session, job, HOUR, error)


async def test_each_name_is_queued_once_however_many_processes_start(database: Database) -> None:
    await asyncio.gather(*(keep(database, tidy=HOUR, look=timedelta(minutes=1)) for _ in range(8)))
    found = await pending(database)
    assert [(row.kind, row.status, row.seconds) for row in found] == [
        ("look", "scheduled", 60),
        ("tidy", "scheduled", 3600),
    ]


async def test_what_runs_is_not_queued_a_second_time_and_comes_back_as_if_new(database: Database) -> None:
    await keep(database, tidy=HOUR)
    await due(database)
    job = await claimed(database)
    assert job is not None
    await keep(database, tidy=HOUR)
    assert await pending(database) == []
    await execute(database, "UPDATE queue_jobs SET crashes = 2")
    await put_off(database, job)
    [row] = await pending(database)
    assert (row.status, row.attempts, row.crashes, row.seconds) == ("scheduled", 0, 0, 3600)
    async with database.system("a test") as session:
        assert await recurring.last_run(session, job.id) is not None


async def test_it_runs_once_at_a_time_and_what_was_brought_forward_meanwhile_runs_after_it(database: Database) -> None:
    await keep(database, tidy=HOUR)
    await due(database)
    job = await claimed(database)
    assert job is not None
    for _ in range(3):
        async with database.system("a test") as session:
            await queue.enqueue(session, recurring.command("tidy"))
    assert await claimed(database, "w2") is None, "its lane is taken"
    await put_off(database, job)
    second = await claimed(database, "w2")
    assert second is not None
    assert second.id != job.id
    await put_off(database, second)
    assert len(await pending(database)) == 1, "there is one of it again"


async def test_of_many_workers_one_runs_what_is_due(database: Database) -> None:
    await keep(database, tidy=HOUR)
    await due(database)
    jobs = await asyncio.gather(*(claimed(database, f"w{number}") for number in range(8)))
    assert len([job for job in jobs if job is not None]) == 1


async def test_whatever_goes_wrong_is_kept_and_it_comes_back_soon(legwork: Legwork) -> None:
    async def run(legwork: Legwork, held: Held) -> None:
        raise ZeroDivisionError("by nothing")

    one = Upkeep("tidy", HOUR, run)
    worker = Worker(legwork, handlers={"tidy": handler(one)}, faults=True, queues=(Queue.UPKEEP,))
    await keep(legwork.database, tidy=HOUR)
    for _ in range(12):  # more often than a job may be tried
        await execute(legwork.database, "UPDATE queue_jobs SET run_at = now()")
        await worker.settle()
    [row] = await pending(legwork.database)
    assert (row.kind, row.status, row.error) == ("tidy", "scheduled", "by nothing")
    assert row.seconds <= AFTER_A_FAULT.total_seconds()
    await worker.stop()


async def test_once_it_is_well_again_nothing_is_held_against_it(legwork: Legwork) -> None:
    ran: list[str] = []

    async def run(legwork: Legwork, held: Held) -> None:
        ran.append(held.job.kind)

    worker = Worker(legwork, handlers={"tidy": handler(Upkeep("tidy", HOUR, run))}, queues=(Queue.UPKEEP,))
    await keep(legwork.database, tidy=HOUR)
    await execute(legwork.database, "UPDATE queue_jobs SET run_at = now(), error = 'by nothing'")
    await worker.settle()
    [row] = await pending(legwork.database)
    assert (ran, row.error, row.seconds) == (["tidy"], None, 3600)
    await worker.stop()


async def test_what_takes_its_workers_down_is_set_aside_and_comes_back_later(legwork: Legwork) -> None:
    database = legwork.database
    await keep(database, **{one.name: one.every for one in UPKEEP})
    worker = Worker(legwork, queues=(Queue.DELIVER,))
    name = UPKEEP[0].name
    for _ in range(3):
        await execute(database, "UPDATE queue_jobs SET status = 'available' WHERE kind = :name", name=name)
        job = await claimed(database)
        assert job is not None
        await run_out(database, job)
        await worker.sweeper.sweep()
    found = {row.kind: row for row in await pending(database)}
    assert set(found) == {one.name for one in UPKEEP}
    assert found[name].seconds == pytest.approx(AFTER_CRASHES.total_seconds(), abs=2)
    await worker.stop()


async def test_an_act_has_the_next_sweep_bring_the_sealing_forward_and_nothing_else_does(legwork: Legwork) -> None:
    ran: list[str] = []

    def noting(one: Upkeep) -> Any:
        async def run(legwork: Legwork, held: Held) -> None:
            ran.append(one.name)
            await execute(legwork.database, "UPDATE audit_logs SET seq = 1, hash = ''")
            raise Again(one.every)

        return run

    handlers = {one.name: noting(one) for one in UPKEEP}
    worker = Worker(legwork, handlers=handlers, queues=(Queue.UPKEEP,))
    await keep(legwork.database, **{one.name: one.every for one in UPKEEP})
    await worker.settle()
    assert ran == []
    await act(legwork.database)
    await worker.settle()
    assert ran == ["audit.seal"]
    await worker.stop()


async def test_what_went_wrong_is_tried_again_at_its_time_however_much_is_waiting_for_it(legwork: Legwork) -> None:
    ran: list[str] = []

    async def run(legwork: Legwork, held: Held) -> None:
        ran.append(held.job.kind)
        raise ZeroDivisionError("by nothing")

    handlers = {one.name: handler(replace(one, run=run)) for one in UPKEEP}
    worker = Worker(legwork, handlers=handlers, faults=True, queues=(Queue.UPKEEP,))
    await keep(legwork.database, **{one.name: one.every for one in UPKEEP})
    await act(legwork.database)
    for _ in range(3):
        await worker.sweeper.sweep()
        await worker.settle()
    assert ran == ["audit.seal"]
    await worker.stop()


async def test_of_two_sweeps_that_find_the_same_worth_a_run_one_has_it_run(database: Database) -> None:
    await keep(database, tidy=HOUR)
    await bring_forward(database, "tidy")
    job = await claimed(database)
    assert job is not None
    await bring_forward(database, "tidy")  # as it saw it a moment ago
    assert await pending(database) == []
    await put_off(database, job)
    assert [(row.status, row.seconds) for row in await pending(database)] == [("scheduled", 3600)]


async def test_what_took_its_workers_down_is_left_alone_however_much_is_waiting_for_it(legwork: Legwork) -> None:
    database = legwork.database

    async def worth_it() -> list[str]:
        async with database.system("a test") as session:
            _, names = await queue.next_due(session, WORTH_IT)
        return names

    await keep(database, **{one.name: one.every for one in UPKEEP})
    await act(database)
    assert await worth_it() == ["audit.seal"]
    worker = Worker(legwork, queues=(Queue.DELIVER,))
    for _ in range(3):
        await execute(database, "UPDATE queue_jobs SET status = 'available' WHERE kind = 'audit.seal'")
        job = await claimed(database)
        assert job is not None
        await run_out(database, job)
        await worker.sweeper.sweep()
    assert await worth_it() == []
    await execute(database, "UPDATE queue_jobs SET failed_at = now() - interval '2 hours'")
    assert await worth_it() == ["audit.seal"]
    await worker.stop()


async def test_a_worker_of_heavy_queues_leaves_it_to_others(legwork: Legwork) -> None:
    worker = Worker(legwork, queues=(Queue.MEDIA,))
    await act(legwork.database)
    await worker.settle()
    assert await pending(legwork.database) == []
    await worker.stop()


async def test_work_that_comes_once_is_queued_there_too(legwork: Legwork) -> None:
    ran: list[dict[str, Any]] = []

    async def run(legwork: Legwork, held: Held) -> None:
        ran.append(held.job.data)

    worker = Worker(legwork, handlers={"export": run}, queues=(Queue.UPKEEP,))
    async with legwork.database.system("a test") as session:
        await queue.enqueue(session, Command(Queue.UPKEEP, "export", {"of": "Mara"}))
    await worker.settle()
    assert ran == [{"of": "Mara"}]
    await worker.stop()


async def test_nobody_is_woken_through_redis_for_it(database: Database, redis: ArqRedis) -> None:
    wakes = Wakes(redis)
    await wakes({"UPKEEP": 3, "TASK": 1}, ())
    await wakes.close()
    assert await redis.zcard(arq_queue("UPKEEP")) == 0
    assert await redis.zcard(arq_queue("TASK")) == 1
