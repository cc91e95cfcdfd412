"""What comes after the message: calls, their answers, and what is said in between."""

from dataclasses import replace
from typing import Any

import pytest

from domain.llm.model import Request, ToolCall, Turn
from domain.llm.openai.call import READ
from domain.llm.openai.provider import OpenAIModel
from domain.llm.tokens import estimated
from tests.factories.llm import LOOK, ask, decide, with_tools
from tests.fakes.openai import FakeOpenAI, exchange, fails, says

FIRST, SECOND = ToolCall("r000c0000", "look", {"at": "sky"}), ToolCall("r000c0001", "look", {"at": "sea"})
ROUND = (
    Turn("assistant", "I look.", (FIRST, SECOND)),
    Turn("tool", "blue", call_id=FIRST.id),
    Turn("tool", "green", call_id=SECOND.id),
)


def kinds(fake: FakeOpenAI) -> list[str]:
    """The roles of all that the last request said after the front, a call's item by its kind."""
    body = fake.ledger[-1].body
    turns = body.get("input") or body["messages"][1:]
    return [turn.get("role") or turn["type"] for turn in turns]


async def test_what_is_said_in_between_stands_where_it_was_said(model: OpenAIModel, fake: FakeOpenAI):
    said = (Turn("user", "Only 2025."), *ROUND, Turn("user", "Three rounds are left."))
    await ask(model, with_tools(exchange=said))
    assert fake.ledger[-1].problems == ()
    turns = fake.ledger[-1].body.get("input") or fake.ledger[-1].body["messages"][1:]
    assert turns[0]["content"].endswith("\n\nOnly 2025.")
    assert (turns[-1]["role"], turns[-1]["content"]) == ("user", "Three rounds are left.")
    assert [kind for kind in kinds(fake) if kind in ("user", "assistant")] == ["user", "assistant", "user"]


async def test_tools_that_are_withheld_are_named_and_may_not_be_called(model: OpenAIModel, fake: FakeOpenAI):
    """Servers refuse calls in an exchange whose tools are not named."""
    await ask(model, with_tools(exchange=ROUND, withheld=True))
    body = fake.ledger[-1].body
    assert fake.ledger[-1].problems == ()
    assert len(body["tools"]) == 1
    assert body["tool_choice"] == "none"
    await ask(model, with_tools(exchange=ROUND))
    assert "tool_choice" not in fake.ledger[-1].body


async def test_a_schema_goes_with_tools_only_where_none_may_be_called(model: OpenAIModel, fake: FakeOpenAI):
    """A grammar that keeps a schema leaves no way to write a call; the answer is read by the schema all the same."""
    asked = decide("2+2")
    both = Request(asked.prompt, asked.variables, output_schema=asked.output_schema, tools=[LOOK])
    fake.script(says('{"reply": "Four."}'))
    reply = await ask(model, both)
    assert not {"text", "response_format"} & set(fake.ledger[-1].body)
    assert reply.data == {"reply": "Four."}
    await ask(model, replace(both, withheld=True))
    assert {"text", "response_format"} & set(fake.ledger[-1].body)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Unexpected role 'user' after role 'tool'"),
        (400, "After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."),
        (500, "Jinja Exception: Conversation roles must alternate user and assistant roles except for tool calls"),
    ],
)
async def test_a_template_that_wants_the_model_to_speak_before_the_person_has_it_so(
    model: OpenAIModel, fake: FakeOpenAI, naps: list[float], status: int, message: str
):
    asked = with_tools(exchange=(*ROUND, Turn("user", "Only 2025.")), model=f"strict-{len(message)}-{id(model)}")
    fake.script(fails(status, message), says("so"), says("so"))
    for _ in range(2):
        assert (await ask(model, asked)).text == "so"
    last = fake.ledger[-1].body
    turns = last.get("input") or last["messages"]
    assert [turn.get("content") for turn in turns][-2:] == [READ, "Only 2025."]
    assert last.get("instructions") or last["messages"][0]["role"] == "system"
    assert [turn.get("content") for turn in turns].count(READ) == 1
    assert "tools" in last
    assert (len(fake.ledger), naps) == (3, [])


async def test_a_name_that_a_model_made_up_can_be_sent(model: OpenAIModel, fake: FakeOpenAI):
    calls = tuple(ToolCall(f"c{place}", name, {}) for place, name in enumerate(("look it up!", "", "ü" * 90)))
    answers = (Turn("tool", "There is no such tool.", call_id=call.id) for call in calls)
    await ask(model, with_tools(exchange=(Turn("assistant", "", calls), *answers)))
    assert fake.ledger[-1].problems == ()


SHORT = (*ROUND[:1], Turn("tool", "b…", call_id=FIRST.id), Turn("tool", "g…", call_id=SECOND.id))
HELD = "This model's maximum context length is 8192 tokens. However, you requested {} tokens ({} in the messages, 4000 in the completion)."  # noqa: E501


@pytest.mark.parametrize(
    "message",
    ["the request exceeds the available context size", HELD.format(12_000, 8_000), HELD.format(11_900, 7_900)],
)
async def test_an_exchange_that_the_window_does_not_hold_is_sent_in_fewer_words(
    model: OpenAIModel, fake: FakeOpenAI, naps: list[float], message: str
):
    long = (*ROUND[:2], Turn("tool", "green " * 8_000, call_id=SECOND.id))
    asked = with_tools(
        exchange=long, short_exchange=lambda: SHORT, model=f"window-{len(message)}-{id(model)}-{message[-60:-50]}"
    )
    fake.script(fails(400, message), says("so"), says("so"))
    assert (await ask(model, asked)).text == "so"
    assert "g…" in str(fake.ledger[-1].body)
    assert "green" not in str(fake.ledger[-1].body)
    if "8192" in message:  # what was told of the window is kept
        assert (await ask(model, asked)).text == "so"
        assert "green" not in str(fake.ledger[-1].body)
    else:
        assert (await ask(model, replace(asked, exchange=ROUND))).text == "so"
        assert "green" in str(fake.ledger[-1].body)
    assert (len(fake.ledger), naps) == (3, [])


async def test_a_limit_of_the_answer_alone_shortens_nothing_that_was_said(model: OpenAIModel, fake: FakeOpenAI):
    asked = with_tools(exchange=ROUND, short_exchange=lambda: SHORT, model=f"answers-{id(model)}")
    message = "max_tokens is too large: 4000. This model supports at most 2048 completion tokens"
    fake.script(fails(400, message), says("so"))
    assert (await ask(model, asked)).text == "so"
    assert "green" in str(fake.ledger[-1].body)


async def test_a_model_that_knows_no_tools_is_told_in_words_what_came_of_them(model: OpenAIModel, fake: FakeOpenAI):
    asked = with_tools(exchange=ROUND, model=f"toolless-{id(model)}")
    fake.script(fails(400, "this model does not support tools"), says("so"))
    assert (await ask(model, asked)).text == "so"
    body = fake.ledger[-1].body
    turns = body.get("input") or body["messages"][1:]
    assert fake.ledger[-1].problems == ()
    assert [turn["content"] for turn in turns[1:]] == ["I look.", "look said:\nblue\n\nlook said:\ngreen"]
    assert "tools" not in body


def test_an_estimate_counts_all_that_is_sent():
    plain = estimated("", [Turn("user", "a")])
    assert estimated("", [Turn("assistant", "a", (ToolCall("1", "look", {"at": "word " * 100}),))]) > plain + 100
    assert estimated("", [Turn("user", "a")], [LOOK]) > plain
    assert estimated("front", [Turn("user", "a")]) == plain + 1


# -- the double --------------------------------------------------------------------------------------

CALL: dict[str, Any] = {"id": "c0", "type": "function", "function": {"name": "look", "arguments": "{}"}}
ASKS: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": [CALL]}
ANSWER: dict[str, Any] = {"role": "tool", "tool_call_id": "c0", "content": "blue"}
ITEM: dict[str, Any] = {"type": "function_call", "call_id": "c0", "name": "look", "arguments": "{}"}
OUTPUT: dict[str, Any] = {"type": "function_call_output", "call_id": "c0", "output": "blue"}
HI: dict[str, Any] = {"role": "user", "content": "hi"}
TOOLS: dict[str, Any] = {"tools": [{"type": "function"}]}


@pytest.mark.parametrize(
    ("turns", "word"),
    [
        ({"messages": [HI, ASKS]}, "did not have response messages: c0"),
        ({"messages": [HI, ASKS, HI, ANSWER]}, "did not have response messages: c0"),
        ({"messages": [HI, ANSWER]}, "must be a response to a preceeding message"),
        ({"messages": [HI, ASKS, ANSWER, ANSWER]}, "must be a response to a preceeding message"),
        ({"messages": [HI, ASKS, ANSWER, ASKS, ANSWER]}, "Duplicate call id 'c0'"),
        ({"messages": [HI, {**ASKS, "tool_calls": [{**CALL, "function": {"name": ""}}]}, ANSWER]}, "does not match"),
        ({"messages": [HI, {"role": "assistant", "content": ""}]}, "empty"),
        ({"input": [HI, ITEM]}, "No tool output found for function call c0."),
        ({"input": [HI, ITEM, HI, OUTPUT]}, "No tool output found for function call c0."),
        ({"input": [HI, OUTPUT]}, "No tool call found for function call output with call_id c0."),
        ({"input": [HI, ITEM, OUTPUT, OUTPUT]}, "No tool call found for function call output with call_id c0."),
        ({"input": [HI, ITEM, OUTPUT, ITEM, OUTPUT]}, "Duplicate call id 'c0'"),
        ({"input": [HI, {**ITEM, "name": "a b"}, OUTPUT]}, "does not match"),
        ({"input": [HI, {"type": "message", "role": "assistant", "content": ""}]}, "empty"),
        ({"input": [HI, {"role": "assistant", "content": "hello"}]}, "Cannot determine type of 'item'"),
    ],
)
def test_the_double_refuses_an_exchange_that_is_not_sound(turns: dict[str, Any], word: str):
    assert word in "\n".join(exchange.errors({**turns, **TOOLS}))


@pytest.mark.parametrize("turns", [{"messages": [HI, ASKS, ANSWER, HI]}, {"input": [HI, ITEM, OUTPUT, HI]}])
def test_the_double_takes_one_that_is_and_wants_its_tools_named(turns: dict[str, Any]):
    assert exchange.errors({**turns, **TOOLS}) == []
    assert "must define tools" in exchange.errors(turns)[0]


async def test_the_double_answers_an_unsound_exchange_with_a_refusal(model: OpenAIModel, fake: FakeOpenAI):
    with pytest.raises(Exception, match="refused the request"):
        await ask(model, with_tools(exchange=ROUND[:2], model=f"unsound-{id(model)}"))
    assert fake.ledger[0].problems
