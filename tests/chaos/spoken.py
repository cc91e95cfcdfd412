"""Tasks to which their people say something while a page is read that takes long, each of a person of its own."""

import asyncio
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count as numbers
from time import monotonic
from typing import Any
from uuid import UUID

from tests.chaos import cases
from tests.chaos.crew import Process
from tests.chaos.ground import Ground
from tests.fixtures.waiting import eventually

PATIENCE = 60.0
"""Seconds after which a task counts as lost."""


@dataclass(slots=True)
class Spoken:
    """One task, from its message to its end. ``began`` and ``ended`` by the steady clock, in seconds."""

    number: int
    task_id: UUID
    began: float = field(default_factory=monotonic)
    ended: float = 0.0
    said: bool = False
    pressed: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """Buttons, each with the attempt it was for."""

    def path(self, page: str) -> str:
        return f"/{page}/{self.number:04}"

    @property
    def person(self) -> str:
        return f"mara-{self.number}"


class SpokenTo:
    """Those that were begun. ``words`` are those of a message, by its number; ``died`` says when a victim did."""

    def __init__(self, ground: Ground, words: Callable[[int], str]) -> None:
        self.begun: list[Spoken] = []
        self.died: list[float] = []
        self.ground = ground
        self._words = words
        self._numbers = numbers()

    async def run(self, _: str = "") -> None:
        """One more, to its end; it is counted whatever became of it."""
        number, crew, gates = next(self._numbers), self.ground.crew, self.ground.web.gates
        gates[f"/slow/{number:04}"] = asyncio.Event()
        message_id = await crew.say(self._words(number), f"mara-{number}")
        spoken = Spoken(number, await crew.task_of(message_id))
        self.begun.append(spoken)
        with suppress(TimeoutError):
            await eventually(lambda: self._is_over(spoken), PATIENCE, every=0.05)
        spoken.ended = monotonic()
        gates[spoken.path("slow")].set()

    async def _is_over(self, spoken: Spoken) -> bool:
        """Whether it has ended; meanwhile it is told what there is to say, and answered what it asks."""
        crew, web, slow = self.ground.crew, self.ground.web, spoken.path("slow")
        if web.count(slow) and not spoken.said:
            spoken.said = True
            await crew.say(cases.more(spoken.number), spoken.person)
        if spoken.said and await crew.count(f"task_notes WHERE task_id = '{spoken.task_id}'"):
            web.gates[slow].set()
        task = await crew.task(spoken.task_id)
        await self.answer(spoken, task["waiting_for"])
        return task["status"] in ("SUCCEEDED", "FAILED", "CANCELLED")

    async def answer(self, spoken: Spoken, waits_for: Any) -> None:
        """What it waits for, where it does: nothing, unless a row knows better."""

    async def stored_again(self, spoken: Spoken) -> int:
        """How many outcomes of calls were kept besides the first of each."""
        rows = await self.ground.crew.rows(
            "SELECT count(*) AS times FROM tool_executions WHERE task_id = :id AND error IS NULL GROUP BY node_id",
            id=spoken.task_id,
        )
        return sum(row["times"] - 1 for row in rows)

    async def heard_by(self, spoken: Spoken) -> list[str]:
        rows = await self.ground.crew.rows(
            "SELECT heard_by FROM task_notes WHERE task_id = :id ORDER BY id", id=spoken.task_id
        )
        return [str(row["heard_by"]) for row in rows]

    def deaths_during(self, spoken: Spoken) -> int:
        return sum(spoken.began <= moment <= spoken.ended for moment in self.died)


async def worker(ground: Ground, died: list[float], variables: Mapping[str, str]) -> Process:
    """A worker that is ready; when it is killed, that moment is added to ``died``."""
    worker = await ground.crew.start("tests.chaos.apart", **variables)
    await worker.says("worker is ready")
    _WATCHED.add(watch := asyncio.create_task(_note_death(worker, died)))
    watch.add_done_callback(_WATCHED.discard)
    return worker


_WATCHED = set[asyncio.Task[None]]()


async def _note_death(worker: Process, died: list[float]) -> None:
    if await worker.process.wait() == -signal.SIGKILL:
        died.append(monotonic())
