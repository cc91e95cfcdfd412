"""An agent that is stopped, or fails, goes on with its unfinished round when it is tried again; nothing else is."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.conversations.said import Answer, ApprovalCard, Problem
from domain.core.errors import Invalid
from domain.core.ids import new_id
from domain.core.queue import Queue
from domain.flow.conclude import quarantine
from domain.llm.model import Reply
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import asks, node, plan
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk, Worker
from tests.fixtures.waiting import eventually

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.")


def noted(rehearsal: Rehearsal) -> list[str]:
    return [call["text"] for call in rehearsal.of("note")]


def note(text: str) -> tuple[str, dict[str, Any]]:
    return "note", {"text": text}


async def mid_round(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    """In its second round one call has ended, and another is being made."""
    script.then(plan(AGENT), asks(note("a")), asks(note("b"), note("go")))
    rehearsal.gate("go")
    await talk.begin("find out why")
    await eventually(lambda: noted(rehearsal) == ["a", "b", "go"])
    await eventually(lambda: talk.chat.shown)


async def test_a_stop_leaves_nothing_of_it_running(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await mid_round(talk, script, rehearsal)
    await talk.say("stop")
    steps = await talk.steps()
    assert steps["n1"] == "CANCELLED"
    assert steps["n1[1].c1"] == "CANCELLED"
    assert "RUNNING" not in steps.values()
    assert [step.state for step in talk.card.steps] == ["skipped"]


async def test_what_was_stopped_goes_on_with_the_calls_of_its_round(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await mid_round(talk, script, rehearsal)
    await talk.say("stop")
    rehearsal.gate("go").set()
    script.then("It was the price.")
    assert (await talk.press("Retry")).one(Answer).text == "It was the price."
    assert noted(rehearsal)[:3] == ["a", "b", "go"]
    assert noted(rehearsal)[3:] in (["go"], ["b", "go"])  # one that had ended, and was not stored yet, is made again
    assert (await talk.steps())["n1[2].think"] == "SUCCEEDED"


async def test_a_loop_that_is_stopped_is_running_no_more_and_keeps_what_it_did(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    each = node(
        "n1", "foreach", items=["a", "go"], node={"type": "tool", "name": "note", "config": {"text": "{{ item }}"}}
    )
    script.then(plan(each))
    rehearsal.gate("go")
    await talk.begin("note them")
    await eventually(lambda: noted(rehearsal) == ["a", "go"])
    await eventually(lambda: talk.chat.shown)
    await talk.say("stop")
    assert "RUNNING" not in (await talk.steps()).values()
    rehearsal.gate("go").set()
    assert (await talk.press("Retry")).one(Answer).text == "note: a\n\nnote: go"
    assert noted(rehearsal).count("go") == 2


async def test_an_external_call_under_way_is_seen_through_and_told_to_who_goes_on(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": "go"})))
    await talk.say("tell ben")
    await talk.touch("Approve")
    await eventually(lambda: rehearsal.of("send"))
    await talk.begin("stop")
    await eventually(lambda: any("Stopped" in getattr(said, "text", "") for said in talk.chat.posts()))
    gate.set()
    await talk.settle()
    steps = await talk.steps()
    assert (steps["n1"], steps["n1[0].c0"]) == ("CANCELLED", "SUCCEEDED")
    script.then("Told.")
    assert (await talk.press("Retry")).one(Answer).text == "Told."
    assert len(rehearsal.of("send")) == 1


async def test_what_it_asked_is_asked_anew_after_a_stop(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(AGENT), asks(("send", {"to": "ben", "text": "hi"})))
    await talk.say("tell ben")
    await talk.say("stop")
    assert set((await talk.steps()).values()) == {"CANCELLED", "SUCCEEDED"}
    assert (await talk.press("Retry")).of(ApprovalCard)
    script.then("Told.")
    assert (await talk.press("Approve")).one(Answer).text == "Told."


async def test_after_a_failure_only_the_unfinished_round_runs_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("bad", Invalid("It is no good."))
    script.then(plan(AGENT), asks(note("a"), note("bad")), Reply("", None), Reply("", None))
    assert (await talk.say("find out why")).of(Problem)
    before = await talk.steps()
    assert (before["n1"], before["n1[0].c1"]) == ("FAILED", "FAILED")
    script.then("It was the price.")
    assert (await talk.press("Retry")).one(Answer).text == "It was the price."
    assert noted(rehearsal) == ["a", "bad"]
    assert (await talk.steps())["n1[0].c1"] == "FAILED"


async def test_one_whose_job_is_given_up_goes_on_when_it_is_tried_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(AGENT), asks(note("a")), asks(("send", {"to": "ben", "text": "hi"})))
    await talk.say("tell ben")
    task = await talk.task()
    async with talk.legwork.database.system("a test") as session:
        await quarantine.tell(session, Job(task["id"]))
    await talk.settle()
    assert [step.state for step in talk.card.steps] == ["skipped"]
    assert [line.state for line in talk.card.steps[0].lines] == ["done", "asking"]
    assert (await talk.press("Retry")).of(ApprovalCard) or talk.card.asks
    script.then("Told.")
    assert (await talk.press("Approve")).one(Answer).text == "Told."
    assert noted(rehearsal) == ["a"]


async def test_a_call_that_was_handed_over_ends_with_it_and_is_handed_over_anew(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    talk.worker = Worker(talk.legwork, queues=(Queue.TASK, Queue.DELIVER))
    script.then(plan(AGENT), asks(("render", {"text": "film"})))
    await talk.say("find out why")
    assert (await talk.steps())["n1[0].c0"] == "HANDED"
    await talk.say("stop")
    assert set((await talk.steps()).values()) == {"CANCELLED", "SUCCEEDED"}
    talk.worker = Worker(talk.legwork, "another")
    script.then("It was the price.")
    assert (await talk.press("Retry")).one(Answer).text == "It was the price."
    assert len(rehearsal.of("render")) == 1


@dataclass(frozen=True)
class Job:
    """A row of the ledger that took its worker down too often."""

    task_id: UUID
    id: UUID = field(default_factory=new_id)
    kind: str = "advance"
    data: dict[str, Any] = field(default_factory=dict[str, Any])
