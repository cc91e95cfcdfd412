"""A button is of the organization that it was shown for, in whatever chat it stands and is pressed."""

from typing import Any
from uuid import UUID

import pytest

from domain import audit
from domain.audit import Actor
from domain.conversations.said import Button, Listing, Note
from domain.core import ids
from tests.fixtures.talk import Replies, Talk

TEAM: dict[str, Any] = {"organization": "T1", "organization_name": "Team", "private": False}
ACME: dict[str, Any] = {"organization": "T2", "organization_name": "Acme", "private": False}


@pytest.fixture
async def group(talk: Talk) -> Talk:
    """Mara's group, whose organization is not that of her private chat."""
    await talk.say("/about")
    group = talk.other("mara", "C1", **TEAM)
    await group.say("/about")
    return group


async def org_of(talk: Talk, chat: str) -> UUID:
    [row] = await talk.rows("SELECT org_id FROM chats WHERE chat = :chat", chat=chat)
    return row["org_id"]


async def user(talk: Talk, name: str) -> UUID:
    [row] = await talk.rows("SELECT id FROM users WHERE name = :name", name=name)
    return row["id"]


async def acts(talk: Talk, chat: str, what: str, count: int = 13) -> None:
    """So many acts of the chat's organization."""
    org_id, by = await org_of(talk, chat), await user(talk, "Mara")
    async with talk.legwork.database.transaction(org_id) as session:
        for number in range(count):
            audit.record(session, f"{what}.{number:02}", org_id=org_id, actor=Actor("person", by))


async def put_out(talk: Talk, name: str, chat: str, status: str = "removed") -> None:
    await talk.rows(
        "UPDATE organization_members SET status = :status WHERE org_id = :org AND user_id = :user RETURNING id",
        status=status,
        org=await org_of(talk, chat),
        user=await user(talk, name),
    )


def did(replies: Replies) -> list[str]:
    return [row[2].partition(".")[0] for row in replies.one(Listing).rows]


def button(replies: Replies, label: str) -> Button:
    [found] = [one for said in replies for one in getattr(said, "buttons", ()) if one.label.startswith(label)]
    return found


async def test_the_next_page_is_of_the_organization_of_the_first(talk: Talk, group: Talk) -> None:
    await acts(talk, talk.place, "mine")
    await acts(talk, "C1", "team")
    first = await group.say("/admin audit")
    assert set(did(first)) == {"team"}
    second = await talk.press_it(button(first, "More"))
    assert "team" in did(second)
    assert "mine" not in did(second)
    assert set(did(await talk.say("/admin audit action mine.01"))) == {"mine"}, "typed, it is that of the chat"


@pytest.mark.parametrize("status", ["removed", "suspended"])
async def test_who_is_no_longer_in_it_is_refused_there(talk: Talk, group: Talk, status: str) -> None:
    await acts(talk, "C1", "team")
    more = button(await group.say("/admin audit"), "More")
    await put_out(talk, "Mara", "C1", status)
    replies = await talk.press_it(more)
    assert not replies
    assert replies.whisper.startswith("You are no longer a member of Team." if status == "removed" else "Your members")
    rows = await talk.rows("SELECT action, org_id FROM audit_logs WHERE outcome = 'refused'")
    assert [tuple(row.values()) for row in rows] == [("admin.audit", await org_of(talk, "C1"))]


async def test_the_role_that_counts_is_the_one_they_have_there_now(talk: Talk, group: Talk) -> None:
    await acts(talk, "C1", "team")
    more = button(await group.say("/admin audit"), "More")
    await talk.rows(
        "UPDATE organization_members SET role = 'member' WHERE org_id = :org RETURNING id", org=await org_of(talk, "C1")
    )
    assert "needs the role admin; yours is member" in (await talk.press_it(more)).whisper


async def test_who_is_asked_about_is_one_of_that_organization(talk: Talk, group: Talk) -> None:
    for name in ("ben.hill", "ben.moor"):
        await talk.other(name, "C1", person_name="Ben", **TEAM).say("/about")
    asked = await group.say("/org suspend Ben")
    [chosen, _] = next(note for note in asked.of(Note) if "Which one?" in note.text).buttons
    assert "suspended" in (await talk.press_it(chosen)).one(Note).text
    standing = await talk.rows("SELECT org_id FROM organization_members WHERE status = 'suspended'")
    assert [row["org_id"] for row in standing] == [await org_of(talk, "C1")]
    [row] = await talk.rows("SELECT org_id FROM audit_logs WHERE action LIKE '%suspend'")
    assert row["org_id"] == await org_of(talk, "C1")


async def test_a_private_chat_that_is_switched_shows_the_rest_of_what_it_showed(talk: Talk, group: Talk) -> None:
    await acts(talk, talk.place, "mine")
    await acts(talk, "C1", "team")
    more = button(await talk.say("/admin audit"), "More")
    await talk.say("/org switch Team")
    assert "mine" in did(await talk.press_it(more))
    assert "team" in did(await talk.say("/admin audit"))


async def test_what_is_confirmed_is_destroyed_in_the_organization_that_the_card_named(talk: Talk, group: Talk) -> None:
    card = await talk.say("/org delete")
    await talk.say("/org switch Team")
    await talk.press_it(button(card, "Delete"))
    assert not await talk.rows("SELECT 1 FROM erasures WHERE org_id = :org", org=await org_of(talk, "C1"))


async def test_what_a_card_asked_is_not_done_where_its_group_was_moved(group: Talk) -> None:
    await group.other("mara", "C-acme", **ACME).say("/about")
    card = await group.say("/org delete")
    assert "belongs to Acme now" in (await group.say("/org bind Acme")).one(Note).text
    assert "another organization" in (await group.press_it(button(card, "Delete"))).whisper
    unmarked = button(card, "Delete").model_copy(update={"org_id": None})
    assert (await group.press_it(unmarked)).whisper
    assert not await group.rows("SELECT 1 FROM erasures")


async def test_where_others_read_along_no_other_organization_is_shown(talk: Talk, group: Talk) -> None:
    for number in range(12):
        await group.other(f"p{number}", "C1", **TEAM).say("/about")
    more = button(await group.say("/org members"), "More")
    other = group.other("mara", "C-acme", **ACME)
    await other.say("/about")
    replies = await other.press_it(more)
    assert not replies
    assert "another organization" in replies.whisper
    assert (await group.press_it(more)).one(Listing).rows


async def test_a_choice_of_organizations_is_about_the_chat_it_is_made_in(talk: Talk, group: Talk) -> None:
    [own] = await talk.rows("SELECT name FROM organizations WHERE id = :id", id=await org_of(talk, talk.place))
    await talk.say("/org switch Team")
    back = button(await talk.say("/org switch"), own["name"])
    assert f"works in {own['name']}" in (await talk.press_it(back)).one(Note).text
    assert "already" in (await talk.press_it(back)).one(Note).text


async def test_an_organization_that_is_made_up_is_one_that_somebody_is_not_in(talk: Talk, group: Talk) -> None:
    eve = talk.other("eve")
    await eve.say("/about")
    team = await org_of(talk, "C1")
    remove = f"org remove {ids.text('usr', await user(talk, 'Mara'))}"
    for org_id, command in ((team, "org members"), (team, remove), (UUID(int=7), "org members"), (team, "org leave")):
        forged = Button(label="More", action="command", value=command, org_id=org_id)
        assert (await eve.press_it(forged)).whisper.startswith("That button is no longer good.")
    assert not await talk.rows("SELECT 1 FROM organization_members WHERE status <> 'active'")
    refused = await talk.rows("SELECT action, org_id FROM audit_logs WHERE outcome = 'refused'")
    assert {tuple(row.values()) for row in refused} == {("commands.press", await org_of(talk, eve.place))}
    assert (await eve.say("/org members")).one(Listing), "what is pressed and said next is of the chat again"
