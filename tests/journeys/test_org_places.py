"""Which organization a private chat works in."""

from typing import Any

import pytest

from domain.conversations.said import Details, Note, Problem
from tests.factories.specs import plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

GROUP: dict[str, Any] = {"organization": "Group", "private": False}
ACME: dict[str, Any] = {"organization": "Acme", "private": False}


@pytest.fixture
async def group(talk: Talk) -> Talk:
    """Mara owns a group, and Acme, which has a channel elsewhere."""
    await talk.other("mara", "C-acme", **ACME).say("/whoami")
    group = talk.other("mara", "C-group", **GROUP)
    await group.say("/whoami")
    return group


async def organization_of(one: Talk) -> str:
    return dict((await one.say("/org show")).one(Details).fields)["name"]


async def test_a_private_chat_works_for_another_of_ones_organizations(group: Talk, script: Script) -> None:
    alone = group.other("mara", organization=None, private=True)
    asked = (await alone.say("/org switch")).one(Note)
    assert [button.label for button in asked.buttons] == ["Acme (owner)", "Group (owner)"]
    told = (await alone.send_press(asked.buttons[0].action, asked.buttons[0].value)).one(Note).text
    assert "works in Acme" in told
    assert await organization_of(alone) == "Acme"
    assert "belong to no organization" in (await alone.say("/org switch Nowhere")).one(Problem).sentence
    assert "already" in (await alone.say("/org switch acme")).one(Note).text


async def test_a_shared_chat_is_not_switched(group: Talk) -> None:
    assert "belongs to one organization" in (await group.say("/org switch Acme")).one(Problem).sentence


async def test_what_was_said_for_one_organization_stays_there(group: Talk, script: Script) -> None:
    alone = group.other("mara", organization=None, private=True)
    script.then(plan(tool("n1", "note", text="mine")))
    await alone.say("note it")
    before = (await alone.task())["org_id"]
    await alone.say("/org switch Acme")
    script.then(plan(tool("n1", "note", text="theirs")))
    await alone.say("note it")
    [own, theirs] = [row["org_id"] for row in await alone.rows("SELECT org_id FROM tasks ORDER BY id")]
    assert own == before != theirs
