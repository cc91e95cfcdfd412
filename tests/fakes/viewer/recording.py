"""Legwork with the offline provider between the two doubles: the real flow, one worker, servers of its own."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import migrations
from bot import registry
from bot.edge import Edge
from domain.core import embedded
from domain.core.logging import configure
from domain.core.settings import Settings
from domain.core.wakes import connect_redis
from domain.core.web import GuardedClient
from domain.reports.tools import report_tools
from domain.tools import service as tools
from domain.tools.builtin import builtin_tools
from domain.tools.registry import Registry
from jobs.worker import compose
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram
from tests.fixtures.talk import Worker
from tests.fixtures.waiting import eventually

AT_ONCE = 10_000
"""Messages a second: nobody reads along, so nothing need wait."""


@dataclass(frozen=True, slots=True)
class Recording:
    slack: FakeSlack
    telegram: FakeTelegram
    worker: Worker

    async def settle(self) -> None:
        """Until everything was heard, worked on and said."""
        await self.slack.settled()
        await eventually(lambda: not self.telegram.world.queue)
        await self.worker.settle()


@asynccontextmanager
async def recording() -> AsyncGenerator[Recording]:
    """Everything runs for as long as the block; what it stored is removed afterwards."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slack = await stack.enter_async_context(FakeSlack(rules=Rules(limited=False)))
        telegram = await stack.enter_async_context(FakeTelegram())
        settings = _settings(folder, slack, telegram)
        configure(settings, file=folder / "legwork.log")
        servers = await stack.enter_async_context(embedded.running(settings))
        redis = await connect_redis(servers.redis_url)
        stack.push_async_callback(redis.aclose)
        legwork, _ = await stack.enter_async_context(compose(settings, database_url=servers.database_url, redis=redis))
        web = GuardedClient(settings, resolver=_found)
        legwork = replace(legwork, tools=Registry([*builtin_tools(settings, web), *report_tools(settings)]))
        await migrations.ready(legwork.database, embedded=True)
        async with legwork.database.system("a test") as session:
            await tools.seed(session, legwork.tools)
        worker = Worker(legwork)
        stack.push_async_callback(worker.stop)
        edge = Edge(settings, legwork.database, legwork.storage, redis, legwork.keyring)
        await stack.enter_async_context(_listening(edge))
        await slack.connected(2)
        yield Recording(slack, telegram, worker)


async def _found(host: str, port: int) -> list[str]:
    """Every host has an address, so that people are asked; what is asked is rejected, and nothing is connected to."""
    await asyncio.sleep(0)
    return ["192.0.43.8"]


def _settings(folder: Path, slack: FakeSlack, telegram: FakeTelegram) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": folder,
            "database_url": None,
            "redis_url": None,
            "openai_api_key": None,
            "openai_base_url": None,
            "slack_bot_token": slack.bot_token,
            "slack_app_token": slack.app_token,
            "slack_signing_secret": None,
            "slack_api_base_url": slack.base_url,
            "slack_chat_rate": AT_ONCE,
            "slack_chat_burst": AT_ONCE,
            "telegram_bot_token": telegram.token,
            "telegram_webhook_url": None,
            "telegram_api_base_url": telegram.base_url,
            "telegram_rate": AT_ONCE,
            "telegram_burst": AT_ONCE,
            "telegram_chat_rate": AT_ONCE,
            "telegram_chat_burst": AT_ONCE,
        }
    )


@asynccontextmanager
async def _listening(edge: Edge) -> AsyncGenerator[None]:
    """Every platform's listener, as the bot process runs them."""
    stop = asyncio.Event()
    running = [asyncio.create_task(listen(edge, stop)) for listen in registry.listeners(edge.settings).values()]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*running)
        for close in edge.closing:
            await close()
