"""What is read of a ledger that no statistics say anything of yet: a connection keeps the plans it made then."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from domain.core import queue
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.ids import new_id
from domain.core.queue import Command, Held, Queue
from tests.factories.jobs import LEASE, claimed, enqueue
from tests.fixtures.servers import address_of, administer

KEPT = 6
"""From this execution on a connection may keep a statement's plan."""


@pytest.fixture
async def new(servers: Servers, template: str) -> AsyncIterator[Database]:
    await administer(servers, f"CREATE DATABASE legwork_new TEMPLATE {template}")
    database = open_database(address_of(servers, "legwork_new"), pool=1)
    yield database
    await database.close()
    await administer(servers, "DROP DATABASE legwork_new")


async def test_a_claim_looks_its_job_up_instead_of_reading_the_ledger_from_end_to_end(new: Database) -> None:
    for _ in range(200):
        await enqueue(new)
    before = await _read_whole(new)
    for _ in range(KEPT):
        await claimed(new)
    assert await _read_whole(new) == before


async def test_who_queues_and_ends_work_as_an_organization_looks_it_up_too(new: Database) -> None:
    org_id = new_id()
    for _ in range(200):
        await enqueue(new, org_id=org_id)
    before = await _read_whole(new)
    for number in range(KEPT):
        async with new.transaction(org_id) as session:
            await queue.enqueue(session, Command(Queue.TASK, "test", share="ana", dedupe_key=str(number)))
        async with Held(new, await claimed(new), LEASE).transaction(done=True) as session:
            await queue.enqueue(session, Command(Queue.TASK, "test", share="ana", dedupe_key=str(number), priority=2))
    assert await _read_whole(new) == before


async def _read_whole(database: Database) -> int:
    """How often the ledger was read from end to end."""
    async with database.system("a test") as session:
        await session.execute(text("SELECT pg_stat_force_next_flush()"))
    async with database.system("a test") as session:
        return await session.scalar(text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'queue_jobs'"))
