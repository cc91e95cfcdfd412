"""The audit trail as admins read it: their organization's, page by page, and by what they look for."""

from uuid import UUID

import pytest

from domain.audit import Actor
from domain.conversations.said import Listing, Note, Problem
from tests.factories.audit import act, tamper
from tests.fixtures.offices import ALONE, CHANNEL, office
from tests.fixtures.talk import Talk


async def apart(talk: Talk) -> tuple[Talk, Talk]:
    """The owner of an organization in their private chat, and a member in its channel."""
    _, ben = await office(talk)
    mara = talk.other("mara", "D-mara", **ALONE)
    await mara.say("/about")
    return mara, ben


async def org_of(talk: Talk) -> UUID:
    [row] = await talk.rows("SELECT id FROM organizations WHERE id IN (SELECT org_id FROM chats WHERE chat = 'C1')")
    return row["id"]


async def user(talk: Talk, name: str) -> UUID:
    [row] = await talk.rows("SELECT id FROM users WHERE name = :name", name=name)
    return row["id"]


def did(listing: Listing) -> list[tuple[str, str, str]]:
    """Who did what, and whether it was refused."""
    return [(row[1], row[2], row[4]) for row in listing.rows]


async def trail(talk: Talk, words: str) -> list[tuple[str, str, str]]:
    return did((await talk.say(f"/admin audit {words}")).one(Listing))


async def test_it_says_who_did_what_and_what_was_refused_the_newest_first(talk: Talk) -> None:
    mara, ben = await apart(talk)
    await mara.say("/tools disable note")
    await ben.say("/tools enable note")
    assert await trail(mara, "") == [
        ("Ben", "tools.enable", "refused"),
        ("Mara", "tools.disable", ""),
    ]


async def test_it_is_for_admins_of_the_organization_and_reading_it_changes_nothing(talk: Talk) -> None:
    mara, ben = await apart(talk)
    problem = (await ben.say("/admin audit")).one(Problem)
    assert problem.sentence == "`/admin audit` needs the role admin; yours is member."
    await trail(mara, "")
    assert [row[1] for row in await trail(mara, "")] == ["admin.audit"], "the refusal alone is on the trail"


async def test_others_do_not_read_along(talk: Talk) -> None:
    await apart(talk)
    asked = talk.other("mara", "C1", **CHANNEL)
    told = await asked.say("/admin audit")
    assert [said.text for said in told.of(Note)] == ["I have answered you in our private chat."]
    [row] = await talk.rows(
        """SELECT c.chat FROM outbound_messages o JOIN chats c ON c.id = o.chat_id
        WHERE o.body->>'type' = 'listing'"""
    )
    assert row["chat"] == "D-mara"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("actor @Ben", ["tasks.stop", "tasks.show"]),
        ("actor Ben action tasks.stop", ["tasks.stop"]),
        ("action TASKS.STOP", ["tasks.stop", "tasks.stop"]),
        ("refused", ["tasks.show"]),
        ("since 1h", ["tasks.stop", "tasks.show"]),
        ("since 2d", ["tasks.stop", "tasks.show", "tasks.stop"]),
        ("refused since 2d actor @mara", []),
    ],
)
async def test_it_is_looked_through_by_who_what_when_and_whether_it_was_refused(
    talk: Talk, words: str, found: list[str]
) -> None:
    mara, _ = await apart(talk)
    database, org = talk.legwork.database, await org_of(talk)
    ben, ana = Actor("person", await user(talk, "Ben")), Actor("person", await user(talk, "Mara"))
    await act(database, "tasks.stop", org, actor=ana)
    await tamper(database, "UPDATE audit_logs SET created_at = now() - interval '1 day'")
    await act(database, "tasks.show", org, actor=ben, outcome="refused")
    await act(database, "tasks.stop", org, actor=ben)
    assert [row[1] for row in await trail(mara, words)] == found


async def test_it_pages_to_the_first_row_and_keeps_to_what_was_asked_for(talk: Talk) -> None:
    mara, _ = await apart(talk)
    database, org = talk.legwork.database, await org_of(talk)
    for number in range(23):
        await act(database, "tasks.stop", org, resource=("task", number))
        await act(database, "tasks.show", org)
    [listing] = (await mara.say("/admin audit action tasks.stop")).of(Listing)
    seen = [row[3] for row in listing.rows]
    while listing.buttons:
        [listing] = (await mara.send_press(listing.buttons[0].action, listing.buttons[0].value)).of(Listing)
        seen += [row[3] for row in listing.rows]
    assert seen == [f"task {number}" for number in reversed(range(23))]


async def test_another_organization_and_the_platform_are_not_in_it(talk: Talk) -> None:
    mara, _ = await apart(talk)
    await act(talk.legwork.database, "health.failed")
    await talk.other("zoe").say("/tools disable note")
    assert await trail(mara, "") == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("yesterday", "“yesterday” is nothing to look for in the trail."),
        ("since yesterday", "“yesterday” is no span of time."),
        ("actor @Nobody", "There is nobody called “@Nobody”."),
        ("actor", "“actor” is nothing to look for in the trail."),
        ("before yesterday audit_x", "“yesterday” is no moment of a list."),
        ("before 2026-12-01T10:00:00+00:00 audit_x", "“audit_x” is no audit identifier."),
        ("since 9999w", None),
    ],
)
async def test_what_cannot_be_looked_for_is_said_in_a_sentence(talk: Talk, words: str, sentence: str | None) -> None:
    mara, _ = await apart(talk)
    said = await mara.say(f"/admin audit {words}")
    if sentence is None:
        assert said.of(Listing)
    else:
        assert said.one(Problem).sentence == sentence


async def test_of_what_was_changed_what_it_was_and_is_are_shown(talk: Talk) -> None:
    mara, _ = await apart(talk)
    details = {"role": ["viewer", "member"], "status": ["active", "active"], "standing": [None, "guest"]}
    await act(talk.legwork.database, "member.role", await org_of(talk), details=details)
    row, *_ = (await mara.say("/admin audit")).one(Listing).rows
    assert row[5] == "role: viewer → member, standing: - → guest"


async def test_erased_details_are_shown_as_erased(talk: Talk) -> None:
    mara, _ = await apart(talk)
    await act(talk.legwork.database, "tools.disable", await org_of(talk), details={"tool": "note"})
    await act(talk.legwork.database, "tools.enable", await org_of(talk))
    await tamper(talk.legwork.database, "UPDATE audit_logs SET details = NULL WHERE action = 'tools.enable'")
    [listing] = (await mara.say("/admin audit")).of(Listing)
    assert [row[5] for row in listing.rows] == ["(erased)", "tool: note"]
