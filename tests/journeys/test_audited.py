"""What stands on the audit trail of what people say and do, and what does not."""

from domain.conversations.said import ApprovalCard, Problem
from domain.core import ids
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.offices import audited, office
from tests.fixtures.talk import Talk

SEND = tool("n1", "send", to="ben")


async def test_what_people_say_and_read_is_not_written_down_and_what_they_do_is(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(SEND), reply("Four."))
    assert (await talk.say("write to Ben")).one(ApprovalCard)
    await talk.say("/tasks")
    await talk.say("/tasks show")
    await talk.say("what is 2+2?")
    assert not await audited(talk)
    await talk.press("Approve")
    task = (await talk.rows("SELECT id FROM tasks ORDER BY id LIMIT 1"))[0]["id"]
    [row] = await talk.rows("SELECT * FROM audit_logs")
    assert (row["action"], row["resource_type"], row["resource_id"]) == ("tasks.approve", "task", str(task))
    assert row["outcome"] == "done"
    assert row["request_id"] is not None
    for words in ("/tasks priority urgent", "/tools disable note", "/tools enable note"):
        await talk.say(words)
    assert [row[0] for row in await audited(talk)][1:] == ["tasks.priority", "tools.disable", "tools.enable"]


async def test_what_is_refused_in_ones_other_organization_is_written_down_there(talk: Talk, script: Script) -> None:
    _, ben = await office(talk)
    script.then(plan(SEND))
    await ben.say("write to Ben")
    task = await talk.task()
    alone = talk.other("ben")
    await alone.say("/about")
    await talk.rows(
        "UPDATE organization_members SET role = 'viewer' WHERE org_id = :org AND user_id = :who RETURNING id",
        org=task["org_id"],
        who=task["user_id"],
    )
    assert (
        "needs the role member"
        in (await alone.say(f"/tasks stop {ids.text('task', task['id'])}")).one(Problem).sentence
    )
    rows = await talk.rows("SELECT org_id, action FROM audit_logs WHERE outcome = 'refused'")
    assert [tuple(row.values()) for row in rows] == [(task["org_id"], "tasks.stop")]


async def test_what_came_to_nothing_is_not_written_down_as_done(talk: Talk, script: Script) -> None:
    script.then(reply("ok"))
    await talk.say("hello")
    await talk.say("/tools disable nothing")
    await talk.say("/tasks stop")
    await talk.say("/tools enable note")
    assert not await audited(talk)
