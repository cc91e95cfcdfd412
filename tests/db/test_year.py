"""The year of rows that ``tests/bench/rows`` fills a database with is one that Legwork could have made."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.upkeep import seed as seed_tools
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.settings import Settings
from tests.bench.rows_seed import seed
from tests.bench.rows_tables import Year
from tests.fixtures.servers import address_of, administer

NOVEMBER = 1_795_000_000_000
NOT_FILLED = {"alembic_version", "tools"}


@pytest.fixture(scope="module")
async def year(servers: Servers, template: str) -> AsyncIterator[Database]:
    await administer(servers, f"CREATE DATABASE legwork_year TEMPLATE {template}")
    database = open_database(address_of(servers, "legwork_year"), pool=1)
    await seed_tools(Settings.model_validate({"database_url": None, "redis_url": None}), database)
    await seed(database, Year(2_000, until=NOVEMBER))
    yield database
    await database.close()
    await administer(servers, "DROP DATABASE legwork_year")


async def test_every_reference_holds_and_every_index_is_there(year: Database, database: Database) -> None:
    async with year.system("a test") as session:
        unchecked = await session.all(
            text("SELECT conrelid::regclass::text AS name, conname FROM pg_constraint WHERE NOT convalidated")
        )
        assert unchecked
        for row in unchecked:
            await session.execute(text(f"ALTER TABLE {row['name']} VALIDATE CONSTRAINT {row['conname']}"))
    assert await _indexes(year) == await _indexes(database)


async def test_no_table_is_left_empty(year: Database) -> None:
    async with year.system("a test") as session:
        tables = [
            row.tablename
            for row in await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        ]
        empty = [name for name in tables if not await session.scalar(text(f"SELECT EXISTS (SELECT FROM {name})"))]
    assert not set(empty) - NOT_FILLED


async def _indexes(database: Database) -> set[str]:
    async with database.system("a test") as session:
        found = await session.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"))
        return {row.indexdef for row in found}
