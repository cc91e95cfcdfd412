"""What the OpenAI provider asks instead of what a server or a model cannot do: less, or in another way."""

from dataclasses import replace
from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.llm.model import Request
from domain.llm.openai.provider import OpenAIModel
from tests.factories.llm import LOOK, ask, decide, failure, step, with_tools
from tests.fakes.openai import Call, FakeOpenAI, fails, says


def bodies(fake: FakeOpenAI) -> list[dict[str, Any]]:
    return [received.body for received in fake.ledger]


async def test_a_thought_that_has_to_fit_a_budget_is_given_no_more_room(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("<think>and nothing else", incomplete="max_output_tokens"), says("four"))
    assert (await ask(model, replace(step("2+2"), once=True))).text == "four"
    first, second = (body.get("max_output_tokens") or body["max_completion_tokens"] for body in bodies(fake))
    assert second == first


async def test_the_model_is_told_what_was_wrong_with_its_call(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("", calls=(Call("look", "{not json"),)), says("", calls=(Call("look", {"at": "the sky"}),)))
    reply = await ask(model, with_tools())
    assert reply.calls[0].arguments == {"at": "the sky"}
    assert "its arguments were no JSON object" in str(fake.ledger[1].body)
    assert "its arguments were no JSON object" not in str(fake.ledger[0].body)


async def test_a_small_window_is_learned_from_its_refusal(model: OpenAIModel, fake: FakeOpenAI):
    refusal = (
        "maximum context length is 4096 tokens, you requested 4900 tokens (900 in the messages, 4000 in the completion)"
    )
    fake.script(fails(400, refusal), says("four"), says("five"))
    small = replace(step("2+2"), model=f"small-{id(model)}")
    assert (await ask(model, small)).text == "four"
    assert (await ask(model, small)).text == "five"
    limits = [body.get("max_output_tokens") or body.get("max_completion_tokens") for body in bodies(fake)]
    assert limits[0] == 4_000
    assert limits[1] < 3_200
    assert limits[2] <= 4_000 - 96
    assert len(limits) == 3


async def test_a_prompt_that_does_not_fit_is_refused_with_the_true_cause(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(fails(400, "maximum context length is 4096 tokens, you requested 9000 tokens (5000 in the messages)"))
    error = await failure(model, replace(step("2+2"), model=f"tiny-{id(model)}"))
    assert "more text than the model" in error.sentence


@pytest.mark.parametrize(
    "message", ["System role not supported", "Only user and assistant roles are supported, not system"]
)
async def test_a_server_without_a_system_role_is_told_in_the_first_turn(
    model: OpenAIModel, fake: FakeOpenAI, message: str
):
    fake.script(fails(400, message), says("four"), says("five"))
    plain = replace(step("2+2"), model=f"no-system-{len(message)}-{id(model)}")
    assert (await ask(model, plain)).text == "four"
    assert (await ask(model, plain)).text == "five"
    for body in bodies(fake)[1:]:
        turns = body.get("input") or body["messages"]
        assert not body.get("instructions")
        assert [turn["role"] for turn in turns] == ["user"]
        assert turns[0]["content"].startswith("You are Legwork")


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("Unsupported parameter: 'response_format' is not supported (text.format)", ("response_format", "text")),
        ("json_schema is not supported by this server", ("response_format", "text")),
        ("this model does not support tools", ("tools",)),
        ("tool_choice 'none' is not known", ("tool_choice",)),
        ("Unsupported value: 'temperature' does not support 0.2 with this model", ("temperature",)),
        ("'temperature' is not supported with model-without-temperature", ("temperature",)),
        ("unknown field max_completion_tokens / max_output_tokens", ("max_completion_tokens", "max_output_tokens")),
    ],
)
async def test_what_a_server_refuses_is_left_out_from_then_on(
    model: OpenAIModel, fake: FakeOpenAI, naps: list[float], message: str, gone: tuple[str, ...]
):
    asked = decide("2+2")
    name = f"model-without-{gone[0]}-{len(message)}"  # what a model refuses is remembered by its name
    full = Request(asked.prompt, asked.variables, (), asked.output_schema, [LOOK], name, 0.2, withheld=True)
    fake.script(fails(400, message, kind="invalid_request_error"), says("four"), says("five"))
    assert (await ask(model, full)).text == "four"
    assert (await ask(model, full)).text == "five"
    first, second, third = (received.body for received in fake.ledger)
    assert any(name in first for name in gone)
    assert not any(name in body for name in gone for body in (second, third))
    assert naps == []


async def test_a_server_that_refuses_everything_is_asked_only_so_often(model: OpenAIModel, fake: FakeOpenAI):
    refusals = [fails(400, "no response_format, json_schema or text.format") for _ in range(2)]
    fake.script(*refusals)
    asked = decide("2+2")
    error = await failure(
        model, Request(asked.prompt, asked.variables, (), asked.output_schema, model="model-of-no-use")
    )
    assert isinstance(error, Invalid)
