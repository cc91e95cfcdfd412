import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from arq.connections import ArqRedis

from bot.edge import Edge
from bot.pacing import Pacer
from bot.telegram.connect import Connection
from bot.telegram.gateway import TelegramGateway, pacing
from bot.telegram.listen import listen_polling
from bot.telegram.shown import Shown
from bot.tokens import StoredTokens
from domain.core.crypto.given import Keys
from domain.core.crypto.keyring import Keyring
from domain.core.db import Database
from domain.core.storage import open_storage
from domain.flow.common.legwork import Legwork
from tests.contracts.telegram import TelegramHarness, settings_for, telegram
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.talk import Worker
from tests.unit.telegram.conversation import Conversation


@pytest.fixture
async def harness(redis: ArqRedis) -> AsyncIterator[TelegramHarness]:
    async with telegram(redis) as made:
        yield made


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as running:
        yield running
    assert running.wrong == []
    assert running.careless == []


@pytest.fixture
async def edge(fake: FakeTelegram, database: Database, redis: ArqRedis, legwork: Legwork) -> Edge:
    settings = settings_for(fake, data_dir=legwork.settings.data_dir)
    return Edge(settings, database, open_storage(settings), redis, Keyring(database, Keys(settings)))


@pytest.fixture
async def listening(edge: Edge) -> AsyncIterator[None]:
    """The bot process: it fetches updates while the test runs."""
    stop = asyncio.Event()
    task = asyncio.create_task(listen_polling(edge, stop, seconds=5, quiet=0.05))
    yield
    stop.set()
    async with asyncio.timeout(20):
        await task


@pytest.fixture
async def gateway(edge: Edge) -> AsyncIterator[TelegramGateway]:
    connection = Connection(edge.settings)
    pacer = Pacer(edge.redis, "telegram:test", pacing(edge.settings))
    opened = TelegramGateway(connection, edge.storage.read, pacer, Shown(edge.redis), StoredTokens(edge.database))
    yield opened
    await opened.close()


@pytest.fixture
async def conversation(
    legwork: Legwork, fake: FakeTelegram, gateway: TelegramGateway, listening: None
) -> AsyncIterator[Conversation]:
    """A person in a private chat, a scripted model, and everything in between as it is in production."""
    worker = Worker(replace(legwork, gateways={gateway.platform: gateway}))
    yield Conversation(fake, person(fake), worker)
    await worker.stop()
