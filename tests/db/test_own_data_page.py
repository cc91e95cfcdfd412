"""The link to an export: looking at it hands nothing over, pressing does, and after a day there is nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from obstore.store import LocalStore
from sqlalchemy import text
from starlette.applications import Starlette

from bot.http.one_time import routes
from bot.http.purposes import purposes
from domain.core.db import Database
from domain.core.ids import new_id
from domain.core.settings import Settings
from domain.core.storage import Storage
from domain.identity import magic_links
from domain.personal.exported import key_of
from domain.personal.repository import add_export, set_ready
from domain.personal.service import DOWNLOAD

ARCHIVE = b"PK: what there is" * 1000


async def _archive() -> AsyncIterator[bytes]:
    yield ARCHIVE


@pytest.fixture
async def browser(database: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate({"data_dir": tmp_path})
    transport = httpx.ASGITransport(Starlette(routes=routes(database, purposes(settings))))
    async with httpx.AsyncClient(transport=transport, base_url="https://legwork.test") as made:
        yield made


async def _link(database: Database, tmp_path: Path) -> tuple[str, UUID]:
    """The path of a link to an archive that is there, and the export."""
    files = tmp_path / "files"
    files.mkdir(exist_ok=True)
    async with database.system("a test") as session:
        user_id = new_id()
        await session.execute(text("INSERT INTO users (id) VALUES (:id)"), {"id": user_id})
        zone = "INSERT INTO user_profiles (id, user_id, timezone) VALUES (gen_random_uuid(), :id, 'Asia/Tokyo')"
        await session.execute(text(zone), {"id": user_id})
        export_id = await add_export(session, user_id, new_id())
        await set_ready(session, export_id, state={}, size=len(ARCHIVE), good=timedelta(hours=24))
        about = {"export_id": str(export_id)}
        link_id = await magic_links.want(session, DOWNLOAD, user_id=user_id, details=about, uses=2)
        minted = await magic_links.mint(session, link_id)
    assert minted is not None
    await Storage(LocalStore(files), files, limit=1).write(key_of(export_id), _archive())
    return f"/l/{minted.token}", export_id


async def test_looking_hands_nothing_over_and_pressing_does(
    browser: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    path, export_id = await _link(database, tmp_path)
    page = await browser.get(path)
    assert page.status_code == 200
    assert "<button>Download</button>" in page.text
    assert "(Asia/Tokyo)" in page.text
    handed = await browser.post(path)
    assert handed.content == ARCHIVE
    assert handed.headers["content-type"] == "application/zip"
    assert handed.headers["content-disposition"] == 'attachment; filename="my-data.zip"'
    assert handed.headers["cache-control"] == "no-store"
    async with database.system("a test") as session:
        found = await session.all(text("SELECT action, resource_id FROM audit_logs"))
    assert [tuple(row.values()) for row in found] == [("data.download", str(export_id))]


async def test_a_download_that_broke_off_can_be_begun_again(
    browser: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    path, _ = await _link(database, tmp_path)
    statuses = [(await browser.post(path)).status_code for _ in range(3)]
    assert statuses == [200, 200, 404]


async def test_after_its_day_there_is_nothing(browser: httpx.AsyncClient, database: Database, tmp_path: Path) -> None:
    path, _ = await _link(database, tmp_path)
    async with database.system("a test") as session:
        await session.execute(text("UPDATE data_exports SET expires_at = now() - interval '1 second'"))
    assert "no longer here" in (await browser.get(path)).text
    assert (await browser.post(path)).status_code == 409
