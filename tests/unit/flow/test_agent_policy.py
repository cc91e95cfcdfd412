"""What becomes of the calls of a reply, counted from what is stored of an agent. No I/O."""

from typing import Any

import pytest

from tests.factories.rounds import Agent, Asked, keep, note, send


def test_a_ninth_call_of_a_round_is_not_made() -> None:
    agent = Agent()
    agent.think(*(note(str(number)) for number in range(10)))
    assert [name for name, _, _ in agent.made] == [f"0.c{number}" for number in range(8)]
    assert agent.why == [None] * 8 + ["too_many"] * 2
    assert "at most 8 calls" in agent.told[0]


def test_only_external_calls_are_marked_so() -> None:
    agent = Agent()
    output = agent.think(note(), keep(), send())
    assert [call["external"] for call in output["calls"]] == [False, False, True]


def test_a_kill_resets_nothing() -> None:
    first, second = Agent(), Agent()
    for _ in range(3):
        first.think(note())
    second.rounds = [*first.rounds]
    assert second.standing == first.standing
    assert second.think(note()) == first.think(note())


def test_the_third_slip_in_a_row_withholds_tools() -> None:
    agent = Agent()
    agent.think(("fly", {}))
    agent.think(("send", {}))
    assert not agent.standing.withheld
    agent.think(("swim", {}))
    assert agent.standing.withheld
    assert agent.think(("fly", {}), text="I cannot.")["ended"] == "looped"


def test_a_slip_between_good_calls_withholds_nothing() -> None:
    agent = Agent()
    fly: Asked = ("fly", {})
    for call in (fly, fly, note(), fly):
        agent.think(call)
    assert not agent.standing.withheld


def test_arguments_of_a_megabyte_are_not_kept() -> None:
    agent = Agent()
    output = agent.think(note("x" * 1_000_000), note("y"))
    assert agent.why == ["too_long", None]
    assert "32 kB" in agent.told[0]
    assert output["calls"][0]["arguments"] == {}


@pytest.mark.parametrize("given", [{"text": 10**40}, {"text": "\ud800\0a"}, {"text": float("nan")}])
def test_arguments_that_cannot_be_stored_are_told_so_or_cleaned(given: dict[str, Any]) -> None:
    agent = Agent()
    output = agent.think(("note", given))
    assert agent.why in (["bad_arguments"], [None])
    assert output["calls"][0]["arguments"] in ({}, {"text": "a"}, {"text": None})


def test_arguments_that_nest_for_ever_are_told_so() -> None:
    nested: Any = "x"
    for _ in range(2_000):
        nested = [nested]
    agent = Agent()
    agent.think(("items", {"items": nested}))
    assert agent.why == ["bad_arguments"]
