"""The same work at its barest, on the same servers: commits of one row through asyncpg, jobs of arq that do nothing."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg
import orjson

from domain.core.addresses import database_address
from domain.core.embedded import Servers
from tests.bench.processes import environment
from tests.chaos.crew import ROOT


@asynccontextmanager
async def connections(url: str, count: int) -> AsyncGenerator[list[Any]]:
    """Bare connections to the benches' own server. Raises AssertionError where it does not write commits through."""
    address = database_address(url)
    host = address.url.query["host"]
    opened = [
        await asyncpg.connect(host=host, user=address.url.username, database=address.url.database) for _ in range(count)
    ]
    try:
        for setting in ("fsync", "synchronous_commit"):
            assert await opened[0].fetchval(f"SHOW {setting}") == "on", f"{setting} is off"
        yield opened
    finally:
        for connection in opened:
            await connection.close()


async def commits(url: str, at_once: int, count: int) -> tuple[float, list[float]]:
    """Bare commits of one row each: how many a second, and the seconds of each."""
    took: list[float] = []

    async def commit(connection: Any) -> None:
        for _ in range(count // at_once):
            begun = perf_counter()
            await connection.execute("INSERT INTO bench_floor VALUES (1)")
            took.append(perf_counter() - begun)

    async with connections(url, at_once) as opened:
        await opened[0].execute("CREATE TABLE IF NOT EXISTS bench_floor (n integer)")
        begun = perf_counter()
        await asyncio.gather(*(commit(connection) for connection in opened))
        seconds = perf_counter() - begun
    return len(took) / seconds, took


async def arq_jobs(folder: Path, servers: Servers, *, slots: int, count: int, rounds: int) -> list[float]:
    """Jobs that do nothing, a second, through one bare arq worker in a process of its own (see ``bare_arq``)."""
    [line] = await said_by(
        folder, servers, "tests.bench.bare_arq", servers.redis_url, str(slots), str(count), str(rounds)
    )
    return line


async def said_by(folder: Path, servers: Servers, module: str, *arguments: str) -> list[Any]:
    """What a program of the benches printed, a JSON value a line. Raises AssertionError with its errors if it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=ROOT,
        env=environment(folder, servers),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        printed, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, errors.decode(errors="replace")[-3_000:]
    return [orjson.loads(line) for line in printed.splitlines()]
