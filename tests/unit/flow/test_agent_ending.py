"""An answer that ends an agent, and what is left open where a limit was reached. No I/O."""

from typing import Any

import pytest

from domain.core.errors import Unusable
from domain.flow.execute.agent.policy import EMPTY, LAST_FORMED
from tests.factories.rounds import Agent, agent_input, note

SCHEMA = {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]}


def test_an_answer_ends_it() -> None:
    agent = Agent()
    agent.think(note())
    output = agent.think(text="Because.")
    assert (output["ended"], output["text"], "open" in output) == ("answered", "Because.", False)


def test_an_answer_in_the_last_round_that_leaves_nothing_open_is_one() -> None:
    agent = Agent(input=agent_input(rounds=1))
    output = agent.think(text="It fell because of May.\nStill open: nothing.")
    assert (output["ended"], output["text"], "open" in output) == ("answered", "It fell because of May.", False)


@pytest.mark.parametrize("line", ["Noch offen: der Mai", "_Encore ouvert : mai_", "Open: May"])
def test_what_is_open_is_understood_in_other_languages(line: str) -> None:
    output = Agent(input=agent_input(rounds=1)).think(text=f"Es fiel.\n\n{line}")
    assert output["text"] == "Es fiel."
    assert output["open"] == line.strip("_").partition(":")[2].strip()


def test_an_answer_in_a_form_is_not_asked_for_a_line_of_words() -> None:
    agent = Agent(input=agent_input(rounds=1, schema=SCHEMA))
    assert agent.standing.orders == [LAST_FORMED]
    assert agent.think(text='{"why": "May"}', data={"why": "May"})["open"] == "find out why"


def test_who_still_asks_for_calls_in_the_last_round_is_ended_with_what_was_said() -> None:
    agent = Agent(input=agent_input(rounds=2))
    agent.think(note(), text="I look at it.")
    output = agent.think(("read_file", {"file": "leads.csv"}))
    assert (output["text"], output["ended"], output["open"]) == ("I look at it.", "rounds", "Read leads.csv")


def test_an_empty_last_answer_leaves_the_goal_open() -> None:
    output = Agent(input=agent_input(rounds=1)).think()
    assert (output["text"], output["open"]) == ("I have no answer yet.", "find out why")


def test_an_empty_answer_is_asked_for_once_more_and_then_fails_it() -> None:
    agent = Agent()
    assert "ended" not in agent.think()
    assert agent.standing.orders == [EMPTY]
    with pytest.raises(Unusable, match="empty twice"):
        agent.think()


def test_an_empty_answer_that_is_mended_is_forgotten() -> None:
    agent = Agent()
    agent.think()
    agent.think(note())
    assert "ended" not in agent.think()


def test_an_answer_that_misses_its_form_is_asked_for_once_more() -> None:
    agent = Agent(input=agent_input(schema=SCHEMA))
    agent.think(text="It fell.", data=None)
    assert "no JSON object" in agent.standing.orders[0]
    output = agent.think(text='{"why": 3}', data={"why": 3})
    assert output["ended"] == "answered"
    assert output["text"].endswith("(This is not in the form that was asked for.)")
    assert "why: 3 is not of type" in output["wrong"]


def test_an_answer_that_keeps_its_form_ends_it() -> None:
    agent = Agent(input=agent_input(schema=SCHEMA))
    output = agent.think(text='{"why": "May"}', data={"why": "May"})
    assert output["ended"] == "answered"
    assert "wrong" not in output


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "allOf": [{"$ref": "#"}]},
        {"$ref": "https://example.org/schema.json"},
        {"type": "object", "properties": {"why": {"pattern": "(a+)+$"}}},
        {"type": "object", "properties": 3},
    ],
)
def test_a_schema_leads_nowhere_and_is_looked_at_in_no_time(schema: dict[str, Any]) -> None:
    agent = Agent(input=agent_input(schema=schema))
    assert agent.think(text="x", data={"why": "a" * 40 + "b"})["ended"] == "answered"


def test_in_the_last_round_nothing_is_asked_for_again() -> None:
    agent = Agent(input=agent_input(schema=SCHEMA, rounds=1))
    assert agent.think(text="It fell.")["ended"] == "rounds"
