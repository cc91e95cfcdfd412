"""Transactions, on connections that are taken and given back."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import Executable, RowMapping, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from domain.core.db import Database, Session, open_database
from tests.factories.words import ADD_NUMBER, ADD_WORD, WORDS, said, say


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


async def test_who_is_cancelled_as_the_systems_leaves_the_role_as_it_was(words: Database, tenant: str) -> None:
    came = asyncio.Event()

    async def stay(session: Session) -> None:
        async with session.system("a test"):
            await say(session, "the system's")
            came.set()
            await asyncio.Event().wait()

    async with words.system("a test") as session:
        await session.execute(text(f"SET LOCAL ROLE {tenant}"))
        staying = asyncio.create_task(stay(session))
        await came.wait()
        staying.cancel()
        await asyncio.wait({staying})
        assert await session.scalar(text("SELECT current_user")) == tenant


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


async def test_of_no_rows_there_are_no_scalars(database: Database) -> None:
    async with database.system("a test") as session:
        assert [*(await session.execute(text("SELECT 1 AS first_asked_here WHERE false"))).scalars()] == []
