"""Checks of the file store, the model and web search, against a server on this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from domain.core.settings import Settings
from domain.core.storage import open_storage
from domain.health import Check, Finding, Level, examine, outside

KEY = "sk-canary-4711"


class ModelServer:
    """Answers ``GET /v1/models`` with what a test sets, and keeps the keys it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.models = ["gpt-5-mini"]
        self.more: dict[str, object] = {}
        self.keys: list[str | None] = []
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization"))
        return web.json_response({"data": [{"id": name, **self.more} for name in self.models]}, status=self.status)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    double = ModelServer()
    application = web.Application()
    application.router.add_get("/v1/models", double.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    double.address = f"http://127.0.0.1:{port}/v1"
    yield double
    await runner.cleanup()


async def asked(server: ModelServer) -> Finding:
    settings = Settings(openai_api_key=SecretStr(KEY), openai_base_url=server.address)
    [found] = await outside.model(settings)
    assert server.keys == [f"Bearer {KEY}"]
    assert KEY not in f"{found}"
    return found


async def test_a_key_that_works_with_a_model_that_exists_is_fine(server: ModelServer) -> None:
    assert (await asked(server)).level is Level.OK


async def test_a_model_that_is_not_offered_is_a_warning(server: ModelServer) -> None:
    server.models = ["another"]
    found = await asked(server)
    assert found.level is Level.WARNING
    assert "gpt-5-mini is not among the models" in found.message
    assert found.remedy == "Set LEGWORK_MODEL to one of these: another."


async def test_the_window_a_server_tells_of_is_told(server: ModelServer) -> None:
    server.more = {"max_model_len": 32_768}
    assert "32,768 tokens" in (await asked(server)).message
    server.keys.clear()
    server.more = {"meta": {"n_ctx_train": 8_192}}
    assert "8,192 tokens" in (await asked(server)).message


@pytest.mark.parametrize(
    ("status", "level", "words"),
    [
        (401, Level.ERROR, "refuses the key"),
        (403, Level.ERROR, "refuses the key"),
        (404, Level.WARNING, "lists no models"),
        (500, Level.ERROR, "HTTP 500"),
    ],
)
async def test_what_the_server_says_is_told(server: ModelServer, status: int, level: Level, words: str) -> None:
    server.status = status
    found = await asked(server)
    assert found.level is level
    assert words in found.message


async def test_a_server_that_is_not_there_is_an_error_without_the_key(unused_port: int) -> None:
    settings = Settings(openai_api_key=SecretStr(KEY), openai_base_url=f"http://127.0.0.1:{unused_port}/v1")
    [found] = await examine([Check("model", lambda: outside.model(settings))])
    assert found.level is Level.ERROR
    assert "could not be asked" in found.message
    assert KEY not in f"{found}"


async def test_without_a_model_the_offline_provider_is_named() -> None:
    [found] = await outside.model(Settings())
    assert found.level is Level.WARNING
    assert "offline provider" in found.message


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        (Settings(), Level.WARNING),
        (Settings(google_search_key=SecretStr("k")), Level.WARNING),
        (Settings(brave_search_key=SecretStr("k")), Level.OK),
    ],
    ids=["none", "half of Google", "Brave"],
)
async def test_search_needs_all_of_what_a_service_needs(settings: Settings, level: Level) -> None:
    [found] = await outside.search(settings)
    assert found.level is level


async def test_a_store_is_left_as_it_was_found(tmp_path: Path) -> None:
    [found] = await outside.storage(open_storage(Settings(data_dir=tmp_path)))
    assert found.level is Level.OK
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
