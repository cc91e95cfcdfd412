"""What a load balancer asks."""

from collections.abc import AsyncIterator

import httpx
import pytest
from redis.asyncio import Redis
from starlette.applications import Starlette

from bot.http import health
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.health.redis import connect
from domain.maintenance import service


@pytest.fixture
async def client(servers: Servers) -> AsyncIterator[Redis]:
    connected = connect(servers.redis_url)
    yield connected
    await connected.aclose()


async def get(path: str, database: Database, client: Redis) -> httpx.Response:
    application = Starlette(routes=health.routes(database, client))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://legwork.test") as browser:
        return await browser.get(path)


async def test_it_is_ready_when_everything_is(database: Database, client: Redis) -> None:
    answer = await get("/readyz", database, client)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "failed": []})


async def test_it_is_ready_and_says_so_while_there_is_maintenance(database: Database, client: Redis) -> None:
    async with database.system("a test") as session:
        await service.begin(session, None, None)
    answer = await get("/readyz", database, client)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "failed": [], "maintenance": True})


async def test_it_is_not_ready_without_the_schema(empty_url: str, client: Redis) -> None:
    database = open_database(empty_url, pool=1)
    answer = await get("/readyz", database, client)
    await database.close()
    assert (answer.status_code, answer.json()) == (503, {"status": "error", "failed": ["schema"]})


async def test_it_lives_but_is_not_ready_without_its_servers(unused_port: int) -> None:
    database = open_database(f"postgresql://127.0.0.1:{unused_port}/x", pool=1)
    client = connect(f"redis://127.0.0.1:{unused_port}")
    alive, ready = await get("/healthz", database, client), await get("/readyz", database, client)
    await client.aclose()
    await database.close()
    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["failed"]) == (503, ["postgres", "redis"])
