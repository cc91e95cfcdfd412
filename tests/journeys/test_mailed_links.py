"""A mail address becomes an account of a person's: whoever reads it says so, and so does who asked."""

import asyncio

import pytest
from sqlalchemy import RowMapping

from domain.conversations.said import Listing, Problem
from domain.emails import repository
from tests.fixtures.linked import WORK, link, notes, press
from tests.fixtures.mailing import Post
from tests.fixtures.talk import Talk

ADDRESS = "mara.nowak@example.org"


async def started(post: Post, address: str = ADDRESS, of: Talk | None = None) -> str:
    """The page in the mail."""
    await (of or post.talk).say(f"/link start {address}")
    assert post.newest.to == address
    return post.page


async def mail_accounts(post: Post) -> list[RowMapping]:
    return list(
        await post.talk.rows(
            """SELECT platform_user_id AS address, user_id <> first_user_id AS linked FROM chat_identities
            WHERE platform = 'mail' ORDER BY 1"""
        )
    )


async def asked(post: Post) -> str:
    """What was said since."""
    return notes(await post.talk.settle())


async def test_an_address_is_joined_when_who_reads_it_and_who_asked_have_said_so(post: Post) -> None:
    said = notes(await post.talk.say(f"/link start {ADDRESS}"))
    assert f"I am mailing a link to {ADDRESS}, good for an hour" in said
    assert "/l/" not in said
    assert post.newest.message["Subject"] == "Is this your mail address?"
    assert "“Mara” on Fake (w, mara) asks Legwork to make mara.nowak@example.org one of" in post.newest.text
    shown = await post.browser.get(post.page)
    assert f"Is {ADDRESS} yours?" in shown.text
    assert "“Mara” on Fake (w, mara) has asked" in shown.text
    used = await post.browser.post(post.page)
    assert "Now press Join" in used.text
    assert [row["linked"] for row in await mail_accounts(post)] == [False]
    assert f"Whoever reads mail at **{ADDRESS}** says" in await asked(post)
    await press(post.talk, "Join", post.talk.place)
    assert [dict(row) for row in await mail_accounts(post)] == [{"address": ADDRESS, "linked": True}]
    listed = (await post.talk.say("/link list")).one(Listing)
    [row] = [row for row in listed.rows if row[2] == "mail"]
    assert ADDRESS in row[3]
    await post.talk.say(f"/link remove {row[0]}")
    assert [row["linked"] for row in await mail_accounts(post)] == [False]


async def test_an_address_that_does_not_answer_joins_nothing_and_neither_does_one_that_says_no(post: Post) -> None:
    page = await started(post)
    for _ in range(3):
        await post.browser.get(page)
        await post.browser.head(page)
    assert await mail_accounts(post) == []
    await post.browser.post(page)
    await post.talk.settle()
    assert "Nobody was joined" in notes(await press(post.talk, "Not me", post.talk.place))
    assert [row["linked"] for row in await mail_accounts(post)] == [False]


async def test_somebody_else_who_uses_it_joins_nothing_without_who_asked(post: Post) -> None:
    page = await started(post)
    await post.browser.post(page)
    await post.talk.settle()
    eve = post.talk.other("eve")
    await eve.say("/about")
    assert "decided already" in notes(await press(eve, "Join", post.talk.place))
    assert [row["linked"] for row in await mail_accounts(post)] == [False]


async def test_of_many_who_use_it_at_once_one_does(post: Post) -> None:
    page = await started(post)
    answers = await asyncio.gather(*(post.browser.post(page) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200, *[404] * 19]
    assert (await asked(post)).count("Whoever reads mail") == 1


async def test_after_an_hour_it_opens_nothing(post: Post) -> None:
    page = await started(post)
    await post.talk.rows("UPDATE magic_links SET expires_at = now() RETURNING id")
    assert (await post.browser.get(page)).status_code == 404
    assert (await post.browser.post(page)).status_code == 404
    assert await mail_accounts(post) == []


async def test_another_link_takes_its_place(post: Post) -> None:
    before = await started(post)
    await post.talk.say("/link start")
    assert (await post.browser.post(before)).status_code == 404


async def test_it_signs_no_browser_in_and_is_no_code(post: Post) -> None:
    page = await started(post)
    token = page.removeprefix("/l/")
    other = post.talk.other("mara.nowak", **WORK)
    for words in (f"/link confirm {token}", f"/start l-{token}"):
        assert "opens nothing" in notes(await other.say(words))
    assert not (await post.browser.post(page)).cookies
    assert (await post.browser.get("/account")).status_code == 401


async def test_an_address_of_somebody_elses_is_not_taken_from_them_and_nothing_is_told_before(post: Post) -> None:
    await post.browser.post(await started(post))
    await post.talk.settle()
    await press(post.talk, "Join", post.talk.place)
    eve = post.talk.other("eve")
    said = notes(await eve.say(f"/link start {ADDRESS}"))
    assert said.startswith(f"I am mailing a link to {ADDRESS}, good for an hour")
    refused = await post.browser.post(post.page)
    assert refused.status_code == 409
    assert "somebody&#x27;s account already" in refused.text
    [row] = await mail_accounts(post)
    assert row["linked"]


async def test_equal_addresses_join_nobody(post: Post) -> None:
    await post.browser.post(await started(post))
    await post.talk.settle()
    eve = post.talk.other("eve")
    await post.browser.post(await started(post, "Mara.Nowak@example.org", of=eve))
    await post.talk.settle()
    await press(post.talk, "Join", post.talk.place)
    await press(eve, "Join", eve.place)
    people = await post.talk.rows(
        """SELECT count(DISTINCT user_id) AS people FROM chat_identities WHERE platform_user_id IN ('mara', 'eve')"""
    )
    assert people[0]["people"] == 2
    assert len(await mail_accounts(post)) == 1


async def test_an_address_joins_no_accounts_of_two_people(post: Post) -> None:
    await post.browser.post(await started(post))
    await post.talk.settle()
    await press(post.talk, "Join", post.talk.place)
    work = post.talk.other("mara.nowak", **WORK)
    await work.say("/about")
    await link(post.talk, work)
    assert len((await work.say("/link list")).one(Listing).rows) == 3


async def test_the_page_of_who_is_gone_meanwhile_opens_nothing(post: Post) -> None:
    page = await started(post)
    await post.talk.rows("UPDATE account_links SET status = 'refused' RETURNING id")
    assert (await post.browser.post(page)).status_code == 409
    assert await mail_accounts(post) == []  # what the press began is undone with it


@pytest.mark.parametrize("written", ["nonsense", "a@b", "a@example.org b@example.org", "a@example.org,b@example.org"])
async def test_what_is_no_address_is_refused(post: Post, written: str) -> None:
    assert (await post.talk.say(f"/link start {written}")).one(Problem).remedy
    assert post.server.connections == 0


async def test_a_day_has_so_many(post: Post) -> None:
    for _ in range(repository.TO_AN_ADDRESS):
        await post.talk.say(f"/link start {ADDRESS}")
    assert "went to that address" in (await post.talk.say(f"/link start {ADDRESS}")).one(Problem).sentence


async def test_it_is_not_begun_where_others_read_along(post: Post) -> None:
    group = post.talk.other("mara", "C1", organization="T1", private=False)
    assert "nobody else reads along" in (await group.say(f"/link start {ADDRESS}")).one(Problem).sentence
    assert post.server.connections == 0


async def test_without_a_mail_server_or_pages_that_is_said(talk: Talk) -> None:
    said = (await talk.say(f"/link start {ADDRESS}")).one(Problem)
    assert said.sentence == "No mail was sent: no mail server is set here."
    assert await talk.rows("SELECT id FROM magic_links") == []


async def test_one_that_is_refused_is_told(post: Post) -> None:
    post.server.unknown.add(ADDRESS)
    said = notes(await post.talk.say(f"/link start {ADDRESS}"))
    assert "refused the address (550 5.1.1)" in said
    assert "tries it anew" in said


async def test_a_name_is_shown_as_a_name(post: Post) -> None:
    await post.talk.say('/profile set name "Mara <b>evil.example/x</b>"')
    page = await started(post)
    assert "evil.example" not in post.newest.text
    assert "<b>" not in (await post.browser.get(page)).text
