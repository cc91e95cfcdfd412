"""Model servers as they are: whatever their manner, every message is answered or refused in words, and nothing else."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from domain.conversations.said import Answer, Problem
from domain.core.settings import Settings
from domain.flow.common.legwork import Legwork
from domain.llm.circuit import MemoryCircuit
from domain.llm.openai.provider import OpenAIModel
from domain.llm.providers import configured
from domain.llm.routing import Route, RoutedModel
from tests.fakes.chat import FakeChat
from tests.fakes.openai import FakeOpenAI, manners
from tests.fixtures.talk import Talk

MESSAGES = ("What is the capital of France?", "do a sum", "six times seven")
PROMPTLY = 3.0
"""Seconds from the last byte of the last answer."""


class Counted(MemoryCircuit):
    def __init__(self) -> None:
        super().__init__()
        self.failures = 0

    async def failed(self) -> None:
        self.failures += 1


@dataclass
class Spoken:
    """A conversation with one model in its manner."""

    talk: Talk
    circuit: Counted
    answers: list[Any] = field(default_factory=list[Any])


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(key=None, otherwise=lambda body: manners.sound(body)) as fake:
        yield fake


def _cases() -> list[Any]:
    return [
        pytest.param(api, name, id=f"{api}-{name}") for api, known in manners.BY_INTERFACE.items() for name in known
    ]


@pytest.fixture
async def spoken(legwork: Legwork, chat: FakeChat, server: FakeOpenAI, api: str, name: str) -> AsyncIterator[Spoken]:
    server.begin_anew()
    server.manner = manners.BY_INTERFACE[api][name]
    settings = Settings.model_validate(
        {
            "openai_api_key": SecretStr("sk-test"),
            "openai_base_url": server.base_url,
            "llm_api": api,
            "model": "quirk",
            "llm_timeout": 2,
        }
    )
    model, circuit = OpenAIModel(settings), Counted()
    talk = Talk(replace(legwork, model=RoutedModel([Route(model, circuit)])), chat)
    yield Spoken(talk, circuit)
    server.manner = None
    await talk.worker.stop()
    await model.close()


@pytest.mark.parametrize(("api", "name"), _cases())
async def test_every_message_is_answered_or_refused_in_words(spoken: Spoken, server: FakeOpenAI, name: str) -> None:
    talk, chat = spoken.talk, spoken.talk.chat
    for message in MESSAGES:
        replies = await talk.say(message)
        ends = [said for said in replies if isinstance(said, Answer | Problem)]
        assert len(ends) == 1, replies
        assert monotonic() - server.last_byte < PROMPTLY
        if name not in REFUSED:
            [answer] = ends
            assert isinstance(answer, Answer), answer
            assert ("Paris" if "capital" in message else "42") in answer.text or "(cut at" in answer.text
            assert "{" not in answer.text

    assert spoken.circuit.failures == 0
    assert await talk.rows("SELECT 1 FROM outbound_messages WHERE dedupe_key LIKE 'parked:%'") == []
    assert {task["status"] for task in await talk.rows("SELECT status FROM tasks")} <= {"SUCCEEDED", "FAILED"}
    kept = [
        await talk.rows(f"SELECT * FROM {table}")
        for table in ("outbound_messages", "messages", "tasks", "task_steps", "task_logs")
    ]
    assert manners.SECRET not in orjson.dumps([[dict(row) for row in rows] for rows in kept], default=str).decode()
    assert [text for _, text in chat.previews if manners.SECRET in text] == []


def _kept(shared: Path) -> dict[str, str]:
    """The manner that each small case of a model names."""
    cases = {path.stem: json.loads(path.read_text()) for path in sorted((shared / "cases").glob("C*.json"))}
    return {name: case["mode of quirk.py"] for name, case in cases.items()}


def test_every_kept_case_of_a_model_is_one_of_the_manners(shared: Path) -> None:
    kept = _kept(shared)
    assert kept
    assert set(kept.values()) <= set(manners.CHAT)


async def test_other_peoples_odd_models_shut_nobody_out(legwork: Legwork, chat: FakeChat, server: FakeOpenAI) -> None:
    server.begin_anew()
    server.manner = lambda body: manners.CHAT[body["model"]](body)
    given = {"openai_api_key": "sk-test", "openai_base_url": server.base_url, "llm_api": "chat", "model": "plain"}
    settings = Settings.model_validate({"data_dir": legwork.settings.data_dir, **given})
    circuits: dict[str, Counted] = {}
    model = configured(settings, lambda name: circuits.setdefault(name, Counted()))
    talk = Talk(replace(legwork, model=model, settings=settings), chat)
    try:
        for name in ("azure", "parts", "empty", "error200", "loop"):
            odd = talk.other(name)
            await odd.say("hello")
            await odd.say(f"/models use {name}")
            for message in (*MESSAGES, *MESSAGES):
                await odd.say(message)
        assert "Paris" in (await talk.say("What is the capital of France?")).one(Answer).text
        assert {name: circuit.failures for name, circuit in circuits.items() if circuit.failures} == {}
    finally:
        server.manner = None
        await talk.worker.stop()
        await model.close()


REFUSED = {"length-empty", "length-think", "empty", "error200", "error-event", "loop", "nesting", "tool-nojson"}
"""With these nothing can be made of what the model says."""
