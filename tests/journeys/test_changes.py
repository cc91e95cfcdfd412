"""People edit and delete what they said, and say whether an answer helped."""

import asyncio
import json

import pytest

from domain.conversations.said import Answer, Note
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually


async def test_an_edit_before_the_work_begins_counts(talk: Talk, script: Script) -> None:
    script.then(reply("Two."))
    with talk.worker.away():
        await talk.tell("one", message_id="m1")
        await talk.change("m1", "edited", "two")
    assert (await talk.settle()).one(Answer).text == "Two."
    assert script.requests[0].variables["message"] == "two"


async def test_a_message_deleted_before_it_was_understood_is_not_worked_on(talk: Talk) -> None:
    with talk.worker.away():
        await talk.tell("one", message_id="m1")
        await talk.change("m1", "deleted")
    assert not await talk.settle()
    assert not await talk.rows("SELECT 1 FROM tasks")


async def test_an_edit_while_it_runs_is_asked_about_and_may_start_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)), reply("Two."))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "edited", "two")
    assert "edited" in (await talk.settle()).one(Note).text
    replies = await talk.press("Start again")
    assert replies.one(Answer).text == "Two."
    rows = await talk.rows("SELECT status FROM tasks ORDER BY id")
    assert [row["status"] for row in rows] == ["CANCELLED", "SUCCEEDED"]


async def test_a_deletion_while_it_runs_is_noticed_and_it_goes_on(talk: Talk, script: Script) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "deleted")
    assert [button.label for button in (await talk.settle()).one(Note).buttons] == ["Stop"]
    await talk.press("Stop")
    assert (await talk.task())["status"] == "CANCELLED"


@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_afterwards_nothing_is_repeated_unasked(talk: Talk, script: Script, change: str) -> None:
    script.then(reply("One."))
    await talk.say("one", message_id="m1")
    await talk.change("m1", change, "two")
    assert not await talk.settle()
    assert len(await talk.rows("SELECT 1 FROM tasks")) == 1


async def test_an_edit_that_changes_nothing_or_is_of_somebody_elses_message_is_ignored(
    talk: Talk, script: Script
) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "edited", "one")
    await talk.other("eve", talk.place).change("m1", "edited", "something else")
    await talk.change("m9", "edited", "what was never said")
    assert not await talk.settle()


async def test_an_edit_while_it_is_planned_is_told(talk: Talk, script: Script) -> None:
    gate = asyncio.Event()
    script.then([gate, json.dumps(reply("One."))])
    await talk.tell("one", message_id="m1")
    await eventually(lambda: script.requests)
    await talk.change("m1", "edited", "two")
    gate.set()
    assert "edited" in (await talk.settle()).of(Note)[0].text


async def test_what_a_person_thinks_of_an_answer_is_kept_and_may_change(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    await talk.press("👍")
    await talk.press("👎")
    rows = await talk.rows("SELECT value FROM task_feedback")
    assert len(rows) == 1


async def test_nobody_else_rates_it(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    assert "no longer good" in (await talk.other("eve").press("👍")).whisper
    assert not await talk.rows("SELECT 1 FROM task_feedback")


@pytest.mark.parametrize("planned", [True, False])
async def test_an_edit_after_the_answer_offers_to_answer_again_once(talk: Talk, script: Script, planned: bool) -> None:
    script.then(plan(tool("n1", "note", text="a")) if planned else reply("One."), reply("Two."), reply("Three."))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "edited", "two")
    assert not await talk.settle(), "nothing is repeated unasked, and nothing new is said"
    again = talk.chat.button("Answer again")
    assert (await talk.press("Answer again")).one(Answer).text == "Two."
    assert script.requests[-1].variables["message"] == "two"
    assert (await talk.send_press(again.action, again.value)).whisper == "That was begun already."
    await talk.change("m1", "edited", "three")
    await talk.settle()
    assert (await talk.press("Answer again")).one(Answer).text == "Three."


async def test_a_deletion_after_the_answer_offers_nothing(talk: Talk, script: Script) -> None:
    script.then(reply("One."))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "deleted")
    assert not await talk.settle()
    assert len(talk.chat.calls) == 1
