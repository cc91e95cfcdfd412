"""Workers that die one after another, each at a named boundary of the work that is begun for its sake."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from domain.core.failpoints import VARIABLE, Point
from tests.chaos.crew import Crew, Process
from tests.chaos.row import Figure, Outcome

AT_ONCE = 2
"""Victims at a time."""

MOST = 40
"""Tasks that are begun for the sake of one victim, which has to share them with the others."""

Kind = TypeVar("Kind", bound=str)
"""Of work, in which the boundary is."""


@dataclass(slots=True)
class Killed(Generic[Kind]):
    """Who died where, and why others did not."""

    boundaries: Sequence[tuple[Kind, Point]]
    count: int
    at: Counter[tuple[Kind, Point]] = field(default_factory=Counter[tuple[Kind, Point]])
    missed: list[str] = field(default_factory=list[str])

    @property
    def short(self) -> int:
        """At how many boundaries fewer died than should have."""
        return sum(self.at[boundary] < self.count for boundary in self.boundaries)

    async def outcome(
        self, crew: Crew, survivor: Process, zero: Mapping[str, int], told: Mapping[str, Figure]
    ) -> Outcome:
        """What the row came to, where all of them died beside one that did not."""
        return Outcome(
            zero={
                **zero,
                "jobs left over": await crew.left(),
                "survivors that died": not survivor.alive,
                "boundaries at which nobody died": self.short,
            },
            told={"killed": self.at.total(), **told},
            remarks=self.missed,
        )


async def kill_at_each(
    boundaries: Sequence[tuple[Kind, Point]],
    count: int,
    start: Callable[[dict[str, str]], Awaitable[Process]],
    run: Callable[[Kind], Awaitable[None]],
    times: Mapping[Point, int] | None = None,
    *,
    at_once: int = AT_ONCE,
) -> Killed[Kind]:
    """So many at each boundary. ``start`` gives a worker that is ready, with more variables of its environment; ``run``
    begins a piece of work of that kind, and returns when it is over. ``times``: how often one piece comes by a point,
    where that is more than once: the victims die at each of them in turn, first at one in the middle. ``at_once``: one
    where what only reads may not be done again either, since who dies may be in the midst of another's piece.
    """
    killed = Killed(boundaries, count)
    rounds = [(boundary, time) for time in range(count) for boundary in boundaries]
    turns = iter([(boundary, _which(time, (times or {}).get(boundary[1], 1))) for boundary, time in rounds])
    await asyncio.gather(*(_one_after_another(turns, killed, start, run) for _ in range(at_once)))
    return killed


def victims_beside(crew: Crew, survivor: Process) -> Callable[[dict[str, str]], Awaitable[Process]]:
    """Starts workers that have all work to themselves: ``survivor`` stands still from the start of one until it is
    dead, and goes on with what it has left.
    """
    watched = set[asyncio.Task[None]]()

    async def wake_after(victim: Process) -> None:
        await victim.process.wait()
        survivor.send(signal.SIGCONT)

    async def start(variables: dict[str, str]) -> Process:
        victim = await crew.start("jobs.worker", **variables)
        await victim.says("worker is ready")
        survivor.send(signal.SIGSTOP)
        watched.add(watch := asyncio.create_task(wake_after(victim)))
        watch.add_done_callback(watched.discard)
        return victim

    return start


def _which(time: int, times: int) -> int:
    return 1 + (time + times // 2) % times


async def _one_after_another(
    turns: Iterator[tuple[tuple[Kind, Point], int]],
    killed: Killed[Kind],
    start: Callable[[dict[str, str]], Awaitable[Process]],
    run: Callable[[Kind], Awaitable[None]],
) -> None:
    for (kind, point), time in turns:
        victim = await start({VARIABLE: f"{point}=kill@{time}"})
        for _ in range(MOST):
            if not victim.alive:
                break
            await run(kind)
        with suppress(TimeoutError):
            if await victim.ended(1.0) == -signal.SIGKILL:
                killed.at[kind, point] += 1
                continue
        await victim.kill()
        killed.missed.append(f"{kind} at {point} was not reached: {victim.printed[-300:]}")
