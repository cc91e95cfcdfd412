"""The OpenAI provider over both interfaces, against a double that checks each request by the specification."""

import asyncio
import traceback
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from domain.core.errors import Invalid, Misconfigured, Unavailable
from domain.core.settings import Settings
from domain.llm.decision import read_decision
from domain.llm.model import Piece, Reply, Request, Restart, ToolCall, ToolSpec, Turn
from domain.llm.openai.failures import retry_after
from domain.llm.openai.provider import OpenAIModel
from tests.factories.llm import ask, decide, events_of, replies, step, streamed
from tests.fakes.openai import Call, FakeOpenAI, decides, fails, says

LOOK = ToolSpec("look", "look something up", {"type": "object", "properties": {"at": {"type": "string"}}})
DECISION = {"reply": "Hello there.", "kind": "reply", "title": "", "plan": None}


def with_tools(**more: object) -> Request:
    asked = step("look it up")
    return Request(asked.prompt, asked.variables, tools=[LOOK], **more)  # type: ignore[arg-type]


async def failure(model: OpenAIModel, request: Request) -> Exception:
    with pytest.raises((Invalid, Misconfigured, Unavailable)) as raised:
        await events_of(model, request)
    return raised.value


# -- what is sent ------------------------------------------------------------------------------------


async def test_every_kind_of_request_keeps_the_specification(model: OpenAIModel, fake: FakeOpenAI):
    call = ToolCall("call_9", "look", {"at": "the sky"})
    turns = (Turn("user", "hi"), Turn("assistant", "hello"), Turn("assistant", "I look.", (call,)),
             Turn("assistant", "", (call,)), Turn("tool", '{"colour": "blue"}', call_id="call_9"))  # fmt: skip
    full = decide("and now?")
    fake.script(says("a"), says("b"), says("c"))
    await ask(model, step("why?", {"text": "because"}))
    await ask(model, Request(full.prompt, full.variables, turns, full.output_schema, [LOOK], "gpt-4.1-mini", 0.2, 500))
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
    await ask(model, with_tools(turns=(Turn("user", "earlier"), *exchange)))
    turns = fake.ledger[0].body.get("input") or fake.ledger[0].body["messages"][1:]
    kinds = [turn.get("role") or turn["type"] for turn in turns]
    assert kinds in (["user", "user", "assistant", "tool"], ["user", "user", "function_call", "function_call_output"])
    assert turns[0]["content"] == "earlier"
    assert turns[1]["content"].startswith("Now:")


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


async def test_an_answer_cut_at_its_length_is_given_as_far_as_it_goes(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("So far, so", incomplete="max_output_tokens"))
    assert (await ask(model, step("why?"))).text == "So far, so"


async def test_uncounted_tokens_have_no_known_cost(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("four", counts=False))
    usage = (await ask(model, step("2+2"))).usage
    assert (usage.tokens_in, usage.tokens_out, usage.cost) == (0, 0, None)


# -- asking again ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
async def test_a_passing_failure_is_asked_again(model: OpenAIModel, fake: FakeOpenAI, naps: list[float], status: int):
    fake.script(fails(status, "later"), says("four"))
    assert (await ask(model, step("2+2"))).text == "four"
    assert naps == [0.375]


async def test_waits_grow_and_attempts_end(model: OpenAIModel, fake: FakeOpenAI, naps: list[float]):
    fake.script(fails(500), fails(500), fails(500))
    error = await failure(model, step("2+2"))
    assert isinstance(error, Unavailable)
    assert naps == [0.375, 0.75]
    assert len(fake.ledger) == 3


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Retry-After": "7"}, 7.0), ({"retry-after-ms": "1500"}, 1.5), ({"Retry-After": "soon"}, 0.375)],
)
async def test_the_wait_a_server_asks_for_is_kept(
    model: OpenAIModel, fake: FakeOpenAI, naps: list[float], headers: dict[str, str], wait: float
):
    fake.script(fails(429, "slow down", headers=headers), says("four"))
    await ask(model, step("2+2"))
    assert naps == [wait]


async def test_a_long_wait_is_handed_to_the_caller(model: OpenAIModel, fake: FakeOpenAI, naps: list[float]):
    fake.script(fails(429, "slow down", headers={"Retry-After": "120"}))
    error = await failure(model, step("2+2"))
    assert isinstance(error, Unavailable)
    assert error.after == timedelta(seconds=120)
    assert naps == []


def test_a_retry_after_date_is_a_wait_from_now():
    now = datetime(2026, 11, 20, 9, 0, 0, tzinfo=UTC)
    assert retry_after({"retry-after": "Fri, 20 Nov 2026 09:00:30 GMT"}, now) == timedelta(seconds=30)
    assert retry_after({"retry-after": "Fri, 20 Nov 2026 08:00:00 GMT"}, now) == timedelta(0)
    assert retry_after({}, now) is None


@pytest.mark.parametrize("how", ["breaks_after", "ends_after", "error_after"])
async def test_a_broken_stream_begins_again_and_says_so(model: OpenAIModel, fake: FakeOpenAI, how: str):
    error = {"message": "overloaded", "type": "server_error", "param": None, "code": "server_error"}
    fake.script(says("It is surely five, or so.", **{how: 1}, error=error), says("It is four."))
    events = await events_of(model, step("2+2"))
    assert [type(event) for event in events].count(Restart) == 1
    assert streamed(events) == "It is four."


async def test_a_stream_broken_before_its_first_piece_needs_no_restart(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("It is five.", breaks_after=0), says("It is four."))
    events = await events_of(model, step("2+2"))
    assert not any(isinstance(event, Restart) for event in events)


@pytest.mark.parametrize(
    "odd",
    [
        says(""),
        says("  \n"),
        says("", raw=b"data: {broken\n\n"),
        says("", raw=b"data: [1]\n\n"),
        says("", raw=b"", content_type="application/json"),
        says("", calls=(Call("look", "{not json"),)),
        says("", calls=(Call("look", "[1]"),)),
    ],
    ids=["empty", "blank", "bad event", "no object", "no body", "bad arguments", "arguments no object"],
)
async def test_an_answer_that_is_none_is_asked_again(model: OpenAIModel, fake: FakeOpenAI, odd: object):
    fake.script(odd, says("four"))  # type: ignore[arg-type]
    assert (await ask(model, with_tools())).text == "four"


@pytest.mark.parametrize("how", ["silent", "dripping"])
async def test_a_server_that_never_answers_is_given_up_on(fake: FakeOpenAI, how: str):
    never = asyncio.Event()
    fake.script(says("too late", wait=never) if how == "silent" else says("", drips=True))
    settings = Settings(
        openai_api_key=SecretStr("sk-test"), openai_base_url=fake.base_url, llm_timeout=0.1, llm_attempts=1
    )
    slow = OpenAIModel(settings)
    async with asyncio.timeout(5):
        error = await failure(slow, step("2+2"))
    never.set()
    await slow.close()
    assert isinstance(error, Unavailable)
    assert "did not answer in time" in error.sentence


# -- asking for less ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("Unsupported parameter: 'response_format' is not supported (text.format)", ("response_format", "text")),
        ("json_schema is not supported by this server", ("response_format", "text")),
        ("this model does not support tools", ("tools",)),
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
    full = Request(asked.prompt, asked.variables, (), asked.output_schema, [LOOK], name, 0.2)
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


# -- whom it concerns --------------------------------------------------------------------------------


async def test_a_wrong_key_is_a_matter_of_settings_and_is_never_shown(fake: FakeOpenAI, naps: list[float]):
    wrong = "sk-wrong-0123456789abcdef"
    made = OpenAIModel(Settings(openai_api_key=SecretStr(wrong), openai_base_url=fake.base_url))
    error = await failure(made, step("2+2"))
    await made.close()
    assert isinstance(error, Misconfigured)
    assert "OPENAI_API_KEY" in str(error)
    assert wrong not in str(error)
    assert error.__cause__ is None
    assert wrong not in "".join(traceback.format_exception(error))
    assert len(fake.ledger) == 1


async def test_a_servers_words_are_shown_without_keys(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(fails(400, "bad request with Bearer abc.def and sk-live-12345678 inside", kind="invalid_request_error"))
    error = await failure(model, step("2+2"))
    assert isinstance(error, Invalid)
    assert "bad request with" in str(error)
    assert "abc.def" not in str(error)
    assert "sk-live" not in str(error)


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        (fails(403, "no access"), Misconfigured, "may not use the model gpt-5-mini"),
        (fails(404, "The model `gpt-5-mini` does not exist", code="model_not_found"), Invalid, "no model gpt-5-mini"),
        (fails(404, "Not Found"), Misconfigured, "OPENAI_BASE_URL"),
        (fails(422, "nonsense"), Invalid, "refused the request: nonsense"),
        (fails(400, "too long", code="context_length_exceeded"), Invalid, "more text than the model"),
        (fails(400, "This model's maximum context length is 8192 tokens"), Invalid, "more text than the model"),
        (fails(400, "flagged", code="content_filter"), Invalid, "refused this content"),
        (fails(429, "You exceeded your current quota", code="insufficient_quota"), Unavailable, "quota"),
        (says("", raw=b"<html>hello</html>", content_type="text/html"), Misconfigured, "OPENAI_BASE_URL"),
        (says("half of", incomplete="content_filter"), Invalid, "refused this content"),
    ],
    ids=["forbidden", "no model", "no address", "unprocessable", "too long", "too long, in words", "filtered", "quota",
         "web page", "answer filtered"],
)  # fmt: skip
async def test_what_will_not_pass_is_said_at_once(
    model: OpenAIModel, fake: FakeOpenAI, naps: list[float], behaviour: object, kind: type, words: str
):
    fake.script(behaviour)  # type: ignore[arg-type]
    error = await failure(model, step("2+2"))
    assert type(error) is kind
    assert words in str(error)
    assert naps == []


async def test_an_unreachable_server_is_named_with_the_remedy(naps: list[float]):
    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    settings = Settings(openai_api_key=SecretStr("sk-test"), openai_base_url="http://user:secret@127.0.0.1:1/v1")
    made = OpenAIModel(settings, sleep=sleep)
    error = await failure(made, step("2+2"))
    await made.close()
    assert isinstance(error, Unavailable)
    assert "127.0.0.1:1 cannot be reached" in str(error)
    assert "OPENAI_BASE_URL" in str(error)
    assert "secret" not in str(error)
    assert len(naps) == settings.llm_attempts - 1


@pytest.mark.parametrize("address", ["api.example.com/v1", "ftp://x.example", "http://", "http://x:port/v1"])
def test_an_address_that_is_none_stops_the_start(address: str):
    with pytest.raises(Misconfigured, match="OPENAI_BASE_URL"):
        OpenAIModel(Settings(openai_api_key=SecretStr("sk-test"), openai_base_url=address))


@pytest.mark.parametrize("key", ["sk-tést", "sk a", "sk-a\nb"])
def test_a_key_that_cannot_be_one_stops_the_start(key: str):
    with pytest.raises(Misconfigured, match="OPENAI_API_KEY"):
        OpenAIModel(Settings(openai_api_key=SecretStr(key)))


async def test_a_compatible_server_needs_no_key(fake: FakeOpenAI):
    fake.key = None
    try:
        made = OpenAIModel(Settings(openai_api_key=None, openai_base_url=fake.base_url, llm_api="chat"))
        assert (await ask(made, step("hello"))).text
        await made.close()
    finally:
        fake.key = "sk-test"


# -- the double itself -------------------------------------------------------------------------------


async def test_what_the_double_answers_keeps_the_specification(model: OpenAIModel, fake: FakeOpenAI):
    from tests.fakes.openai import spec

    if not fake.validates:
        pytest.skip("no specification to validate against: set LEGWORK_SHARED")
    fake.script(
        decides(DECISION),
        says("", refusal="no"),
        says("", calls=(Call("look", {}),)),
        says("x", incomplete="max_output_tokens"),
        says("x", counts=False),
        fails(422, "no"),
    )
    for _ in range(5):
        await ask(model, with_tools())
    await failure(model, with_tools())
    await ask(model, decide("what is 2+2?"))
    assert [(schema, spec.errors(schema, value)) for schema, value in fake.sent if spec.errors(schema, value)] == []
