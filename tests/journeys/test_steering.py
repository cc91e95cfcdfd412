"""People stop, pause, resume and retry; by button, by word, by command. What is done stays done."""

import asyncio
import json
from typing import Any

import pytest

from domain.conversations.said import Answer, Note, Problem
from domain.core.errors import Invalid
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, question, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

THREE = plan(
    tool("n1", "note", text="a"),
    tool("n2", "note", text="go"),
    tool("n3", "note", text="c"),
    edges=[["n1", "n2"], ["n2", "n3"]],
)


def noted(rehearsal: Rehearsal) -> list[str]:
    return [call["text"] for call in rehearsal.of("note")]


async def half_done(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    """The second of three steps is running."""
    script.then(THREE)
    rehearsal.gate("go")
    await talk.begin("note three things")
    await eventually(lambda: noted(rehearsal) == ["a", "go"])


@pytest.mark.parametrize("how", ["stop", "/tasks stop", "button"])
async def test_stop_ends_the_task_at_once_and_keeps_what_is_done(
    talk: Talk, script: Script, rehearsal: Rehearsal, how: str
) -> None:
    await half_done(talk, script, rehearsal)
    await eventually(lambda: talk.chat.shown)
    replies = await (talk.press("Stop") if how == "button" else talk.say(how))
    assert (replies.whisper if how == "button" else replies.one(Note).text).startswith("Stopped: ")
    assert noted(rehearsal) == ["a", "go"]
    assert (await talk.task())["status"] == "CANCELLED"
    assert (await talk.steps())["n1"] == "SUCCEEDED"
    assert talk.card.status == "CANCELLED"
    assert [button.label for button in talk.card.buttons] == ["Retry", "Details"]


async def test_a_stopped_task_goes_on_where_it_was_when_it_is_tried_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await half_done(talk, script, rehearsal)
    await talk.say("stop")
    rehearsal.gate("go").set()
    assert (await talk.press("Retry")).one(Answer).text == "note: c"
    assert noted(rehearsal) == ["a", "go", "go", "c"]
    assert talk.card.status == "SUCCEEDED"


async def test_an_external_call_that_is_being_made_is_seen_through_before_the_task_stops(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    script.then(plan(tool("n1", "send", to="ben", text="go"), tool("n2", "note", text="b"), edges=[["n1", "n2"]]))
    await talk.say("write to Ben")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.of("send"))
    await talk.begin("stop")
    await eventually(lambda: any(isinstance(said, Note) and "Stopped" in said.text for said in talk.chat.posts()))
    gate.set()
    await talk.settle()
    assert await talk.steps() == {"n1": "SUCCEEDED", "n2": "CANCELLED"}
    assert [step.state for step in talk.card.steps] == ["done", "skipped"]
    assert not rehearsal.of("note")


@pytest.mark.parametrize("how", ["pause", "/tasks pause", "button"])
async def test_pause_lets_the_running_step_finish_and_begins_no_other(
    talk: Talk, script: Script, rehearsal: Rehearsal, how: str
) -> None:
    await half_done(talk, script, rehearsal)
    await eventually(lambda: talk.chat.shown)
    await (talk.touch("Pause") if how == "button" else talk.begin(how))
    await eventually(lambda: "Paused" in "".join(talk.chat.whispers() + [str(said) for said in talk.chat.posts()]))
    rehearsal.gate("go").set()
    await talk.settle()
    assert noted(rehearsal) == ["a", "go"]
    assert talk.card.status == "PAUSED"
    assert [button.label for button in talk.card.buttons] == ["Resume", "Stop", "Details"]
    task = await talk.task()
    assert (task["status"], task["waiting_for"]) == ("PAUSED", "person")
    assert (await talk.press("Resume")).one(Answer).text == "note: c"
    assert noted(rehearsal) == ["a", "go", "c"]


async def test_what_fails_while_the_task_is_paused_is_seen_to_when_it_goes_on(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("note", None, Invalid("The notebook is full."))
    await half_done(talk, script, rehearsal)
    await talk.begin("pause")
    await eventually(lambda: any(isinstance(said, Note) and "Paused" in said.text for said in talk.chat.posts()))
    rehearsal.gate("go").set()
    await talk.settle()
    assert (await talk.task())["status"] == "PAUSED"
    assert len(script.requests) == 1
    script.then(plan(tool("n1", "note", text="a"), tool("n4", "note", text="d"), edges=[["n1", "n4"]]))
    assert (await talk.say("resume")).one(Answer).text == "note: d"


async def test_a_task_that_is_paused_twice_or_resumed_while_it_runs_says_so(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(node("n1", "delay", "wait a day", seconds=86_400)))
    await talk.say("wait a day")
    assert "is running" in (await talk.say("resume")).one(Note).text
    await talk.say("pause")
    assert "paused already" in (await talk.say("pause")).one(Note).text


async def test_retry_goes_on_from_the_failed_step_under_a_new_key(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("send", Invalid("No such address."))
    script.then(
        plan(tool("n1", "note", text="a"), tool("n2", "send", to="ben"), edges=[["n1", "n2"]]),
        reply("There is no other way."),
    )
    await talk.say("note and send")
    await talk.press("Approve")
    assert (await talk.task())["status"] == "FAILED"
    await talk.press("Retry")
    assert (await talk.task())["status"] == "SUCCEEDED"
    assert noted(rehearsal) == ["a"]
    keys = [call.idempotency_key.rpartition(":")[2] for call in rehearsal.calls if call.tool == "send"]
    assert keys == ["0", "1"]


async def test_run_again_is_a_task_of_its_own_without_asking_the_model(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    assert (await talk.press("Run again")).one(Answer).text == "note: a"
    assert len(script.requests) == 1
    assert len(await talk.rows("SELECT 1 FROM tasks WHERE status = 'SUCCEEDED'")) == 2


@pytest.mark.parametrize("action", ["stop", "pause", "resume"])
async def test_what_has_ended_cannot_be_steered(talk: Talk, script: Script, action: str) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    value = talk.chat.button("Details").value
    assert "has ended already" in (await talk.send_press(action, value)).whisper


async def test_only_what_failed_or_was_stopped_is_tried_again(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    assert "has not failed" in (await talk.say("/tasks retry")).one(Problem).sentence


@pytest.mark.parametrize(
    "answer", [reply("this is never said"), question("this is never asked"), THREE, Invalid("this is never told")]
)
async def test_a_task_that_is_stopped_while_it_is_planned_never_begins(
    talk: Talk, script: Script, rehearsal: Rehearsal, answer: Any
) -> None:
    gate = asyncio.Event()
    script.then([gate, answer if isinstance(answer, Exception) else json.dumps(answer)])
    await talk.begin("do something")
    await eventually(lambda: script.requests)
    await talk.begin("stop")
    await eventually(lambda: any(isinstance(said, Note) for said in talk.chat.posts()))
    gate.set()
    assert (await talk.settle()).kinds == ["note"]
    assert (await talk.task())["status"] == "CANCELLED"
    assert not rehearsal.calls


@pytest.mark.parametrize("begun", [(), ("Paris has", " two million")])
async def test_stop_ends_an_answer_that_is_being_written_at_once(
    talk: Talk, script: Script, begun: tuple[str, ...]
) -> None:
    script.then([*begun, asyncio.Event(), " and this is never written"])
    await talk.begin("tell me about Paris")
    await eventually(lambda: script.requests)
    assert (await talk.say("stop")).kinds == ["note"]
    assert (await talk.task())["status"] == "CANCELLED"
    assert talk.worker.idle


async def test_stop_ends_the_search_for_another_plan_at_once(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", Invalid("There is no such thing."))
    script.then(THREE, [asyncio.Event(), "this is never said"])
    await talk.begin("note three things")
    await eventually(lambda: len(script.requests) == 2)
    await talk.say("stop")
    assert (await talk.task())["status"] == "CANCELLED"
    assert talk.worker.idle


async def test_pausing_breaks_no_answer_off(talk: Talk, script: Script) -> None:
    gate = asyncio.Event()
    script.then([gate, json.dumps(reply("It is noon."))], reply("It is noon."))
    await talk.begin("what time is it?")
    await eventually(lambda: script.requests)
    await talk.begin("pause")
    await eventually(lambda: any(isinstance(said, Note) for said in talk.chat.posts()))
    assert not talk.worker.idle
    gate.set()
    await talk.settle()
    assert (await talk.say("resume")).one(Answer).text == "It is noon."


@pytest.mark.parametrize("word", ["stop", "please stop", "cancel everything"])
async def test_a_word_that_steers_is_no_turn_of_the_conversation(
    talk: Talk, script: Script, rehearsal: Rehearsal, word: str
) -> None:
    await half_done(talk, script, rehearsal)
    await talk.say(word)
    script.then(reply("Hello."))
    await talk.say("hello again")
    assert [turn.text for turn in script.requests[-1].turns if turn.role == "user"] == ["note three things"]
