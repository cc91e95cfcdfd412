"""The models that answer while platforms are measured: none, or a double over HTTP in a process of its own."""

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.trees import HERE
from tests.chaos.crew import Process, start

PIECES = 100
_READY = "answering at "


@dataclass(frozen=True, slots=True)
class Kind:
    """``api`` is the interface it is spoken to over; without one, the offline provider answers."""

    name: str
    api: str | None = None
    pieces: int = 0


KINDS = {
    "offline": Kind("offline"),
    "chat": Kind(f"{PIECES} pieces, chat completions", "chat", PIECES),
    "responses": Kind(f"{PIECES} pieces, responses", "responses", PIECES),
    "at-once": Kind("one piece at once, chat completions", "chat", 1),
}


@dataclass(frozen=True, slots=True)
class Running:
    """``environment`` are the settings that say where it is; ``process`` is the double's."""

    kind: Kind
    environment: dict[str, str]
    process: Process | None = None


@asynccontextmanager
async def answering(folder: Path, kind: Kind) -> AsyncGenerator[Running]:
    if kind.api is None:
        yield Running(kind, {})
        return
    command = (sys.executable, "-m", "tests.bench.model_double", str(kind.pieces))
    surrounding = dict(os.environ) | {"PYTHONPATH": str(HERE.root)}
    process = await start(command, surrounding, folder / f"model-{kind.api}-{kind.pieces}.log")
    try:
        await process.says(_READY)
        url = process.printed.partition(_READY)[2].split()[0]
        environment = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-bench", "LEGWORK_LLM_API": kind.api}
        yield Running(kind, environment, process)
    finally:
        await process.kill()
