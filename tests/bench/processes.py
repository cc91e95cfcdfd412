"""Legwork as it runs on a host, for benches: a bot and a worker as processes, beside servers of their own."""

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import migrations
from domain.core import embedded
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.settings import Settings, variables
from tests.chaos.crew import Process, start

Commands = Mapping[str, Sequence[str]]
"""What is run, by the words each process says once it is ready."""


@asynccontextmanager
async def servers_in(folder: Path) -> AsyncGenerator[tuple[Servers, Database]]:
    """An empty, migrated database, and a Redis."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else is under way yet
    settings = Settings.model_validate({"data_dir": folder, "DATABASE_URL": None, "REDIS_URL": None})
    async with embedded.running(settings) as servers:
        database = open_database(servers.database_url, pool=4)
        try:
            await migrations.upgrade(database)
            yield servers, database
        finally:
            await database.close()


@asynccontextmanager
async def processes(folder: Path, servers: Servers, commands: Commands, **more: str) -> AsyncGenerator[list[Process]]:
    """The processes, ready, with no setting of the surrounding shell's. ``more`` are settings by variable."""
    inherited = {name: value for name, value in os.environ.items() if name not in variables()}
    environment = inherited | {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "LEGWORK_DATA_DIR": str(folder),
        **more,
    }
    running: list[Process] = []
    try:
        for number, command in enumerate(commands.values()):
            running.append(await start(command, environment, folder / f"process-{number}.log"))
        for process, words in zip(running, commands, strict=True):
            await process.says(words)
        yield running
    finally:
        for process in running:
            await process.kill()
