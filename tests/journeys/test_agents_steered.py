"""People stop, pause and resume an agent, workers are lost and models are away: it goes on where it was."""

import asyncio

import pytest

from domain.conversations.said import Answer, Note, Problem
from domain.core.errors import Invalid, Unavailable
from domain.tasks import control
from tests.factories.jobs import blocked
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import told
from tests.factories.specs import asks, node, plan, reply
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk, Worker
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")
FIRST = asks(("note", {"text": "a"}))


async def thinking(talk: Talk, script: Script) -> asyncio.Event:
    """The second thought is under way."""
    gate = asyncio.Event()
    script.then(plan(AGENT), FIRST, [gate, "It was the price."])
    await talk.begin("find out why")
    await eventually(lambda: len(script.requests) == 3)
    return gate


def noted(talk: Talk, words: str) -> bool:
    return any(isinstance(said, Note) and words in said.text for said in talk.chat.posts())


@pytest.mark.parametrize("how", ["stop", "/tasks stop", "button"])
async def test_stop_reaches_a_thought_in_flight(talk: Talk, script: Script, how: str) -> None:
    await thinking(talk, script)
    await eventually(lambda: talk.chat.shown)
    await (talk.press("Stop") if how == "button" else talk.say(how))
    assert talk.worker.idle
    task = await talk.task()
    assert (task["status"], task["cost"]) == ("CANCELLED", None)
    steps = await talk.steps()
    assert "RUNNING" not in steps.values()
    assert (steps["n1"], steps["n1[0].c0"]) == ("CANCELLED", "SUCCEEDED")
    assert talk.card.status == "CANCELLED"


async def test_a_thought_that_came_back_as_it_was_stopped_is_paid_for(talk: Talk, script: Script) -> None:
    gate = await thinking(talk, script)
    task = await talk.task()
    async with talk.legwork.database.system("a test") as session:
        await control.cancel(session, task["id"])
        poke(talk)
        await eventually(lambda: blocked(talk.legwork.database))
        gate.set()
        await eventually(lambda: all(each.get_name() != "n1[1].think" for each in asyncio.all_tasks()))
    await talk.settle()
    assert (await talk.task())["cost"] == 0
    used = await talk.rows("SELECT metadata ->> 'purpose' AS purpose FROM usages ORDER BY id")
    assert [row["purpose"] for row in used][-1] == "step n1[1].think"
    assert "RUNNING" not in (await talk.steps()).values()


def poke(talk: Talk) -> None:
    """As whoever changes a task tells its worker."""
    for runner in talk.worker.runners.values():
        for held in runner.held:
            held.poked.set()


async def test_a_stopped_agent_goes_on_where_it_was_when_it_is_tried_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await thinking(talk, script)
    await talk.say("stop")
    script.then("It was the price.")
    assert (await talk.press("Retry")).one(Answer).text == "It was the price."
    assert len(rehearsal.calls) == 1
    assert len(script.requests) == 4
    assert script.requests[3].exchange == script.requests[2].exchange


@pytest.mark.parametrize("how", ["pause", "button"])
async def test_pause_reaches_a_thought_in_flight_and_resume_asks_it_again(
    talk: Talk, script: Script, rehearsal: Rehearsal, how: str
) -> None:
    await thinking(talk, script)
    await eventually(lambda: talk.chat.shown)
    await (talk.press("Pause") if how == "button" else talk.say("pause"))
    task = await talk.task()
    assert (task["status"], task["waiting_for"], task["cost"]) == ("PAUSED", "person", None)
    steps = await talk.steps()
    assert (steps["n1"], steps["n1[1].think"]) == ("RUNNING", "PENDING")
    script.then("It was the price.")
    assert (await talk.say("resume")).one(Answer).text == "It was the price."
    assert len(rehearsal.calls) == 1
    assert script.requests[3].exchange == script.requests[2].exchange


async def test_pause_lets_a_call_finish_and_begins_no_thought(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("a")
    script.then(plan(AGENT), FIRST)
    await talk.begin("find out why")
    await eventually(lambda: rehearsal.calls)
    await talk.begin("pause")
    await eventually(lambda: noted(talk, "Paused"))
    gate.set()
    await talk.settle()
    assert len(script.requests) == 2
    assert (await talk.steps())["n1[0].c0"] == "SUCCEEDED"
    script.then("It was the price.")
    assert (await talk.say("resume")).one(Answer).text == "It was the price."


async def test_stop_sees_a_call_outside_through(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("hi")
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": "hi"})))
    await talk.say("tell ben")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.of("send"))
    await talk.begin("stop")
    await eventually(lambda: noted(talk, "Stopped"))
    gate.set()
    await talk.settle()
    steps = await talk.steps()
    assert steps["n1[0].c0"] == "SUCCEEDED"
    assert not {"RUNNING", "PENDING"} & set(steps.values())
    assert (await talk.task())["status"] == "CANCELLED"
    script.then("Sent.")
    assert (await talk.press("Retry")).one(Answer).text == "Sent."
    assert len(rehearsal.of("send")) == 1


async def test_stop_while_it_asks_leaves_nothing_to_decide(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": "hi"})))
    await talk.say("tell ben")
    button = talk.chat.button("Approve")
    await talk.say("stop")
    assert set((await talk.steps()).values()) == {"CANCELLED", "SUCCEEDED"}
    await talk.send_press(button.action, button.value)
    assert not rehearsal.calls


async def test_stop_takes_back_what_was_handed_over(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.gate("film")
    script.then(plan(AGENT), asks(("render", {"text": "film"})))
    await talk.begin("render it")
    await eventually(lambda: rehearsal.of("render"))
    await talk.say("stop")
    assert not {"RUNNING", "HANDED", "PENDING"} & set((await talk.steps()).values())


async def test_a_thought_that_failed_is_the_only_one_that_is_tried_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", Invalid("There is no such note."))
    refused = (Invalid("The request was refused."), reply("There is no other way."))
    script.then(plan(AGENT), FIRST, asks(("note", {"text": "b"})), *refused)
    assert (await talk.say("find out why")).one(Problem).sentence == "The request was refused."
    asked = len(script.requests)
    script.then("It was the price.")
    assert (await talk.press("Retry")).one(Answer).text == "It was the price."
    assert [call["text"] for call in rehearsal.of("note")] == ["a", "b"]
    assert len(script.requests) == asked + 1
    steps = await talk.steps()
    assert (steps["n1[0].c0"], steps["n1[2].think"], steps["n1"]) == ("FAILED", "SUCCEEDED", "SUCCEEDED")


@pytest.mark.parametrize("seconds", [20, 400])
async def test_it_waits_while_the_model_is_away(talk: Talk, script: Script, rehearsal: Rehearsal, seconds: int) -> None:
    script.then(plan(AGENT), FIRST, Unavailable("The model is away."))
    replies = await talk.say("find out why")
    assert not replies.of(Problem)
    steps = await talk.steps()
    assert (steps["n1"], steps["n1[1].think"]) == ("RUNNING", "WAITING")
    script.then("It was the price.")
    for _ in range(4):
        replies = await talk.travel(seconds=seconds)
        if replies.of(Answer):
            break
    assert replies.one(Answer).text == "It was the price."
    assert len(rehearsal.calls) == 1


async def test_a_worker_that_is_lost_while_it_thinks_is_followed_by_one_that_sends_the_same(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = await thinking(talk, script)
    script.then("It was the price.")
    await talk.worker.lose_leases()
    await eventually(lambda: len(script.requests) == 4)
    gate.set()
    assert len((await talk.settle()).of(Answer)) == 1
    assert script.requests[3] == script.requests[2]
    assert len(rehearsal.calls) == 1


async def test_a_worker_that_is_lost_in_mid_round_repeats_no_call_whose_outcome_was_stored(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("slow")
    script.then(plan(AGENT), asks(("note", {"text": "quick"}), ("note", {"text": "slow"})), "Both.")
    await talk.begin("find out why")
    await eventually(lambda: len(rehearsal.calls) == 2)
    await stored(talk, "n1[0].c0")
    await talk.worker.lose_leases()
    await eventually(lambda: len(rehearsal.calls) == 3)
    gate.set()
    assert (await talk.settle()).one(Answer).text == "Both."
    assert [call["text"] for call in rehearsal.of("note")] == ["quick", "slow", "slow"]


async def stored(talk: Talk, step_id: str) -> None:
    """Until the outcome of a step is in the database."""
    given = {"id": (await talk.task())["id"], "node_id": step_id}
    done = "SELECT 1 FROM task_steps WHERE task_id = :id AND node_id = :node_id AND status = 'SUCCEEDED'"
    await eventually(lambda: talk.rows(done, **given))


async def test_a_worker_that_stops_hands_an_agent_on(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await thinking(talk, script)
    await talk.worker.stop()
    [job] = await talk.rows("SELECT status, attempts, crashes FROM queue_jobs WHERE kind = 'advance'")
    assert (job["status"], job["attempts"], job["crashes"]) == ("available", 0, 0)
    script.then("It was the price.")
    talk.worker = Worker(talk.legwork, "another")
    assert (await talk.settle()).one(Answer).text == "It was the price."
    assert len(rehearsal.calls) == 1
    assert "note: a" in told(script.requests[-1])[0]
