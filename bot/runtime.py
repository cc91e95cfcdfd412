"""What ``legwork chat`` runs on: servers, schema, a connection of its own, and a worker beside it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis

import migrations
from bot.console.conversation import ConsoleConversation
from bot.supervision.group import Group, Pace
from bot.supervision.output import Output
from domain.conversations.ports import Address
from domain.core import embedded
from domain.core.crypto.required import required
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.embedded.place import unusable
from domain.core.logging import configure, logger
from domain.core.loop import loaded
from domain.core.settings import Settings
from domain.core.storage import Storage, open_storage
from domain.core.wakes import Wakes, connect_redis

log = logger(__name__)

_PACE = Pace(first_delay=0.2, grace=10.0)
"""The worker has ten seconds to hand back its work when the console ends."""


class Runtime:
    def __init__(self, database: Database, storage: Storage, redis: Redis, *, made: Path) -> None:
        """``made``: the folder in which files that were made are found under their own names."""
        self.made = made
        self.database = database
        self.storage = storage
        self.redis = redis

    def conversation(self, to: Address) -> ConsoleConversation:
        return ConsoleConversation(self.database, self.storage, self.redis, to, made=self.made)


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncGenerator[Runtime]:
    """Start or join the servers, bring an embedded schema up to date, and keep a worker running beside the chat.

    Raises:
        Misconfigured: a server cannot be reached, or a given database has not been migrated.
    """
    required(settings)
    folder = settings.data_dir / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        configure(settings, file=folder / "chat.log")
    except OSError as error:
        raise unusable(settings.data_dir, error) from error
    async with embedded.running(settings) as servers:
        redis = await connect_redis(servers.redis_url)
        database = open_database(servers.database_url, pool=3)
        database.after_commit = wakes = Wakes(redis)
        try:
            await migrations.ready(database, embedded=settings.database_url is None)
            async with _worker(settings, servers):
                loaded()
                yield Runtime(database, open_storage(settings), redis, made=settings.data_dir / "made")
        finally:
            await database.close()
            await wakes.close()
            await redis.aclose()


@asynccontextmanager
async def _worker(settings: Settings, servers: Servers) -> AsyncGenerator[None]:
    """A worker process that ends with this one, however this one ends, and is started again if it ends by itself."""
    environment = os.environ | {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "LEGWORK_DATA_DIR": str(settings.data_dir),
    }
    with (settings.data_dir / "logs" / "worker.log").open("a", encoding="utf-8", buffering=1) as log:
        group = Group(environment, Output(log.write, ["worker"], colours=False), _PACE)
        keeping = asyncio.create_task(group.keep({"worker": [sys.executable, "-m", "jobs.worker", "all"]}))
        try:
            yield
        finally:
            group.stop(signal.SIGTERM)
            await keeping
