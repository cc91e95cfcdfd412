"""Connections that are taken and given back: to whom, how many, and in which state."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.core.db import Database, open_database
from domain.core.db.connections import PASSED_OVER, Connections
from tests.factories.cut_off import cut_off
from tests.factories.words import said, say


async def test_a_connection_that_the_server_has_closed_is_replaced_unseen(database: Database, shared_url: str) -> None:
    one = open_database(shared_url, pool=1)
    try:
        async with one.system("a test") as session:
            first = await session.scalar(text("SELECT pg_backend_pid()"))
        async with database.system("a test") as session:
            await session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
        async with one.system("a test") as session:
            assert await session.scalar(text("SELECT pg_backend_pid()")) != first
    finally:
        await one.close()


async def test_what_breaks_in_the_middle_is_told_and_leaves_no_connection_behind(
    words: Database, shared_url: str
) -> None:
    one = open_database(shared_url, pool=1)

    async def fail() -> None:
        async with one.system("a test") as session:
            await say(session, "one")
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    try:
        with pytest.raises(DBAPIError):
            await fail()
        async with one.system("a test") as session:
            await say(session, "two")
    finally:
        await one.close()
    assert await said(words) == ["two"]


@pytest.mark.parametrize("single", [False, True])
async def test_who_is_cancelled_leaves_a_clean_connection(words: Database, shared_url: str, single: bool) -> None:
    one = open_database(shared_url, pool=1)
    begun = asyncio.Event()

    async def slow() -> None:
        async with one.system("a test", single=single) as session:
            if not single:
                await say(session, "one")
            begun.set()
            await session.execute(text("SELECT pg_sleep(60)"))

    try:
        running = asyncio.create_task(slow())
        await begun.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        async with one.system("a test") as session:
            await say(session, "two")
    finally:
        await one.close()
    assert await said(words) == ["two"]


async def test_who_is_cancelled_at_any_point_leaves_no_transaction_to_who_comes_next(
    words: Database, shared_url: str
) -> None:
    one = open_database(shared_url, pool=1)

    async def begin() -> None:
        async with one.system("a test") as session:
            await session.execute(text("SELECT 1"))

    try:
        for turns in range(40):
            await cut_off(begin(), turns)
            async with one.system("a test") as session:
                await say(session, str(turns))
    finally:
        await one.close()
    assert await said(words) == [str(turns) for turns in range(40)]


async def test_a_transaction_that_stands_still_is_ended_and_keeps_nothing_locked(
    words: Database, shared_url: str
) -> None:
    one = open_database(shared_url, pool=1, idles=timedelta(milliseconds=50))

    async def stand_still() -> None:
        async with one.system("a test") as session:
            await say(session, "one")
            async with asyncio.timeout(10), words.system("a test") as other:
                await say(other, "one")  # waits for whether it is kept
            await say(session, "two")

    try:
        with pytest.raises(DBAPIError):
            await stand_still()
    finally:
        await one.close()
    assert await said(words) == ["one"]


async def test_a_connection_is_waited_for_and_the_wait_ends(shared_url: str) -> None:
    one = Database(Connections(open_database(shared_url).connections.engine, 1, patience=0.01))
    try:
        async with one.system("a test"):
            with pytest.raises(PoolTimeout):
                async with one.system("a test"):
                    pass
        async with one.system("a test") as session:
            assert await session.scalar(text("SELECT 1")) == 1
    finally:
        await one.close()


async def test_each_role_is_lent_the_connection_it_last_had(words: Database, shared_url: str) -> None:
    two, one, org_id = open_database(shared_url, pool=2), open_database(shared_url, pool=1), uuid4()
    asked = text("SELECT pg_backend_pid()")

    async def lent(database: Database, *, tenant: bool) -> int:
        async with database.transaction(org_id) if tenant else database.system("a test") as session:
            return await session.scalar(asked)

    try:
        tenants = {await lent(two, tenant=True) for _ in range(3)}
        systems = {await lent(two, tenant=False) for _ in range(3)}
        assert (len(tenants), len(systems), tenants & systems) == (1, 1, set())
        assert {await lent(two, tenant=True)} == tenants
        assert await lent(one, tenant=True) == await lent(one, tenant=False)  # there is no room for another
    finally:
        await two.close()
        await one.close()


async def test_no_more_connections_are_open_than_there_may_be(words: Database, shared_url: str) -> None:
    few, org_id, open_at_once = open_database(shared_url, pool=3), uuid4(), set[int]()

    async def one(number: int) -> None:
        async with few.transaction(org_id) if number % 2 else few.system("a test") as session:
            open_at_once.add(await session.scalar(text("SELECT pg_backend_pid()")))
            if number % 5 == 0:
                raise ZeroDivisionError

    try:
        for turn in range(4):
            await asyncio.gather(*(one(number) for number in range(20 + turn)), return_exceptions=True)
        assert len(open_at_once) == 3
    finally:
        await few.close()


async def test_who_waits_for_the_other_role_is_not_passed_over_for_long(words: Database, shared_url: str) -> None:
    one, org_id, came = open_database(shared_url, pool=1), uuid4(), list[str]()

    async def wait(role: str) -> None:
        async with one.system("a test") if role == "system" else one.transaction(org_id) as session:
            await session.execute(text("SELECT 1"))
            came.append(role)

    try:
        await asyncio.gather(*(wait(role) for role in [*["tenant"] * 40, "system", "system"]))
    finally:
        await one.close()
    assert came.count("tenant") == 40
    assert PASSED_OVER <= came.index("system") <= PASSED_OVER + 1
    assert came.index("system", came.index("system") + 1) == came.index("system") + 1


async def test_who_gives_up_waiting_takes_no_connection_along(words: Database, shared_url: str) -> None:
    one, org_id = open_database(shared_url, pool=1), uuid4()

    async def wait() -> None:
        async with one.transaction(org_id) as session:
            await session.execute(text("SELECT 1"))

    try:
        for turns in range(20):
            async with one.system("a test"):
                waiting = [asyncio.create_task(wait()) for _ in range(3)]
                await asyncio.sleep(0)
                waiting[0].cancel()
            for _ in range(turns):
                await asyncio.sleep(0)
            waiting[1].cancel()
            await asyncio.wait(waiting)
            assert waiting[2].exception() is None
    finally:
        await one.close()
