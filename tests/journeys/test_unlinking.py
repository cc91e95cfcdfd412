"""Accounts that were linked are taken apart: each has its own again, and nothing that the other opened."""

import httpx
import pytest
from starlette.applications import Starlette

from bot.http import account, one_time
from bot.http.purposes import purposes
from domain.conversations.said import Listing, Problem
from domain.core import ids
from domain.identity import magic_links
from tests.factories.specs import plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.linked import APART, account_of, code_of, link, notes, people, press
from tests.fixtures.talk import Talk


async def test_work_of_both_is_seen_from_both_and_apart_again_afterwards(
    talk: Talk, work: Talk, script: Script
) -> None:
    script.then(plan(tool("n1", "note", text="a")), plan(tool("n1", "note", text="b")))
    await talk.say("note at home")
    home = ids.short("task", (await talk.task())["id"])
    await work.say("note at work")
    office = ids.short("task", (await talk.task())["id"])
    await link(talk, work)
    for one in (talk, work):
        listed = [row[0] for row in (await one.say("/tasks")).one(Listing).rows]
        assert {home, office} <= {*listed}
    account = next(row[0] for row in (await talk.say("/link list")).one(Listing).rows if "mara.nowak" in row[3])
    await talk.say(f"/link remove {account}")
    assert await people(talk) == APART
    assert [row[0] for row in (await talk.say("/tasks")).one(Listing).rows] == [home]
    assert [row[0] for row in (await work.say("/tasks")).one(Listing).rows] == [office]
    gone = (await work.say(f"/tasks show {home}")).one(Problem)
    assert "no task" in gone.sentence or "no such task" in gone.sentence


async def test_what_was_begun_while_linked_goes_with_the_account_that_began_it(
    talk: Talk, work: Talk, script: Script
) -> None:
    await link(talk, work)
    script.then(plan(tool("n1", "note", text="a")))
    await work.say("note it")
    task = ids.short("task", (await talk.task())["id"])
    account = next(row[0] for row in (await work.say("/link list")).one(Listing).rows if "mara.nowak" in row[3])
    await work.say(f"/link remove {account}")
    assert [row[0] for row in (await work.say("/tasks")).one(Listing).rows] == [task]
    assert not (await talk.say("/tasks")).one(Listing).rows


@pytest.mark.parametrize("typed_before", [False, True])
async def test_what_an_account_began_ends_when_it_is_taken_apart(talk: Talk, work: Talk, typed_before: bool) -> None:
    await link(talk, work)
    code = await code_of(work)
    eve = talk.other("eve")
    if typed_before:
        await eve.say(f"/link confirm {code}")
    await talk.say(f"/link remove {await account_of(talk, 'mara.nowak')}")
    if not typed_before:
        assert "opens nothing" in notes(await eve.say(f"/link confirm {code}"))
        return
    await press(eve, "Join", eve.place)
    await press(work, "Join", work.place)
    assert await people(talk) == [*APART, ("eve", True)]


async def test_a_browser_that_an_account_signed_in_is_signed_out_when_it_is_taken_apart(talk: Talk, work: Talk) -> None:
    await link(talk, work)
    database = talk.legwork.database
    app = Starlette(routes=[*one_time.routes(database, purposes(talk.legwork.settings)), *account.routes(database)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://legwork.test") as browser:
        assert (await browser.post(await _newest_page(talk, work))).status_code == 303
        assert (await browser.get("/account")).status_code == 200
        shown = await _newest_page(talk, work)
        await talk.say(f"/link remove {await account_of(talk, 'mara.nowak')}")
        assert (await browser.get("/account")).status_code == 401
        await browser.post(shown)
        assert (await browser.get("/account")).status_code == 401


async def _newest_page(talk: Talk, of: Talk) -> str:
    """The page of a link that somebody was shown just now."""
    await of.say("/link start")
    [row] = await talk.rows("SELECT id FROM magic_links ORDER BY id DESC LIMIT 1")
    async with talk.legwork.database.system("a test") as session:
        minted = await magic_links.mint(session, row["id"])
    assert minted is not None
    return f"{magic_links.PATH}{minted.token}"


async def test_after_thirty_days_it_stays(talk: Talk, work: Talk) -> None:
    await link(talk, work)
    await talk.rows("UPDATE chat_identities SET linked_at = linked_at - interval '31 days' RETURNING id")
    rows = (await talk.say("/link list")).one(Listing).rows
    for own, said in ((rows[1][0], "more than 30 days ago"), (rows[0][0], "the others were linked to")):
        assert said in (await talk.say(f"/link remove {own}")).one(Problem).sentence
    assert "no account" in (await talk.say("/link remove acc_zzzzzz")).one(Problem).sentence
