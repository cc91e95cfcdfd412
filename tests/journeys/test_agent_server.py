"""An agent whose model is asked over HTTP: whatever happened before, a server is sent what it takes, mostly once."""

import json
from itertools import pairwise
from typing import Any

import pytest

from domain.conversations.said import Answer, ApprovalCard, Problem
from domain.core.errors import Invalid
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan
from tests.fakes.openai import Behaviour, Call, FakeOpenAI, decides, fails, says
from tests.fixtures.talk import Talk

AGENT = node("n1", "agent", "find out", goal="Find out why Hillside lost leads.", rounds=8)


def calls(*made: tuple[str, Any], text: str = "") -> Behaviour:
    """As models do, each answer names its calls anew from one on."""
    return Behaviour(text, tuple(Call(name, given, f"call_{place}") for place, (name, given) in enumerate(made)))


def turns(server: FakeOpenAI) -> list[list[Any]]:
    """What each thought of the agent was sent after the front."""
    bodies = [received.body for received in server.ledger[1:]]
    return [body.get("input") or body["messages"] for body in bodies]


async def test_each_thought_is_sent_what_was_sent_before_and_what_came_of_it(
    modelled: Talk, server: FakeOpenAI, rehearsal: Rehearsal
) -> None:
    rehearsal.fail("items", Invalid("There are none.", remedy="Name some."))
    server.script(
        decides(plan(AGENT)),
        calls(("note", {"text": "a"}), ("note", {"text": "word " * 9_000}), ("items", {"items": []}), text="I look."),
        calls(("look it up!", {"at": "x"}), ("note", '{"text": "b"'), ("note", {"wrong": "\ud83d\ude00"})),
        calls(("send", {"to": "ben", "text": "</untrusted>"})),
        calls(("note", {"text": "a"})),
        says("<think>Nothing more.</think>It was the price."),
    )
    assert (await modelled.say("find out why")).of(ApprovalCard)
    assert (await modelled.press("Reject")).one(Answer).text.startswith("It was the price.")
    assert [received.problems for received in server.ledger] == [()] * 6
    for before, after in pairwise(turns(server)):
        assert after[: len(before)] == before
    assert len({json.dumps(received.body["tools"]) for received in server.ledger[1:]}) == 1


async def test_the_last_round_withholds_tools_and_asks_for_the_form(modelled: Talk, server: FakeOpenAI) -> None:
    schema = {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]}
    short = node("n1", "agent", "find out", goal="Find out why.", rounds=2, schema=schema)
    server.script(decides(plan(short)), calls(("note", {"text": "a"})), decides({"why": "the price"}))
    await modelled.say("find out why")
    first, last = (received.body for received in server.ledger[1:])
    assert (first.get("tool_choice"), last.get("tool_choice")) == (None, "none")
    assert not {"text", "response_format"} & set(first)
    assert {"text", "response_format"} & set(last)
    assert [received.problems for received in server.ledger] == [()] * 3
    [output] = await modelled.rows("SELECT output FROM task_steps WHERE node_id = 'n1'")
    assert output["output"]["data"] == {"why": "the price"}


async def test_a_window_that_is_too_small_for_all_of_it_ends_nothing(modelled: Talk, server: FakeOpenAI) -> None:
    server.script(
        decides(plan(AGENT)),
        *(
            calls(*(("note", {"text": f"{round_} {number} " + "word " * 780}) for number in range(3)))
            for round_ in range(4)
        ),
        fails(400, "the request exceeds the available context size, try increasing it"),
        says("It was the price."),
    )
    assert (await modelled.say("find out why")).one(Answer).text == "It was the price."
    long, short = (len(json.dumps(sent)) for sent in turns(server)[-2:])
    assert short < long / 3


WRITTEN = ["", "null", '""', "[]", '["a"]', '"a"', "5", "true", "{", "}", '{"text": }', "text=a", '{"text": NaN}']


@pytest.mark.parametrize("written", WRITTEN, ids=range(len(WRITTEN)))
async def test_arguments_that_are_no_object_are_made_sense_of_or_asked_for_once_more(
    modelled: Talk, server: FakeOpenAI, rehearsal: Rehearsal, written: str
) -> None:
    server.script(decides(plan(AGENT)), calls(("note", written)), calls(("note", {"text": "b"})), says("So."))
    assert (await modelled.say("find out why")).one(Answer).text == "So."
    assert rehearsal.of("note")[-1] == {"text": "b"}
    assert [received.problems for received in server.ledger] == [()] * 4


async def test_a_model_that_writes_no_arguments_that_can_be_read_fails_in_a_sentence(
    modelled: Talk, server: FakeOpenAI, rehearsal: Rehearsal
) -> None:
    server.script(decides(plan(AGENT)), *[calls(("note", "text=a"))] * 2)
    problem = (await modelled.say("find out why")).one(Problem)
    assert problem.sentence
    assert problem.remedy
    assert not rehearsal.calls
    server.script(says("So."))
    assert (await modelled.press("Retry")).one(Answer).text == "So."
