"""Who may do what: by role, by whose it is and by where it stands; how it is refused, and what is written down."""

import asyncio
from typing import Any

import pytest

from domain.audit import OPERATOR
from domain.conversations.said import Answer, ApprovalCard, Details, Listing, Note, Problem
from domain.core import ids
from domain.orgs import service as orgs
from domain.tasks import control
from tests.factories.jobs import blocked
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

CHANNEL: dict[str, Any] = {"organization": "T1", "private": False}
TEAM: dict[str, Any] = {"organization": "T1", "private": True}
SEND = tool("n1", "send", to="ben")


async def office(talk: Talk, script: Script) -> tuple[Talk, Talk]:
    """The owner of an organization and a member, in one channel."""
    mara, ben = talk.other("mara", "C1", **CHANNEL), talk.other("ben", "C1", **CHANNEL)
    await mara.say("/about")
    await ben.say("/about")
    return mara, ben


async def audited(talk: Talk, **where: str) -> list[tuple[str, str, str | None]]:
    rows = await talk.rows("SELECT action, outcome, permission FROM audit_logs ORDER BY id")
    return [tuple(row.values()) for row in rows if all(row[name] == value for name, value in where.items())]  # pyright: ignore[reportReturnType]


async def test_a_refusal_names_the_role_that_is_needed_and_ones_own(talk: Talk, script: Script) -> None:
    _, ben = await office(talk, script)
    problem = (await ben.say("/tools disable note")).one(Problem)
    assert problem.sentence == "`/tools disable` needs the role admin; yours is member."
    assert await audited(talk) == [("tools.disable", "refused", "manage")]


async def test_who_was_removed_is_told_so_and_nothing_is_done(talk: Talk, script: Script) -> None:
    _, ben = await office(talk, script)
    await talk.rows("UPDATE organizations SET name = 'Acme' WHERE slug <> '' RETURNING id")
    with ben.worker.away():
        message = await ben.tell("what is 2+2?")
        await talk.rows(
            """UPDATE organization_members om SET status = 'removed' FROM messages m
            WHERE m.id = :id AND om.user_id = m.user_id RETURNING om.id""",
            id=message,
        )
    problem = (await ben.settle()).one(Problem)
    assert problem.sentence == "You are no longer a member of Acme."
    assert problem.remedy == "An admin can invite you again."
    assert not script.requests


async def test_an_unknown_task_and_a_hidden_one_are_told_alike(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk, script)
    alone = mara.other("mara", "D-mara", **TEAM)
    script.then(plan(SEND))
    await alone.say("write to Ben")
    task = ids.text("task", (await talk.task())["id"])
    unknown = ids.text("task", ids.new_id())
    for words in ("/tasks show {}", "/tasks stop {}", "/tasks save {}", "/tasks logs {}"):
        told = [(await ben.say(words.format(one))).one(Problem) for one in (task, unknown)]
        assert told[0] == told[1]
        assert told[0].sentence == "There is no such task here."
    refused = await audited(talk, outcome="refused")
    assert [row[0] for row in refused] == ["tasks.show", "tasks.stop", "tasks.save", "tasks.logs"]


# -- for others ----------------------------------------------------------------------------------------


async def test_nobody_decides_for_another_unless_the_organization_says_so(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    mara, ben = await office(talk, script)
    script.then(plan(SEND))
    await ben.say("write to Ben")
    assert (await mara.press("Approve")).whisper == "Only the person it works for may approve this."
    assert not rehearsal.calls
    await talk.rows("""UPDATE organizations SET settings = '{"approvals": "admins"}' RETURNING id""")
    await mara.press("Approve")
    assert len(rehearsal.calls) == 1
    assert await audited(talk) == [("tasks.approve", "refused", "oversee"), ("tasks.approve", "done", "oversee")]


async def test_not_even_then_in_anothers_private_chat(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    mara, ben = await office(talk, script)
    await talk.rows("""UPDATE organizations SET settings = '{"approvals": "admins"}' RETURNING id""")
    script.then(plan(SEND))
    await ben.other("ben", "D-ben", **TEAM).say("write to Ben")
    button = talk.chat.button("Approve")
    assert "no such task" in (await mara.send_press("approve", button.value)).whisper
    assert not rehearsal.calls


async def test_an_admin_stops_anybodys_work_and_reads_nothing_of_a_private_chat(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk, script)
    script.then(plan(SEND, title="The salary of Ben"))
    await ben.other("ben", "D-ben", **TEAM).say("write to Ben")
    task = ids.text("task", (await talk.task())["id"])
    assert (await mara.say(f"/tasks show {task}")).one(Problem).sentence == "There is no such task here."
    stopped = (await mara.say(f"/tasks stop {task}")).one(Note).text
    assert "Stopped" in stopped
    assert "salary" not in stopped
    assert (await talk.task())["status"] == "CANCELLED"
    assert await audited(talk, outcome="done") == [("tasks.stop", "done", "oversee")]


async def test_who_is_no_admin_any_more_when_the_task_is_theirs_to_stop_stops_nothing(
    talk: Talk, script: Script
) -> None:
    mara, ben = await office(talk, script)
    ana = talk.other("ana", "C1", **CHANNEL)
    await ana.say("/about")
    await mara.say("/org role Ana admin")
    script.then(plan(SEND))
    await ben.say("write to Ben")
    task = await talk.task()
    [row] = await talk.rows("SELECT id FROM users WHERE name = 'Ana'")
    async with talk.legwork.database.system("a test") as session:
        await control.lock(session, task["id"], task["org_id"])
        going = asyncio.create_task(ana.say(f"/tasks stop {ids.text('task', task['id'])}"))
        await eventually(lambda: blocked(talk.legwork.database))
        await orgs.remove(session, task["org_id"], row["id"], by=OPERATOR)
    await going
    assert (await talk.task())["status"] == task["status"]


async def test_what_stands_in_a_shared_chat_is_read_there_and_by_admins(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk, script)
    script.then(plan(tool("n1", "note", text="a"), title="Note it"))
    await ben.say("note it")
    task = ids.text("task", (await talk.task())["id"])
    ana = ben.other("ana", "C1")
    assert (await ana.say(f"/tasks show {task}")).one(Details).title == "Note it"
    assert (await mara.other("mara", "D-mara", **TEAM).say(f"/tasks show {task[-6:]}")).one(Details).title == "Note it"
    elsewhere = (await ana.other("ana", "D-ana", **TEAM).say(f"/tasks show {task}")).one(Problem)
    assert elsewhere.sentence == "There is no such task here."
    assert (await ana.say(f"/tasks retry {task}")).one(Problem).sentence == (
        "Only the person it works for may have this tried again."
    )


async def test_who_oversees_lists_what_everybody_does_in_shared_chats(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk, script)
    script.then(
        plan(tool("n1", "note", text="a"), title="In private"), plan(tool("n1", "note", text="b"), title="Here")
    )
    await ben.other("ben", "D-ben", **TEAM).say("note a")
    await ben.say("note b")
    rows = (await mara.say("/tasks all")).one(Listing).rows
    assert [row[1:4] for row in rows] == [("Here", "Ben", "succeeded")]
    assert "needs the role admin" in (await ben.say("/tasks all")).one(Problem).sentence


async def test_work_that_stands_still_is_handed_to_a_member_who_is_asked_anew(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    mara, ben = await office(talk, script)
    ana = ben.other("ana", "C1")
    await ana.say("/about")
    script.then(plan(SEND), plan(SEND))
    await ben.say("write to Ben")
    shared = ids.text("task", (await talk.task())["id"])
    assert "not without its person" in (await mara.say(f"/tasks hand {shared} Ana")).one(Problem).sentence
    await ben.other("ben", "D-ben", **TEAM).say("write to Ben")
    private = ids.text("task", (await talk.task())["id"])
    await talk.rows("UPDATE tasks SET status = 'PAUSED', waiting_for = 'access' RETURNING id")
    assert "not without its person" in (await mara.say(f"/tasks hand {shared} Ana")).one(Problem).sentence
    await mara.say("/org role Ben viewer")
    assert "stays its person's" in (await mara.say(f"/tasks hand {private} Ana")).one(Problem).sentence
    assert "nobody called" in (await mara.say(f"/tasks hand {shared} Eve")).one(Problem).sentence
    assert "needs the role admin" in (await ana.say(f"/tasks hand {shared} Ana")).one(Problem).sentence
    assert "goes on for Ana" in str([*await mara.say(f"/tasks hand {shared} Ana")])
    assert not rehearsal.calls
    await mara.say("/org role Ben member")
    await ben.press("Approve")
    assert not rehearsal.calls
    await ana.press("Approve")
    assert len(rehearsal.calls) == 1
    assert ("tasks.hand", "done", "oversee") in await audited(talk)


async def test_a_viewer_rates_their_own_results_and_nobody_elses(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk, script)
    script.then(plan(tool("n1", "note", text="a")), plan(tool("n1", "note", text="b")))
    await ben.say("note it")
    his = talk.chat.button("👍").value
    await mara.say("note it")
    hers = talk.chat.button("👍").value
    await talk.change_role("viewer")
    assert (await ben.send_press("feedback", hers)).whisper == "Only the person it works for may rate this."
    await ben.send_press("feedback", his)
    assert len(await talk.rows("SELECT 1 FROM task_feedback")) == 1


async def test_a_thumb_under_anothers_result_is_no_rating(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk, script)
    script.then(plan(tool("n1", "note", text="a")))
    await ben.say("note it")
    answer = next(place for place, said in talk.chat.shown.items() if isinstance(said, Answer))
    await mara.send_press("feedback", f"message:{answer}:up")
    assert not await talk.rows("SELECT 1 FROM task_feedback")
    await ben.send_press("feedback", f"message:{answer}:up")
    assert len(await talk.rows("SELECT 1 FROM task_feedback")) == 1


async def test_what_stands_in_a_private_chat_appears_in_no_channel(talk: Talk, script: Script) -> None:
    _, ben = await office(talk, script)
    alone = ben.other("ben", "D-ben", **TEAM)
    script.then(plan(tool("n1", "note", text="a"), title="My salary"), plan(SEND, title="My other salary"))
    await alone.say("note my salary")
    task = ids.text("task", (await talk.task())["id"])
    await alone.say(f"/tasks save {task} Salaries")
    await alone.say("write to Ben")
    waiting = ids.text("task", (await talk.task())["id"])
    for words in ("/tasks", "/threads", "/workflows", f"/tasks show {task}", f"/tasks show {task[-6:]}", "/tasks show"):
        assert "salar" not in str([*await ben.say(words)]).casefold()
    assert (await ben.say(f"/tasks show {task}")).one(Problem).remedy == "What you do in private is shown there alone."
    assert (await ben.say(f"/tasks stop {waiting}")).one(Note).text.startswith(f"Stopped: {waiting}.")
    for words in ("/tasks", "/threads", "/workflows", f"/tasks show {task}"):
        assert "salar" in str([*await alone.say(words)]).casefold()


async def test_what_waits_in_private_is_not_asked_again_in_a_channel(talk: Talk, script: Script) -> None:
    _, ben = await office(talk, script)
    alone = ben.other("ben", "D-ben", **TEAM)
    script.then(plan(SEND, title="My salary"))
    await alone.say("write to Ben")
    task = ids.text("task", (await talk.task())["id"])
    acts = ("resume", "retry", "priority", "answer")
    for words in (*acts, *(f"{act} {one}" for act in acts for one in (task, task[-6:]))):
        told = str([*await ben.say(f"/tasks {words}{' urgent' * words.startswith(('priority', 'answer'))}")])
        assert "alary" not in told, words
    refused = (await ben.say(f"/tasks resume {task}")).one(Problem)
    assert refused.remedy == "What you do in private is shown there alone."
    assert not [call for call in talk.chat.calls if isinstance(call.said, ApprovalCard) and call.to.chat != "D-ben"]
    assert (await alone.say("/tasks resume")).one(ApprovalCard)


async def test_an_admin_does_not_read_a_private_title_by_stopping_twice(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk, script)
    script.then(plan(SEND, title="My salary"))
    await ben.other("ben", "D-ben", **TEAM).say("write to Ben")
    task = ids.text("task", (await talk.task())["id"])
    for verb in ("pause", "pause", "stop", "stop", "pause"):
        assert "salary" not in str([*await mara.say(f"/tasks {verb} {task}")])
    assert (await talk.task())["status"] == "CANCELLED"


# -- saved workflows -----------------------------------------------------------------------------------


async def test_a_workflow_of_a_private_chat_is_its_persons_until_it_is_shared(talk: Talk, script: Script) -> None:
    mara, ben = await office(talk, script)
    alone = ben.other("ben", "D-ben", **TEAM)
    script.then(plan(tool("n1", "note", text="a")))
    await alone.say("note my salary")
    await alone.say("/tasks save")
    [row] = await talk.rows("SELECT id FROM workflows")
    short = ids.short("wf", row["id"])
    for other in (mara, mara.other("mara", "D-mara", **TEAM)):
        assert not (await other.say("/workflows")).one(Listing).rows
        assert "no workflow" in (await other.say(f"/workflows run {short}")).one(Problem).sentence
        assert "no workflow" in (await other.say(f"/workflows share {short}")).one(Problem).sentence
    assert len((await alone.say("/workflows")).one(Listing).rows) == 1
    assert "is shared" in (await alone.say(f"/workflows share {short}")).one(Note).text
    assert [row[4] for row in (await mara.say("/workflows")).one(Listing).rows] == ["everybody"]
    assert (await mara.say(f"/workflows run {short}")).one(Answer)


async def test_a_workflow_of_a_channel_is_for_those_who_are_there(talk: Talk, script: Script) -> None:
    _, ben = await office(talk, script)
    script.then(plan(tool("n1", "note", text="a")))
    await ben.say("note it")
    await ben.say(f"/tasks save {ids.text('task', (await talk.task())['id'])} Monday")
    ana = ben.other("ana", "C1")
    assert [row[4] for row in (await ana.say("/workflows")).one(Listing).rows] == ["this chat"]
    assert not (await ana.other("ana", "C2").say("/workflows")).one(Listing).rows
    assert (await ana.say("/workflows run Monday")).one(Answer)
    assert (await ana.say("/workflows share Monday")).one(Problem).sentence == "Only who saved it may share it."


# -- threads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["/threads instructions Answer in French", "/threads rename Mine", "/threads model x", "/models use x"]
)
async def test_a_thread_is_set_by_who_began_it_or_an_admin(talk: Talk, script: Script, words: str) -> None:
    talk.legwork.commands._settings = talk.legwork.settings.model_copy(update={"openai_base_url": "http://x"})  # type: ignore[attr-defined]
    mara, ben = await office(talk, script)
    refused = (await ben.say(words)).one(Problem)
    assert refused.sentence == "Only who began this thread, or an admin, may change it."
    assert not await talk.rows("SELECT 1 FROM threads WHERE coalesce(instructions, model, name) IS NOT NULL")
    assert "(Mara has set it.)" in (await mara.say(words)).one(Note).text
    assert [row[1] for row in await audited(talk)] == ["refused", "done"]


@pytest.mark.parametrize(("verb", "most"), [("instructions", 8_000), ("rename", 200), ("new", 200)])
async def test_what_is_set_has_a_length(talk: Talk, verb: str, most: int) -> None:
    assert (await talk.say(f"/threads {verb} {'x' * most}")).one(Note)
    assert f"{most + 1:,}" in (await talk.say(f"/threads {verb} {'x' * (most + 1)}")).one(Problem).sentence


# -- what is destroyed ---------------------------------------------------------------------------------


async def test_what_is_destroyed_is_named_and_asked_about_once(talk: Talk, script: Script) -> None:
    script.then(reply("ok"))
    await talk.say("hello")
    await talk.say("/threads rename Old")
    [row] = await talk.rows("SELECT id FROM threads")
    short = ids.short("thrd", row["id"])
    asked = (await talk.say(f"/threads delete {short}")).one(Note)
    assert "“Old” with its 2 messages" in asked.text
    yes, no = asked.buttons
    assert not await talk.rows("SELECT 1 FROM threads WHERE deleted_at IS NOT NULL")
    eve = talk.other("eve", talk.place, private=False)
    assert "Only who asked" in (await eve.send_press(yes.action, yes.value)).whisper
    assert await audited(talk, outcome="refused") == [("commands.confirm", "refused", "see")]
    await talk.send_press(no.action, no.value)
    assert "decided already" in (await talk.send_press(yes.action, yes.value)).whisper
    assert not await talk.rows("SELECT 1 FROM threads WHERE deleted_at IS NOT NULL")

    [yes, _] = (await talk.say(f"/threads delete {short}")).one(Note).buttons
    await talk.rows("UPDATE messages SET created_at = created_at - interval '6 minutes' RETURNING id")
    assert "too long ago" in (await talk.send_press(yes.action, yes.value)).whisper

    [yes, _] = (await talk.say(f"/threads delete {short}")).one(Note).buttons
    for _ in range(2):
        await talk.tell_press(yes.action, yes.value)
    await talk.settle()
    assert len(await talk.rows("SELECT 1 FROM threads WHERE deleted_at IS NOT NULL")) == 1
    assert await audited(talk, action="threads.delete") == [("threads.delete", "done", "work")]


async def test_a_message_that_is_changed_has_nothing_destroyed_that_the_card_did_not_name(
    talk: Talk, script: Script
) -> None:
    script.then(reply("ok"))
    await talk.say("hello")
    [row] = await talk.rows("SELECT id FROM threads")
    await talk.say(f"/threads delete {ids.short('thrd', row['id'])}", message_id="m-ask")
    await talk.change("m-ask", "edited", "/org delete")
    assert "was changed" in (await talk.press("Delete")).whisper
    assert not await talk.rows("SELECT 1 FROM threads WHERE deleted_at IS NOT NULL")
    assert not await talk.rows("SELECT 1 FROM erasures")


# -- the audit trail -----------------------------------------------------------------------------------


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
    _, ben = await office(talk, script)
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
