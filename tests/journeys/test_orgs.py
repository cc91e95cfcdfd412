"""An organization as people run it: who belongs to it, what they may, how it is set, and who keeps an owner."""

import asyncio
from typing import Any

import pytest

from domain.audit import OPERATOR
from domain.conversations.said import Details, Listing, Note, Problem
from domain.core import ids
from domain.core.text import literal
from domain.orgs import repository, service
from tests.factories.jobs import blocked
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

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
    assert (shown["approvals"], shown["strangers"]) == ("own", "no")


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


@pytest.mark.parametrize("named", ["@Ben", "ben", "BEN", "id", "short id"])
async def test_a_role_is_given_by_name_or_by_id(mara: Talk, named: str) -> None:
    [ben] = await joined(mara, "ben")
    [row] = await mara.rows("SELECT id FROM users WHERE name = 'Ben'")
    written = {"id": ids.text("usr", row["id"]), "short id": ids.short("usr", row["id"])}.get(named, named)
    assert "Ben is admin now" in (await mara.say(f"/org role {written} admin")).one(Note).text
    assert await role_of(ben) == "admin"


@pytest.mark.parametrize("written", ["short id", "zoe@acme.com", "zoe"])
async def test_nobody_is_taken_for_another_by_what_they_call_themselves(mara: Talk, written: str) -> None:
    """Whoever takes another's name may be asked about beside them; whoever takes their id is not even that."""
    _, eve = await joined(mara, "zoe", "eve")
    [row] = await mara.rows(
        "UPDATE users SET name = 'Zoe Hill', email = 'zoe@acme.com' WHERE name = 'Zoe' RETURNING id"
    )
    written = ids.short("usr", row["id"]) if written == "short id" else written
    await mara.other("eve").say(f"/profile set name {written}")
    answered = (await mara.say(f"/org role {written} admin")).one(Note).text
    assert await role_of(eve) == "member"
    assert answered.startswith("Zoe Hill is admin now") or "may be 2 people here" in answered


async def test_of_two_of_one_name_it_is_asked_which(mara: Talk) -> None:
    one, other = await joined(mara, "ben", "ben2")
    await mara.rows("UPDATE users SET name = 'Ben Hill' WHERE name IN ('Ben', 'Ben2') RETURNING id")
    asked = (await mara.say("/org role ben viewer")).one(Note)
    assert "may be 2 people" in asked.text
    await mara.send_press(asked.buttons[1].action, asked.buttons[1].value)
    assert sorted([await role_of(one), await role_of(other)]) == ["member", "viewer"]


async def test_nobody_by_that_name_is_told_so(mara: Talk) -> None:
    for command in ("/org role Nobody admin", "/org remove Nobody"):
        assert "nobody called “Nobody”" in (await mara.say(command)).one(Problem).sentence


async def test_nobody_gives_or_takes_a_role_above_their_own(mara: Talk) -> None:
    ben, _ = await joined(mara, "ben", "zoe")
    await mara.say("/org role Ben admin")
    for refused in ("role Zoe admin", "role Zoe owner", "role Ben owner", "role Mara member", "remove Mara"):
        assert "is for an owner to say" in (await ben.say(f"/org {refused}")).one(Problem).sentence, refused
    assert "Zoe is viewer now" in (await ben.say("/org role Zoe viewer")).one(Note).text
    assert await role_of(mara) == "owner"


async def test_an_admin_may_step_down(mara: Talk) -> None:
    [ben] = await joined(mara, "ben")
    await mara.say("/org role Ben admin")
    assert "Ben is member now" in (await ben.say("/org role Ben member")).one(Note).text


async def test_the_last_owner_can_neither_go_nor_step_down(mara: Talk) -> None:
    await joined(mara, "ben")
    for command in ("/org leave", "/org role Mara admin"):
        problem = (await mara.say(command)).one(Problem)
        assert "last owner" in problem.sentence
    await mara.say("/org role Ben owner")
    assert "Mara is admin now" in (await mara.say("/org role Mara admin")).one(Note).text


async def test_of_two_owners_who_go_at_once_one_stays(mara: Talk) -> None:
    [ben] = await joined(mara, "ben")
    await mara.say("/org role Ben owner")
    await asyncio.gather(mara.tell("/org leave"), ben.tell("/org leave"))
    await mara.settle()
    owners = await mara.rows("SELECT id FROM organization_members WHERE role = 'owner' AND status = 'active'")
    assert len(owners) == 1


@pytest.mark.parametrize("command", ["/org role Ana viewer", "/org remove Ana"])
async def test_who_is_put_out_while_their_command_waits_does_nothing_more(mara: Talk, command: str) -> None:
    [ben, _] = await joined(mara, "ben", "ana")
    await mara.say("/org role Ben admin")
    [org] = await mara.rows("SELECT org_id, user_id FROM organization_members m JOIN users u ON u.id = m.user_id "
                            "WHERE u.name = 'Ben'")  # fmt: skip
    async with mara.legwork.database.system("a test") as session:
        await repository.hold(session, org["org_id"])
        going = asyncio.create_task(ben.say(command))
        await eventually(lambda: blocked(mara.legwork.database))
        await service.remove(session, org["org_id"], org["user_id"], by=OPERATOR)
    assert not (await going).of(Note)
    rows = await mara.rows("SELECT role, status FROM organization_members m JOIN users u ON u.id = m.user_id "
                           "WHERE u.name = 'Ana'")  # fmt: skip
    assert [(row["role"], row["status"]) for row in rows] == [("member", "active")]


async def test_who_was_removed_is_kept_out_at_once(mara: Talk, script: Script) -> None:
    [ben] = await joined(mara, "ben")
    assert "Ben is removed" in (await mara.say("/org remove Ben")).one(Note).text
    assert "no longer a member" in (await ben.say("summarise the week")).whisper
    assert not script.requests
    listing = (await mara.say("/org members")).one(Listing)
    assert {(row[1], row[3]) for row in listing.rows} == {("Mara", "active"), ("Ben", "removed")}


async def test_who_leaves_is_no_member_any_more(mara: Talk) -> None:
    [ben] = await joined(mara, "ben")
    assert "You have left" in (await ben.say("/org leave")).one(Note).text
    assert "no longer a member" in (await ben.say("/tasks")).whisper


async def test_settings_are_shown_changed_and_checked(mara: Talk) -> None:
    assert "admins from now on" in (await mara.say("/org settings approvals admins")).one(Note).text
    assert dict((await mara.say("/org show")).one(Details).fields)["approvals"] == "admins"
    assert "cannot be “everybody”" in (await mara.say("/org settings approvals everybody")).one(Problem).sentence
    assert "no setting" in (await mara.say("/org settings colour red")).one(Problem).sentence
    await mara.say("/org settings name Hill & Sons")
    assert dict((await mara.say("/org show")).one(Details).fields)["name"] == "Hill & Sons"
    assert "80 characters" in (await mara.say(f"/org settings name {'x' * 81}")).one(Problem).sentence


async def test_what_was_changed_is_in_the_audit_trail(mara: Talk) -> None:
    await joined(mara, "ben")
    await mara.say("/org role Ben viewer")
    await mara.say("/org remove Ben")
    await mara.say("/org settings strangers yes")
    actions = [row["action"] for row in await mara.rows("SELECT action FROM audit_logs ORDER BY id")]
    for action in ("member.role", "member.remove", "org.strangers"):
        assert actions.count(action) == 1, action


MARKED = "[Pay](https://evil.example) *now*"


async def test_a_name_shows_nothing_but_itself(mara: Talk) -> None:
    await joined(mara, "ben")
    [ben] = await mara.rows("UPDATE users SET name = :name WHERE name = 'Ben' RETURNING id", name=MARKED)
    who = ids.text("usr", ben["id"])
    for command in (f"/org role {who} viewer", f"/org remove {who}", f"/org settings name {MARKED}", "/org delete"):
        assert literal(MARKED) in (await mara.say(command)).one(Note).text, command
    alone = mara.other("mara", organization=None, private=True)
    for command in (f"/org switch {MARKED}", "/org switch"):
        assert literal(MARKED) in (await alone.say(command)).one(Note).text, command


async def test_a_name_stands_as_it_is_where_nothing_counts_as_a_mark(mara: Talk) -> None:
    [ben] = await joined(mara, "ben")
    await mara.say(f"/org settings name {MARKED}")
    await mara.say("/org remove Ben")
    assert (await ben.say("hello")).whisper == f"You are no longer a member of {MARKED}. An admin can invite you again."
    assert "no thread “a*bcd” of yours" in (await mara.say("/threads use a*bcd")).one(Problem).sentence
