"""The processes of the Procfile on servers of their own, as a host runs them."""

import asyncio
import shutil
import socket
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.supervision.procfile import parse
from tests.chaos.crew import ROOT, Process, start

READY = {"web": "the web process listens", "bot": "no chat platform is configured", "worker": "worker is ready"}


@dataclass
class Formation:
    """What runs, by name."""

    commands: dict[str, list[str]]
    environment: dict[str, str]
    logs: Path
    port: int
    processes: dict[str, Process]

    async def start(self, name: str, ready: str | None = None) -> Process:
        """``worker.2`` is the second of the workers. ``ready`` is what it prints once it can be used."""
        kind = name.partition(".")[0]
        log = self.logs / f"{name}.log"
        log.write_bytes(b"")
        process = await start(self.commands[kind], self.environment, log)
        self.processes[name] = process
        await process.says(READY[kind] if ready is None else ready)
        return process

    async def asks(self, path: str) -> int:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{self.port}{path}")).status_code
        except httpx.TransportError:
            return 0


@asynccontextmanager
async def formed(environment: Mapping[str, str], logs: Path, *names: str, **settings: str) -> AsyncGenerator[Formation]:
    """Those processes, ready, until the block ends; a web process listens on a port that no other formation has."""
    made = form({**environment, **settings}, logs)
    try:
        await asyncio.gather(*(made.start(name) for name in names))
        yield made
    finally:
        await asyncio.gather(*(process.kill() for process in made.processes.values()))


def form(environment: dict[str, str], logs: Path) -> Formation:
    """The Procfile's commands, found as a shell would, with a free port for the web process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"
    commands = {name: list(command) for name, command in parse((ROOT / "Procfile").read_text()).items()}
    for command in commands.values():
        command[0] = shutil.which(command[0], path=path) or command[0]
    return Formation(commands, environment | {"PATH": path, "LEGWORK_PORT": str(port)}, logs, port, {})
