"""What everything costs while nothing is to be done: the processor time of bot, worker, Postgres and Redis together,
with Slack and Telegram configured. The doubles of the platforms, in this process, are not counted.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

import psutil

from domain.core.wakes import connect_redis
from tests.bench.measure import Figure
from tests.bench.processes import servers_in
from tests.bench.whole import bot_and_worker

SECONDS = 30.0
SETTLING = 3.0
"""Before the clock starts: what is done once after the start is no idling."""


async def run(folder: Path) -> list[Figure]:
    folder /= "idle"
    async with servers_in(folder) as (servers, _), bot_and_worker(folder, servers) as running:
        redis = await connect_redis(servers.redis_url)
        valkey = int((await redis.info("server"))["process_id"])
        await redis.aclose()
        roots = {name: process.pid for name, process in running.items()}
        roots |= {"Postgres": _postmaster(folder), "Redis": valkey}
        await asyncio.sleep(SETTLING)
        before, begun = _spent(roots), monotonic()
        await asyncio.sleep(SECONDS)
        after, seconds = _spent(roots), monotonic() - begun
    shares = {name: (after[name] - before[name]) / seconds * 100 for name in roots}
    return [
        Figure(f"idle for {SECONDS:.0f} s: everything", "% of one core", [sum(shares.values())]),
        *(Figure(f"idle for {SECONDS:.0f} s: {name}", "% of one core", [share]) for name, share in shares.items()),
    ]


def _postmaster(folder: Path) -> int:
    return int((folder / "servers/postgres/postmaster.pid").read_text(encoding="utf-8").split()[0])


def _spent(roots: Mapping[str, int]) -> dict[str, float]:
    """Processor seconds so far of each process with those it started, ended ones included."""
    return {name: sum(_of(process) for process in _family(pid)) for name, pid in roots.items()}


def _family(pid: int) -> Sequence[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # it ended just now, and is among its parent's ended children from here on
        return 0.0
    return times.user + times.system + times.children_user + times.children_system
