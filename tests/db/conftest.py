"""What several of the tests against a real Postgres stand on."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from domain.audit import Actor
from domain.core.db import Database
from domain.core.ids import new_id
from tests.factories.audit import ACME, OTHERS, act, seal_all
from tests.factories.safes import Safes
from tests.fixtures.embedded import a_directory


@pytest.fixture
async def words(database: Database) -> AsyncIterator[Database]:
    """A database with a table of words, each of which may be there once."""
    async with database.system("a test") as session:
        await session.execute(text("CREATE TABLE words (id serial PRIMARY KEY, word text UNIQUE, more jsonb)"))
        await session.execute(text("CREATE TABLE numbers (number integer)"))
    yield database
    async with database.system("a test") as session:
        await session.execute(text("DROP TABLE words, numbers"))


@pytest.fixture
async def safes(database: Database, tmp_path: Path) -> AsyncIterator[Safes]:
    async with database.system("a test") as session:
        await session.execute(
            text("""CREATE TABLE safes (
            id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES organizations ON DELETE CASCADE,
            key_version integer, token bytea, refresh bytea,
            FOREIGN KEY (org_id, key_version) REFERENCES data_keys (org_id, version))""")
        )
    yield Safes(database, tmp_path)
    async with database.system("a test") as session:
        await session.execute(text("DROP TABLE safes"))


@pytest.fixture
async def trail(database: Database) -> Database:
    """Five acts of an organization, two of another, one of the platform: all sealed."""
    for number in range(5):
        actor = Actor("person", new_id(), new_id())
        more: dict[str, Any] = {"resource": ("task", number), "permission": "work", "request_id": number}
        await act(database, f"tasks.{number}", ACME, actor=actor, **more)
    for name in ("tools.off", "tools.on"):
        await act(database, name, OTHERS, outcome="refused")
    await act(database, "health.turned")
    await seal_all(database)
    return database


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory the servers' account can reach (pytest's own are closed to it), left only without a process."""
    with a_directory() as directory:
        yield directory
