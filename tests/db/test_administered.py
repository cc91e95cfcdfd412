"""What whoever runs the installation may do with jobs, against a real Postgres."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from domain.core import queue
from domain.core.db import Database
from domain.core.errors import LeaseLost
from domain.core.ids import new_id
from domain.core.queue import administered
from domain.core.queue.administered import Which
from tests.factories.jobs import claim, claimed, enqueue, execute, state


async def names(database: Database, which: Which) -> Sequence[object]:
    async with database.system("a test") as session:
        found = await administered.listed(session, which, before=None, limit=10)
    return [row["id"] for row in found]


@pytest.fixture
async def given_up(database: Database) -> Sequence[object]:
    """One that was set aside and one that failed, the newest last."""
    first, second = await enqueue(database, "poison"), await enqueue(database, "hopeless")
    await execute(
        database,
        """UPDATE queue_jobs SET status = CASE id WHEN :first THEN 'quarantined' ELSE 'failed' END, crashes = 3,
               attempts = 8, error = 'x', failed_at = now()""",
        first=first,
    )
    return [first, second]


async def test_jobs_are_listed_by_how_they_stand_the_newest_first(database: Database, given_up: list[object]) -> None:
    waiting = [await enqueue(database, name) for name in ("a", "b")]
    later = await enqueue(database, "c", delay=timedelta(hours=1))
    running = await claimed(database)
    assert await names(database, "quarantined") == [given_up[0]]
    assert await names(database, "failed") == [given_up[1]]
    assert await names(database, "running") == [running.id]
    assert await names(database, "waiting") == [waiting[1]]
    assert await names(database, "scheduled") == [later]


async def test_the_next_page_goes_on_behind_the_last_row(database: Database) -> None:
    made = [await enqueue(database, str(number)) for number in range(3)]
    async with database.system("a test") as session:
        [row] = await administered.listed(session, "waiting", before=made[1], limit=10)
    assert row["id"] == made[0]


async def test_one_that_was_given_up_is_tried_again_as_if_new(database: Database, given_up: list[object]) -> None:
    for job_id in given_up:
        async with database.system("a test") as session:
            assert await administered.once_more(session, job_id)  # pyright: ignore[reportArgumentType]
            assert session.wakes == {"TASK": 1}
        job = await claimed(database)
        assert (job.id, job.attempts, job.crashes) == (job_id, 1, 0)


async def test_one_that_is_put_off_is_tried_now_and_others_are_left_alone(database: Database) -> None:
    later = await enqueue(database, "later", delay=timedelta(hours=1))
    async with database.system("a test") as session:
        assert await administered.once_more(session, later)
        assert not await administered.once_more(session, later)
        assert not await administered.once_more(session, new_id())
    assert (await claimed(database)).id == later


async def test_its_key_stays_with_whoever_took_it_meanwhile(database: Database) -> None:
    first = await enqueue(database, "first", dedupe_key="k")
    await execute(database, "UPDATE queue_jobs SET status = 'quarantined'")
    await enqueue(database, "second", dedupe_key="k")
    async with database.system("a test") as session:
        assert await administered.once_more(session, first)
    assert (await state(database, first))["dedupe_key"] is None


async def test_what_is_set_aside_is_nobodys_and_whoever_had_it_writes_nothing_more(database: Database) -> None:
    job_id = await enqueue(database, "slow")
    job = await claimed(database)
    async with database.system("a test") as session:
        assert await administered.set_aside(session, job_id, "by Ana")
        assert not await administered.set_aside(session, job_id, "by Ana")
    assert (await state(database, job_id))["error"] == "by Ana"
    assert await claim(database) is None

    with pytest.raises(LeaseLost):
        async with database.system("a test") as session:
            await queue.complete(session, job)
