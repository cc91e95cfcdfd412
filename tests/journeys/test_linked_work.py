"""Work of one person's accounts: seen, answered and steered from each of them, and from nobody else's."""

from domain.conversations.said import Listing, Problem
from domain.core import ids
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, question, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.linked import GROUP, link, notes
from tests.fixtures.talk import Talk


async def test_in_a_shared_chat_there_is_its_organization_alone(talk: Talk, work: Talk, script: Script) -> None:
    group = talk.other("mara.nowak", "C1", **GROUP)
    script.then(plan(tool("n1", "note", text="a")), plan(tool("n1", "note", text="b")))
    await talk.say("note at home")
    home = ids.short("task", (await talk.task())["id"])
    await group.say("note in the group", thread="t1")
    here = ids.short("task", (await talk.task())["id"])
    await link(talk, work)
    listing = (await group.say("/tasks", thread="t1")).one(Listing)
    assert [row[0] for row in listing.rows] == [here]
    for verb in ("show", "stop", "resume", "retry", "answer", "logs", "files"):
        problem = (await group.say(f"/tasks {verb} {home} x", thread="t1")).one(Problem)
        assert "no such task" in problem.sentence.lower(), verb
    private = (await work.say("/tasks")).one(Listing)
    assert {row[0] for row in private.rows} == {home, here}
    assert private.columns[-1] == "in"
    assert {row[-1] for row in private.rows} == {"here", "Mara"}


async def test_a_question_is_asked_again_and_answered_from_the_other_account(
    talk: Talk, work: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    asks = node("n1", "ask", "which", question="Which one?")
    script.then(plan(asks, tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]))
    await talk.say("note one of them")
    task = await talk.task()
    await link(talk, work)
    shown = await work.say(f"/tasks show {ids.short('task', task['id'])}")
    assert "Which one?" in shown.last.text
    await work.say("the blue one")
    assert (await talk.task())["id"] == task["id"]
    assert rehearsal.of("note") == [{"text": "the blue one"}]


async def test_what_a_model_asks_back_is_asked_again_too(talk: Talk, work: Talk, script: Script) -> None:
    script.then(question("Which month?"), reply("March it is."))
    await talk.say("how much did we sell")
    task = await talk.task()
    await link(talk, work)
    shown = await work.say(f"/tasks show {ids.short('task', task['id'])}")
    assert "Which month?" in shown.last.text
    await work.say("March")
    assert (await talk.task())["id"] == task["id"]
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_an_approval_is_given_from_the_other_account_and_told_where_it_began(
    talk: Talk, work: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("write to Ben")
    task = await talk.task()
    await link(talk, work)
    await work.say(f"/tasks show {ids.short('task', task['id'])}")
    await work.press("Approve")
    assert [call["to"] for call in rehearsal.of("send")] == ["ben"]
    ended = await talk.task()
    assert (ended["status"], ended["user_id"]) == ("SUCCEEDED", task["user_id"])
    assert "decided already" in notes(await talk.press("Approve"))
    assert len(rehearsal.of("send")) == 1
    told = [call.to.chat for call in talk.chat.calls if call.said is not None and call.said.type == "answer"]
    assert set(told) == {talk.place}


async def test_what_failed_and_what_was_paused_goes_on_from_the_other_account(
    talk: Talk, work: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(node("n1", "ask", "which", question="Which one?")))
    await talk.say("ask me")
    task = ids.short("task", (await talk.task())["id"])
    await link(talk, work)
    assert "Paused" in notes(await work.say(f"/tasks pause {task}"))
    assert "Going on" in notes(await work.say(f"/tasks resume {task}"))
    assert "goes on" in notes(await work.say(f"/tasks answer {task} red"))
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_nothing_of_an_organization_that_keeps_one_out_is_seen_from_elsewhere(
    talk: Talk, work: Talk, script: Script
) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await work.say("write to Ben")
    task = ids.short("task", (await talk.task())["id"])
    await link(talk, work)
    assert task in str((await talk.say("/tasks")).one(Listing).rows)
    await talk.rows(
        """UPDATE organization_members m SET status = 'removed' FROM organizations o
        WHERE o.id = m.org_id AND o.slug = 'T1' RETURNING m.id"""
    )
    assert task not in str((await talk.say("/tasks")).one(Listing).rows)
    for verb in ("show", "stop", "retry"):
        assert "no such task" in (await talk.say(f"/tasks {verb} {task}")).one(Problem).sentence.lower()
    assert "no such task" in notes(await talk.press("Approve")).lower()


async def test_nobody_reaches_anothers_work_by_a_private_chat(talk: Talk, work: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("write to Ben")
    task = await talk.task()
    eve = talk.other("eve")
    await eve.say("/about")
    for written in (ids.text("task", task["id"]), ids.short("task", task["id"])):
        for verb in ("show", "stop", "resume", "retry", "answer", "logs", "files"):
            problem = (await eve.say(f"/tasks {verb} {written} x")).one(Problem)
            assert "no such task" in problem.sentence.lower()
    assert "no such task" in notes(await eve.press("Approve")).lower()
    assert await talk.task() == task


async def test_what_one_account_has_under_way_is_stopped_by_the_other_where_both_are(
    talk: Talk, work: Talk, script: Script
) -> None:
    here, there = talk.other("mara", "C1", **GROUP), talk.other("mara.nowak", "C1", **GROUP)
    script.then(plan(tool("n1", "send", to="ben")))
    await there.say("write to Ben", thread="t1")
    await there.say("/threads rename Letters", thread="t1")
    await link(talk, work)
    assert "Letters" in str((await here.say("/threads", thread="t1")).one(Listing).rows)
    assert "Stopped" in notes(await here.say("/stop", thread="t1"))
    assert (await talk.task())["status"] == "CANCELLED"
