"""What the database keeps apart by itself: with nothing asked for, an organization's transaction meets its own rows."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError

from domain.core.db import Database, Session, open_database
from domain.core.ids import new_id
from domain.core.queue import Command, Held, Queue, Snooze, enqueue
from domain.metadata import metadata
from migrations.tenancy import OTHERS, OWN
from tests.factories.any_row import Rows, add, everything
from tests.factories.cut_off import cut_off
from tests.factories.jobs import LEASE, claimed

PROTECTED = [metadata.tables[name] for name in OWN]
NOT_ALLOWED = "42501"


async def settle(database: Database) -> Rows:
    """An organization with one row of everything."""
    async with database.system("a test") as session:
        return await everything(session, await add(session, metadata.tables["organizations"], {}))


@pytest.fixture
async def mine(database: Database) -> Rows:
    return await settle(database)


@pytest.fixture
async def theirs(database: Database) -> Rows:
    return await settle(database)


async def refused(session: Session, statement: Any, values: Mapping[str, Any] | None = None) -> bool:
    """Whether the database does not allow it; what it did else is kept for the rest of the transaction."""
    try:
        async with session.savepoint():
            await session.execute(statement, values)
    except DBAPIError as error:
        return getattr(error.orig, "sqlstate", None) == NOT_ALLOWED
    return False


@pytest.mark.parametrize("table", PROTECTED, ids=lambda table: table.name)
async def test_with_nothing_asked_for_no_row_of_others_is_read(
    database: Database, table: Table, mine: Rows, theirs: Rows
) -> None:
    async with database.transaction(mine["organizations"]) as session:
        ids = [row["id"] for row in await session.all(text(f"SELECT id FROM {table.name}"))]
        asked = await session.all(text(f"SELECT id FROM {table.name} WHERE id = :id"), {"id": theirs[table.name]})
    assert (ids, asked) == ([mine[table.name]], [])


@pytest.mark.parametrize("table", PROTECTED, ids=lambda table: table.name)
async def test_with_nothing_asked_for_no_row_of_others_is_changed(
    database: Database, table: Table, mine: Rows, theirs: Rows
) -> None:
    whose = "id" if table.name == "organizations" else "org_id"
    async with database.transaction(mine["organizations"]) as session:
        name = "name" if table.name == "organizations" else whose
        for statement in (f"UPDATE {table.name} SET {name} = {name}", f"DELETE FROM {table.name}"):
            may = statement.split(" ", 1)[0] in OWN[table.name]
            if may and statement.startswith("UPDATE"):
                found = await session.all(text(f"{statement} RETURNING id"))
                assert [row["id"] for row in found] == [mine[table.name]]
            elif not may:
                assert await refused(session, text(statement))
        given = text(f"UPDATE {table.name} SET {whose} = :theirs")
        assert await refused(session, given, {"theirs": theirs["organizations"]})
    async with database.transaction(mine["organizations"]) as session:
        if "DELETE" in OWN[table.name]:
            await session.execute(text(f"DELETE FROM {table.name}"))
    async with database.system("a test") as session:
        assert await session.scalar(text(f"SELECT true FROM {table.name} WHERE id = :id"), {"id": theirs[table.name]})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organizations SET admission = 'admitted'",
        "DELETE FROM queue_jobs",
        "UPDATE queue_jobs SET org_id = org_id",
    ],
    ids=["admit", "unqueue", "give work away"],
)
async def test_what_is_the_installations_to_do_an_organization_does_not(
    database: Database, statement: str, mine: Rows
) -> None:
    async with database.transaction(mine["organizations"]) as session:
        assert await refused(session, text(statement))


@pytest.mark.parametrize("table", PROTECTED, ids=lambda table: table.name)
async def test_no_row_is_added_to_others(database: Database, table: Table, mine: Rows, theirs: Rows) -> None:
    whose = {} if table.name == "organizations" else {"org_id": theirs["organizations"]}
    with pytest.raises(DBAPIError) as raised:
        async with database.transaction(mine["organizations"]) as session:
            await add(session, table, mine, **whose)
    assert getattr(raised.value.orig, "sqlstate", None) == NOT_ALLOWED


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
async def test_an_organization_queues_work_of_its_own_alone(
    database: Database, whose: str, mine: Rows, theirs: Rows
) -> None:
    org_id = theirs["organizations"] if whose == "another's" else None
    command = Command(Queue.TASK, "test", org_id=mine["organizations"])
    async with database.transaction(mine["organizations"]) as session:
        added = metadata.tables["queue_jobs"].insert().values(id=new_id(), queue="TASK", kind="test", org_id=org_id)
        assert await refused(session, added)
        await enqueue(session, command)
    async with database.system("a test") as session:
        await enqueue(session, replace(command, org_id=org_id))


async def test_who_works_on_what_has_become_anothers_takes_it_on_anew(
    database: Database, mine: Rows, theirs: Rows
) -> None:
    """So no policy asks whose a job is that is changed: a worker would be refused instead of finding out."""
    async with database.system("a test") as session:
        await session.execute(text("DELETE FROM queue_jobs"))
        await enqueue(session, Command(Queue.TASK, "test", org_id=mine["organizations"]))
    job = await claimed(database)
    async with database.system("a test") as session:
        await session.execute(text("UPDATE queue_jobs SET org_id = :org"), {"org": theirs["organizations"]})
    held = Held(database, job, LEASE)
    for done in (False, True):
        with pytest.raises(Snooze):
            async with held.transaction(done=done):
                pass


@pytest.mark.parametrize("name", sorted(OTHERS))
async def test_of_a_table_without_a_policy_no_more_is_allowed_than_is_said(
    database: Database, name: str, mine: Rows
) -> None:
    allowed, _ = OTHERS[name]
    [column] = re.findall(r"UPDATE \((\w+)", allowed) or ["id"]
    tried = {
        "SELECT": f"SELECT 1 FROM {name}",
        "INSERT": f"INSERT INTO {name} (id) SELECT NULL WHERE false",
        "UPDATE": f"UPDATE {name} SET {column} = {column} WHERE false",
        "DELETE": f"DELETE FROM {name} WHERE false",
    }
    async with database.transaction(mine["organizations"]) as session:
        for privilege, statement in tried.items():
            assert await refused(session, text(statement)) == (privilege not in allowed), privilege


async def test_who_names_no_organization_sees_no_row(database: Database, mine: Rows, theirs: Rows) -> None:
    """The role alone, with what a setting that was local leaves behind."""
    async with database.transaction(mine["organizations"]) as session:
        await session.execute(text("SELECT set_config('legwork.org_id', '', true)"))
        for table in PROTECTED:
            assert await session.scalar(text(f"SELECT count(*) FROM {table.name}")) == 0


async def test_the_role_makes_policies_count_for_a_superuser(database: Database, mine: Rows, theirs: Rows) -> None:
    asked = text(
        "SELECT current_user, session_user, (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AS all"
    )
    async with database.transaction(mine["organizations"]) as session:
        row = await session.first(asked)
        assert row is not None
        assert row["all"] is True
        assert row["current_user"] == "legwork_tenant"
        assert await session.scalar(text("SELECT count(*) FROM tasks")) == 1
    async with database.system("a test") as session:
        assert await session.scalar(text("SELECT count(*) FROM tasks")) == 2
        assert await session.scalar(text("SELECT current_user = session_user"))


@pytest.fixture
async def single(shared_url: str) -> AsyncIterator[Database]:
    """One connection, for whoever comes."""
    one = open_database(shared_url, pool=1)
    yield one
    await one.close()


async def test_who_is_cancelled_at_any_point_leaves_no_organization_to_who_comes_next(
    single: Database, mine: Rows, theirs: Rows
) -> None:
    async def begin() -> None:
        async with single.transaction(mine["organizations"]) as session, session.savepoint():
            await session.execute(text("SELECT 1"))

    for turns in range(40):
        await cut_off(begin(), turns)
        async with single.transaction(theirs["organizations"]) as session:
            assert await session.scalar(text("SELECT id FROM tasks")) == theirs["tasks"]
        await cut_off(begin(), turns)
        async with single.system("a test", single=True) as session:
            assert await session.scalar(
                text(
                    "SELECT current_user = session_user AND coalesce(current_setting('legwork.org_id', true), '') = ''"
                )
            )
