"""Processor time of processes, in seconds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import psutil

from domain.core.embedded import Servers
from domain.core.wakes import connect_redis


async def servers_of(folder: Path, servers: Servers) -> dict[str, int]:
    """The process ids of the embedded Postgres and Redis of a data directory, by name."""
    redis = await connect_redis(servers.redis_url)
    valkey = int((await cast("Any", redis).info("server"))["process_id"])
    await redis.aclose()
    pid = (folder / "servers/postgres/postmaster.pid").read_text(encoding="utf-8").split()[0]
    return {"Postgres": int(pid), "Redis": valkey}


def spent(roots: Mapping[str, int]) -> dict[str, float]:
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
