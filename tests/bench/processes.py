"""Legwork as it runs on a host, for benches: a bot and workers as processes, beside servers of their own."""

import os
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from arq.connections import ArqRedis

import migrations
from domain.core import embedded
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.settings import Settings, variables
from domain.core.wakes import Wakes, connect_redis
from tests.bench.trees import HERE, Tree
from tests.chaos.crew import Process, start

Commands = Mapping[str, Sequence[str]]
"""What is run, by the words each process says once it is ready."""

WORKER = (sys.executable, "-m", "jobs.worker")
READY = "worker is ready"


@asynccontextmanager
async def servers_in(folder: Path, tree: Tree = HERE) -> AsyncGenerator[tuple[Servers, Database]]:
    """An empty database, migrated as the tree's code has it, and a Redis."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else is under way yet
    settings = Settings.model_validate({"data_dir": folder, "DATABASE_URL": None, "REDIS_URL": None})
    async with embedded.running(settings) as servers:
        database = open_database(servers.database_url, pool=4)
        try:
            if tree is HERE:
                await migrations.upgrade(database)
            else:
                await _migrated(folder, servers, tree)
            yield servers, database
        finally:
            await database.close()


@asynccontextmanager
async def waking(servers: Servers, database: Database) -> AsyncGenerator[ArqRedis]:
    """What this process commits wakes the workers, as what the edge commits does."""
    redis = await connect_redis(servers.redis_url)
    database.after_commit = Wakes(redis)
    try:
        yield redis
    finally:
        database.after_commit = None
        await redis.aclose()


@asynccontextmanager
async def processes(
    folder: Path, servers: Servers, commands: Commands, tree: Tree = HERE, /, **more: str
) -> AsyncGenerator[list[Process]]:
    """The processes, ready, with no setting of the surrounding shell's. ``more`` are settings by variable."""
    async with _run(folder, servers, list(commands.items()), tree, more) as running:
        yield running


@asynccontextmanager
async def workers(folder: Path, servers: Servers, count: int, **more: str) -> AsyncGenerator[list[Process]]:
    """So many workers, ready. ``more`` are settings by variable."""
    async with _run(folder, servers, [(READY, WORKER)] * count, HERE, more) as running:
        yield running


@asynccontextmanager
async def _run(
    folder: Path, servers: Servers, commands: Sequence[tuple[str, Sequence[str]]], tree: Tree, more: Mapping[str, str]
) -> AsyncGenerator[list[Process]]:
    running: list[Process] = []
    try:
        for _, command in commands:
            log = folder / f"process-{uuid4().hex}.log"  # of its own: what an earlier one said is no sign
            surrounding = environment(folder, servers, **more) | {"PYTHONPATH": str(tree.root)}
            running.append(await start(command, surrounding, log, tree.root))
        for process, (words, _) in zip(running, commands, strict=True):
            await process.says(words)
        yield running
    finally:
        for process in running:
            await process.kill()


async def _migrated(folder: Path, servers: Servers, tree: Tree) -> None:
    command = (sys.executable, "-m", "bot.cli", "migrate")
    surrounding = environment(folder, servers) | {"PYTHONPATH": str(tree.root)}
    process = await start(command, surrounding, folder / "migrate.log", tree.root)
    assert await process.ended() == 0, process.printed


def environment(folder: Path, servers: Servers, **more: str) -> dict[str, str]:
    """What a process is started with."""
    inherited = {name: value for name, value in os.environ.items() if name not in variables()}
    return inherited | {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "LEGWORK_DATA_DIR": str(folder),
        **more,
    }
