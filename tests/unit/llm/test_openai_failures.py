"""What the OpenAI provider does when an attempt fails: ask again, and say when it gives up."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from pydantic import SecretStr

from domain.core.errors import Unavailable, Unusable
from domain.core.settings import Settings
from domain.llm.model import Restart
from domain.llm.openai.failures import retry_after
from domain.llm.openai.provider import OpenAIModel
from tests.factories.llm import ask, events_of, failure, step, streamed, with_tools
from tests.fakes.openai import Call, FakeOpenAI, fails, says

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
