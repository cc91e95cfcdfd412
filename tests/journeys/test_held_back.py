"""What was allowed, and may not be begun before somebody has heard what the person said since: it waits, and costs
nothing while it does."""

from uuid import UUID

from domain.conversations.said import Answer
from domain.core.errors import Ambiguous
from domain.flow.common.presses import step_value
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import asks, node, plan, reply, tool
from tests.fixtures.heard import card, heard_by, work
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")


async def rounds(talk: Talk) -> int:
    """How often the newest task's state was stored."""
    return (await talk.task())["card"]


async def cut_off(talk: Talk, script: Script, rehearsal: Rehearsal) -> UUID:
    """Nobody knows whether the first of two was sent, and the second waits for a yes. Returns the task's id."""
    first, second = tool("n1", "send", to="ben", text="one"), tool("n2", "send", to="anna", text="two")
    rehearsal.fail("one", Ambiguous("It was cut off."))
    script.then(plan(first, second, title="Hillside leads"))
    await talk.say("tell both")
    task_id: UUID = (await talk.task())["id"]
    await talk.send_press("approve", step_value(task_id, "n1"))
    return task_id


async def test_what_was_allowed_waits_while_the_agent_that_has_to_hear_is_busy(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    send = tool("n2", "send", to="ben", text="the leads")
    script.then(plan(AGENT, send, title="Hillside leads"), asks(("render", {"text": "a"})))
    media = talk.worker.runners.pop("MEDIA")  # nobody works there for now
    await talk.say("find out why, and tell ben")
    await talk.say("only 2025", answers=await card(talk))
    before = await rounds(talk)
    await talk.press("Approve")
    assert rehearsal.of("send") == []
    assert await rounds(talk) - before < 20
    talk.worker.runners["MEDIA"] = media
    script.then("Of 2025: the price.")
    await talk.settle()
    assert len(rehearsal.of("send")) == 1
    assert await heard_by(talk) == ["n1[1].think"]
    assert await work(talk) == [("SUCCEEDED", "answer")]


async def test_what_was_allowed_waits_until_it_is_known_what_happened_outside(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    task_id = await cut_off(talk, script, rehearsal)
    assert await talk.steps() == {"n1": "UNKNOWN", "n2": "WAITING"}
    await talk.say("only 2025", answers=await card(talk))
    before = await rounds(talk)
    await talk.send_press("approve", step_value(task_id, "n2"))
    assert await rounds(talk) - before < 20
    assert len(rehearsal.of("send")) == 1
    script.then(reply("Nothing to change."))
    await talk.send_press("done", step_value(task_id, "n1"))
    assert [call["to"] for call in rehearsal.of("send")] == ["ben", "anna"]
    assert await work(talk) == [("SUCCEEDED", "answer")]


async def test_what_was_allowed_is_done_when_what_it_waited_for_is_taken_back(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    task_id = await cut_off(talk, script, rehearsal)
    await talk.say("only 2025", answers=await card(talk))
    await talk.send_press("approve", step_value(task_id, "n2"))
    script.then(reply("In 2025 there were 3."))
    await talk.press("Make it a task of its own")
    assert [call["to"] for call in rehearsal.of("send")] == ["ben", "anna"]


async def test_what_is_handed_over_is_taken_also_where_something_was_allowed_meanwhile(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    after = rehearsal.gate("then")
    steps = (tool("n1", "note", text="go"), tool("n2", "send", to="ben", text="x"), tool("n3", "note", text="then"),
             tool("n4", "render", text="r"))  # fmt: skip
    script.then(plan(*steps, edges=[["n3", "n4"]], title="Hillside leads"))
    await talk.begin("all of it")
    await eventually(lambda: len(rehearsal.of("note")) == 2)
    await eventually(lambda: talk.chat.shown)
    await eventually(lambda: talk.card.asks)
    await talk.touch("Approve")
    await eventually(lambda: talk.rows("SELECT 1 FROM approvals WHERE decision = 'approved'"))
    after.set()
    await eventually(lambda: bool(rehearsal.of("render")), 5)
    before = await talk.rows("SELECT count(*) AS n FROM queue_jobs WHERE kind = 'step'")
    assert before[0]["n"] == 1
    gate.set()
    assert (await talk.settle()).of(Answer)
