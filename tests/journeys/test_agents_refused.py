"""Plans with agents that cannot work are refused before anything runs: in a sentence, with what to do instead."""

from typing import Any

import pytest

from domain.conversations.said import Problem
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import Node, node, plan, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk


def agent(**config: Any) -> dict[str, Any]:
    return plan(node("n1", "agent", "find out", **({"goal": "Find out why."} | config)))


def nested(levels: int) -> Node:
    inside = nested(levels - 1) if levels > 1 else tool("last", "note", text="x")
    return node(f"n{levels}", "foreach", items="{{ item }}" if levels < 4 else [1], node=inside)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no rounds": (agent(rounds=0), "“rounds” is a whole number from 1 to 50; leave it out for 12."),
    "too many rounds": (agent(rounds=51), "“rounds” is a whole number from 1 to 50; leave it out for 12."),
    "less than no money": (agent(budget=-1), "“budget” is an amount of US dollars above 0; leave it out for none."),
    "no time": (agent(minutes=0), "leave it out for 20."),
    "a goal without end": (agent(goal="x" * 100_000), "at most 20,000 are possible"),
    "no goal": (agent(goal=""), "needs “goal” in its config."),
    "no tool": (agent(tools=[]), "it may use no tool; name those it needs, or leave “tools” out for all of them."),
    "a tool that is none": (agent(tools=["nope"]), "there is no such tool; leave it out."),
    "a form that is none": (agent(schema={"type": "nope"}), "leave it out for an answer in words."),
    "what nobody knows": (agent(wait=1), "there is no “wait” in its config; leave it out."),
    "a round of its own": (plan(node("n1", "think")), "give the plan an agent node."),
    "an error edge into its past": (
        plan(tool("n1", "note"), tool("n2", "note"), edges=[["n1", "n2"], ["n2", "n1", "error"]]),
        "lead it to a node that comes after n2.",
    ),
    "a retry of a person": (
        plan(node("n1", "approval", text="May I?") | {"retry": {"attempts": 3}}),
        "asks a person, and is not tried again by itself; leave retry out.",
    ),
    "four levels": (plan(nested(4)), "make one list of its items in a step before."),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_the_model_is_told_what_is_wrong_and_then_the_person(
    talk: Talk, script: Script, rehearsal: Rehearsal, name: str
) -> None:
    planned, why = REFUSED[name]
    script.then(*[planned] * 3)
    problem = (await talk.say("find out why")).one(Problem)
    assert why in problem.sentence
    assert problem.remedy
    assert len(problem.sentence) < 400
    assert why in str(script.requests[1].variables["errors"])
    assert len(script.requests) == 3
    assert not rehearsal.calls


async def test_a_budget_for_a_model_whose_price_nobody_knows_is_refused_before_it_is_asked(
    talk: Talk, script: Script
) -> None:
    script.then(agent(budget=1, model="nobody/knows"), {"reply": "There is no other way.", "kind": "reply"})
    problem = (await talk.say("find out why")).one(Problem)
    assert problem.sentence == "I do not know what nobody/knows costs, so I cannot keep to a budget of $1.00."
    assert problem.remedy == "There is no other way."
    assert [request.prompt.name for request in script.requests] == ["decide", "replan"]
    assert "Leave the budget out" in str(script.requests[1].variables["failed"])
