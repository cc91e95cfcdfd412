"""What the OpenAI provider does when an attempt fails: ask again, ask for less, or say whom it concerns."""

import asyncio
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from pydantic import SecretStr

from domain.core.errors import Invalid, Misconfigured, Unavailable, Unusable
from domain.core.settings import Settings
from domain.llm.model import Request, Restart
from domain.llm.openai.failures import retry_after, shown
from domain.llm.openai.provider import OpenAIModel
from tests.factories.llm import LOOK, ask, decide, events_of, failure, step, streamed, with_tools
from tests.fakes.openai import Call, FakeOpenAI, fails, says


def bodies(fake: FakeOpenAI) -> list[dict[str, Any]]:
    return [received.body for received in fake.ledger]


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


def patient(fake: FakeOpenAI, **limits: float) -> OpenAIModel:
    given = {"openai_api_key": SecretStr("sk-test"), "openai_base_url": fake.base_url, "llm_attempts": 1}
    return OpenAIModel(Settings.model_validate(given | limits))


async def test_a_model_that_goes_on_speaking_is_not_cut_off(fake: FakeOpenAI):
    words = "one two three four five " * 12
    fake.script(says(words, pace=0.06))
    slow = patient(fake, llm_timeout=1.0)
    began = monotonic()
    assert (await ask(slow, step("count"))).text == words
    assert monotonic() - began > 1.0, "it took longer in all than it may be silent"
    await slow.close()


async def test_an_answer_without_an_end_is_ended_and_is_no_outage(fake: FakeOpenAI):
    fake.script(says("".join(f"{number} and then " for number in range(400)), pace=0.05))
    slow = patient(fake, llm_timeout=5.0, llm_longest=0.3)
    error = await failure(slow, step("count"))
    await slow.close()
    assert isinstance(error, Unusable)
    assert "did not come to an end" in error.sentence


# -- what is none ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "odd",
    [
        says(""),
        says("<think>and nothing else"),
        says("The same again. " * 200),
        says("", raw=b"data: {broken\n\n"),
        says("", raw=b'{"error": {"message": "confused", "code": 500}}', content_type="application/json"),
        says("", calls=(Call("look", "{not json"),)),
        says("It ends", ends_after=0, done=False),
    ],
    ids=["empty", "thought alone", "the same again", "unreadable", "an error as an answer", "arguments", "no end"],
)
async def test_an_answer_that_stays_none_is_refused_in_words_and_is_no_outage(
    model: OpenAIModel, fake: FakeOpenAI, naps: list[float], odd: object
):
    fake.script(odd, odd)  # type: ignore[arg-type]
    error = await failure(model, with_tools())
    assert isinstance(error, Unusable)
    assert "no answer that can be used" in error.sentence
    assert error.remedy
    assert len(fake.ledger) == 2
    assert naps == []


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


# -- asking for less ---------------------------------------------------------------------------------


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


async def test_of_an_unreachable_server_people_are_told_no_address(naps: list[float]):
    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    settings = Settings(openai_api_key=SecretStr("sk-test"), openai_base_url="http://user:secret@127.0.0.1:1/v1")
    made = OpenAIModel(settings, sleep=sleep)
    error = await failure(made, step("2+2"))
    await made.close()
    assert isinstance(error, Unavailable)
    assert str(error) == "The language model is not reachable. An admin can look with “legwork doctor”."
    assert len(naps) == settings.llm_attempts - 1


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("upstream http://10.0.0.5:8000/v1 failed", "upstream … failed"),
        ("no route to 10.0.0.5", "no route to …"),
        ("dial tcp [::1]:8000: refused", "dial tcp …: refused"),
        ("localhost:11434 says no", "… says no"),
        ("vllm-0.models.svc:8000 is busy", "… is busy"),
        ("gpu1.corp.internal is away", "… is away"),
        ("at most 8192 tokens, temperature 0.5, model gpt-4.1", "at most 8192 tokens, temperature 0.5, model gpt-4.1"),
        ("messages: 12 is too many", "messages: 12 is too many"),
    ],
)
def test_what_a_server_says_is_read_without_addresses(told: str, read: str):
    assert shown(told) == read


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429, 500])
async def test_no_failure_shows_an_address(model: OpenAIModel, fake: FakeOpenAI, status: int):
    times = 3 if status in (429, 500) else 1
    fake.script(*[fails(status, "proxy 10.0.0.5:8000 said no to http://10.0.0.5:8000/v1")] * times)
    error = await failure(model, step("2+2"))
    assert "10.0.0.5" not in str(error)
    assert "127.0.0.1" not in str(error)


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
