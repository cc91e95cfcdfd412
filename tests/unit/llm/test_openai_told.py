"""Whom a failure of the OpenAI provider concerns, and what is said of it: no key, no address."""

import traceback

import pytest
from pydantic import SecretStr

from domain.core.errors import Invalid, Misconfigured, Unavailable
from domain.core.settings import Settings
from domain.llm.openai.failures import shown
from domain.llm.openai.provider import OpenAIModel
from tests.factories.llm import ask, failure, step
from tests.fakes.openai import FakeOpenAI, fails, says


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
