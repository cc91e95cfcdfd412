"""The migrations and the tables the code declares are one and the same schema."""

from collections.abc import AsyncIterator

import pytest
from alembic.script import ScriptDirectory

import migrations
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from tests.fixtures.servers import address_of


@pytest.fixture
async def migrated(servers: Servers, template: str) -> AsyncIterator[Database]:
    database = open_database(address_of(servers, template), pool=1)
    yield database
    await database.close()


def test_the_migrations_have_a_single_head() -> None:
    assert len(ScriptDirectory.from_config(migrations.configuration()).get_heads()) == 1


async def test_a_migrated_database_is_what_the_code_declares(migrated: Database) -> None:
    assert await migrations.revision(migrated) == migrations.newest()
    assert await migrations.drift(migrated) == []
