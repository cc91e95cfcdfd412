"""Links by which somebody becomes a member: once or several times, for some days, until they are taken back."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.http.one_time import routes
from bot.http.purposes import purposes
from bot.inbound import accept
from domain.conversations.said import Details, Listing, Note, Problem
from domain.core import ids
from domain.core.tokens import hash_of
from domain.flow.receive.door import Door
from domain.identity import magic_links, sessions
from tests.factories.incoming import incoming
from tests.fixtures.invited import invited
from tests.fixtures.talk import Replies, Talk

CHANNEL: dict[str, Any] = {"organization": "T1", "private": False}


@pytest.fixture
async def mara(talk: Talk) -> Talk:
    """She owns a channel's organization, and writes to Legwork alone as well."""
    mara = talk.other("mara", "C1", **CHANNEL)
    await mara.say("/whoami")
    await talk.other("mara").say("/whoami")
    return mara


def proof_in(page: httpx.Response) -> str:
    return page.text.split('name="proof" value="')[1].split('"')[0]


async def refused(one: Talk, written: str) -> str:
    return (await one.say(written)).one(Problem).sentence


async def members(mara: Talk) -> dict[str, tuple[str, str]]:
    [listing] = (await mara.say("/org members")).of(Listing)
    return {row[1]: (row[2], row[3]) for row in listing.rows}


async def test_who_follows_the_link_is_a_member_with_its_role(mara: Talk) -> None:
    written, ben = await invited(mara, "viewer"), mara.other("ben", organization=None, private=True)
    assert "You are viewer in T1" in (await ben.say(written)).one(Note).text
    assert (await members(mara))["Ben"] == ("viewer", "active")


async def test_the_link_is_given_where_only_the_one_who_asked_reads(mara: Talk) -> None:
    await invited(mara)
    [given] = [
        call.to.chat
        for call in mara.chat.ledger
        if call.said is not None and "/start i-" in getattr(call.said, "text", "")
    ]
    assert given == "dm-mara"


async def test_no_row_holds_the_link(mara: Talk) -> None:
    token = (await invited(mara)).partition("i-")[2]
    for table in ("outbound_messages", "messages", "queue_jobs", "invitations", "magic_links", "audit_logs"):
        rows = await mara.rows(f"SELECT to_jsonb(r)::text AS row FROM {table} r")
        assert [row["row"] for row in rows if token in row["row"]] == [], table


async def test_what_was_followed_is_kept_nowhere_either(mara: Talk) -> None:
    written, ben = await invited(mara), mara.other("ben", organization=None, private=True)
    await ben.say(written)
    token = written.partition("i-")[2]
    assert not [row for row in await mara.rows("SELECT content FROM messages") if token in row["content"]]


@pytest.mark.parametrize("more", [" please", " i-another"])
async def test_what_was_followed_with_more_behind_it_is_not_kept_either(mara: Talk, more: str) -> None:
    written, ben = await invited(mara), mara.other("ben", organization=None, private=True)
    await ben.say(written + more)
    token = written.partition("i-")[2]
    assert not [row for row in await mara.rows("SELECT content FROM messages") if token in row["content"]]


async def test_an_edit_does_not_put_back_what_is_not_kept(mara: Talk) -> None:
    written, ben = await invited(mara, "x3"), mara.other("ben", organization=None, private=True)
    await ben.say(written, message_id="followed")
    await ben.say("/about", message_id="another")
    for message_id in ("followed", "another"):
        await ben.change(message_id, "edited", f"{written} ")
    token = written.partition("i-")[2]
    assert not [row for row in await mara.rows("SELECT content FROM messages") if token in row["content"]]


async def test_one_of_two_who_follow_it_at_once_is_taken_in(mara: Talk) -> None:
    written = await invited(mara)
    people = [mara.other(name, organization=None, private=True) for name in ("ben", "zoe")]
    await asyncio.gather(*(one.tell(written) for one in people))
    await mara.settle()
    there = await members(mara)
    assert len(there) == 2
    problems = [said for said in mara.chat.posts() if isinstance(said, Problem)]
    assert [problem.sentence for problem in problems] == ["That invitation was used before."]


async def test_an_invitation_for_three_takes_in_three(mara: Talk) -> None:
    written = await invited(mara, "x3")
    for name in ("ben", "zoe", "ann"):
        await mara.other(name, organization=None, private=True).say(written)
    assert "used before" in await refused(mara.other("eve", organization=None, private=True), written)
    assert len(await members(mara)) == 4


@pytest.mark.parametrize("carried", ["i-abc", "i-" + "A" * 43, "i-" + "_" * 62])
async def test_a_mistyped_or_foreign_link_is_told_in_one_sentence(mara: Talk, carried: str) -> None:
    assert "no invitation of mine, or was mistyped" in await refused(
        mara.other("ben", organization=None, private=True), f"/start {carried}"
    )


async def test_what_was_made_for_something_else_opens_nothing_and_stays_good(mara: Talk) -> None:
    written, ben = await invited(mara), mara.other("ben", organization=None, private=True)
    async with mara.legwork.database.system("a test") as session:
        minted = await magic_links.mint(session, await magic_links.want(session, "link"))
    assert minted is not None
    assert "no invitation of mine" in await refused(ben, f"/start i-{minted.token}")
    assert "opens nothing" in (await ben.say(f"/link confirm {written.partition('i-')[2]}")).one(Note).text
    async with mara.legwork.database.system("a test") as session:
        found = await magic_links.find(session, hash_of(minted.token))
    assert found is not None
    assert found.good
    assert "You are member in T1" in (await ben.say(written)).one(Note).text


async def test_what_has_run_out_was_used_or_taken_back_is_told(mara: Talk) -> None:
    ben = mara.other("ben", organization=None, private=True)
    written = await invited(mara, "1")
    await mara.rows("UPDATE invitations SET expires_at = now() RETURNING id")
    await mara.rows("UPDATE magic_links SET expires_at = now() RETURNING id")
    assert "has run out" in await refused(ben, written)
    written = await invited(mara)
    [listing] = (await mara.say("/org invitations")).of(Listing)
    assert "taken back" in (await mara.say(f"/org revoke {listing.rows[0][0]}")).one(Note).text
    assert "was taken back" in await refused(ben, written)
    assert "nothing to take back" in (await mara.say(f"/org revoke {listing.rows[0][0]}")).one(Problem).sentence


async def test_what_was_refused_uses_up_nothing(mara: Talk) -> None:
    written = await invited(mara)
    alone = mara.other("mara", organization=None, private=True)
    assert "You are owner in T1 already" in await refused(alone, written)
    group = mara.other("ben", "C2", organization="T2", private=False)
    assert "accepted by one person" in await refused(group, written)
    assert (
        "You are member in T1" in (await mara.other("ben", organization=None, private=True).say(written)).one(Note).text
    )


async def test_who_was_removed_is_taken_back_in_and_only_they_are(mara: Talk) -> None:
    ben = mara.other("ben")
    ben.place = mara.place
    await ben.say("/whoami")
    await mara.say("/org remove Ben")
    written = await invited(mara, "@Ben")
    assert "for somebody else" in await refused(mara.other("eve", organization=None, private=True), written)
    await mara.other("ben", organization=None, private=True).say(written)
    assert (await members(mara))["Ben"] == ("member", "active")
    assert dict((await ben.say("/whoami")).one(Details).fields)["role"] == "member"
    details = await mara.rows("SELECT details FROM audit_logs WHERE action = 'invitation.accepted'")
    assert [row["details"]["again"] for row in details] == [True]


async def test_who_is_refused_by_a_good_link_stands_on_the_trail_of_where_it_leads(mara: Talk) -> None:
    ben = mara.other("ben")
    ben.place = mara.place
    await ben.say("/whoami")
    written = await invited(mara, "x5")
    await mara.say("/org remove Ben")
    await refused(mara.other("ben", organization=None, private=True), written)
    await refused(mara.other("eve", organization=None, private=True), await invited(mara, "@Ben"))
    rows = await mara.rows("""SELECT o.slug, u.name, a.details ->> 'reason' AS reason FROM audit_logs a
        JOIN users u ON u.id = a.actor_id JOIN organizations o ON o.id = a.org_id
        WHERE a.action = 'invitation.accept' AND a.outcome = 'refused' ORDER BY a.id""")
    assert [tuple(row.values()) for row in rows] == [("T1", "Ben", "older"), ("T1", "Eve", "not_yours")]


@pytest.mark.parametrize(
    ("words", "decided", "left"),
    [
        ("member x5", "/org remove Ben", ("member", "removed")),
        ("admin x5", "/org role Ben viewer", ("viewer", "active")),
    ],
)
async def test_what_was_decided_since_it_was_made_is_not_undone_by_it(
    mara: Talk, words: str, decided: str, left: tuple[str, str]
) -> None:
    ben = mara.other("ben")
    ben.place = mara.place
    await ben.say("/whoami")
    written = await invited(mara, words)
    await mara.say(decided)
    alone = mara.other("ben", organization=None, private=True)
    assert "was decided after" in await refused(alone, written)
    assert (await members(mara))["Ben"] == left
    await alone.say(await invited(mara, words))
    assert (await members(mara))["Ben"] == (words.split()[0], "active")


async def test_it_opens_nothing_once_who_made_it_may_no_longer_give_the_role(mara: Talk) -> None:
    ben = mara.other("ben")
    ben.place = mara.place
    await ben.say("/whoami")
    await mara.other("ben", organization=None, private=True).say("/whoami")
    await mara.say("/org role Ben admin")
    written = await invited(ben, "viewer")
    await mara.say("/org role Ben member")
    assert "may no longer do so" in await refused(mara.other("eve", organization=None, private=True), written)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("owner", "Nobody becomes owner by a link"),
        ("0", "1 to 90 days"),
        ("400", "1 to 90 days"),
        ("x0", "1 to 200 people"),
        ("x100000", "1 to 200 people"),
        ("Ben x3", "good for one"),
    ],
)
async def test_what_cannot_be_given_is_said(mara: Talk, words: str, told: str) -> None:
    problems = (await mara.say(f"/org invite {words}")).of(Problem)
    assert told in problems[0].sentence
    assert not await mara.rows("SELECT id FROM invitations")


async def test_an_admin_invites_nobody_above_a_member(mara: Talk) -> None:
    ben = mara.other("ben")
    ben.place = mara.place
    await ben.say("/whoami")
    await ben.other("ben", "D-ben", organization=None, private=True).say("/whoami")
    await mara.say("/org role Ben admin")
    assert "cannot invite somebody to be admin" in await refused(ben, "/org invite admin")


async def test_nothing_is_invited_by_an_id_of_another_organization(mara: Talk) -> None:
    await invited(mara)
    [row] = await mara.rows("SELECT id FROM invitations")
    eve = mara.other("eve", organization=None, private=True)
    assert "no invitation" in await refused(eve, f"/org revoke {ids.text('inv', row['id'])}")


async def test_a_stranger_is_let_in_by_an_invitation_where_only_the_invited_are(mara: Talk) -> None:
    written, legwork, door = await invited(mara), mara.legwork, Door("invited")

    async def said(words: str) -> Replies:
        zoe = mara.other("zoe", organization=None, private=True)
        before = len(mara.chat.told())
        await accept(legwork.database, legwork.storage, incoming(words, person="zoe"), door=door)
        return Replies((await zoe.settle())[before:])

    assert "invited people only" in (await said("hello")).one(Note).text
    assert "You are member in T1" in (await said(written)).one(Note).text
    fields = dict((await said("/whoami")).one(Details).fields)
    assert fields["role"] == "member"


async def test_on_its_page_joins_who_is_signed_in_and_nobody_else(mara: Talk) -> None:
    token = (await invited(mara)).partition("i-")[2]
    await mara.other("zoe", organization=None, private=True).say("/whoami")
    [zoe] = await mara.rows("SELECT id FROM users WHERE name = 'Zoe'")
    database = mara.legwork.database
    application = Starlette(routes=routes(database, purposes(mara.legwork.settings)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="https://legwork.test"
    ) as browser:
        shown = await browser.get(f"/l/{token}")
        assert "You are invited to T1" in shown.text
        assert "signed in as nobody" in shown.text
        pressed = await browser.post(f"/l/{token}", data={"proof": proof_in(shown)})
        assert "signed in as nobody" in pressed.text
        async with database.system("a test") as session:
            cookie = await sessions.begin(session, zoe["id"], "a browser")
        signed_in = {"Cookie": f"__Host-legwork={cookie}"}
        for sent in ({}, {"proof": "guessed"}, {"proof": proof_in(shown)}):  # the last is of nobody's page
            assert "not from here" in (await browser.post(f"/l/{token}", data=sent, headers=signed_in)).text
        shown = await browser.get(f"/l/{token}", headers=signed_in)
        assert "as Zoe" in shown.text
        proof = {"proof": proof_in(shown)}
        assert "You are member in T1" in (await browser.post(f"/l/{token}", data=proof, headers=signed_in)).text
        assert (await browser.post(f"/l/{token}", data=proof, headers=signed_in)).status_code == 404
    assert (await members(mara))["Zoe"] == ("member", "active")
