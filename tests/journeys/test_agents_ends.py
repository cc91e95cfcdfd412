"""How an agent comes to its end: its answer and the form of it, its rounds, its money and its time."""

import asyncio
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from domain.conversations.said import Answer, ApprovalCard, Problem
from domain.core.errors import Unavailable
from domain.llm.model import Reply, Usage
from tests.factories.incoming import file
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import ordered, told
from tests.factories.specs import asks, node, plan, reply
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

GOAL = "Find out why Hillside lost leads."
AGENT = node("n1", "agent", "find out", goal=GOAL)
FIRST = asks(("note", {"text": "a"}))


async def output(talk: Talk, step_id: str = "n1") -> dict[str, Any]:
    [row] = await talk.rows("SELECT output FROM task_steps WHERE node_id = :id", id=step_id)
    return dict(row["output"])


async def test_an_answer_that_misses_the_form_is_asked_for_once_more(talk: Talk, script: Script) -> None:
    schema = {"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"]}
    agent = node("n1", "agent", goal=GOAL, schema=schema)
    script.then(plan(agent), Reply("{}", {}), Reply('{"reason": "price"}', {"reason": "price"}))
    await talk.say("find out why")
    assert (await output(talk))["data"] == {"reason": "price"}
    assert "reason" in ordered(script.requests[2])


async def test_an_answer_that_never_meets_the_form_says_so(talk: Talk, script: Script) -> None:
    schema = {"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"]}
    agent = node("n1", "agent", goal=GOAL, schema=schema)
    script.then(plan(agent), Reply("{}", {}), "It was the price.")
    assert "not in the form" in (await talk.say("find out why")).one(Answer).text


async def test_the_last_round_has_no_tools_and_ends_with_what_is_open(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(
        plan(node("n1", "agent", goal=GOAL, rounds=4)),
        FIRST,
        *(asks(("note", {"text": text})) for text in "bc"),
        "It may be the price.\nStill open: whether the price was raised",
    )
    await talk.say("find out why")
    assert [request.withheld for request in script.requests[1:]] == [False, False, False, True]
    assert "2 rounds are left" in ordered(script.requests[3])
    found = await output(talk)
    assert (found["ended"], found["open"]) == ("rounds", "whether the price was raised")
    assert len(rehearsal.calls) == 3


async def test_calls_in_the_last_round_are_not_made(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(node("n1", "agent", goal=GOAL, rounds=2)), FIRST, asks(("send", {"to": "ben"})))
    replies = await talk.say("find out why")
    assert not replies.of(ApprovalCard)
    assert (await output(talk))["ended"] == "rounds"
    assert len(rehearsal.calls) == 1


@pytest.mark.parametrize("cost", ["0.02", None])
async def test_it_ends_before_its_money_does(
    talk: Talk, script: Script, rehearsal: Rehearsal, cost: str | None
) -> None:
    usage = Usage(cost=Decimal(cost) if cost else None)
    script.then(
        plan(node("n1", "agent", goal=GOAL, budget=0.021, model="gpt-5-mini")),
        replace(FIRST, usage=usage),
    )
    await talk.say("find out why")
    assert (await output(talk))["ended"] == "budget"
    assert len(script.requests) == 2


async def test_what_thoughts_may_have_cost_that_never_came_back_counts_as_spent(talk: Talk, script: Script) -> None:
    never = asyncio.Event()
    agent = node("n1", "agent", goal=GOAL, budget=0.02, model="gpt-5-mini")
    script.then(plan(agent), *([never, "No."] for _ in range(9)))
    await talk.begin("find out why")
    for asked in (2, 3):  # each may cost a cent, all but a tenth of it
        await eventually(lambda count=asked: len(script.requests) == count)
        await talk.worker.lose_leases()
        await talk.worker.start()
    await talk.settle()
    assert (await output(talk))["ended"] == "budget"
    assert len(script.requests) == 3


async def test_a_model_that_was_away_has_cost_nothing(talk: Talk, script: Script) -> None:
    away = Unavailable("The model does not answer.")
    agent = node("n1", "agent", goal=GOAL, budget=0.03, model="gpt-5-mini")
    script.then(plan(agent), *(away for _ in range(6)), "It was the price.")
    await talk.say("find out why")
    for _ in range(6):
        replies = await talk.travel(seconds=70)
    assert replies.one(Answer).text == "It was the price."


async def test_it_ends_when_its_time_is_over(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    rehearsal.fail("note", Unavailable("The notebook is closed."))
    script.then(plan(node("n1", "agent", goal=GOAL, minutes=1)), FIRST)
    await talk.say("find out why")
    async with talk.legwork.database.system("a test") as session:
        await session.execute(text("UPDATE task_steps SET started_at = started_at - interval '2 minutes'"))
    await talk.travel(seconds=10)
    assert (await output(talk))["ended"] == "minutes"
    assert len(script.requests) == 2


async def test_an_answer_that_was_cut_says_so(talk: Talk, script: Script) -> None:
    script.then(plan(AGENT), Reply("It was the", None, cut=True))
    assert (await talk.say("find out why")).one(Answer).text.endswith("(cut at the model's limit)")
    assert (await output(talk))["cut"] is True


async def test_numbers_are_checked_against_the_facts_it_has(talk: Talk, script: Script) -> None:
    rows = "month,leads\n" + "".join(f"2025-{month:02},{100 + month}\n" for month in range(1, 13))
    look = asks(("analyse_table", {"file": "leads.csv"}))
    script.then(plan(AGENT), look, "There were 1,278 leads in total. There were 9,999 leads too.")
    answer = (await talk.say("find out why", [file("leads.csv", rows.encode(), "text/csv")])).one(Answer)
    assert "1,278" in answer.text
    assert "9,999" not in answer.text


@pytest.mark.parametrize(("fallback", "asked"), [(None, 3), ("gpt-5-mini", 3), ("gpt-6-astra", 1)])
async def test_its_money_has_to_be_enough_for_the_model_that_is_asked_where_its_own_is_away(
    talk: Talk, script: Script, rehearsal: Rehearsal, fallback: str | None, asked: int
) -> None:
    settings = talk.legwork.settings.model_copy(update={"fallback_model": fallback})
    dear = Talk(replace(talk.legwork, settings=settings), talk.chat)
    script.then(plan(node("n1", "agent", goal=GOAL, budget=0.1, model="gpt-5-mini")), FIRST, "It was the price.")
    await dear.say("find out why")
    await dear.worker.stop()
    assert len(script.requests) == asked


async def test_there_is_no_budget_where_the_model_that_may_be_asked_has_no_price(talk: Talk, script: Script) -> None:
    settings = talk.legwork.settings.model_copy(update={"fallback_model": "llama3"})
    dear = Talk(replace(talk.legwork, settings=settings), talk.chat)
    script.then(plan(node("n1", "agent", goal=GOAL, budget=0.1, model="gpt-5-mini")), reply("No other way."))
    problem = (await dear.say("find out why")).one(Problem)
    await dear.worker.stop()
    assert "llama3" in problem.sentence


LEADS = file(
    "leads.csv", ("month,leads\n" + "".join(f"2025-{n:02},{100 + n}\n" for n in range(1, 13))).encode(), "text/csv"
)
LOOK = asks(("analyse_table", {"file": "leads.csv"}))


async def test_numbers_are_checked_where_its_money_ends_it(talk: Talk, script: Script) -> None:
    """What it said on the way was no answer, until it is one."""
    agent = node("n1", "agent", goal=GOAL, budget=0.021, model="gpt-5-mini")
    on_the_way = asks(("note", {"text": "b"}), text="There were 1,278 leads. There were 9,999 leads too.")
    script.then(plan(agent), LOOK, replace(on_the_way, usage=Usage(cost=Decimal("0.02"))))
    answer = (await talk.say("find out why", [LEADS])).one(Answer)
    assert "I stopped at $0.021" in answer.text
    assert "1,278" in answer.text
    assert "9,999" not in answer.text


async def test_numbers_are_checked_in_what_is_left_open_too(talk: Talk, script: Script) -> None:
    agent = node("n1", "agent", goal=GOAL, rounds=2)
    script.then(plan(agent), LOOK, "There were 1,278 leads.\nStill open: why there were 9,999 leads in May")
    answer = (await talk.say("find out why", [LEADS])).one(Answer)
    assert "1,278" in answer.text
    assert "9,999" not in answer.text
    assert f"still open: {GOAL}" in answer.text


async def test_a_node_of_a_model_with_tools_only_reads(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    looks = node("n1", "llm", prompt="Look it up.", tools=["note", "keep", "send", "http_request"])
    post = ("http_request", {"method": "POST", "url": "https://example.org", "body": "x"})
    script.then(plan(looks), asks(("send", {"to": "ben"}), ("keep", {"text": "x"}), post), FIRST, "Found.")
    replies = await talk.say("look it up")
    assert not replies.of(ApprovalCard)
    assert replies.one(Answer).text == "Found."
    assert {spec.name for spec in script.requests[1].tools} == {"note", "http_request", "look_again"}
    assert [call.tool for call in rehearsal.calls] == ["note"]
    assert "you may only read" in told(script.requests[2])[2]


async def test_the_first_of_eight_reading_rounds_of_a_node_is_asked_for_nothing_else(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    looks = node("n1", "llm", prompt="Look it up.", tools=["note"])
    script.then(plan(looks), *[asks(("note", {"text": str(number)})) for number in range(7)], "Found little.")
    await talk.say("look it up")
    assert len(script.requests) == 9
    assert script.requests[-1].withheld


async def test_an_agent_that_may_use_no_tool_is_refused_before_anything_runs(talk: Talk, script: Script) -> None:
    none = node("n1", "agent", goal=GOAL, tools=[])
    script.then(plan(none), plan(none), reply("I cannot."))
    await talk.say("find out why")
    assert "tools" in str(script.requests[1].variables["errors"])


async def test_nothing_is_found_out_by_an_empty_answer(talk: Talk, script: Script) -> None:
    script.then(plan(AGENT), FIRST, "", "  ", reply("There is no other way."))
    replies = await talk.say("find out why")
    assert "empty" in replies.one(Problem).sentence
    assert "was empty" in ordered(script.requests[3])


async def test_one_empty_answer_is_asked_for_once_more(talk: Talk, script: Script) -> None:
    script.then(plan(AGENT), FIRST, "", "It was the price.")
    assert (await talk.say("find out why")).one(Answer).text == "It was the price."
    assert json.dumps(await output(talk))
