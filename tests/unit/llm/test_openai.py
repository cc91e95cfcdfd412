"""The OpenAI provider over both interfaces, against a double that checks each request by the specification."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from domain.core.errors import Invalid
from domain.llm.decision import DECISION_SCHEMA, read_decision
from domain.llm.decision_schema import decision_schema, with_changes
from domain.llm.model import Piece, Reply, Request, ToolCall, Turn
from domain.llm.openai.provider import OpenAIModel
from tests.factories.llm import LOOK, TOOLS, ask, decide, events_of, failure, replies, step, streamed, with_tools
from tests.fakes.openai import Call, FakeOpenAI, decides, fails, says, spec

DECISION = {"reply": "Hello there.", "kind": "reply", "title": "", "plan": None}


def bodies(fake: FakeOpenAI) -> list[dict[str, Any]]:
    return [received.body for received in fake.ledger]


# -- what is sent ------------------------------------------------------------------------------------


async def test_every_kind_of_request_keeps_the_specification(model: OpenAIModel, fake: FakeOpenAI):
    call = ToolCall("call_9", "look", {"at": "the sky"})
    turns = (Turn("user", "hi"), Turn("assistant", "hello"), Turn("assistant", "I look.", (call,)),
             Turn("tool", '{"colour": "blue"}', call_id="call_9"), Turn("user", "Only now."))  # fmt: skip
    full = decide("and now?")
    fake.script(says("a"), says("b"), says("c"))
    await ask(model, step("why?", {"text": "because"}))
    await ask(
        model,
        Request(full.prompt, full.variables, turns[:2], full.output_schema, [LOOK], "gpt-4.1-mini", 0.2, 500,
                exchange=turns[2:], withheld=True),
    )  # fmt: skip
    await ask(model, with_tools())
    assert [received.problems for received in fake.ledger] == [(), (), ()]
    if not fake.validates:
        pytest.skip("no specification to validate against: set LEGWORK_SHARED")


async def test_the_front_comes_first_then_the_turns_then_the_message(model: OpenAIModel, fake: FakeOpenAI):
    asked = decide("and now?")
    await ask(model, Request(asked.prompt, asked.variables, (Turn("user", "one"), Turn("assistant", "two"))))
    body = fake.ledger[0].body
    if "messages" in body:
        front, *rest = body["messages"]
        assert (front["role"], front["content"][:15]) == ("system", "You are Legwork")
    else:
        assert body["instructions"].startswith("You are Legwork")
        assert body["store"] is False
        rest = body["input"]
    assert [(turn["role"], turn["content"].splitlines()[-1]) for turn in rest] == [
        ("user", "one"), ("assistant", "two"), ("user", "and now?")]  # fmt: skip


async def test_an_exchange_with_tools_comes_after_the_message_it_serves(model: OpenAIModel, fake: FakeOpenAI):
    """Otherwise the model would read its question after the tools' answers, and ask them again."""
    call = ToolCall("call_9", "look", {})
    exchange = (Turn("assistant", "", (call,)), Turn("tool", "blue", call_id="call_9"))
    await ask(model, with_tools(turns=(Turn("user", "earlier"),), exchange=exchange))
    turns = fake.ledger[0].body.get("input") or fake.ledger[0].body["messages"][1:]
    kinds = [turn.get("role") or turn["type"] for turn in turns]
    assert kinds in (["user", "assistant", "tool"], ["user", "function_call", "function_call_output"])
    assert turns[0]["content"].startswith("earlier\n\nNow:")


async def test_the_model_of_the_request_goes_before_the_configured_one(model: OpenAIModel, fake: FakeOpenAI):
    asked = step("why?")
    reply = await ask(model, Request(asked.prompt, asked.variables, model="gpt-5"))
    assert fake.ledger[0].body["model"] == "gpt-5"
    assert reply.model == "gpt-5"


# -- what comes back ---------------------------------------------------------------------------------


async def test_the_answer_streams_and_ends_in_one_reply(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(decides(DECISION, cached=8))
    events = await events_of(model, decide("hi"))
    *pieces, reply = events
    assert len(pieces) > 3
    assert all(isinstance(piece, Piece) for piece in pieces)
    assert isinstance(reply, Reply)
    assert reply.text == streamed(events)
    assert reply.data == DECISION
    assert (reply.provider, reply.model) == ("openai", "gpt-5-mini")
    assert reply.usage.tokens_cached == 8
    assert reply.usage.tokens_in > reply.usage.tokens_out > 0
    fresh = reply.usage.tokens_in - 8
    expected = fresh * Decimal("0.25") + 8 * Decimal("0.025") + reply.usage.tokens_out * 2
    assert reply.usage.cost == (expected / 1_000_000).quantize(Decimal("0.000001"))


async def test_pieces_arrive_before_the_answer_is_whole(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("word " * 40))
    stream = model.stream(step("why?"))
    first = await anext(stream)
    assert first == Piece("word word wo")
    rest = [event async for event in stream]
    assert isinstance(rest[-1], Reply)
    assert rest[-1].text == "word " * 40


@pytest.mark.parametrize("whole", [decision_schema(TOOLS), DECISION_SCHEMA], ids=["whole", "loose"])
async def test_a_change_to_running_work_keeps_the_schema_it_is_asked_with(
    model: OpenAIModel, fake: FakeOpenAI, whole: dict[str, Any]
):
    running = [{"number": 1, "title": "Hillside leads", "doing": "find out why Hillside lost leads"}]
    asked = replace(decide("only 2025", open=running), output_schema=with_changes(whole))
    change = {"reply": "only 2025", "kind": "change", "title": "", "plan": None, "task": 1}
    fake.script(decides(change))
    reply = await ask(model, asked)
    body = fake.ledger[0].body
    form = body["text"]["format"] if "text" in body else body["response_format"]["json_schema"]
    Draft202012Validator(form["schema"]).validate(change)
    assert fake.ledger[0].problems == ()
    decision = read_decision(reply, running)
    assert (decision.kind, decision.task, decision.reply) == ("change", 1, "only 2025")


async def test_plain_text_where_a_schema_was_asked_for_is_taken_at_its_word(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("It is four."))
    reply = await ask(model, decide("2+2"))
    assert reply.data is None
    assert read_decision(reply).reply == "It is four."


async def test_unsound_json_is_the_callers_to_ask_again(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says('{"reply": "I wi'))
    reply = await ask(model, decide("2+2"))
    assert reply.data is None
    with pytest.raises(Invalid):
        read_decision(reply)


async def test_function_calls_are_parsed(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("", calls=(Call("look", {"at": "the sky"}, "call_1"), Call("look", {}, "call_2"))))
    reply = await ask(model, with_tools())
    assert reply.calls == (ToolCall("call_1", "look", {"at": "the sky"}), ToolCall("call_2", "look", {}))


async def test_a_refusal_is_what_the_model_has_to_say(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("", refusal="I can't help with that."))
    events = await events_of(model, decide("do harm"))
    assert streamed(events) == "I can't help with that."
    assert read_decision(replies(events)[0]).reply == "I can't help with that."


async def test_an_answer_that_was_cut_is_asked_for_with_more_room(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("So far, so", incomplete="max_output_tokens"), says("So far, so good."))
    reply = await ask(model, step("why?"))
    assert (reply.text, reply.cut) == ("So far, so good.", False)
    first, second = (body.get("max_output_tokens") or body["max_completion_tokens"] for body in bodies(fake))
    assert second > first


async def test_an_answer_that_has_to_fit_a_budget_is_asked_for_once(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("So far, so", incomplete="max_output_tokens"))
    reply = await ask(model, replace(step("why?"), once=True))
    assert (reply.text, reply.cut, len(bodies(fake))) == ("So far, so", True, 1)


async def test_an_answer_that_stays_cut_is_given_as_far_as_it_goes_and_says_so(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(*(says(text, incomplete="max_output_tokens") for text in ("So far", "So far, so")))
    events = await events_of(model, step("why?"))
    [reply] = replies(events)
    assert (reply.text, reply.cut, streamed(events)) == ("So far, so", True, "So far, so")


async def test_an_answer_that_was_cut_is_better_than_none(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("So far, so", incomplete="max_output_tokens"), fails(400, "no"))
    events = await events_of(model, step("why?"))
    [reply] = replies(events)
    assert (reply.text, reply.cut, streamed(events)) == ("So far, so", True, "So far, so")


async def test_uncounted_tokens_have_no_known_cost(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("four", counts=False))
    usage = (await ask(model, step("2+2"))).usage
    assert (usage.tokens_in, usage.tokens_out, usage.cost) == (0, 0, None)


# -- the double itself -------------------------------------------------------------------------------


async def test_what_the_double_answers_keeps_the_specification(model: OpenAIModel, fake: FakeOpenAI):
    if not fake.validates:
        pytest.skip("no specification to validate against: set LEGWORK_SHARED")
    fake.script(
        decides(DECISION),
        says("", refusal="no"),
        says("", calls=(Call("look", {}),)),
        says("x", incomplete="max_output_tokens"),
        says("x", incomplete="max_output_tokens"),
        says("x", counts=False),
        fails(422, "no"),
    )
    for _ in range(5):
        await ask(model, with_tools())
    await failure(model, with_tools())
    await ask(model, decide("what is 2+2?"))
    assert [(schema, spec.errors(schema, value)) for schema, value in fake.sent if spec.errors(schema, value)] == []
