"""Who may do what, by role and by whose it is; and how it is refused."""

import asyncio

import pytest

from domain.audit import OPERATOR
from domain.conversations.said import Answer, Note, Problem
from domain.core import ids
from domain.orgs import service as orgs
from domain.tasks import control
from tests.factories.jobs import blocked
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.offices import ALONE, CHANNEL, audited, office
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

SEND = tool("n1", "send", to="ben")


async def test_a_refusal_names_the_role_that_is_needed_and_ones_own(talk: Talk, script: Script) -> None:
    _, ben = await office(talk)
    problem = (await ben.say("/tools disable note")).one(Problem)
    assert problem.sentence == "`/tools disable` needs the role admin; yours is member."
    assert await audited(talk) == [("tools.disable", "refused", "manage")]


async def test_who_was_removed_is_told_so_and_nothing_is_done(talk: Talk, script: Script) -> None:
    _, ben = await office(talk)
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
    mara, ben = await office(talk)
    alone = mara.other("mara", "D-mara", **ALONE)
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


async def test_nobody_decides_for_another_unless_the_organization_says_so(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    mara, ben = await office(talk)
    script.then(plan(SEND))
    await ben.say("write to Ben")
    assert (await mara.press("Approve")).whisper == "Only the person it works for may approve this."
    assert not rehearsal.calls
    await talk.rows("""UPDATE organizations SET settings = '{"approvals": "admins"}' RETURNING id""")
    await mara.press("Approve")
    assert len(rehearsal.calls) == 1
    assert await audited(talk) == [("tasks.approve", "refused", "oversee"), ("tasks.approve", "done", "oversee")]


async def test_who_is_no_admin_any_more_when_the_task_is_theirs_to_stop_stops_nothing(
    talk: Talk, script: Script
) -> None:
    mara, ben = await office(talk)
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


async def test_work_that_stands_still_is_handed_to_a_member_who_is_asked_anew(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    mara, ben = await office(talk)
    ana = ben.other("ana", "C1")
    await ana.say("/about")
    script.then(plan(SEND), plan(SEND))
    await ben.say("write to Ben")
    shared = ids.text("task", (await talk.task())["id"])
    assert "not without its person" in (await mara.say(f"/tasks hand {shared} Ana")).one(Problem).sentence
    await ben.other("ben", "D-ben", **ALONE).say("write to Ben")
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
    mara, ben = await office(talk)
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
    mara, ben = await office(talk)
    script.then(plan(tool("n1", "note", text="a")))
    await ben.say("note it")
    answer = next(place for place, said in talk.chat.shown.items() if isinstance(said, Answer))
    await mara.send_press("feedback", f"message:{answer}:up")
    assert not await talk.rows("SELECT 1 FROM task_feedback")
    await ben.send_press("feedback", f"message:{answer}:up")
    assert len(await talk.rows("SELECT 1 FROM task_feedback")) == 1


@pytest.mark.parametrize(
    "words", ["/threads instructions Answer in French", "/threads rename Mine", "/threads model x", "/models use x"]
)
async def test_a_thread_is_set_by_who_began_it_or_an_admin(talk: Talk, script: Script, words: str) -> None:
    talk.legwork.commands._settings = talk.legwork.settings.model_copy(update={"openai_base_url": "http://x"})  # type: ignore[attr-defined]
    mara, ben = await office(talk)
    refused = (await ben.say(words)).one(Problem)
    assert refused.sentence == "Only who began this thread, or an admin, may change it."
    assert not await talk.rows("SELECT 1 FROM threads WHERE coalesce(instructions, model, name) IS NOT NULL")
    assert "(Mara has set it.)" in (await mara.say(words)).one(Note).text
    assert [row[1] for row in await audited(talk)] == ["refused", "done"]


@pytest.mark.parametrize(("verb", "most"), [("instructions", 8_000), ("rename", 200), ("new", 200)])
async def test_what_is_set_has_a_length(talk: Talk, verb: str, most: int) -> None:
    assert (await talk.say(f"/threads {verb} {'x' * most}")).one(Note)
    assert f"{most + 1:,}" in (await talk.say(f"/threads {verb} {'x' * (most + 1)}")).one(Problem).sentence
