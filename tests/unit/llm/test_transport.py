"""How requests travel to the model's server."""

import gzip

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.core.settings import Settings
from domain.llm.model import Piece, Reply, Restart
from domain.llm.openai.provider import OpenAIModel
from domain.llm.openai.transport import client_for
from tests.factories.llm import ask, decide, events_of, failure, step
from tests.fakes.openai import FakeOpenAI, says
from tests.fakes.serving import serving


async def test_a_connection_is_used_again(model: OpenAIModel, fake: FakeOpenAI):
    """A new one costs a handshake, which over TLS is longer than many an answer's first word."""
    for _ in range(4):
        await ask(model, step("why?"))
    assert len({received.connection for received in fake.ledger[1:]}) == 1


async def test_a_connection_whose_answer_was_left_is_not_used_again(model: OpenAIModel, fake: FakeOpenAI):
    fake.script(says("word " * 400, pace=0.001), says("four"))
    stream = model.stream(step("why?"))
    assert isinstance(await anext(stream), Piece)
    await stream.aclose()  # type: ignore[attr-defined]
    assert (await ask(model, step("2+2"))).text == "four"
    first, second = (received.connection for received in fake.ledger)
    assert first != second


async def test_a_request_is_json_in_its_encoding_and_carries_the_key(model: OpenAIModel, fake: FakeOpenAI):
    await ask(model, decide("Grüße an 東京 💡"))
    [received] = fake.ledger
    assert received.headers["content-type"] == "application/json"
    assert received.headers["authorization"] == "Bearer sk-test"
    assert "Grüße an 東京 💡" in str(received.body)
    assert received.problems == ()


async def test_pieces_are_given_before_an_error_in_their_packet(model: OpenAIModel, fake: FakeOpenAI):
    chunk = (
        b'data: {"type": "response.output_text.delta", "delta": "It is", "choices": [{"delta": {"content": "It is"}}]}'
    )
    error = (
        b'data: {"type": "error", "error": {"message": "the engine is confused"}, "message": "the engine is confused"}'
    )
    fake.script(says("", raw=chunk + b"\n\n" + chunk + b"\n\n" + error + b"\n\n"), says("four"))
    events = await events_of(model, step("2+2"))
    assert events[:3] == [Piece("It is"), Piece("It is"), Restart()]
    assert isinstance(events[-1], Reply)


async def test_a_server_may_be_named_with_user_and_password(fake: FakeOpenAI):
    address = fake.base_url.replace("http://", "http://somebody:secret@")
    asked = OpenAIModel(
        Settings(openai_api_key=SecretStr("sk-test"), openai_base_url=SecretStr(address), llm_attempts=1)
    )
    await failure(asked, step("2+2"))  # the double wants a key
    await asked.close()
    assert [received.headers["authorization"][:6] for received in fake.ledger] == ["Basic "]
    assert "somebody" not in fake.ledger[0].headers["host"]


async def test_an_answer_may_be_squeezed():
    sent = b'data: {"choices": [{"delta": {"content": "four"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'

    async def answer(request: Request) -> Response:
        assert "gzip" in request.headers["accept-encoding"]
        squeezed = gzip.compress(sent)
        return Response(squeezed, media_type="text/event-stream", headers={"content-encoding": "gzip"})

    async with serving(Starlette(routes=[Route("/v1/chat/completions", answer, methods=["POST"])])) as address:
        asked = OpenAIModel(Settings(openai_base_url=SecretStr(f"{address}/v1"), llm_api="chat"))
        assert (await ask(asked, step("2+2"))).text == "four"
        await asked.close()


def test_a_proxy_is_left_to_the_sdk(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    monkeypatch.setenv("NO_PROXY", "models.example")
    assert client_for("https://api.openai.com/v1") is None
    assert client_for("https://models.example/v1") is not None
    assert client_for("http://api.openai.com/v1") is not None
