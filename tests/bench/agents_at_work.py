"""``python -m tests.bench.agents_at_work scripted|served``: a worker with tools that put out as much as they are told.

``scripted``: its model says what an agent's goal tells, in this process and without a network; else it is the one that
its settings name. A goal such as ``rounds=10 calls=1 size=0 given=0 wait=0.05`` has the model ask for so many calls in
each of so many rounds, each of which puts out so many bytes and is given as many as it says, and take so many seconds
for each answer.
"""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from random import Random
from typing import Any

from domain.llm.model import Event, Reply, Request, ToolCall, Usage
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext
from jobs.worker import main

TOOL = "put_out"
ANSWER = "That is all."

_TOLD = re.compile(r"(\w+)=([\d.]+)")
_WORDS = ("north", "south", "grew", "fell", "leads", "price", "page", "week", "branch", "because", "nothing", "open")


def goal(**told: float) -> str:
    """What an agent's model is to do."""
    return " ".join(
        f"{name}={value:g}"
        for name, value in ({"rounds": 10, "calls": 1, "size": 0, "given": 0, "wait": 0} | told).items()
    )


def told(goal: str) -> dict[str, float]:
    """The same, read."""
    return {name: float(value) for name, value in _TOLD.findall(goal)}


def asked(given: dict[str, float], index: int) -> list[tuple[str, dict[str, Any]]]:
    """The calls of a round, no two of an agent alike; none: it is time to answer."""
    if index >= given["rounds"]:
        return []
    count = int(given["calls"])
    more: dict[str, Any] = {"size": int(given["size"])}
    if given["given"]:
        more["words"] = text(index, int(given["given"]))
    return [(TOOL, {"number": index * count + place, **more}) for place in range(count)]


class Told:
    """A model that does what goals tell."""

    name = "scripted"

    async def stream(self, request: Request) -> AsyncIterator[Event]:
        given = told(request.variables["goal"])
        if given["wait"]:
            await asyncio.sleep(given["wait"])
        index = sum(bool(turn.calls) for turn in request.exchange)
        calls = tuple(ToolCall(f"c{place}", *call) for place, call in enumerate(asked(given, index)))
        yield Reply("" if calls else ANSWER, None, calls, Usage(cost=Decimal(0)), self.name, self.name)

    async def close(self) -> None:
        """Nothing is held open."""


class Size(Arguments):
    number: int
    size: int = 0
    words: str = ""


async def _put_out(given: Size, context: ToolContext) -> Output:
    return {"text": text(given.number, given.size)} if given.size else {}


def text(number: int, size: int) -> str:
    """So many bytes of words, the same for the same number."""
    random, words = Random(number), list[str]()
    while len(words) * 4 < size:
        words.append(random.choice(_WORDS))
    return " ".join(words)[:size]


PUT_OUT = Tool(TOOL, "Put out", "puts out words", Category.GENERAL, Effect.READ, Size, _put_out)

if __name__ == "__main__":
    sys.exit(main([], besides=[PUT_OUT], model=Told() if sys.argv[1:] == ["scripted"] else None))
