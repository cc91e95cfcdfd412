"""What a streamed answer costs the process that asks for it: CPU a call, beside the SDK's own typed stream of the same.

The double streams in this process, each piece in a packet of its own; the client is a process by itself (see
``model_calls``), and only its CPU is counted.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import orjson

from tests.bench.measure import Figure
from tests.chaos.crew import ROOT
from tests.fakes.openai import FakeOpenAI, says
from tests.fakes.openai.behaviours import Behaviour

INTERFACES = ("chat", "responses")
PIECES = (25, 100)
PACE = 0.01
"""Seconds from a piece to the next: a fast model's. Each comes in a packet of its own."""

_PIECE = 12
_PROSE = "North grew by 12 percent; the south lost a little, as before. It is all there in the table. " * 40


async def run(folder: Path) -> list[Figure]:
    async with FakeOpenAI(otherwise=_answer, validates=False) as fake:
        return [figure for interface in INTERFACES for figure in await _measured(fake, interface)]


async def _measured(fake: FakeOpenAI, interface: str) -> list[Figure]:
    figures: list[Figure] = []
    for pieces in PIECES:
        asked, decided, typed = await _said_by("tests.bench.model_calls", fake.base_url, interface, str(pieces))
        figures += [
            Figure(f"{interface}, {pieces} pieces: the client, CPU a call", "ms", asked, typed),
            Figure(f"{interface}, {pieces} pieces: with preview and decision", "ms", decided, typed),
        ]
    return figures


async def _said_by(module: str, *arguments: str) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0, f"{module} failed"
    return orjson.loads(printed)


def _answer(body: dict[str, Any]) -> Behaviour:
    """A decision where one is wanted, of as many pieces as the model's name ends with."""
    length = _PIECE * int(str(body["model"]).rpartition("-")[2])
    if not (body.get("text") or body.get("response_format")):
        return says(_PROSE[:length], pace=PACE)
    around = len(json.dumps({"reply": "", "kind": "reply"}))
    return says(json.dumps({"reply": _PROSE[: length - around], "kind": "reply"}), pace=PACE)
