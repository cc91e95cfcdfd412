"""An organization as people run it: who belongs to it, what they may, how it is set, and who keeps an owner."""

from typing import Any

import pytest

from domain.conversations.said import Details, Listing, Note, Problem
from tests.fixtures.talk import Talk

CHANNEL: dict[str, Any] = {"organization": "T1", "private": False}


@pytest.fixture
async def mara(talk: Talk) -> Talk:
    """The first here, who owns it."""
    mara = talk.other("mara", "C1", **CHANNEL)
    await mara.say("/whoami")
    return mara


async def joined(mara: Talk, *people: str) -> list[Talk]:
    """Others who write there."""
    there = [mara.other(person) for person in people]
    for one in there:
        one.place = mara.place
        await one.say("/whoami")
    return there


async def role_of(one: Talk) -> str:
    return dict((await one.say("/whoami")).one(Details).fields)["role"]


async def test_show_says_what_it_is_and_what_one_is_there(mara: Talk) -> None:
    await joined(mara, "ben", "zoe")
    shown = dict((await mara.say("/org show")).one(Details).fields)
    assert shown["you are"] == "owner"
    assert shown["members"] == "1 owner, 2 members"
    assert shown["approvals"] == "own"


async def test_members_are_listed_page_by_page_without_gaps(mara: Talk) -> None:
    await joined(mara, *(f"person{number:02}" for number in range(23)))
    seen: list[str] = []
    listing = (await mara.say("/org members")).one(Listing)
    while True:
        seen += [row[1] for row in listing.rows]
        assert {row[3] for row in listing.rows} == {"active"}
        if not listing.buttons:
            break
        listing = (await mara.send_press(listing.buttons[0].action, listing.buttons[0].value)).one(Listing)
    assert seen == [f"Person{number:02}" for number in reversed(range(23))] + ["Mara"]


async def test_who_is_a_member_sees_no_list_of_members(mara: Talk) -> None:
    [ben] = await joined(mara, "ben")
    assert "needs the role admin; yours is member" in (await ben.say("/org members")).one(Problem).sentence


async def test_settings_are_shown_changed_and_checked(mara: Talk) -> None:
    assert "admins from now on" in (await mara.say("/org settings approvals admins")).one(Note).text
    assert dict((await mara.say("/org show")).one(Details).fields)["approvals"] == "admins"
    assert "cannot be “everybody”" in (await mara.say("/org settings approvals everybody")).one(Problem).sentence
    assert "no setting" in (await mara.say("/org settings colour red")).one(Problem).sentence
    await mara.say("/org settings name Hill & Sons")
    assert dict((await mara.say("/org show")).one(Details).fields)["name"] == "Hill & Sons"
    assert "80 characters" in (await mara.say(f"/org settings name {'x' * 81}")).one(Problem).sentence
