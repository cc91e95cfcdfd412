"""The migrations and the tables the code declares are one and the same schema."""

from alembic.script import ScriptDirectory

import migrations
from domain.core.db import Database


def test_the_migrations_have_a_single_head() -> None:
    assert len(ScriptDirectory.from_config(migrations.configuration()).get_heads()) == 1


async def test_a_migrated_database_is_what_the_code_declares(migrated: Database) -> None:
    assert await migrations.revision(migrated) == migrations.newest()
    assert await migrations.drift(migrated) == []
