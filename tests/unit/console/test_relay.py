import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from bot.console.relay import RelayGateway, channel, follow
from domain.conversations.ports import Address
from domain.conversations.said import Note
from domain.core import embedded
from domain.core.errors import Refused
from domain.core.settings import Settings

TO = Address("console", "host", "mara/1")
OTHER = Address("console", "host", "mara/2")


class Shown:
    """What reached the terminal; ``wait`` until there is that much."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._changed = asyncio.Condition()

    async def preview(self, to: Address, key: str, text: str) -> None:
        async with self._changed:
            self.texts.append(f"{key}: {text}")
            self._changed.notify_all()

    async def wait(self, text: str) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: text in self.texts)


@pytest_asyncio.fixture(scope="module")
async def redis(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Redis]:
    data_dir = tmp_path_factory.mktemp("relay")
    unused = "postgresql://nobody@localhost/none"
    async with embedded.running(Settings(data_dir=data_dir, database_url=unused, redis_url=None)) as servers:
        client = Redis.from_url(servers.redis_url)
        yield client
        await client.aclose()


async def listening(redis: Redis, to: Address) -> None:
    """Until somebody has subscribed to the chat's channel: only the server knows."""
    async with asyncio.timeout(10):
        while dict(await redis.pubsub_numsub(channel(to)))[channel(to).encode()] == 0:
            pass


async def test_a_workers_preview_reaches_the_terminal_of_its_chat_only(redis: Redis) -> None:
    mine, theirs = Shown(), Shown()
    followers = [asyncio.create_task(follow(redis, to, shown)) for to, shown in ((TO, mine), (OTHER, theirs))]
    await listening(redis, TO)
    await listening(redis, OTHER)
    relay = RelayGateway(redis)
    await relay.preview(TO, "a", "Enquiries fé")
    await redis.publish(channel(TO), "no preview")
    await redis.publish(channel(TO), "[]")
    await relay.preview(TO, "a", "Enquiries fell")
    await relay.preview(OTHER, "b", "other")
    await mine.wait("a: Enquiries fell")
    await theirs.wait("b: other")
    assert mine.texts == ["a: Enquiries fé", "a: Enquiries fell"]
    assert theirs.texts == ["b: other"]
    for follower in followers:
        follower.cancel()
    await asyncio.gather(*followers, return_exceptions=True)


async def test_previews_survive_a_broken_connection(redis: Redis) -> None:
    shown = Shown()
    follower = asyncio.create_task(follow(redis, TO, shown))
    await listening(redis, TO)
    await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    await listening(redis, TO)
    await RelayGateway(redis).preview(TO, "a", "still here")
    await shown.wait("a: still here")
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)


async def test_with_redis_away_a_preview_is_only_lost(tmp_path: Path) -> None:
    away = Redis(unix_socket_path=str(tmp_path / "none.sock"))
    await RelayGateway(away).preview(TO, "a", "x")
    await away.aclose()


async def test_a_terminal_keeps_looking_for_a_redis_that_hangs_up(tmp_path: Path) -> None:
    calls = asyncio.Semaphore(0)

    async def hang_up(_: asyncio.StreamReader, line: asyncio.StreamWriter) -> None:
        line.close()
        calls.release()

    socket = str(tmp_path / "rude.sock")
    rude = Redis(unix_socket_path=socket)
    async with asyncio.timeout(10), await asyncio.start_unix_server(hang_up, socket):
        follower = asyncio.create_task(follow(rude, TO, Shown()))
        for _ in range(3):
            await calls.acquire()
        assert not follower.done()
        follower.cancel()
        await asyncio.gather(follower, return_exceptions=True)
    await rude.aclose()


async def test_a_worker_leaves_posts_to_the_terminals_process(tmp_path: Path) -> None:
    away = Redis(unix_socket_path=str(tmp_path / "none.sock"))
    gateway = RelayGateway(away)
    assert gateway.capabilities.held
    for call in (gateway.post(TO, Note(text="x"), key="a"), gateway.edit(TO, "1", Note(text="x"), key="a")):
        with pytest.raises(Refused) as raised:
            await call
        assert raised.value.reason == "held"
    assert await gateway.find(TO, "a") == "unknown"
    await away.aclose()
