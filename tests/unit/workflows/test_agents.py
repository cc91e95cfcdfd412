"""An agent of a plan that cannot work is refused before anything runs: one sentence each, with what to do about it."""

from typing import Any

import pytest

from domain.workflows.validate import KnownTool, problems
from tests.factories.specs import node, spec

TOOLS = {"fetch": KnownTool({"type": "object"}), "off": KnownTool({"type": "object"}, enabled=False)}
SCHEMA = {"type": "object", "properties": {"why": {"type": "string"}}}


def wrong(known: dict[str, KnownTool] = TOOLS, /, **config: Any) -> list[str]:
    return problems(spec(node("n1", "agent", **({"goal": "find out why"} | config))), known)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"tools": ["fetch"], "rounds": 1, "budget": 0.5, "minutes": 0.5, "schema": SCHEMA, "model": "gpt-5-mini"},
        {"rounds": 50, "minutes": 1_440, "inputs": ["{{ input.message }}", {"rows": 3}]},
        {"rounds": 12.0, "inputs": "{{ input }}"},
        {"goal": "x" * 20_000},
    ],
)
def test_a_sound_agent_has_no_problems(config: dict[str, Any]) -> None:
    assert wrong(**config) == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"goal": ""}, "n1 (agent) needs “goal” in its config."),
        ({"goal": " "}, "“goal” is a text: say what is to be found out."),
        ({"goal": ["x"]}, "“goal” is a text: say what is to be found out."),
        ({"goal": "x" * 100_000}, "“goal” has 100,000 characters, and at most 20,000 are possible; say what"),
        ({"rounds": 0}, "“rounds” is a whole number from 1 to 50; leave it out for 12."),
        ({"rounds": 51}, "“rounds” is a whole number from 1 to 50"),
        ({"rounds": 1.5}, "“rounds” is a whole number from 1 to 50"),
        ({"rounds": "12"}, "“rounds” is a whole number from 1 to 50"),
        ({"rounds": True}, "“rounds” is a whole number from 1 to 50"),
        ({"budget": -1}, "“budget” is an amount of US dollars above 0; leave it out for none."),
        ({"budget": 0}, "“budget” is an amount of US dollars above 0"),
        ({"budget": float("inf")}, "“budget” is an amount of US dollars above 0"),
        ({"budget": "a lot"}, "“budget” is an amount of US dollars above 0"),
        ({"minutes": 0}, "“minutes” is a number above 0, and 1,440 (a day) at most; leave it out for 20."),
        ({"minutes": 1e9}, "“minutes” is a number above 0"),
        ({"minutes": float("nan")}, "“minutes” is a number above 0"),
        ({"tools": []}, "it may use no tool; name those it needs, or leave “tools” out for all of them."),
        ({"tools": "fetch"}, "“tools” is a list of names; leave it out for all of them."),
        ({"tools": ["fly"]}, "it should use the tool fly, and there is no such tool; leave it out."),
        ({"tools": [3]}, "it should use the tool 3, and there is no such tool"),
        ({"tools": ["off"]}, "it should use the tool off, which an admin has switched off; leave it out."),
        ({"schema": {"type": "string"}}, "“schema” is a JSON Schema of an object"),
        ({"schema": "an object"}, "“schema” is a JSON Schema of an object"),
        ({"schema": {"type": "object", "properties": 3}}, "“schema” is no valid JSON Schema at properties: 3 is not"),
        ({"schema": SCHEMA | {"description": "x" * 30_000}}, "ask for fewer fields."),
        ({"inputs": "the file"}, "“inputs” is a list"),
        ({"model": ""}, "“model” is a model's name"),
        ({"hours": 3}, "there is no “hours” in its config; leave it out."),
    ],
)
def test_each_slip_is_one_sentence_with_its_remedy(config: dict[str, Any], expected: str) -> None:
    [problem] = wrong(**config)
    assert expected in problem
    assert problem.startswith("n1 (agent)")


def test_an_agent_where_everything_is_switched_off_is_refused() -> None:
    [problem] = wrong({"off": TOOLS["off"]})
    assert "there is no tool that it may use" in problem


def test_an_agent_is_tried_again_but_has_minutes_instead_of_a_timeout() -> None:
    plan = spec(node("n1", "agent", goal="x") | {"retry": {"attempts": 2}})
    assert problems(plan, TOOLS) == []
    [problem] = problems(spec(node("n1", "agent", goal="x") | {"timeout_seconds": 9}), TOOLS)
    assert problem == "n1 (agent) says in its config how many minutes it may take; leave timeout_seconds out."


def nested(depth: int) -> dict[str, Any]:
    inner = node("n1", "agent", goal="look at {{ item }}")
    for _ in range(depth):
        inner = node("n1", "foreach", items=["a"], do={"nodes": [inner], "edges": []})
    return inner


def test_agents_may_stand_in_loops_but_not_four_deep() -> None:
    assert problems(spec(nested(2)), TOOLS) == []
    [problem] = problems(spec(nested(3)), TOOLS)
    assert problem.endswith(
        "n1 (agent) is nested four deep, and three levels are possible; make one list of its items in a step before."
    )


def test_an_agent_refers_only_to_what_runs_before_it() -> None:
    [problem] = wrong(goal="why did {{ n7.output }} fall")
    assert problem == "n1 refers to n7, and there is no such node."
