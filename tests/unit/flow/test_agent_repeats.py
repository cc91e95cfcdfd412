"""Calls that were made before, and a model that goes round in circles. No I/O."""

import pytest

from domain.flow.execute.agent.policy import SOMETHING_ELSE, WITHHELD
from tests.factories.rounds import Agent, Asked, agent_input, comes, in_turn, keep, note, send


def test_of_two_identical_calls_one_is_made() -> None:
    agent = Agent()
    agent.think(note(), ("note", {"text": "a"}), note("b"))
    assert [name for name, _, _ in agent.made] == ["0.c0", "0.c2"]
    assert "as c0 says" in agent.told[0]


def test_a_call_is_the_same_however_its_defaults_are_written() -> None:
    agent = Agent()
    agent.think(("send", {"to": "ben"}), ("send", {"text": "", "to": "ben", "authorization": None}))
    assert agent.why == [None, "repeat"]


def test_a_reading_call_is_answered_from_what_it_said_before() -> None:
    agent = Agent()
    agent.think(note())
    agent.think(note(), note("b"))
    assert agent.why == ["repeat", None]
    assert "As call 0.c0 said" in agent.told[0]


def test_after_a_change_the_same_call_is_made_again() -> None:
    agent = Agent()
    agent.think(note())
    agent.think(keep())
    agent.think(note())
    agent.think(note())
    assert [name for name, _, _ in agent.made] == ["0.c0", "1.c0", "2.c0"]
    assert "As call 2.c0 said" in agent.told[0]


def test_a_change_that_failed_changed_nothing() -> None:
    agent = Agent(came=comes({"text": "x"}, keep="No."))
    agent.think(note())
    agent.think(keep())
    agent.think(note())
    assert agent.why == ["repeat"]


def test_what_was_read_beside_a_change_may_have_been_read_before_it() -> None:
    agent = Agent()
    agent.think(keep(), note())
    agent.think(note())
    assert len(agent.made) == 3


def test_a_model_that_repeats_a_reading_call_for_ever_is_ended() -> None:
    agent = Agent()
    output = agent.insist(note())
    assert output["ended"] == "looped"
    assert len(agent.made) == 1
    assert len(agent.rounds) == 5
    assert [SOMETHING_ELSE in each.think.output["orders"] for each in agent.rounds if each.think.output] == [
        *[False] * 3,
        True,
        False,
    ]
    assert agent.rounds[-1].think.output["orders"] == [WITHHELD]  # type: ignore[index]


@pytest.mark.parametrize("call", [note(), keep(), send()])
@pytest.mark.parametrize("fails", [False, True])
def test_one_call_for_ever_is_at_most_three_executions_and_six_thoughts(call: Asked, fails: bool) -> None:
    made = [{"file": f"made/{number}"} for number in range(9)]
    agent = Agent(came=comes("It is broken.") if fails else in_turn(*made))
    output = agent.insist(call)
    assert output["ended"] == "looped"
    assert len(agent.made) <= 3
    assert len(agent.rounds) <= 6


def test_a_call_that_fails_may_be_tried_again_but_not_for_ever() -> None:
    agent = Agent(came=in_turn("It is away.", "It is slow.", "It is away again."))
    for _ in range(4):
        agent.think(note())
    assert len(agent.made) == 3
    assert agent.told == ["It failed 3 times, the last time in call 2.c0, which says why."]  # in a fence: others' words


def test_a_call_that_works_at_the_second_time_is_no_circle() -> None:
    agent = Agent(came=in_turn("It is away.", {"text": "here"}))
    agent.think(note())
    agent.think(note())
    assert agent.standing.orders == []


def test_two_calls_in_turn_are_told_apart_at_the_sixth() -> None:
    agent = Agent(input=agent_input(rounds=50))
    for number in range(6):
        assert agent.standing.orders == []
        agent.think(note("ab"[number % 2]))
    assert agent.standing.orders == [SOMETHING_ELSE]
    agent.think(note())
    assert agent.standing.withheld
    assert agent.think(text="So be it.")["ended"] == "looped"


def test_six_calls_without_anything_new_are_a_circle() -> None:
    agent = Agent()
    agent.think(note("a"), note("b"), note("c"))
    agent.think(note("a"), note("b"), note("c"))
    assert agent.standing.orders == []
    agent.think(note("b"), note("a"), note("c"))
    assert agent.standing.orders == [SOMETHING_ELSE]


def test_who_does_something_else_when_told_goes_on() -> None:
    agent = Agent()
    for _ in range(3):
        agent.think(note())
    assert agent.standing.orders == [SOMETHING_ELSE]
    agent.think(note("b"))
    assert not agent.standing.withheld
    assert agent.standing.orders == []


def test_what_was_a_circle_before_the_person_said_more_is_none_after_it() -> None:
    agent = Agent()
    for _ in range(4):
        agent.think(note())
    agent.think(text="I do not know.")
    agent.input["past"] = 5
    assert agent.standing.orders == []
    assert not agent.standing.withheld


def test_what_was_read_before_the_person_said_more_is_read_again() -> None:
    agent = Agent()
    agent.think(note())
    agent.think(note(), heard=True)
    agent.think(note())
    assert [name for name, _, _ in agent.made] == ["0.c0", "1.c0"]
    assert "As call 1.c0 said" in agent.told[0]
    agent.input["past"] = 3
    agent.think(note())
    assert len(agent.made) == 3


def test_who_goes_round_in_circles_may_do_what_the_person_says_then() -> None:
    agent = Agent()
    for _ in range(4):
        agent.think(note())
    assert agent.standing.withheld
    output = agent.think(note("b"), heard=True)
    assert not output["withheld"]
    assert agent.standing.orders == []


def test_a_polled_tool_is_called_as_often_as_is_asked() -> None:
    agent = Agent()
    for _ in range(6):
        agent.think(("watch", {"text": "a"}))
    assert len(agent.made) == 6
    assert SOMETHING_ELSE not in agent.standing.orders
