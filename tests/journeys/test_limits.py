"""How often a step is tried, how long it may take, and how many run at once: as its plan says."""

from typing import Any

import pytest

from domain.conversations.said import Answer, ApprovalCard, Problem
from domain.core import ids
from domain.core.errors import Unavailable
from domain.workflows.spec import Spec
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import Node, plan, reply, spec, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Replies, Talk

AWAY = "It does not answer."


async def run_kept(talk: Talk, script: Script, kept: Spec, *then: Any) -> Replies:
    """Run a plan as one that is kept: it may say what no model does. ``then`` is what the model says next."""
    script.then(plan(tool("n1", "items", items=[])), *then)
    await talk.say("anything")
    await talk.say(f"/tasks save {ids.short('task', (await talk.task())['id'])} kept")
    form = kept.model_dump_json()
    await talk.rows("UPDATE workflows SET spec_json = CAST(:form AS jsonb) RETURNING id", form=form)
    return await talk.say("/workflows run kept")


def note(name: str = "n1", text: str = "x", **fields: Any) -> Node:
    return tool(name, "note", text=text) | fields


@pytest.mark.parametrize("attempts", [1, 2, 6])
async def test_a_step_is_tried_as_often_as_its_plan_says(
    talk: Talk, script: Script, rehearsal: Rehearsal, attempts: int
) -> None:
    rehearsal.fail("x", *(Unavailable(AWAY) for _ in range(attempts)))
    retry = {"attempts": attempts, "first_seconds": 600, "factor": 1, "most_seconds": 3_600}
    said = await run_kept(talk, script, spec(note(retry=retry)), reply("No other way."))
    for _ in range(attempts - 1):
        assert not said.of(Problem)
        assert not await talk.travel(minutes=9), "ten minutes are waited, and up to five more by chance"
        said = await talk.travel(minutes=7)
    assert said.one(Problem).sentence == AWAY
    assert len(rehearsal.of("note")) == attempts


async def test_a_step_that_says_nothing_is_tried_four_times(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("x", *(Unavailable(AWAY) for _ in range(4)))
    script.then(plan(note()), reply("No other way."))
    await talk.say("note it")
    for _ in range(3):
        await talk.travel(minutes=1)
    assert len(rehearsal.of("note")) == 4
    assert (await talk.task())["status"] == "FAILED"


async def test_a_step_that_takes_too_long_is_cut_off_and_has_failed(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.gate("x")
    slow = note(timeout_seconds=1, retry={"attempts": 1})
    said = await run_kept(talk, script, spec(slow), reply("No other way."))
    problem = said.one(Problem)
    assert problem.sentence == "note took longer than 1 second."
    assert problem.remedy


async def test_a_step_that_takes_too_long_is_tried_again(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("x")
    assert not await run_kept(talk, script, spec(note(timeout_seconds=1)))
    gate.set()
    assert (await talk.travel(minutes=1)).one(Answer).text == "note: x"


async def test_that_it_took_too_long_can_be_dealt_with(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.gate("x")
    slow = note(timeout_seconds=1, retry={"attempts": 1})
    told = note("n2", "{{ n1.output.error.code }}")
    said = await run_kept(talk, script, spec(slow, told, edges=[["n1", "n2", "error"]]))
    assert said.one(Answer).text == "note: timed_out\n\n1 step failed and was dealt with."


async def test_a_call_that_changes_something_outside_is_asked_about_when_it_was_cut_off(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.gate("x")
    send = tool("n1", "send", to="ben", text="x") | {"timeout_seconds": 1, "retry": {"attempts": 3}}
    await run_kept(talk, script, spec(send, note("n2", "sorry"), edges=[["n1", "n2", "error"]]))
    card = (await talk.press("Approve")).one(ApprovalCard)
    assert card.title == "This may have happened: send"
    assert await talk.steps() == {"n1": "UNKNOWN", "n2": "PENDING"}
    assert len(rehearsal.of("send")) == 1, "it is not tried again unasked"


@pytest.mark.parametrize(("at_once", "expected"), [(None, 4), (1, 1), (7, 7)])
async def test_as_many_steps_run_at_once_as_the_plan_says(
    talk: Talk, script: Script, rehearsal: Rehearsal, at_once: int | None, expected: int
) -> None:
    notes = spec(*(note(f"n{number}", f"{number}") for number in range(10)))
    await run_kept(talk, script, notes.model_copy(update={"at_once": at_once}) if at_once else notes)
    assert rehearsal.most_at_once == expected
    assert (await talk.task())["status"] == "SUCCEEDED"


async def test_another_plan_keeps_what_the_first_said_of_its_steps(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    first = note(retry={"attempts": 2}, timeout_seconds=30)
    rehearsal.fail("y", Unavailable(AWAY))
    second = note("n2", "y", retry={"attempts": 1})
    script.then(plan(first, second, edges=[["n1", "n2"]]), plan(first, note("n3", "z"), edges=[["n1", "n3"]]))
    assert (await talk.say("note both")).one(Answer).text == "note: z"
    assert [call["text"] for call in rehearsal.of("note")] == ["x", "y", "z"]
    shown = script.requests[1].variables["plan"]["nodes"]
    assert shown[0]["retry"]["attempts"] == 2
    assert shown[0]["timeout_seconds"] == 30


async def test_a_step_that_was_handed_over_keeps_to_its_limits(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.gate("film")
    render = tool("n1", "render", text="film") | {"timeout_seconds": 1, "retry": {"attempts": 1}}
    said = await run_kept(talk, script, spec(render), reply("No other way."))
    assert said.one(Problem).sentence == "render took longer than 1 second."
    assert len(rehearsal.of("render")) == 1


async def test_a_call_that_was_handed_over_and_cut_off_is_asked_about(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.gate("film")
    publish = tool("n1", "publish", to="ben", text="film") | {"timeout_seconds": 1, "retry": {"attempts": 3}}
    await run_kept(talk, script, spec(publish))
    assert (await talk.press("Approve")).one(ApprovalCard).title == "This may have happened: publish"
    assert len(rehearsal.of("publish")) == 1
