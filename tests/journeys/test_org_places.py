"""Which organization a chat belongs to: a private one is switched, a shared one is moved with all that is in it."""

from typing import Any

import pytest

from domain.conversations import chats
from domain.conversations.said import Details, Listing, Note, Problem
from domain.core.queue import Queue, bring_back
from domain.maintenance import service as maintenance
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

GROUP: dict[str, Any] = {"organization": "Group", "private": False}
ACME: dict[str, Any] = {"organization": "Acme", "private": False}

IN_THREADS = "SELECT id FROM threads WHERE chat_id = :chat"


@pytest.fixture
async def group(talk: Talk) -> Talk:
    """Mara owns a group, and Acme, which has a channel elsewhere."""
    await talk.other("mara", "C-acme", **ACME).say("/whoami")
    group = talk.other("mara", "C-group", **GROUP)
    await group.say("/whoami")
    return group


async def organization_of(one: Talk) -> str:
    return dict((await one.say("/org show")).one(Details).fields)["name"]


async def test_a_group_is_moved_with_its_threads_and_tasks(group: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="hello")))
    await group.say("note it")
    assert "belongs to Acme now" in (await group.say("/org bind Acme")).one(Note).text
    assert await organization_of(group) == "Acme"
    [acme] = await group.rows("SELECT id FROM organizations WHERE name = 'Acme'")
    hangs = {
        "threads": "chat_id = :chat",
        "messages": f"thread_id IN ({IN_THREADS})",
        "outbound_messages": "chat_id = :chat",
        "tasks": f"thread_id IN ({IN_THREADS})",
        "task_steps": f"task_id IN (SELECT id FROM tasks WHERE thread_id IN ({IN_THREADS}))",
        "tool_executions": f"task_id IN (SELECT id FROM tasks WHERE thread_id IN ({IN_THREADS}))",
    }
    [chat] = await group.rows("SELECT id FROM chats WHERE chat = 'C-group'")
    for table, where in hangs.items():
        rows = await group.rows(f"SELECT DISTINCT org_id FROM {table} WHERE {where}", chat=chat["id"])
        assert {row["org_id"] for row in rows} == {acme["id"]}, table
    script.then(reply("Done so far: a note."))
    assert (await group.say("what did you do?")).last.text == "Done so far: a note."


async def test_what_waits_there_goes_on_after_the_move(group: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(tool("n1", "send", to="ben", text="hello")))
    await group.say("write to Ben")
    assert "belongs to Acme now" in (await group.say("/org bind Acme")).one(Note).text
    assert (await group.press("Approve")).last.text == "send: hello"
    assert len(rehearsal.calls) == 1


async def test_what_is_said_while_a_group_is_moved_is_done_where_it_goes(group: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="hello")))
    [chat] = await group.rows("SELECT id, org_id FROM chats WHERE chat = 'C-group'")
    [acme] = await group.rows("SELECT id FROM organizations WHERE name = 'Acme'")
    async with group.legwork.database.system("a test") as session:
        await chats.bind(session, chat["id"], acme["id"])
        with group.worker.away():
            await group.tell("note it")  # it is heard as the chat was before
    assert (await group.settle()).last.text == "note: hello"
    for table in ("messages", "tasks", "task_steps"):
        assert not await group.rows(f"SELECT 1 FROM {table} WHERE org_id = :before", before=chat["org_id"]), table


async def test_it_is_for_who_is_admin_of_both(group: Talk) -> None:
    ben = group.other("ben", "C-group", **GROUP)
    await ben.say("/whoami")
    assert "needs the role admin" in (await ben.say("/org bind Acme")).one(Problem).sentence
    await group.rows(
        "UPDATE organization_members SET role = 'admin' WHERE user_id = (SELECT id FROM users WHERE name = 'Ben') "
        "RETURNING id"
    )
    assert "belong to no organization “Acme”" in (await ben.say("/org bind Acme")).one(Problem).sentence
    await group.other("ben", "C-acme", **ACME).say("/whoami")
    assert "needs the role admin there; yours is member" in (await ben.say("/org bind Acme")).one(Problem).sentence
    assert await organization_of(group) == "Group"


@pytest.mark.parametrize("status", ["removed", "suspended"])
async def test_who_was_put_out_of_a_group_is_out_where_it_goes(group: Talk, status: str) -> None:
    ben = group.other("ben", "C-group", **GROUP)
    await ben.say("/whoami")
    await group.rows(
        """UPDATE organization_members SET status = :status, decided_at = now()
        WHERE user_id = (SELECT id FROM users WHERE name = 'Ben') RETURNING id""",
        status=status,
    )
    await group.say("/org bind Acme")
    assert not (await ben.say("/tasks")).of(Listing)
    rows = await group.rows(
        """SELECT m.status FROM organization_members m JOIN organizations o ON o.id = m.org_id AND o.slug = 'Acme'
        JOIN users u ON u.id = m.user_id AND u.name = 'Ben'"""
    )
    assert [row["status"] for row in rows] == [status]


async def test_who_is_a_member_where_a_group_goes_stays_one(group: Talk) -> None:
    await group.other("ben", "C-acme", **ACME).say("/whoami")
    await group.other("ben", "C-group", **GROUP).say("/whoami")
    await group.say("/org remove Ben")
    await group.say("/org bind Acme")
    listing = (await group.say("/org members")).one(Listing)
    assert {row[1]: row[3] for row in listing.rows}["Ben"] == "active"


async def test_strangers_are_served_where_a_group_goes_as_long_as_that_says_so(group: Talk) -> None:
    await group.say("/org bind Acme")
    eve = group.other("eve", "C-group", **GROUP, standing="stranger")
    for serves in ("no", "yes", "no"):
        await group.say(f"/org settings strangers {serves}")
        assert bool((await eve.say("/tasks")).of(Listing)) is (serves == "yes"), serves


async def test_what_was_said_before_a_group_is_moved_is_done_afterwards(group: Talk, script: Script) -> None:
    """By who becomes a member of the new one with their next message, and with what they had said as well."""
    ben = group.other("ben", "C-group", **GROUP)
    await ben.say("/whoami")
    async with group.legwork.database.system("a test") as session:
        await maintenance.begin(session, None, None)
    await ben.say("first")
    await group.say("/org bind Acme")
    script.then(reply("done"))
    async with group.legwork.database.system("a test") as session:
        await maintenance.end(session, None)
        await bring_back(session, Queue.TASK.value)
    assert (await ben.settle()).last.text == "done"
    listing = (await group.say("/org members")).one(Listing)
    assert {row[1]: row[2] for row in listing.rows}["Ben"] == "member"


async def test_nothing_is_moved_from_under_what_is_at_work(group: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("slow")
    script.then(plan(tool("n1", "note", text="slow")))
    await group.begin("note it")
    await eventually(lambda: rehearsal.of("note"))
    await group.tell("/org bind Acme")
    told = await eventually(lambda: [said for said in group.chat.posts() if isinstance(said, Problem)])
    assert "I am at work here" in told[0].sentence
    gate.set()
    await group.settle()
    assert await organization_of(group) == "Group"


async def test_a_private_chat_works_for_another_of_ones_organizations(group: Talk, script: Script) -> None:
    alone = group.other("mara", organization=None, private=True)
    asked = (await alone.say("/org switch")).one(Note)
    assert [button.label for button in asked.buttons] == ["Acme (owner)", "Group (owner)"]
    told = (await alone.send_press(asked.buttons[0].action, asked.buttons[0].value)).one(Note).text
    assert "works in Acme" in told
    assert await organization_of(alone) == "Acme"
    assert "belong to no organization" in (await alone.say("/org switch Nowhere")).one(Problem).sentence
    assert "already" in (await alone.say("/org switch acme")).one(Note).text


async def test_a_shared_chat_is_not_switched_and_a_private_one_not_bound(group: Talk) -> None:
    assert "belongs to one organization" in (await group.say("/org switch Acme")).one(Problem).sentence
    alone = group.other("mara", organization=None, private=True)
    assert "yours alone" in (await alone.say("/org bind Acme")).one(Problem).sentence


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
