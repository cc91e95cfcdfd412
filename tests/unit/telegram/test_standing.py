"""How people stand in a group, by Telegram's word: asked once, and followed when it changes."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.factories.specs import reply
from tests.fakes.telegram import group, person
from tests.fakes.telegram.world import Chat
from tests.fixtures.legwork import Script
from tests.fixtures.waiting import eventually
from tests.unit.telegram.conversation import Conversation


async def members(conversation: Conversation) -> dict[str, tuple[str, str]]:
    async with conversation.worker.legwork.database.system("a test") as session:
        rows = await session.all(
            text("""SELECT u.name, m.role, m.status FROM organization_members m JOIN users u ON u.id = m.user_id
            JOIN organizations o ON o.id = m.org_id WHERE o.slug LIKE 'telegram-group:%' ORDER BY m.id""")
        )
    return {row["name"]: (row["role"], row["status"]) for row in rows}


def seat(conversation: Conversation, team: Chat, name: str, status: str) -> None:
    """Somebody who stands so takes the seat."""
    conversation.seat = person(conversation.fake, name).at(team)
    team.ranks[conversation.seat.user["id"]] = status


@pytest.mark.parametrize(
    ("status", "member"),
    [
        ("creator", ("owner", "active")),
        ("administrator", ("admin", "active")),
        ("member", ("member", "active")),
        ("restricted", ("member", "active")),
        ("left", ("member", "stranger")),
    ],
)
async def test_the_first_to_write_is_what_telegram_says(
    conversation: Conversation, script: Script, status: str, member: tuple[str, str]
) -> None:
    script.then(reply("Hello."))
    seat(conversation, group(conversation.fake), "Mara", status)
    await conversation.say("@legwork_bot hello")
    assert await members(conversation) == {"Mara": member}
    assert len(script.requests) == (member[1] == "active")


@pytest.mark.parametrize("started", [True, False])
async def test_a_stranger_is_told_in_their_own_chat_or_where_they_wrote(
    conversation: Conversation, script: Script, started: bool
) -> None:
    team = group(conversation.fake)
    seat(conversation, team, "Zoe", "left")
    alone = conversation.fake.world.chats[conversation.seat.user["id"]]
    if not started:
        del conversation.fake.world.chats[alone.id]
    for _ in range(2):
        await conversation.say("@legwork_bot hello")
    told = [[one["text"] for one in chat.sent(conversation.fake.world.bot["id"])] for chat in (alone, team)]
    sentence = "Here I work for members of Team only. One of its admins can invite you."
    assert told == ([[sentence], []] if started else [[], [sentence]])
    assert not script.requests


async def test_a_stranger_is_told_once_of_what_comes_as_several_updates(
    conversation: Conversation, script: Script
) -> None:
    seat(conversation, group(conversation.fake), "Zoe", "left")
    told = [
        await conversation.does(
            lambda: conversation.seat.album([("a.csv", b"1"), ("b.csv", b"2")], caption="@legwork_bot compare these")
        )
        for _ in range(2)
    ]
    assert [len(messages) for messages in told] == [0, 0], "it is said to them alone"
    alone = conversation.fake.world.chats[conversation.seat.user["id"]]
    assert len(alone.sent(conversation.fake.world.bot["id"])) == 1
    assert not script.requests


async def test_telegram_is_asked_once_however_much_is_said(conversation: Conversation, script: Script) -> None:
    script.then(*[reply("Yes.")] * 4)
    seat(conversation, group(conversation.fake), "Mara", "administrator")
    for _ in range(4):
        await conversation.say("@legwork_bot are you there?")
    assert len(conversation.fake.calls("getChatMember")) == 1
    assert await members(conversation) == {"Mara": ("admin", "active")}


async def test_nobody_owns_a_group_because_telegram_did_not_answer(conversation: Conversation, script: Script) -> None:
    conversation.seat = conversation.seat.at(group(conversation.fake))
    conversation.fake.world.users.clear()
    await conversation.say("/whoami@legwork_bot")
    assert [role for role, _ in (await members(conversation)).values()] in (["viewer"], ["member"])


@pytest.mark.parametrize(
    ("status", "became"),
    [
        ("administrator", ("admin", "active")),
        ("kicked", ("member", "stranger")),
        ("left", ("member", "stranger")),
        ("creator", ("owner", "active")),
    ],
)
async def test_a_change_is_followed_when_telegram_tells_it(
    conversation: Conversation, script: Script, status: str, became: tuple[str, str]
) -> None:
    script.then(reply("Hello."))
    seat(conversation, group(conversation.fake), "Mara", "member")
    await conversation.say("@legwork_bot hello")
    conversation.seat.becomes(status)
    await conversation.settle()

    async def followed() -> bool:
        return await members(conversation) == {"Mara": became}

    await eventually(followed)


async def test_what_this_process_has_known_for_a_while_undoes_nothing_that_another_has_heard(
    conversation: Conversation, script: Script
) -> None:
    script.then(*[reply("Hello.")] * 2)
    team = group(conversation.fake)
    seat(conversation, team, "Mara", "administrator")
    await conversation.say("@legwork_bot hello")
    team.ranks[conversation.seat.user["id"]] = "member"
    async with conversation.worker.legwork.database.system("a test") as session:
        await session.execute(text("UPDATE organization_members SET role = 'member', standing = 'member'"))
    await conversation.say("@legwork_bot hello")
    assert await members(conversation) == {"Mara": ("member", "active")}


async def test_a_change_that_telegram_brings_late_undoes_nothing_newer(
    conversation: Conversation, script: Script
) -> None:
    script.then(reply("Hello."))
    team = group(conversation.fake)
    seat(conversation, team, "Mara", "member")
    await conversation.say("@legwork_bot hello")
    conversation.seat.becomes("administrator")
    team.ranks[conversation.seat.user["id"]] = "left"

    async def followed() -> bool:
        return await members(conversation) == {"Mara": ("member", "stranger")}

    await eventually(followed)


async def test_who_comes_back_to_the_group_is_a_member_again(conversation: Conversation, script: Script) -> None:
    script.then(reply("Hello."), reply("Back."))
    seat(conversation, group(conversation.fake), "Mara", "member")
    await conversation.say("@legwork_bot hello")
    for status in ("left", "member"):
        conversation.seat.becomes(status)
    [answer] = await conversation.say("@legwork_bot hello")
    assert answer["text"] == "Back."


@pytest.mark.parametrize("told", [("to",), ("from",), ("to", "from"), ("from", "to"), ()], ids="-".join)
async def test_a_group_that_becomes_a_supergroup_keeps_its_owner_whoever_writes_first(
    conversation: Conversation, script: Script, told: Any
) -> None:
    script.then(reply("Hello."), *[reply("Hello, Ben.")] * 2)
    before = group(conversation.fake, kind="group", privacy=False)
    seat(conversation, before, "Mara", "creator")
    await conversation.say("@legwork_bot hello")
    mara = conversation.seat
    now = mara.upgrade(heard=())
    conversation.seat = person(conversation.fake, "Ben").at(now)
    await conversation.say("@legwork_bot hello")
    assert (await members(conversation))["Ben"] == ("member", "active"), "he is no owner, not even for a moment"
    service = {"to": next(reversed(before.messages.values())), "from": next(iter(now.messages.values()))}
    for each in told or ("to",):
        conversation.fake.happens("message", service[each])
        await conversation.settle()
    async with conversation.worker.legwork.database.system("a test") as session:
        rows = await session.all(
            text("""SELECT o.slug, u.name, m.role FROM chats c JOIN organizations o ON o.id = c.org_id
            JOIN organization_members m ON m.org_id = o.id JOIN users u ON u.id = m.user_id
            WHERE c.chat = :chat ORDER BY m.id"""),
            {"chat": str(now.id)},
        )
    slug = f"telegram-group:{before.id}"
    assert [tuple(row.values()) for row in rows] == [(slug, "Mara", "owner"), (slug, "Ben", "member")]
