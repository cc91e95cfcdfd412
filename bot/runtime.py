"""What ``legwork chat`` runs on: servers, schema, a connection of its own, and a worker beside it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

import migrations
from bot.console.conversation import ConsoleConversation
from domain.conversations.ports import Address
from domain.core import embedded
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.logging import configure, logger
from domain.core.settings import Settings
from domain.core.storage import Storage, open_storage
from domain.core.wakes import Wakes, connect_redis

log = logger(__name__)

WORKER_PATIENCE = 10.0
"""Seconds the worker has to hand back its work when the console ends."""


class Runtime:
    def __init__(self, database: Database, storage: Storage, redis: Redis) -> None:
        self.database = database
        self.storage = storage
        self.redis = redis

    def conversation(self, to: Address) -> ConsoleConversation:
        return ConsoleConversation(self.database, self.storage, self.redis, to)


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncGenerator[Runtime]:
    """Start or join the servers, bring an embedded schema up to date, and keep a worker running beside the chat.

    Raises:
        Misconfigured: a server cannot be reached, or a given database has not been migrated.
    """
    folder = settings.data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    configure(settings, file=folder / "chat.log")
    async with embedded.running(settings) as servers:
        redis = await connect_redis(servers.redis_url)
        database = open_database(servers.database_url, pool=3)
        database.after_commit = Wakes(redis)
        try:
            await migrations.ready(database, embedded=settings.database_url is None)
            async with _worker(settings, servers):
                yield Runtime(database, open_storage(settings), redis)
        finally:
            await database.close()
            await redis.aclose()


@asynccontextmanager
async def _worker(settings: Settings, servers: Servers) -> AsyncGenerator[None]:
    """A worker process that ends with this one, and is started again if it ends by itself."""
    supervisor = asyncio.create_task(_supervise(settings, servers), name="worker")
    try:
        yield
    finally:
        supervisor.cancel()
        await asyncio.gather(supervisor, return_exceptions=True)


async def _supervise(settings: Settings, servers: Servers) -> None:
    environment = os.environ | {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "LEGWORK_DATA_DIR": str(settings.data_dir),
    }
    pause = 0.2
    while True:
        with (settings.data_dir / "logs" / "worker.log").open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "jobs.worker",
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        log.warning("the worker ended and is started again", status=status)
        await asyncio.sleep(pause)
        pause = min(30.0, pause * 2)


async def _end(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(WORKER_PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
