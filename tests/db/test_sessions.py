"""Browsers that are signed in: how they come to be, what they may, and how it ends."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.http import account, one_time
from bot.inbound import accept
from domain.core.db import Database
from domain.core.settings import Settings
from domain.core.storage import open_storage
from domain.core.tokens import hash_of
from domain.identity import magic_links
from tests.factories.incoming import incoming
from tests.factories.jobs import execute, rows

COOKIE = "__Host-legwork"


@pytest.fixture
async def token(database: Database, tmp_path: Path) -> str:
    """Of a link that Mara was given."""
    storage = open_storage(Settings.model_validate({"data_dir": tmp_path}))
    await accept(database, storage, incoming("hi"))
    [user] = await rows(database, "SELECT id FROM users")
    async with database.system("a test") as session:
        link_id = await magic_links.want(session, "link", user_id=user.id, details={"account_link": user.id})
        minted = await magic_links.mint(session, link_id)
    assert minted is not None
    return minted.token


def browser(database: Database) -> httpx.AsyncClient:
    routes = [*one_time.routes(database, {"link": account.PURPOSE}), *account.routes(database)]
    transport = httpx.ASGITransport(Starlette(routes=routes))
    return httpx.AsyncClient(transport=transport, base_url="https://legwork.test", headers={"user-agent": "<Browser>"})


@pytest.fixture
async def mara(database: Database, token: str) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(database) as made:
        await made.post(f"/l/{token}")
        yield made


def proof_in(page: httpx.Response) -> str:
    return page.text.split('name="proof" value="')[1].split('"')[0]


async def test_a_link_signs_in_by_a_cookie_that_only_this_host_is_shown(database: Database, token: str) -> None:
    async with browser(database) as made:
        shown = await made.get(f"/l/{token}")
        assert "Sign in as Mara" in shown.text
        assert not shown.cookies
        answer = await made.post(f"/l/{token}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        set_cookie = answer.headers["set-cookie"]
        assert set_cookie.startswith(f"{COOKIE}=")
        for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"):
            assert part in set_cookie
        assert "domain" not in set_cookie.lower()
        page = await made.get("/account")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "&lt;Browser&gt; (this one)" in page.text
    held = set_cookie.split("=", 1)[1].split(";")[0]
    [stored] = await rows(database, "SELECT * FROM sessions")
    assert held not in str(tuple(stored))
    assert stored.token_hash == hash_of(held)
    [told] = await rows(database, "SELECT body ->> 'text' AS text FROM outbound_messages")
    assert told.text.startswith("A browser was signed in as you")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_signs_no_browser_in(database: Database, token: str, site: str) -> None:
    async with browser(database) as made:
        answer = await made.post(f"/l/{token}", headers={"Sec-Fetch-Site": site, "Origin": "null"})
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
        assert answer.headers["cache-control"] == "no-store"
        assert (await made.get(f"/l/{token}", headers={"Sec-Fetch-Site": site})).status_code == 200
        pressed = await made.post(f"/l/{token}", headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"})
    assert pressed.status_code == 303


async def test_who_is_not_signed_in_is_shown_nothing(database: Database, mara: httpx.AsyncClient) -> None:
    async with browser(database) as stranger:
        assert (await stranger.get("/account")).status_code == 401
        assert (await stranger.get("/account", headers={"cookie": f"{COOKIE}=guessed"})).status_code == 401
    assert (await mara.get("/account")).status_code == 200


async def test_it_ends_after_twelve_hours_by_the_databases_clock(database: Database, mara: httpx.AsyncClient) -> None:
    [lasts] = await rows(database, "SELECT extract(epoch FROM expires_at - created_at) AS seconds FROM sessions")
    assert lasts.seconds == 12 * 3_600
    await execute(database, "UPDATE sessions SET expires_at = now()")
    assert (await mara.get("/account")).status_code == 401


async def test_when_a_browser_was_signed_in_is_shown_as_it_is_where_its_person_is(
    database: Database, mara: httpx.AsyncClient
) -> None:
    await execute(database, "UPDATE user_profiles SET timezone = 'Asia/Tokyo'")
    await execute(database, "UPDATE sessions SET created_at = date_trunc('day', now(), 'UTC')")
    assert "09:00 JST" in (await mara.get("/account")).text


@pytest.mark.parametrize("path", ["sign-out", "sign-out-everywhere"])
async def test_a_form_needs_the_proof_of_its_page(database: Database, mara: httpx.AsyncClient, path: str) -> None:
    for sent in ({}, {"proof": "guessed"}, {"proof": hash_of("proof of ").hex()}, {"proof": "ü" * 20_000}):
        assert (await mara.post(f"/account/{path}", data=sent)).status_code == 403
    assert (await mara.get("/account")).status_code == 200
    good = proof_in(await mara.get("/account"))
    assert (await mara.post(f"/account/{path}", data={"proof": good})).status_code == 200
    assert (await mara.get("/account")).status_code == 401
    assert await rows(database, "SELECT * FROM sessions") == []


async def test_a_proof_of_one_browser_is_none_of_another(database: Database, mara: httpx.AsyncClient) -> None:
    good = proof_in(await mara.get("/account"))
    async with browser(database) as other:
        assert (await other.post("/account/sign-out-everywhere", data={"proof": good})).status_code == 403
    assert (await mara.get("/account")).status_code == 200
