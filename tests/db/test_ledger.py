"""The ledger of work, against a real Postgres."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.core import queue
from domain.core.db import Database
from domain.core.errors import Misconfigured
from domain.core.ids import new_id
from domain.core.queue import Held
from tests.factories.jobs import LEASE, claim, claim_all, claimed, enqueue, execute, rows, state, sweep

ANA, BEN = new_id(), new_id()
FAR = datetime.now(UTC) + timedelta(days=1)


# -- order ------------------------------------------------------------------------------------------------


async def test_a_higher_priority_is_claimed_first_and_equals_in_the_order_they_came(database: Database) -> None:
    for name, priority in (("low", 0), ("first", 1), ("second", 1), ("urgent", 3), ("high", 2)):
        await enqueue(database, name, priority=priority)
    assert await claim_all(database) == ["urgent", "high", "first", "second", "low"]


async def test_one_persons_hundred_jobs_do_not_delay_anothers_one(database: Database) -> None:
    for number in range(100):
        await enqueue(database, f"ana {number}", share="ana")
    await enqueue(database, "ben", share="ben")
    assert [(await claimed(database)).data["name"] for _ in range(3)] == ["ana 0", "ben", "ana 1"]


async def test_who_comes_late_takes_the_turn_that_is_on_now(database: Database) -> None:
    for number in range(10):
        await enqueue(database, f"ana {number}", share="ana")
    for _ in range(5):
        await claimed(database, share_slots=100)
    await enqueue(database, "ben 0", share="ben")
    await enqueue(database, "ben 1", share="ben")
    assert await claim_all(database, share_slots=100) == [
        "ana 5", "ben 0", "ana 6", "ben 1", "ana 7", "ana 8", "ana 9",
    ]  # fmt: skip


async def test_a_person_with_all_their_slots_running_waits_and_others_do_not(database: Database) -> None:
    for number in range(3):
        await enqueue(database, f"ana {number}", share="ana")
    await enqueue(database, "ben", share="ben")
    assert await claim_all(database, share_slots=2) == ["ana 0", "ben", "ana 1"]
    assert await claim(database, share_slots=2) is None


async def test_another_queue_is_another_queue(database: Database) -> None:
    async with database.system("a test") as session:
        await queue.enqueue(session, queue.Command(queue=queue.Queue.BROWSER, kind="test"))
    assert await claim(database) is None


@pytest.mark.parametrize("name", sorted(set(queue.Queue) - queue.SERVED))
async def test_a_queue_that_nobody_serves_is_refused(database: Database, name: queue.Queue) -> None:
    with pytest.raises(Misconfigured, match=f"Nothing works off the queue {name}") as refused:
        async with database.system("a test") as session:
            await queue.enqueue(session, queue.Command(queue=name, kind="test"))
    assert refused.value.remedy == "Queue it in one of BROWSER, DELIVER, MEDIA, TASK, UPKEEP."
    assert not await rows(database, "SELECT 1 FROM queue_jobs")


# -- lanes ------------------------------------------------------------------------------------------------


async def test_jobs_of_a_lane_run_one_at_a_time_in_order(database: Database) -> None:
    for name in ("a1", "a2"):
        await enqueue(database, name, lane="a")
    await enqueue(database, "b1", lane="b")
    first = await claimed(database)
    assert first.data["name"] == "a1"
    assert await claim_all(database) == ["b1"]
    async with database.system("a test") as session:
        assert await queue.complete(session, first), "more is waiting"
    assert await claim_all(database) == ["a2"]


async def test_workers_that_race_for_a_lane_get_one_job_of_it(database: Database) -> None:
    for number in range(20):
        await enqueue(database, f"job {number}", lane=f"lane {number % 4}")
    jobs = [job for job in await asyncio.gather(*(claim(database, worker=f"w{n}") for n in range(10))) if job]
    assert len({job.id for job in jobs}) == len(jobs)
    assert len({job.lane for job in jobs}) == len(jobs) <= 4


async def test_workers_that_race_share_the_jobs_and_none_is_taken_twice(database: Database) -> None:
    for number in range(30):
        await enqueue(database, f"job {number}")

    async def work(name: str) -> list[str]:
        return await claim_all(database, worker=name)

    taken = [name for names in await asyncio.gather(*(work(f"w{n}") for n in range(6))) for name in names]
    assert sorted(taken) == sorted(f"job {number}" for number in range(30))


# -- dedupe -----------------------------------------------------------------------------------------------


async def test_a_pending_job_is_not_added_twice_but_brought_forward(database: Database) -> None:
    first = await enqueue(database, "once", dedupe_key="k", run_at=FAR, priority=1)
    assert await enqueue(database, "once", dedupe_key="k", priority=3) == first
    found = await state(database, first)
    assert (found["status"], found["priority"]) == ("available", 3)
    assert await claim_all(database) == ["once"]


async def test_a_later_moment_does_not_put_a_pending_job_off(database: Database) -> None:
    first = await enqueue(database, "once", dedupe_key="k")
    assert await enqueue(database, "once", dedupe_key="k", run_at=FAR) == first
    assert (await state(database, first))["status"] == "available"


async def test_while_a_job_runs_another_with_its_key_may_be_queued(database: Database) -> None:
    first = await enqueue(database, "now", dedupe_key="k")
    await claimed(database)
    assert await enqueue(database, "after", dedupe_key="k") != first


async def test_the_same_key_at_once_makes_one_job(database: Database) -> None:
    ids = await asyncio.gather(*(enqueue(database, "once", dedupe_key="k") for _ in range(8)))
    assert len(set(ids)) == 1


# -- time -------------------------------------------------------------------------------------------------


async def test_a_scheduled_job_becomes_available_when_it_is_due(database: Database) -> None:
    job_id = await enqueue(database, "later", run_at=FAR)
    assert (await state(database, job_id))["status"] == "scheduled"
    assert (await sweep(database)).due == 0
    assert await claim(database) is None
    await execute(database, "UPDATE queue_jobs SET run_at = now()")
    assert (await sweep(database)).due == 1
    assert await claim_all(database) == ["later"]


async def test_a_moment_that_is_past_is_now(database: Database) -> None:
    await enqueue(database, "overdue", run_at=FAR - timedelta(days=2))
    assert await claim_all(database) == ["overdue"]


async def test_the_next_due_moment_is_known(database: Database) -> None:
    async with database.system("a test") as session:
        assert await queue.next_due(session) == (None, None)
    await enqueue(database, "later", run_at=datetime.now(UTC) + timedelta(seconds=90))
    async with database.system("a test") as session:
        seconds, _ = await queue.next_due(session)
    assert seconds is not None
    assert 80 < seconds <= 91


# -- how a job ends ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "arguments", "status", "attempts"),
    [
        (queue.complete, (), "completed", 1),
        (queue.fail, ("broken",), "failed", 1),
        (queue.retry, (timedelta(seconds=9), "later"), "scheduled", 1),
        (queue.snooze, (timedelta(seconds=9),), "scheduled", 0),
        (queue.release, (), "available", 0),
    ],
)
async def test_the_ways_a_job_ends_and_what_each_spends(
    database: Database, how: Any, arguments: tuple[Any, ...], status: str, attempts: int
) -> None:
    job_id = await enqueue(database)
    job = await claimed(database)
    async with database.system("a test") as session:
        await how(session, job, *arguments)
    found = await state(database, job_id)
    assert (found["status"], found["attempts"], found["worker"], found["lease_until"]) == (status, attempts, None, None)


async def test_attempts_add_up_over_retries_and_not_over_snoozes(database: Database) -> None:
    job_id = await enqueue(database)
    for end in (queue.snooze, queue.retry, queue.snooze, queue.retry):
        job = await claimed(database)
        async with database.system("a test") as session:
            if end is queue.retry:
                await queue.retry(session, job, timedelta(0), "again")
            else:
                await queue.snooze(session, job, timedelta(0))
        await sweep(database)
    assert (await state(database, job_id))["attempts"] == 2
    assert (await claimed(database)).attempts == 3


# -- transactions -----------------------------------------------------------------------------------------


async def test_a_rollback_takes_the_job_and_its_wake_along(database: Database) -> None:
    woken: list[Any] = []

    async def after_commit(wakes: Any, signals: Any) -> None:
        woken.append(dict(wakes))

    database.after_commit = after_commit

    async def fail() -> None:
        async with database.system("a test") as session:
            await queue.enqueue(session, queue.Command(queue=queue.Queue.TASK, kind="test"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert not await rows(database, "SELECT 1 FROM queue_jobs")
    assert not woken
    await enqueue(database)
    assert woken == [{"TASK": 1}]


async def test_a_job_that_queues_another_of_its_queue_says_that_more_is_waiting(database: Database) -> None:
    await enqueue(database, "first")
    held = Held(database, await claimed(database), LEASE)
    async with held.transaction(done=True) as session:
        await queue.enqueue(session, queue.Command(queue=queue.Queue.TASK, kind="test"))
    assert held.more
    held = Held(database, await claimed(database), LEASE)
    async with held.transaction(done=True):
        pass
    assert not held.more
