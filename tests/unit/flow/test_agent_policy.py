"""What an agent may do next, counted from what is stored of it. No I/O."""

from decimal import Decimal
from typing import Any

import pytest

from domain.core.errors import Invalid, Unusable
from domain.flow.execute.agent.limits import check_budget
from domain.flow.execute.agent.policy import EMPTY, LAST, LAST_FORMED, SOMETHING_ELSE, WITHHELD
from tests.factories.rounds import REFUSED, Agent, Asked, agent_input, comes, in_turn, keep, note, rehearsed, send

SCHEMA = {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]}


def repeated(agent: Agent, *calls: Asked, most: int = 30) -> dict[str, Any]:
    """The model asks for the same calls in turn, whatever it is told, until that ends it."""
    for number in range(most):
        output = agent.think(calls[number % len(calls)])
        if "ended" in output:
            return output
    raise AssertionError("it goes on for ever")


# -- several calls at once ---------------------------------------------------------------------------


def test_a_ninth_call_of_a_round_is_not_made() -> None:
    agent = Agent()
    agent.think(*(note(str(number)) for number in range(10)))
    assert [name for name, _, _ in agent.made] == [f"0.c{number}" for number in range(8)]
    assert agent.why == [None] * 8 + ["too_many"] * 2
    assert "at most 8 calls" in agent.told[0]


def test_of_two_identical_calls_one_is_made() -> None:
    agent = Agent()
    agent.think(note(), ("note", {"text": "a"}), note("b"))
    assert [name for name, _, _ in agent.made] == ["0.c0", "0.c2"]
    assert "as c0 says" in agent.told[0]


def test_a_call_is_the_same_however_its_defaults_are_written() -> None:
    agent = Agent()
    agent.think(("send", {"to": "ben"}), ("send", {"text": "", "to": "ben", "authorization": None}))
    assert agent.why == [None, "repeat"]


def test_only_external_calls_are_marked_so() -> None:
    agent = Agent()
    output = agent.think(note(), keep(), send())
    assert [call["external"] for call in output["calls"]] == [False, False, True]


# -- repeats -----------------------------------------------------------------------------------------


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
    output = repeated(agent, note())
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
    output = repeated(agent, call)
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


def test_a_kill_resets_nothing() -> None:
    first, second = Agent(), Agent()
    for _ in range(3):
        first.think(note())
    second.rounds = [*first.rounds]
    assert second.standing == first.standing
    assert second.think(note()) == first.think(note())


# -- no ----------------------------------------------------------------------------------------------


def test_a_refused_call_is_not_asked_about_again() -> None:
    agent = Agent(came=comes(REFUSED | {"words": "not Ben"}))
    agent.think(send("ben"))
    agent.think(send("ben"), send("eve"))
    assert agent.why == ["refused", None]
    assert "“not Ben”" in agent.told[0]


def test_a_second_no_closes_the_tool() -> None:
    agent = Agent(came=comes({"text": "x"}, send=REFUSED))
    agent.think(send("ben"))
    agent.think(send("eve"))
    agent.think(send("ada", "dear"), note())
    assert agent.why == ["closed", None]
    assert len([made for made in agent.made if made[1] == "send"]) == 2


def test_words_that_ask_for_something_else_instead_are_no_no() -> None:
    agent = Agent(came=comes({"not_made": "The person wants something else: to Ada"}))
    for name in ("ben", "eve", "ada"):
        agent.think(send(name))
    assert len(agent.made) == 3


def test_who_rewords_what_was_refused_for_ever_is_ended() -> None:
    agent = Agent(came=comes(REFUSED))
    output = repeated(agent, *(send(str(number)) for number in range(30)))
    assert output["ended"] in ("looped", "rounds")
    assert len(agent.made) == 2


# -- calls that there are not --------------------------------------------------------------------------


def test_an_invented_tool_is_answered_with_names_like_it() -> None:
    agent = Agent()
    agent.think(("notes", {}), ("fly_to_the_moon", {}))
    assert agent.told[0] == "There is no tool called notes. Did you mean note or items?"
    assert agent.told[1] == "There is no tool called fly_to_the_moon. Use those you were given."
    assert "send" not in " ".join(agent.told)


def test_wrong_arguments_are_answered_with_how_it_is_called() -> None:
    agent = Agent()
    agent.think(("send", {"too": "ben"}))
    assert agent.why == ["bad_arguments"]
    assert "send(to: string, text?: string, authorization?: string)" in agent.told[0]


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


def test_an_agent_that_may_only_read_changes_nothing() -> None:
    agent = Agent(offered=rehearsed(reads=True))
    agent.think(note(), keep(), send())
    assert agent.why == [None, "refused", "refused"]


def test_a_viewers_agent_changes_nothing() -> None:
    agent = Agent(offered=rehearsed(role="viewer"))
    agent.think(keep(), send(), note())
    assert agent.why == ["refused", "refused", None]


# -- ends --------------------------------------------------------------------------------------------


def test_an_answer_ends_it() -> None:
    agent = Agent()
    agent.think(note())
    output = agent.think(text="Because.")
    assert (output["ended"], output["text"], "open" in output) == ("answered", "Because.", False)


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
