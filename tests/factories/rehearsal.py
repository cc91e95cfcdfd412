"""Tools that show what the engine does with them: what was called, when, and what it was told to come to."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from domain.core.queue import Queue
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext


class Said(Arguments):
    text: str = ""


class Sent(Arguments):
    to: str
    text: str = ""
    authorization: str | None = None


class Listed(Arguments):
    items: list[Any]


@dataclass(frozen=True, slots=True)
class Called:
    tool: str
    arguments: dict[str, Any]
    idempotency_key: str
    failure: Exception | None = None
    """What it came to, where it was told to fail; one that is Ambiguous has happened all the same."""


@dataclass
class Rehearsal:
    """``calls`` only grows. ``failures`` holds, for each tool or for a call's ``text``, how its next calls end
    (None: well)."""

    calls: list[Called] = field(default_factory=list[Called])
    failures: dict[str, deque[Exception | None]] = field(default_factory=lambda: defaultdict(deque))
    gates: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    """A call whose ``text`` names a gate ends when the gate is open."""
    moves: dict[str, tuple[float, str]] = field(default_factory=dict[str, tuple[float, str]])
    """How far a call says that it is, by its ``text``."""
    makes: dict[str, str] = field(default_factory=dict[str, str])
    """The name of a file that a call makes, by its ``text``."""
    puts_out: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """What a call puts out, by its ``text``, instead of what it was given."""
    restless: set[str] = field(default_factory=set[str])
    """Texts of calls that say so a thousand times."""
    at_once: int = 0
    most_at_once: int = 0

    def gate(self, name: str) -> asyncio.Event:
        return self.gates.setdefault(name, asyncio.Event())

    def fail(self, tool: str, *failures: Exception | None) -> None:
        self.failures[tool].extend(failures)

    def forget(self) -> None:
        """Begin anew: nothing was called, and nothing is told to fail or to take long."""
        self.calls.clear()
        self.failures.clear()
        self.gates.clear()
        self.moves.clear()
        self.makes.clear()
        self.puts_out.clear()

    def of(self, tool: str) -> list[dict[str, Any]]:
        """The arguments of every call of a tool, in order."""
        return [call.arguments for call in self.calls if call.tool == tool]

    def tools(self) -> list[Tool]:
        return [
            self._tool("note", Said, Effect.READ),
            self._tool("items", Listed, Effect.READ),
            self._tool("watch", Said, Effect.READ, volatile=True),
            self._tool("keep", Said, Effect.WRITE),
            self._tool("send", Sent, Effect.EXTERNAL),
            self._tool("render", Said, Effect.READ, Queue.MEDIA),
            self._tool("publish", Sent, Effect.EXTERNAL, Queue.MEDIA),
        ]

    def _tool(
        self,
        name: str,
        arguments: type[Arguments],
        effect: Effect,
        queue: Queue = Queue.TASK,
        *,
        volatile: bool = False,
    ) -> Tool:
        async def run(given: Any, context: ToolContext) -> Output:
            return await self._run(name, given.model_dump(), context)

        return Tool(
            name, name.title(), "rehearsed", Category.GENERAL, effect, arguments, run, queue=queue, volatile=volatile
        )

    async def _run(self, name: str, given: dict[str, Any], context: ToolContext) -> Output:
        told = self.failures[name] or self.failures[given.get("text", "")]
        failure = told.popleft() if told else None
        self.calls.append(Called(name, given, context.idempotency_key, failure))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            if (moved := self.moves.get(given.get("text", ""))) is not None:
                context.progress(*moved)
                for _ in range(1_000 if given.get("text") in self.restless else 0):
                    await asyncio.sleep(0)
                    context.progress(*moved)
            if (gate := self.gates.get(given.get("text", ""))) is not None:
                await gate.wait()
            if failure is not None:
                raise failure
            if (file := self.makes.get(given.get("text", ""))) is not None:
                await context.files.add(file, "text/plain", file.encode())
        finally:
            self.at_once -= 1
        if given.get("text") in self.puts_out:
            return self.puts_out[given["text"]]
        return given | ({"text": f"{name}: {given['text']}"} if "text" in given else {})
