"""Checks of Postgres, Redis and the workers, against real ones."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

import migrations
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.queue import Command, Queue, enqueue
from domain.core.wakes import bell
from domain.health import Check, Finding, Level, examine
from domain.health.postgres import clock, postgres
from domain.health.redis import connect, redis
from domain.health.workers import workers
from tests.fixtures.waiting import eventually


@pytest.fixture
async def client(servers: Servers) -> AsyncIterator[Redis]:
    connected = connect(servers.redis_url)
    yield connected
    await connected.aclose()


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    opened = open_database(empty_url, pool=1)
    yield opened
    await opened.close()


def by_name(found: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in found}


async def look(database: Database, *, newest: str | None = None, is_embedded: bool = False) -> dict[str, Finding]:
    return by_name(
        list(await postgres(database, newest or migrations.newest(), migrations.revision, is_embedded=is_embedded))
    )


async def test_a_migrated_database_is_fine(database: Database) -> None:
    found = await look(database)
    assert list(found) == ["postgres", "schema", "clock"]
    assert {finding.level for finding in found.values()} == {Level.OK}
    assert found["postgres"].message.startswith("Postgres ")


async def test_a_given_database_that_is_empty_is_to_be_migrated(empty: Database) -> None:
    found = (await look(empty))["schema"]
    assert found.level is Level.ERROR
    assert found.message == "The database is empty."
    assert found.remedy == "Run “legwork migrate”."


async def test_an_embedded_database_that_is_empty_is_set_up_at_the_next_start(empty: Database) -> None:
    assert (await look(empty, is_embedded=True))["schema"].level is Level.OK


async def test_a_database_of_another_version_is_told_with_both(database: Database) -> None:
    found = (await look(database, newest="9999"))["schema"]
    assert found.level is Level.ERROR
    assert migrations.newest() in found.message
    assert "9999" in found.message


@pytest.mark.parametrize("is_embedded", [True, False])
async def test_a_database_that_is_newer_than_this_program_is_an_error(database: Database, is_embedded: bool) -> None:
    found = (await look(database, newest="0001", is_embedded=is_embedded))["schema"]
    assert found.level is Level.ERROR
    assert found.message.endswith("knows versions up to 0001.")


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, Level.OK), (-1, Level.OK), (30, Level.WARNING), (-30, Level.WARNING)]
)
def test_clocks_may_differ_by_two_seconds(seconds: int, level: Level) -> None:
    now = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert clock(now + timedelta(seconds=seconds), now, now + timedelta(milliseconds=5)).level is level


async def test_a_database_that_is_not_there_is_an_error_without_its_address(unused_port: int) -> None:
    database = open_database(f"postgresql://me:hunter2@127.0.0.1:{unused_port}/x", pool=1)
    [found] = await examine(
        [Check("postgres", lambda: postgres(database, "0001", migrations.revision, is_embedded=False))]
    )
    await database.close()
    assert found.level is Level.ERROR
    assert "hunter2" not in f"{found}"


async def test_redis_tells_what_it_is(client: Redis) -> None:
    [found] = await redis(client)
    assert found.level is Level.OK
    assert found.message.startswith("Valkey ")
    assert "append-only file on" in found.message


async def test_a_redis_that_is_not_there_is_an_error_without_its_address(unused_port: int) -> None:
    client = connect(f"redis://:hunter2@127.0.0.1:{unused_port}/0")
    [found] = await examine([Check("redis", lambda: redis(client))])
    await client.aclose()
    assert found.level is Level.ERROR
    assert "hunter2" not in f"{found}"


async def test_nobody_at_work_is_a_warning(database: Database, client: Redis) -> None:
    [found] = await workers(database, client, is_embedded=False)
    assert found.level is Level.WARNING
    assert found.message.startswith("No worker is running.")


async def test_an_idle_embedded_installation_needs_no_worker(database: Database, client: Redis) -> None:
    [found] = await workers(database, client, is_embedded=True)
    assert found.level is Level.OK


async def test_a_worker_is_seen_by_its_listening(database: Database, client: Redis) -> None:
    async with client.pubsub() as listening:
        await listening.psubscribe(bell(Queue.TASK))
        await eventually(lambda: client.pubsub_numpat())
        [found] = await workers(database, client, is_embedded=False)
    assert found.level is Level.OK
    assert found.message.startswith("TASK 1.")


async def test_work_that_nobody_takes_is_a_warning_even_where_a_worker_lives(database: Database, client: Redis) -> None:
    async with database.system("a test") as session:
        await enqueue(session, Command(kind="understand", queue=Queue.TASK))
        await session.execute(text("UPDATE queue_jobs SET run_at = now() - interval '5 minutes'"))
    async with client.pubsub() as listening:
        await listening.psubscribe(bell(Queue.TASK))
        await eventually(lambda: client.pubsub_numpat())
        [found] = await workers(database, client, is_embedded=False)
    assert found.level is Level.WARNING
    assert "1 wait for more than a minute" in found.message


async def test_a_job_in_quarantine_is_pointed_out(database: Database, client: Redis) -> None:
    async with database.system("a test") as session:
        await enqueue(session, Command(kind="understand", queue=Queue.TASK))
        await session.execute(text("UPDATE queue_jobs SET status = 'quarantined'"))
    found = by_name(list(await workers(database, client, is_embedded=True)))
    assert found["quarantine"].level is Level.WARNING


async def test_an_empty_database_has_no_work(empty: Database, client: Redis) -> None:
    [found] = await workers(empty, client, is_embedded=True)
    assert found.level is Level.OK
