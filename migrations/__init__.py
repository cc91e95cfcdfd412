"""The schema's history. ``upgrade`` brings a database to the newest version; ``drift`` compares it with the code."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from domain.core.db import Database
from domain.metadata import metadata

# Two processes that start at once must not migrate at once: the second waits here and finds it done.
_LOCK = 5_047_411_908


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision this code expects."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise RuntimeError("there is no migration")
    return head


def _upgrade(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if MigrationContext.configure(connection).get_current_revision() != newest():
        command.upgrade(configuration(connection), "head")


async def upgrade(database: Database) -> None:
    """Apply every missing migration, in one transaction."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def revision(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda it: MigrationContext.configure(it).get_current_revision())


async def drift(database: Database) -> list[Any]:
    """What differs between the migrated database and the tables the code declares."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(
            lambda it: list(compare_metadata(MigrationContext.configure(it, opts={"compare_type": True}), metadata))
        )
