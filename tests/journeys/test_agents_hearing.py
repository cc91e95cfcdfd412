"""What is said while an agent works: its next thought hears it, once, and nothing is begun outside until then."""

import asyncio
from uuid import uuid4

from domain.conversations.said import Answer, ApprovalCard
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.tasks import notes
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import asks, node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Replies, Talk
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")


async def note(talk: Talk, words: str) -> None:
    """Somebody says something to the newest task."""
    task = await talk.task()
    async with talk.legwork.database.system("a test") as session:
        assert await notes.add(session, task["id"], user_id=task["user_id"], message_id=uuid4(), words=words)
        session.signal(f"legwork:task:{task['id']}")


async def said_to(script: Script, place: int) -> list[str]:
    """What the person and the program said in the exchange of a request."""
    return [turn.text for turn in script.requests[place].exchange if turn.role == "user"]


async def heard(talk: Talk) -> list[str | None]:
    return [row["heard_by"] for row in await talk.rows("SELECT heard_by FROM task_notes ORDER BY id")]


async def test_the_next_thought_hears_what_was_said_while_calls_ran(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("a")
    script.then(plan(AGENT), asks(("note", {"text": "a"})), "Of 2025: the price.")
    await talk.begin("find out why")
    await eventually(lambda: bool(rehearsal.calls))
    await note(talk, "only 2025")
    gate.set()
    assert (await talk.settle()).one(Answer).text == "Of 2025: the price."
    assert await said_to(script, -1) == ["only 2025"]
    assert await heard(talk) == ["n1[1].think"]
    assert (await talk.task())["unheard"] == 0


async def test_an_answer_that_was_given_before_it_was_heard_ends_nothing(talk: Talk, script: Script) -> None:
    late = asyncio.Event()
    script.then(plan(AGENT), ["It was the price.", late], "Of 2025: the weather.")
    await talk.begin("find out why")
    await eventually(lambda: len(script.requests) == 2)
    await note(talk, "only 2025")
    late.set()
    assert [answer.text for answer in (await talk.settle()).of(Answer)] == ["Of 2025: the weather."]
    assert await said_to(script, -1) == ["only 2025"]
    assert await heard(talk) == ["n1[1].think"]


async def test_nothing_that_was_asked_about_is_done_after_a_word_that_may_change_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": "hi"})), asks(("send", {"to": "anna"})), "Sent.")
    assert (await talk.say("tell ben")).of(ApprovalCard)
    await note(talk, "to Anna instead")
    await goes_on(talk)
    assert (await talk.steps())["n1[0].c0"] == "SKIPPED"
    assert "Not made: The person wrote meanwhile" in script.requests[-1].exchange[1].text
    assert await said_to(script, -1) == ["to Anna instead"]
    assert (await talk.press("Approve")).one(Answer).text == "Sent."
    assert [call["to"] for call in rehearsal.of("send")] == ["anna"]


async def test_a_tool_that_says_it_heard_something_is_no_thought(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.puts_out["a"] = {"heard": ["a bell"]}
    script.then(plan(tool("n1", "note", text="a")))
    assert "a bell" in (await talk.say("listen")).one(Answer).text


async def test_a_tool_that_says_something_has_ended_is_no_agent_at_its_limit(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("a")
    rehearsal.puts_out["a"] = {"ended": "yesterday"}
    script.then(plan(tool("n1", "note", text="a")), plan(tool("n1", "note", text="b")))
    await talk.begin("listen")
    await eventually(lambda: bool(rehearsal.calls))
    await note(talk, "only 2025")
    gate.set()
    await talk.settle()
    assert str(await heard(talk)).startswith("['plan:")


async def test_whatever_a_tool_calls_its_results_can_be_put_out(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    for results in (3, ["a", None], {"b": 1}):
        rehearsal.puts_out["a"] = {"results": results}
        script.then(plan(tool("n1", "note", text="a")))
        assert "results" in (await talk.say("listen")).one(Answer).text


async def goes_on(talk: Talk) -> Replies:
    task = await talk.task()
    async with talk.legwork.database.system("a test") as session:
        await enqueue(session, advance_command(task["id"], task["user_id"]))
    return await talk.settle()


async def test_calls_that_a_thought_asked_for_unheard_are_made_only_where_they_read(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    late = asyncio.Event()
    both = asks(("note", {"text": "a"}), ("send", {"to": "ben"}))
    script.then(plan(AGENT), [late, both], "Nothing was sent.")
    await talk.begin("note it and tell ben")
    await eventually(lambda: len(script.requests) == 2)
    await note(talk, "do not tell Ben")
    late.set()
    replies = await talk.settle()
    assert replies.one(Answer).text == "Nothing was sent."
    assert not replies.of(ApprovalCard)
    assert [call.tool for call in rehearsal.calls] == ["note"]


async def test_a_no_is_kept_though_more_is_said_before_the_agent_knows_of_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    send = ("send", {"to": "ben", "text": "hi"})
    gate = rehearsal.gate("a")
    script.then(plan(AGENT), asks(("note", {"text": "a"}), send), asks(send), "Not sent.")
    await talk.begin("find out why")
    await eventually(lambda: talk.rows("SELECT 1 FROM approvals"))
    await eventually(lambda: talk.chat.shown)
    await eventually(lambda: talk.card.asks)
    await talk.touch("Reject")
    await eventually(lambda: talk.rows("SELECT 1 FROM approvals WHERE decision = 'rejected'"))
    before = (await talk.task())["card"]
    await note(talk, "only 2025")
    await eventually(lambda: talk.rows("SELECT 1 FROM tasks WHERE card > :known + 1", known=before))  # it was stored
    gate.set()
    replies = await talk.settle()
    assert not replies.of(ApprovalCard)
    assert replies.of(Answer)[-1].text.startswith("Not sent.")
    assert rehearsal.of("send") == []


async def test_two_agents_hear_it_once(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("a")
    other = node("n2", "agent", "find out more", goal="And what else?")
    script.then(plan(AGENT, other), asks(("note", {"text": "a"})), asks(("note", {"text": "a"})), "One.", "Two.")
    await talk.begin("find out why")
    await eventually(lambda: len(rehearsal.calls) == 2)
    await note(talk, "only 2025")
    gate.set()
    await talk.settle()
    said = [words for place in (-1, -2) for words in await said_to(script, place)]
    assert said == ["only 2025"]
    assert len(await heard(talk)) == 1


async def test_a_note_is_heard_after_another_worker_has_taken_over(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    late = asyncio.Event()
    script.then(plan(AGENT), [late, "Never said."], "Of 2025: the price.")
    await talk.begin("find out why")
    await eventually(lambda: len(script.requests) == 2)
    await note(talk, "only 2025")
    await talk.worker.lose_leases()
    late.set()
    assert (await talk.settle()).one(Answer).text == "Of 2025: the price."
    assert await heard(talk) == ["n1[0].think"]


async def test_what_the_last_round_could_not_hear_is_work_of_its_own(talk: Talk, script: Script) -> None:
    late = asyncio.Event()
    once = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.", rounds=1)
    script.then(plan(once), ["The price. Still open: the weather.", late], reply("Of 2025: the weather."))
    await talk.begin("find out why")
    await eventually(lambda: len(script.requests) == 2)
    await note(talk, "only 2025")
    late.set()
    replies = await talk.settle()
    assert [answer.text for answer in replies.of(Answer)][-1] == "Of 2025: the weather."
    assert script.requests[-1].variables["message"] == "only 2025"
