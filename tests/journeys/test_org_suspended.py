"""Whose membership is suspended, and who is let in again as what they were."""

from typing import Any

import pytest

from domain.conversations.said import Listing, Note, Problem
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

CHANNEL: dict[str, Any] = {"organization": "T1", "private": False}
SUSPENDED = "Your membership of this workspace is suspended."


async def there(talk: Talk, name: str, **more: Any) -> Talk:
    """Somebody who writes in the channel; the first owns it."""
    one = talk.other(name, "C1", **CHANNEL | more)
    await one.say("/whoami")
    return one


@pytest.fixture
async def mara(talk: Talk) -> Talk:
    """Who owns it; she has a private chat, and reads there what is for her alone."""
    mara = await there(talk, "mara")
    await talk.other("mara").say("/whoami")
    return mara


@pytest.fixture
async def ben(mara: Talk) -> Talk:
    return await there(mara, "ben")


def told(mara: Talk) -> str:
    """What was said last where she alone reads."""
    return next(str(call.said) for call in reversed(mara.chat.calls) if call.to.chat == "dm-mara")


async def standings(mara: Talk) -> dict[str, tuple[str, str]]:
    listing = (await mara.say("/org members")).one(Listing)
    return {str(row[1]): (str(row[2]), str(row[3])) for row in listing.rows}


async def test_who_is_suspended_has_nothing_done_until_they_are_let_in_as_what_they_were(
    mara: Talk, ben: Talk, script: Script
) -> None:
    await mara.say("/org role Ben admin")
    await mara.say("/org suspend @Ben")
    assert "Ben is suspended" in told(mara)
    assert SUSPENDED in (await ben.say("summarise the week")).whisper
    assert not script.requests
    assert await standings(mara) == {"Mara": ("owner", "active"), "Ben": ("admin", "suspended")}
    await mara.say("/org restore Ben")
    assert "Ben is admin here again" in told(mara)
    assert (await ben.say("/org members")).one(Listing)


@pytest.mark.parametrize(
    ("before", "now", "serves"),
    [("stranger", "stranger", "no"), ("member", "stranger", "no"), ("member", "gone", "yes")],
)
async def test_who_is_no_member_by_the_platform_is_not_made_one_by_the_way(
    mara: Talk, before: str, now: str, serves: str
) -> None:
    """They never were one, or have gone while they were suspended."""
    await there(mara, "sam", standing=before)
    await mara.say("/org suspend Sam")
    await there(mara, "sam", standing=now)
    await mara.say(f"/org settings strangers {serves}")
    refused = (await mara.say("/org restore Sam")).one(Problem)
    assert refused.sentence == "By the platform they are no member of what this organization stands for."
    assert (await standings(mara))["Sam"] == ("member", "suspended")


async def test_a_stranger_is_let_in_again_where_those_are_served(mara: Talk) -> None:
    sam = await there(mara, "sam", standing="stranger")
    await mara.say("/org settings strangers yes")
    await mara.say("/org suspend Sam")
    await mara.say("/org restore Sam")
    assert (await sam.say("/whoami", standing="stranger")).last


async def test_it_is_written_down_who_did_so(mara: Talk, ben: Talk) -> None:
    await mara.say("/org suspend Ben")
    await mara.say("/org restore Ben")
    [decided] = await mara.rows(
        "SELECT d.name, m.decided_at FROM organization_members m JOIN users u ON u.id = m.user_id "
        "JOIN users d ON d.id = m.decided_by WHERE u.name = 'Ben'"
    )
    assert (decided["name"], decided["decided_at"] is not None) == ("Mara", True)
    rows = await mara.rows("SELECT action, details -> 'status' AS status FROM audit_logs WHERE action LIKE 'member.%' "
                           "ORDER BY id")  # fmt: skip
    assert [(row["action"], row["status"]) for row in rows] == [
        ("member.suspend", ["active", "suspended"]),
        ("member.take_in", ["suspended", "active"]),
    ]


async def test_who_has_no_private_chat_is_told_where_they_would_read_the_answer(talk: Talk) -> None:
    """And nothing is done until they do: what became of it nobody would read."""
    mara = await there(talk, "mara")
    ben = await there(talk, "ben")
    told = (await mara.say("/org suspend Ben")).one(Note).text
    assert told.startswith("What I answer to that is for you alone, and we have no private chat yet.")
    assert "Nothing was done" in told
    assert not (await ben.say("/about")).whispers
    await mara.other("mara", "D-mara", organization=None, private=True).say("/about")
    await mara.say("/org suspend Ben")
    assert SUSPENDED in (await ben.say("hello")).whisper


async def test_who_may_not_is_refused(mara: Talk, ben: Talk) -> None:
    zoe = await there(mara, "zoe")
    await ben.other("ben", "D-ben", organization=None, private=True).say("/about")
    for command in ("suspend Zoe", "restore Zoe"):
        assert "needs the role admin; yours is member" in (await ben.say(f"/org {command}")).one(Problem).sentence
    await mara.say("/org role Ben admin")
    assert "is for an owner to say" in (await ben.say("/org suspend Mara")).one(Problem).sentence
    await mara.say("/org role Zoe admin")
    await mara.say("/org suspend Zoe")
    assert "is for an owner to say" in (await ben.say("/org restore Zoe")).one(Problem).sentence
    assert SUSPENDED in (await zoe.say("hello")).whisper


@pytest.mark.parametrize(
    ("before", "command", "sentence"),
    [
        ("", "suspend Mara", "That is you."),
        ("", "suspend Nobody", "There is nobody called “Nobody” here."),
        ("", "suspend", "Say whom too."),
        ("", "restore", "Say whom too."),
        ("", "restore Ben", "Ben is not suspended here."),
        ("", "restore Mara", "Mara is not suspended here."),
        ("/org suspend Ben", "suspend Ben", "Ben is suspended already here."),
        ("/org remove Ben", "suspend Ben", "Ben is removed here."),
        ("/org remove Ben", "restore Ben", "Ben is removed here."),
        ("/org suspend Ben", "invite Ben", "Ben is suspended here."),
    ],
)
async def test_what_cannot_be_is_told_in_one_sentence(
    mara: Talk, ben: Talk, before: str, command: str, sentence: str
) -> None:
    if before:
        await mara.say(before)
    was = await standings(mara)
    assert (await mara.say(f"/org {command}")).one(Problem).sentence == sentence
    assert await standings(mara) == was


async def test_of_two_of_one_name_it_is_asked_which(mara: Talk, ben: Talk) -> None:
    await there(mara, "ben2")
    await mara.rows("UPDATE users SET name = 'Ben Hill' WHERE name IN ('Ben', 'Ben2') RETURNING id")
    await mara.say("/org suspend ben")
    asked = next(call.said for call in reversed(mara.chat.calls) if call.to.chat == "dm-mara")
    assert isinstance(asked, Note)
    assert "may be 2 people" in asked.text
    await mara.other("mara", organization=None, private=True).press_it(asked.buttons[1])  # a chat of her own
    rows = await mara.rows("SELECT status FROM organization_members m JOIN users u ON u.id = m.user_id "
                           "WHERE u.name = 'Ben Hill' ORDER BY status")  # fmt: skip
    assert [row["status"] for row in rows] == ["active", "suspended"]


async def test_of_two_of_one_name_one_is_pressed_where_nobody_reads_along(mara: Talk, ben: Talk) -> None:
    await there(mara, "ben2")
    await mara.rows("UPDATE users SET name = 'Ben Hill' WHERE name IN ('Ben', 'Ben2') RETURNING id")
    desk = mara.other("mara")
    await desk.say("/org switch T1")
    asked = (await desk.say("/org suspend ben")).one(Note)
    await desk.send_press(asked.buttons[1].action, asked.buttons[1].value)
    rows = await mara.rows("SELECT status FROM organization_members m JOIN users u ON u.id = m.user_id "
                           "WHERE u.name = 'Ben Hill' ORDER BY status")  # fmt: skip
    assert [row["status"] for row in rows] == ["active", "suspended"]
