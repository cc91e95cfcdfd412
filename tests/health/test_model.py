"""What the doctor sees of a model by asking it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.model_check import model
from domain.core.settings import Settings
from domain.health import Finding, Level
from tests.fakes.openai import Behaviour, Call, FakeOpenAI, fails, says

Json = dict[str, Any]


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(key=None) as fake:
        yield fake


def capable(body: Json) -> Behaviour:
    if "tools" in body:
        return Behaviour(calls=(Call("say", {"word": "ready"}),))
    return says('{"word": "ready"}' if body.get("response_format") or body.get("text") else "ready")


def simple(body: Json) -> Behaviour:
    return (
        fails(400, "tools and response_format, json_schema, text.format are not supported")
        if ("tools" in body or body.get("response_format") or body.get("text"))
        else says("ready", whole=True)
    )


async def looked(server: FakeOpenAI, manner: Callable[[Json], Behaviour], **more: Any) -> list[Finding]:
    server.begin_anew()
    server.manner = manner
    given = {"openai_base_url": server.base_url, "llm_api": "chat", "model": "gpt-5-mini", **more}
    return list(await model(Settings.model_validate(given)))


async def test_what_was_seen_is_told(server: FakeOpenAI) -> None:
    listed, seen = await looked(server, capable)
    assert (listed.level, seen.level) == (Level.OK, Level.OK)
    assert "said “ready”" in seen.message
    assert "It streams, keeps a schema and calls tools." in seen.message


@pytest.mark.parametrize("api", ["chat", "responses"])
async def test_what_a_model_lacks_is_a_warning(server: FakeOpenAI, api: str) -> None:
    _, seen = await looked(server, simple, llm_api=api)
    assert seen.level is Level.WARNING
    assert "sends its answers whole, keeps no schema and calls no tools by itself" in seen.message


async def test_a_model_that_is_not_there_is_named_beside_those_that_are(server: FakeOpenAI) -> None:
    listed, seen = await looked(server, lambda _: fails(404, "The model `tiny` does not exist"), model="tiny")
    assert "gpt-5-mini" in (listed.remedy or "")
    assert (seen.level, "has no model tiny" in seen.message) == (Level.ERROR, True)


async def test_an_answer_that_is_none_is_an_error(server: FakeOpenAI) -> None:
    _, seen = await looked(server, lambda _: says(""))
    assert seen.level is Level.ERROR
    assert "no answer that can be used" in seen.message
