"""Pages of links that open something once: looking uses up nothing, and of many presses one counts."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from bot.http import account
from bot.http.one_time import Purpose, routes
from bot.http.pages import Page, shown
from domain.core.db import Database, Session, open_database
from domain.core.errors import Refused
from domain.identity import magic_links
from domain.identity.magic_links import MagicLink
from tests.factories.jobs import execute, rows


class Door:
    """A purpose that counts how often it was carried out."""

    def __init__(self) -> None:
        self.opened = 0
        self.refuses = False

    async def told(self, session: Session, link: MagicLink, request: Request) -> Page:
        return Page("<Open> the door", (f"For {link.details['who']}.",))

    async def done(self, session: Session, link: MagicLink, request: Request) -> Response:
        if self.refuses:
            raise Refused("The door is stuck.", remedy="Push.")
        self.opened += 1
        return shown(Page("It is open"))


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def browser(database: Database, door: Door) -> AsyncIterator[httpx.AsyncClient]:
    application = Starlette(routes=routes(database, {"door": Purpose(door.told, "Open", door.done)}))
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="https://legwork.test") as made:
        yield made


async def wanted(database: Database, purpose: str = "door", **more: object) -> UUID:
    async with database.system("a test") as session:
        return await magic_links.want(session, purpose, details={"who": "<Mara>"}, **more)  # pyright: ignore[reportArgumentType]


async def minted(database: Database, link_id: UUID) -> str:
    async with database.system("a test") as session:
        made = await magic_links.mint(session, link_id)
    assert made is not None
    return made.token


async def token_of(database: Database, purpose: str = "door", **more: object) -> str:
    return await minted(database, await wanted(database, purpose, **more))


async def test_looking_uses_up_nothing(browser: httpx.AsyncClient, database: Database, door: Door) -> None:
    path = f"/l/{await token_of(database)}"
    for _ in range(3):
        page, head = await browser.get(path), await browser.head(path)
        assert (page.status_code, head.status_code) == (200, 200)
    assert "&lt;Open&gt; the door" in page.text
    assert "For &lt;Mara&gt;." in page.text
    assert "<button>Open</button>" in page.text
    assert door.opened == 0
    assert (await browser.post(path)).status_code == 200
    assert door.opened == 1


async def test_of_fifty_presses_at_once_one_wins(browser: httpx.AsyncClient, database: Database, door: Door) -> None:
    path = f"/l/{await token_of(database)}"
    answers = await asyncio.gather(*(browser.post(path) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200, *[404] * 49]
    assert door.opened == 1


async def test_a_link_for_three_is_used_three_times(browser: httpx.AsyncClient, database: Database, door: Door) -> None:
    path = f"/l/{await token_of(database, uses=3)}"
    answers = await asyncio.gather(*(browser.post(path) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [404] * 7


async def test_all_that_opens_nothing_looks_alike(browser: httpx.AsyncClient, database: Database, door: Door) -> None:
    used = await token_of(database)
    await browser.post(f"/l/{used}")
    over = await token_of(database, lasts=timedelta(minutes=10))
    await execute(database, "UPDATE magic_links SET expires_at = now() WHERE used_at IS NULL")
    foreign = await token_of(database, purpose="another")
    for token in (used, over, foreign, used[:-1], "x" * 5_000, "%00", "ü"):
        for answer in (await browser.get(f"/l/{token}"), await browser.post(f"/l/{token}")):
            assert answer.status_code == 404
            assert "opens nothing" in answer.text
    assert door.opened == 1
    [left] = await rows(database, "SELECT uses FROM magic_links WHERE purpose = 'another'")
    assert left.uses == 1  # what this process does not know is not used up by it


async def test_what_is_refused_leaves_the_link_as_good(
    browser: httpx.AsyncClient, database: Database, door: Door
) -> None:
    path = f"/l/{await token_of(database)}"
    door.refuses = True
    answer = await browser.post(path)
    assert (answer.status_code, "The door is stuck." in answer.text) == (409, True)
    door.refuses = False
    assert (await browser.post(path)).status_code == 200


async def test_every_page_is_kept_by_nobody_and_tells_nobody(browser: httpx.AsyncClient, database: Database) -> None:
    path = f"/l/{await token_of(database)}"
    answers = [await browser.get(path), await browser.head(path), await browser.get("/l/x"), await browser.post(path)]
    for answer in (*answers, await browser.post(path), await browser.delete(path)):
        if answer.status_code == 405:
            continue
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "http" not in answers[0].text.replace("http-equiv", "")  # nothing from anywhere else


async def test_a_token_shown_anew_takes_the_place_of_the_one_before(
    browser: httpx.AsyncClient, database: Database
) -> None:
    link_id = await wanted(database)
    first, second = await minted(database, link_id), await minted(database, link_id)
    assert (await browser.get(f"/l/{first}")).status_code == 404
    assert (await browser.get(f"/l/{second}")).status_code == 200


async def test_no_token_stands_in_a_row_or_a_log(
    browser: httpx.AsyncClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    token = await token_of(database)
    with caplog.at_level(logging.INFO, logger="legwork"):
        await browser.get(f"/l/{token}")
        await browser.post(f"/l/{token}")
    stored = [str(tuple(row)) for row in await rows(database, "SELECT * FROM magic_links")]
    assert not any(token in text for text in stored)
    assert token not in "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")


@pytest.mark.parametrize(("method", "path"), [("GET", "/l/x"), ("POST", "/l/x"), ("GET", "/account")])
async def test_while_the_database_is_away_a_page_says_so(method: str, path: str) -> None:
    away = open_database("postgresql://postgres@/x?host=/nonexistent", pool=1)
    transport = httpx.ASGITransport(Starlette(routes=[*routes(away, {}), *account.routes(away)]))
    signed_in = {"__Host-legwork": "x"}
    async with httpx.AsyncClient(transport=transport, base_url="https://legwork.test", cookies=signed_in) as browser:
        answer = await browser.request(method, path)
    await away.close()
    assert (answer.status_code, "in a moment" in answer.text) == (503, True)
    assert answer.headers["cache-control"] == "no-store"
