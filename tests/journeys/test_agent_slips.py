"""What a model or a plan gets wrong about an agent is told in a sentence to whoever can mend it, and it ends."""

from decimal import Decimal
from typing import Any

from domain.conversations.said import Answer, Problem
from domain.llm.model import Reply, ToolCall, Usage
from domain.tools.kit import switch
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import asks, node, plan, reply
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually
from tests.journeys.test_agents_hearing import note

SCHEMA = {"type": "object", "properties": {"why": {"type": "string"}}, "required": ["why"]}


def agent(**config: Any) -> dict[str, Any]:
    return node("n1", "agent", "find out", **({"goal": "Find out why Hillside lost leads."} | config))


async def output(talk: Talk, node_id: str = "n1") -> dict[str, Any]:
    [step] = await talk.rows("SELECT output FROM task_steps WHERE node_id = :id", id=node_id)
    return step["output"]


async def test_arguments_of_a_megabyte_are_neither_made_nor_kept(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(agent()), asks(("note", {"text": "x" * 1_000_000})), "It was the price.")
    assert (await talk.say("find out why")).one(Answer).text == "It was the price."
    assert not rehearsal.calls
    assert len(str(await output(talk, "n1[0].think"))) < 2_000
    assert "32 kB" in script.requests[-1].exchange[-1].text


async def test_an_answer_that_never_meets_its_form_says_so(talk: Talk, script: Script) -> None:
    script.then(plan(agent(schema=SCHEMA)), "It was the price.", {"why": 3})
    answer = (await talk.say("find out why")).one(Answer)
    assert "(This is not in the form that was asked for.)" in answer.text
    assert "is no JSON object" in script.requests[-1].exchange[-1].text
    assert (await output(talk))["rounds"] == 2


async def test_an_empty_answer_is_asked_for_once_more_and_fails_then(talk: Talk, script: Script) -> None:
    script.then(plan(agent()), asks(), asks())
    assert "empty twice" in (await talk.say("find out why")).one(Problem).sentence


async def test_a_budget_of_a_model_without_a_price_is_refused(talk: Talk, script: Script) -> None:
    script.then(plan(agent(budget=0.5, model="llama-3")), reply("I cannot."))
    await talk.say("find out why")
    [step] = await talk.rows("SELECT error FROM task_steps WHERE node_id = 'n1'")
    assert step["error"]["sentence"] == "I do not know what llama-3 costs, so I cannot keep to a budget of $0.50."
    assert step["error"]["remedy"]


async def test_what_was_said_before_a_limit_was_found_is_work_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("a")
    dear = Reply(
        "", None, (ToolCall("1", "note", {"text": "a"}),), Usage(cost=Decimal("0.6")), "scripted", "gpt-5-mini"
    )
    script.then(plan(agent(budget=0.5, model="gpt-5-mini")), dear, reply("Of 2025, then."))
    await talk.begin("find out why")
    await eventually(lambda: bool(rehearsal.calls))
    await note(talk, "only 2025")
    gate.set()
    replies = await talk.settle()
    assert (await output(talk))["ended"] == "budget"
    assert [answer.text for answer in replies.of(Answer)][-1] == "Of 2025, then."
    assert script.requests[-1].variables["message"] == "only 2025"


async def test_an_agent_whose_tools_were_all_switched_off_comes_to_an_end(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("a")
    script.then(plan(agent(tools=["note"])), *[asks(("note", {"text": text})) for text in "abcdefg"])
    await talk.begin("find out why")
    await eventually(lambda: bool(rehearsal.calls))
    async with talk.legwork.database.system("a test") as session:
        await switch(session, (await talk.task())["org_id"], "note", on=False)
    gate.set()
    await talk.settle()
    assert (await talk.task())["status"] == "SUCCEEDED"
