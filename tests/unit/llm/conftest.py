from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from domain.core.settings import Settings
from domain.llm.openai.provider import OpenAIModel
from tests.fakes.openai import FakeOpenAI


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as fake:
        yield fake


@pytest.fixture
async def fake(server: FakeOpenAI) -> AsyncIterator[FakeOpenAI]:
    """The double with an empty ledger; a test that leaves a behaviour unused did not test what it meant to."""
    yield server
    assert server.begin_anew() == 0


@pytest.fixture(scope="session")
def all_naps() -> list[float]:
    return []


@pytest.fixture
def naps(all_naps: list[float]) -> list[float]:
    """The seconds the model would have slept in this test."""
    all_naps.clear()
    return all_naps


@pytest.fixture(scope="session", params=["responses", "chat"])
async def shared_model(
    request: pytest.FixtureRequest, server: FakeOpenAI, all_naps: list[float]
) -> AsyncIterator[OpenAIModel]:
    """One model an interface for the whole session, as a process has: making a client loads certificates."""

    async def sleep(seconds: float) -> None:
        all_naps.append(seconds)

    settings = Settings(
        openai_api_key=SecretStr("sk-test"),
        openai_base_url=server.base_url,
        llm_api=request.param,
        llm_attempts=3,
        model="gpt-5-mini",
    )
    made = OpenAIModel(settings, sleep=sleep, chance=lambda: 0.5)
    yield made
    await made.close()


@pytest.fixture
def model(shared_model: OpenAIModel, fake: FakeOpenAI, naps: list[float]) -> OpenAIModel:
    """An OpenAI model on each of the two interfaces."""
    return shared_model
