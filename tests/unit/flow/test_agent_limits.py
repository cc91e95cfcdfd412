"""Rounds, money and minutes: what an agent is told of them, and where they end it. No I/O."""

from decimal import Decimal

import pytest

from domain.core.errors import Invalid
from domain.flow.execute.agent.limits import check_budget
from domain.flow.execute.agent.policy import LAST
from tests.factories.rounds import Agent, agent_input, note


def test_from_half_of_the_rounds_on_the_model_reads_how_many_are_left() -> None:
    agent = Agent(input=agent_input(rounds=4, minutes=None))
    told: list[list[str]] = []
    for number in range(4):
        told.append(agent.standing.orders)
        agent.think(note(str(number)), text=f"{number}")
    assert told == [[], [], ["2 rounds are left, this one counted."], [LAST]]
    assert agent.rounds[-1].think.output["ended"] == "rounds"  # type: ignore[index]


def test_the_last_round_has_no_tools_and_says_what_is_open() -> None:
    agent = Agent(input=agent_input(rounds=1))
    assert agent.standing.withheld
    output = agent.think(text="It fell.\n**Still open:** why in May.")
    assert (output["ended"], output["text"], output["open"]) == ("rounds", "It fell.", "why in May.")


def test_going_on_gives_each_allowance_again() -> None:
    agent = Agent(input=agent_input(rounds=2, budget=0.02), spent=Decimal("0.02"), price=Decimal("0.01"))
    agent.think(note())
    agent.think(note("b"))
    assert agent.standing.ends is not None
    agent.input |= {"legs": 1, "past": 2}
    assert agent.standing.ends is None
    assert not agent.standing.last


def test_before_a_thought_its_greatest_price_is_compared_with_what_is_left() -> None:
    agent = Agent(input=agent_input(budget=0.10), price=Decimal("0.03"))
    assert not agent.standing.withheld
    agent.think(note())
    agent.spent = Decimal("0.05")
    assert agent.standing.last
    agent.spent = Decimal("0.04")
    assert not agent.standing.last
    agent.spent = Decimal("0.071")
    assert agent.standing.ends == "budget"
    output = agent.think(note("never"))
    assert (output["calls"], output["ended"]) == ([], "budget")


def test_how_much_money_is_left_is_told_from_half_on() -> None:
    agent = Agent(input=agent_input(budget=0.10), price=Decimal("0.001"), spent=Decimal("0.0625"))
    assert agent.standing.orders == ["$0.0375 of $0.10 is left."]


def test_what_cannot_be_counted_is_not_spent() -> None:
    assert Agent(input=agent_input(budget=0.10), spent=None).standing.ends == "budget"


def test_a_budget_of_a_model_without_a_price_is_refused() -> None:
    with pytest.raises(Invalid, match="do not know what llama-3 costs") as refused:
        check_budget(agent_input(budget=0.5), None, "llama-3")
    assert refused.value.remedy
    check_budget(agent_input(), None, "llama-3")
    check_budget(agent_input(budget=0.5), Decimal(0), "offline")


def test_minutes_are_those_of_its_work() -> None:
    agent = Agent(input=agent_input(minutes=10.0), minute=3)
    agent.think(note("a"))
    assert agent.standing.orders == []
    agent.think(note("b"))
    assert agent.standing.orders == ["About 4 of 10 minutes are left."]
    agent.think(note("c"))
    assert agent.standing.last
    agent.think(text="x")
    agent.input["past"] = 4
    assert agent.standing.ends == "minutes"
