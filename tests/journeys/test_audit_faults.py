"""Who seals dies, at each of its transactions, before it is committed and after: another goes on, the chain holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.audit import chain
from domain.audit.chain import KEY
from domain.audit.verify import verify
from domain.core.db import Database
from domain.core.errors import LeaseLost
from domain.core.ids import new_id
from domain.core.queue import Held, Queue, again, claim
from domain.flow.common.legwork import Legwork
from jobs import upkeep
from jobs.handlers import audit
from tests.factories.audit import act
from tests.factories.jobs import LEASE, execute, rows, sweep
from tests.fixtures.mortal import Mortal, work
from tests.fixtures.talk import Worker

ORGS = (None, new_id(), new_id())


async def fill(database: Database, acts: int = 12) -> None:
    for number in range(acts):
        await act(database, f"tasks.{number}", ORGS[number % len(ORGS)])


async def keep(database: Database) -> None:
    async with database.system("a test") as session:
        await upkeep.keep(session)


async def seal(legwork: Legwork, name: str) -> None:
    worker = Worker(legwork, name, queues=(Queue.UPKEEP,))
    await worker.settle()
    await worker.stop()


async def lapse(database: Database) -> None:
    await execute(database, "UPDATE queue_jobs SET lease_until = now() - interval '1 s' WHERE status = 'running'")


async def whole(legwork: Legwork, acts: int) -> None:
    """Everything is sealed, once, in order and without gaps."""
    found = await verify(legwork.database, await legwork.keyring.derive(KEY))
    assert (found.rows, found.misfits) == (acts, [])
    [left] = await rows(legwork.database, "SELECT count(*) AS rows FROM audit_logs WHERE seq IS NULL")
    assert left.rows == 0


@pytest.mark.parametrize("committed", [False, True])
async def test_who_seals_dies_at_each_transaction_and_nothing_is_left_or_broken(
    legwork: Legwork, *, committed: bool
) -> None:
    acts = last = 0
    while True:
        last += 1
        await fill(legwork.database)
        acts += 12
        await keep(legwork.database)
        mortal = Mortal(legwork.database, last, committed=committed)
        dying = Worker(replace(legwork, database=mortal), f"dying {last}", queues=(Queue.UPKEEP,), faults=True)
        await work(dying)
        await dying.stop()
        legwork.database.after_commit = None
        await lapse(legwork.database)
        await seal(legwork, f"heir {last}")
        await whole(legwork, acts)
        if not mortal.dead:
            break
    assert last > 5, "it died at each of them"


async def test_each_hour_the_heads_of_what_grew_are_told_and_no_others(legwork: Legwork) -> None:
    database = legwork.database
    await keep(database)
    told: list[list[str]] = []
    for acts in (12, 0, 1):
        await execute(  # as if it had run a moment ago, beyond the minutes that a transaction may have been open
            database,
            """UPDATE queue_jobs SET status = 'available', completed_at = clock_timestamp() + interval '10 minutes'
                   + (completed_at - completed_at) WHERE kind = 'audit.heads'""",
        )
        await fill(database, acts)
        job = await claim(database, "UPKEEP", worker="w1", lease=LEASE, share_slots=1)
        assert job is not None
        told.append(await audit.grown(legwork, Held(database, job, LEASE)))
        async with database.system("a test") as session:
            await again(session, job, timedelta(hours=1), None)
    assert [head.split(":")[1] for head in told[0]] == ["4", "4", "4"]
    assert told[1] == []
    [head] = told[2]
    assert head.startswith("platform:5:")
    known = [chain.read(head) for head in (*told[0], *told[2])]
    assert not (await verify(database, await legwork.keyring.derive(KEY), known)).misfits


async def test_one_that_stood_still_past_its_lease_seals_nothing_any_more(legwork: Legwork) -> None:
    await fill(legwork.database)
    await keep(legwork.database)
    await execute(legwork.database, "UPDATE queue_jobs SET run_at = now()")
    await sweep(legwork.database)
    job = await claim(legwork.database, "UPKEEP", worker="w1", lease=LEASE, share_slots=1)
    assert job is not None
    await lapse(legwork.database)
    await sweep(legwork.database)
    with pytest.raises(LeaseLost):
        await audit.seal(legwork, Held(legwork.database, job, LEASE))
    await seal(legwork, "heir")
    await whole(legwork, 12)
