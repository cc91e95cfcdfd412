"""What is for one person alone is said in their private chat, wherever they asked for it."""

from collections.abc import Sequence
from typing import Any

import pytest

from bot.commands import CommandTable
from bot.commands.declare import Call, Noun, Verb
from bot.commands.table import NOUNS
from domain.conversations.private import NOT_DONE
from domain.conversations.said import Listing, Note, Problem, Said
from domain.flow.common.legwork import Legwork
from domain.orgs.access import Permission
from tests.fixtures.linked import WORK, link
from tests.fixtures.talk import Talk

GROUP: dict[str, Any] = {"organization": "T1", "private": False}


async def _show(call: Call) -> Sequence[Said]:
    return (Listing(title="Secrets", columns=("what",), rows=((" ".join(call.words) or "none",),)),)


async def _wipe(call: Call) -> Sequence[Said]:
    call.about("secret", "all")
    return (Note(text="Wiped."),)


async def _wiped(call: Call) -> str:
    return "This wipes 3 secrets."


async def _keep(call: Call) -> Sequence[Said]:
    return (Note(text=f"Kept {call.rest()}."),)


SECRETS = Noun(
    "vault",
    "what is yours alone",
    (
        Verb("list", "all of them", "/vault list", _show, private=True),
        Verb("jobs list", "two words", "/vault jobs list", _show, private=True),
        Verb("jobs keep", "two words", "/vault jobs keep 7", _keep, Permission.WORK, private=True),
        Verb("wipe", "all gone", "/vault wipe", _wipe, Permission.OWN_DATA, private=True, confirms=_wiped),
        Verb("run", "for who runs it", "/vault run", _keep, Permission.OPERATE),
    ),
)


@pytest.fixture
def talk(talk: Talk, legwork: Legwork) -> Talk:
    table = CommandTable(legwork.settings, legwork.tools, (*NOUNS, SECRETS))
    object.__setattr__(legwork, "commands", table)
    return talk


def where(talk: Talk, text: str) -> list[str]:
    """The chats in which it was said."""
    return [call.to.chat for call in talk.chat.calls if call.said is not None and text in call.said.model_dump_json()]


async def test_in_a_private_chat_it_is_said_there(talk: Talk) -> None:
    assert (await talk.say("/vault")).one(Listing)
    assert where(talk, "Secrets") == [talk.place]


async def test_in_a_group_it_is_said_in_ones_private_chat(talk: Talk) -> None:
    await talk.say("/about")
    group = talk.other("mara", "G1", **GROUP)
    replies = await group.say("/vault")
    assert where(talk, "Secrets") == [talk.place]
    assert "private chat" in replies.one(Note).text
    assert where(talk, "in our private chat") == ["G1"]


async def test_who_has_no_private_chat_is_told_how_to_open_one(talk: Talk) -> None:
    ben = talk.other("ben", "G1", **GROUP)
    told = (await ben.say("/vault")).one(Note).text
    assert "write to me in a private chat once" in told
    assert not where(talk, "Secrets")
    await ben.other("ben", "D-ben", private=True).say("/about")
    await ben.say("/vault")
    assert where(talk, "Secrets") == ["D-ben"]


async def test_nothing_is_done_whose_answer_nobody_would_read(talk: Talk) -> None:
    await talk.say("/about")
    ben = talk.other("ben", "G1", **GROUP)
    for command, table in (("/org invite", "invitations"), ("/vault jobs keep 7", "audit_logs")):
        told = await ben.say(command)
        assert [note.text for note in told.of(Note)] == [NOT_DONE.text], command
        assert not await talk.rows(f"SELECT 1 FROM {table}")
    assert "needs the role" in (await talk.other("zoe", "G1", **GROUP).say("/org invite")).one(Problem).sentence
    await ben.other("ben", "D-ben", private=True).say("/about")
    await ben.say("/org invite")
    assert len(await talk.rows("SELECT 1 FROM invitations")) == 1
    assert where(talk, "/start i-") == ["D-ben"]


async def test_the_private_chat_of_another_person_is_none(talk: Talk) -> None:
    await talk.say("/about")
    await talk.other("ben", "G1", **GROUP).say("/vault")
    assert not where(talk, "Secrets")


async def test_a_word_of_it_is_whispered_to_who_pressed(talk: Talk) -> None:
    ben = talk.other("ben", "G1", **GROUP)
    replies = await ben.send_press("command", "vault jobs keep 7")
    assert replies.whisper == "Kept 7."
    assert not replies


async def test_verbs_have_two_words(talk: Talk) -> None:
    assert (await talk.say("/vault jobs list a b")).one(Listing).rows == (("a b",),)
    assert (await talk.say("/vault jobs")).one(Listing).rows == (("none",),)
    assert (await talk.say("/vault jobs keep 7")).one(Note).text == "Kept 7."
    problem = (await talk.say("/vault jobs lst")).one(Problem)
    assert problem.remedy == "Did you mean “/vault jobs list”?"


async def test_what_destroys_ones_own_is_asked_for_in_private(talk: Talk) -> None:
    group = talk.other("mara", "G1", **GROUP)
    assert "for you alone" in (await group.say("/vault wipe")).one(Problem).sentence
    asked = (await talk.say("/vault wipe")).one(Note)
    assert asked.text.startswith("This wipes 3 secrets.")
    assert (await talk.send_press(asked.buttons[0].action, asked.buttons[0].value)).one(Note).text == "Wiped."
    [row] = await talk.rows("SELECT action, resource_id, permission FROM audit_logs")
    assert tuple(row.values()) == ("vault.wipe", "all", "own data")


async def test_what_is_the_operators_is_refused_to_owners(talk: Talk) -> None:
    assert "for whoever runs this Legwork" in (await talk.say("/vault run")).one(Problem).sentence


async def test_of_linked_accounts_each_is_answered_in_its_own_chat_when_they_are_apart_again(talk: Talk) -> None:
    work = talk.other("mara.nowak", **WORK)
    for one in (talk, work):
        await one.say("/about")
    await link(talk, work)
    groups = talk.other("mara", "G1", **GROUP), work.other("mara.nowak", "G2", private=False)
    for linked in (True, False):
        for group in groups:
            await group.say(f"/vault list {linked}")
        account = [row[0] for row in (await talk.say("/link list")).one(Listing).rows if "mara.nowak" in row[3]]
        if account:
            await talk.say(f"/link remove {account[0]}")
    told = where(talk, "Secrets")
    assert set(told[:2]) <= {talk.place, work.place}
    assert told[2:] == [talk.place, work.place]


async def test_who_has_a_private_chat_on_another_platform_alone_is_answered_there(talk: Talk) -> None:
    work = talk.other("mara.nowak", "G2", **(WORK | {"private": False}))
    await talk.say("/about")
    await work.say("/about")
    await talk.rows(
        """UPDATE chat_identities SET user_id = (SELECT user_id FROM chat_identities WHERE platform_user_id = 'mara')
        WHERE platform_user_id = 'mara.nowak' RETURNING id"""
    )
    await talk.rows(
        """UPDATE users SET merged_into = i.user_id FROM chat_identities i
        WHERE i.platform_user_id = 'mara' AND users.id <> i.user_id RETURNING users.id"""
    )
    await talk.rows(
        """INSERT INTO organization_members (id, org_id, user_id, role)
        SELECT gen_random_uuid(), c.org_id, i.user_id, 'member' FROM chats c, chat_identities i
        WHERE c.chat = 'G2' AND i.platform_user_id = 'mara' ON CONFLICT DO NOTHING RETURNING id"""
    )
    await work.say("/vault")
    assert where(talk, "Secrets") == [talk.place]
