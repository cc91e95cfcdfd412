"""Transactions, on connections that are taken and given back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Column, Executable, Integer, MetaData, RowMapping, Table, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.core.db import Database, Insert, Session, open_database
from domain.core.db.connections import PASSED_OVER, Connections

TABLES = MetaData()
WORDS = Table("words", TABLES, Column("id", Integer), Column("word", Text), Column("more", JSONB))
NUMBERS = Table("numbers", TABLES, Column("number", Integer))
ADD_WORD, ADD_NUMBER = Insert(WORDS, "word", "more"), Insert(NUMBERS, "number")


@pytest.fixture
async def words(database: Database) -> AsyncIterator[Database]:
    """A database with a table of words, each of which may be there once."""
    async with database.system("a test") as session:
        await session.execute(text("CREATE TABLE words (id serial PRIMARY KEY, word text UNIQUE, more jsonb)"))
        await session.execute(text("CREATE TABLE numbers (number integer)"))
    yield database
    async with database.system("a test") as session:
        await session.execute(text("DROP TABLE words, numbers"))


async def say(session: Session, word: str) -> None:
    await session.execute(text("INSERT INTO words (word) VALUES (:word)"), {"word": word})


async def said(database: Database) -> list[str]:
    async with database.system("a test") as session:
        return [row["word"] for row in await session.all(text("SELECT word FROM words ORDER BY id"))]


async def test_both_ways_to_the_database_are_one_transaction(words: Database) -> None:
    async def fail() -> None:
        async with words.system("a test") as session:
            await say(session, "one")
            assert await session.scalar(select(func.count()).select_from(WORDS)) == 1
            await session.execute(WORDS.insert().values(word="two"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await said(words) == []


@pytest.fixture
async def tenant(words: Database) -> AsyncIterator[str]:
    """A role that may do nothing."""
    async with words.system("a test") as session:
        await session.execute(text("CREATE ROLE legwork_nobody NOLOGIN"))
    yield "legwork_nobody"
    async with words.system("a test") as session:
        await session.execute(text("DROP ROLE legwork_nobody"))


async def test_what_is_the_systems_is_done_by_its_own_role_and_nothing_after(words: Database, tenant: str) -> None:
    async def refused(session: Session) -> None:
        async with session.savepoint():
            await say(session, "nobody's")

    async with words.system("a test") as session:
        await session.execute(text(f"SET LOCAL ROLE {tenant}"))
        async with session.system("a test"):
            await say(session, "the system's")
        with pytest.raises(DBAPIError, match="permission denied"):
            await refused(session)
    assert await said(words) == ["the system's"]


@pytest.mark.parametrize("fails", [ZeroDivisionError, IntegrityError])
async def test_what_fails_as_the_systems_leaves_the_role_as_it_was(
    words: Database, tenant: str, fails: type[Exception]
) -> None:
    async def fail(session: Session) -> None:
        async with session.savepoint(), session.system("a test"):
            await say(session, "one")
            if fails is IntegrityError:
                await say(session, "one")
            raise ZeroDivisionError

    async with words.system("a test") as session:
        await session.execute(text(f"SET LOCAL ROLE {tenant}"))
        with pytest.raises(fails):
            await fail(session)
        assert await session.scalar(text("SELECT current_user")) == tenant
    assert await said(words) == []


async def test_a_savepoint_undoes_what_is_inside_it(words: Database) -> None:
    async def fail(session: Session) -> None:
        async with session.savepoint():
            await say(session, "two")
            await say(session, "one")

    async with words.system("a test") as session:
        await say(session, "one")
        with pytest.raises(IntegrityError):
            await fail(session)
        await say(session, "three")
    assert await said(words) == ["one", "three"]


async def test_a_savepoint_within_another_is_undone_alone(words: Database) -> None:
    async def fail(session: Session) -> None:
        async with session.savepoint():
            await say(session, "three")
            await say(session, "one")

    async with words.system("a test") as session:
        async with session.savepoint():
            await say(session, "one")
            async with session.savepoint():
                await say(session, "two")
            with pytest.raises(IntegrityError):
                await fail(session)
            await say(session, "four")
        await say(session, "five")
    assert await said(words) == ["one", "two", "four", "five"]


async def test_an_organization_is_set_in_its_own_transaction_alone(words: Database, shared_url: str) -> None:
    one, org_id, asked = (
        open_database(shared_url, pool=1),
        uuid4(),
        text("SELECT current_setting('legwork.org_id', true)"),
    )
    try:
        async with one.transaction(org_id) as session:
            async with session.savepoint():
                assert await session.scalar(asked) == org_id.hex
            assert await session.scalar(asked) == org_id.hex
        async with one.system("a test") as session:
            assert not await session.scalar(asked)
    finally:
        await one.close()


async def test_a_single_statement_is_a_transaction_by_itself(words: Database) -> None:
    async with words.system("a test", single=True) as session:
        await say(session, "one")
        with pytest.raises(RuntimeError):
            await say(session, "two")
    assert await said(words) == ["one"]


async def test_rows_that_are_added_are_there_for_the_next_statement_and_after_the_end(words: Database) -> None:
    async with words.system("a test") as session:
        session.add(ADD_WORD, {"word": "one", "more": {"a": None}})
        session.add(ADD_WORD, {"word": "two", "more": None})
        session.add(ADD_NUMBER, {"number": 3})
        assert await session.scalar(text("SELECT count(*) FROM words")) == 2
        session.add(ADD_WORD, {"word": "three", "more": None})
    assert await said(words) == ["one", "two", "three"]
    async with words.system("a test") as session:
        rows = await session.all(text("SELECT more FROM words UNION ALL SELECT to_jsonb(number) FROM numbers"))
        assert [row["more"] for row in rows] == [{"a": None}, None, None, 3]


async def test_one_addition_is_a_transaction_by_itself(words: Database) -> None:
    async with words.system("a test", single=True) as session:
        session.add(ADD_WORD, {"word": "one", "more": None})
    assert await said(words) == ["one"]


async def test_what_is_added_goes_with_its_savepoint(words: Database) -> None:
    async def fail(session: Session) -> None:
        async with session.savepoint():
            session.add(ADD_WORD, {"word": "two", "more": None})
            raise ZeroDivisionError

    async with words.system("a test") as session:
        session.add(ADD_WORD, {"word": "one", "more": None})
        with pytest.raises(ZeroDivisionError):
            await fail(session)
        async with session.savepoint():
            session.add(ADD_WORD, {"word": "three", "more": None})
    assert await said(words) == ["one", "three"]


async def test_what_is_added_is_undone_with_its_transaction(words: Database) -> None:
    async def fail() -> None:
        async with words.system("a test") as session:
            session.add(ADD_WORD, {"word": "one", "more": None})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await said(words) == []


async def test_rows_come_as_they_do_from_sqlalchemy(words: Database) -> None:
    key = uuid4()
    async with words.system("a test") as session:
        row = await session.first(
            text("""SELECT CAST(:key AS uuid) AS key, :word || '!' AS word, :word AS again,
                           CAST('{"a": [1]}' AS jsonb) AS more"""),
            {"key": key, "word": "one"},
        )
        assert isinstance(row, RowMapping)
        assert dict(row) == {"key": key, "word": "one!", "again": "one", "more": {"a": [1]}}
        assert await session.first(text("SELECT id FROM words")) is None
        assert await session.scalar(text("SELECT id FROM words")) is None
        assert await session.all(text("SELECT id FROM words")) == []
        await session.execute(text("INSERT INTO words (word) VALUES (:word)"), [{"word": "two"}, {"word": "three"}])
        [two, three] = (await session.execute(text("SELECT id, word FROM words ORDER BY id"))).all()
    assert (two.word, three[1]) == ("two", "three")


@pytest.mark.parametrize(
    "statement",
    [text("SELECT 1 / CAST(:no AS integer)"), select(1 / bindparam("no", type_=WORDS.c.id.type))],
    ids=["written out", "built"],
)
async def test_errors_are_of_one_kind(words: Database, statement: Executable) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with words.system("a test") as session:
            await session.execute(statement, {"no": 0})
    assert getattr(raised.value.orig, "sqlstate", None) == "22012"


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
            cut_off = asyncio.create_task(begin())
            for _ in range(turns):
                await asyncio.sleep(0)
            cut_off.cancel()
            await asyncio.wait({cut_off})
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
