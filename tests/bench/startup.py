"""From the command to the first prompt: the time until the console is ready to take a line."""

import asyncio
import os
import sys
from pathlib import Path
from time import perf_counter

from tests.bench.measure import ROUNDS, Figure

_READY = """
import asyncio, sys
from domain.core.loop import loading
loading()
from bot.runtime import open_runtime
from domain.core.settings import load
async def main():
    async with open_runtime(load()):
        print("ready", flush=True)
        sys.stdin.readline()
asyncio.run(main())
"""


async def _seconds(data: Path) -> float:
    environment = os.environ | {"LEGWORK_DATA_DIR": str(data)}
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    begun = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _READY, env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    line = await process.stdout.readline()
    seconds = perf_counter() - begun
    assert line == b"ready\n", line
    process.stdin.write(b"\n")
    await process.stdin.drain()
    await process.wait()
    return seconds


async def run(folder: Path) -> list[Figure]:
    cold = [await _seconds(folder / f"cold{number}") for number in range(ROUNDS)]
    warm = [await _seconds(folder / "cold0") for _ in range(ROUNDS)]
    return [
        Figure("start to first prompt, new data directory", "s", cold),
        Figure("start to first prompt, used data directory", "s", warm),
    ]
