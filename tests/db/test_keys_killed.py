"""``legwork keys rotate`` as a process that is killed, again and again, while another goes on storing."""

import asyncio
import base64
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from domain.connectors.service import Grant, Installations, Tokens
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.crypto.sealing import KEY
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.ids import new_id
from domain.core.settings import Settings
from tests.fixtures.servers import address_of, administer

FIRST, SECOND = (base64.b64encode(os.urandom(KEY)).decode() for _ in range(2))
WORKSPACES = 12
PLACES = (
    "keys.begun=kill",
    "keys.rewrapping=kill",
    "keys.rewrapped=kill",
    "keys.made=kill@3",
    "keys.resealing=kill@5",
    "keys.resealed=kill@2",
)


@pytest.fixture
async def own(servers: Servers, template: str) -> AsyncIterator[tuple[str, Database]]:
    """A database of this test alone, for processes."""
    await administer(servers, f"CREATE DATABASE legwork_keys TEMPLATE {template}")
    url = address_of(servers, "legwork_keys")
    database = open_database(url, pool=4)
    yield url, database
    await database.close()
    await administer(servers, "DROP DATABASE legwork_keys WITH (FORCE)")


async def _organization(database: Database) -> UUID:
    made = new_id()
    async with database.system("a test") as session:
        await session.execute(
            text("INSERT INTO organizations (id, name, slug) VALUES (:id, 'Acme', :slug)"),
            {"id": made, "slug": str(made)},
        )
    return made


async def _put(installations: Installations, number: int, org_id: UUID) -> None:
    tokens = Tokens(f"xoxe.xoxb-{number}", f"xoxe-{number}", timedelta(hours=12))
    grant = Grant(f"T{number}", "Acme", None, "A1", "U1", "chat:write", tokens, datetime.now(UTC))
    await installations.install(grant, org_id=org_id, user_id=new_id())


async def _rotate(url: str, folder: Path, failpoints: str = "") -> int:
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "LEGWORK_DATA_DIR": str(folder),
        "LEGWORK_KEY": SECOND,
        "LEGWORK_KEY_PREVIOUS": FIRST,
        "LEGWORK_FAILPOINTS": failpoints,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "keys", "rotate"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    await process.communicate()
    assert process.returncode is not None
    return process.returncode


async def test_a_rotation_that_is_killed_again_and_again_loses_nothing(
    own: tuple[str, Database], servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, database = own
    monkeypatch.setenv("REDIS_URL", servers.redis_url)
    settings = Settings.model_validate({"data_dir": tmp_path, "key": FIRST, "key_previous": SECOND})
    running = Installations(database, Keyring(database, Keys(settings)))
    for number in range(WORKSPACES):
        await _put(running, number, await _organization(database))
    for number, place in enumerate(PLACES, start=WORKSPACES):
        assert await _rotate(url, tmp_path, place) == -signal.SIGKILL, place
        await _put(running, number, await _organization(database))  # an older process goes on
    assert await _rotate(url, tmp_path) == 0
    alone = Settings.model_validate({"data_dir": tmp_path, "key": SECOND})
    left = Installations(database, Keyring(database, Keys(alone)))
    found = [await left.find(f"T{number}") for number in range(WORKSPACES + len(PLACES))]
    assert [one.token for one in found if one] == [f"xoxe.xoxb-{number}" for number in range(len(found))]
    async with database.system("a test") as session:
        [row] = await session.all(
            text("SELECT count(DISTINCT key_id) AS keys, count(rotating_since) AS open FROM data_keys")
        )
    assert dict(row) == {"keys": 1, "open": 0}
