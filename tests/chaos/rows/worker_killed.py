"""Workers and bots that die at a named place of the flow, again and again, while people talk to Legwork.

One of each stays alive throughout. Beside them a victim runs that is armed with one failpoint; when it has come by and
is dead, the next takes its place, with another failpoint.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from math import gcd

from domain.core.failpoints import VARIABLE, Point
from tests.chaos.ground import Ground
from tests.chaos.people import PASSED, people_of
from tests.chaos.row import Outcome, Row

TALKING = 6
"""People at a time."""

AT_ONCE = 2
"""Victims at a time."""

STRIDE = next(step for step in range(7, 2 * len(PASSED)) if gcd(step, len(PASSED)) == 1)
"""Failpoints go by in this step, through all of them, so that a short run meets every stage of the flow."""

WITHIN = 60.0
"""Seconds in which a victim should have come by its failpoint, its start included."""

Turns = Iterator[tuple[int, Point]]


async def drive(ground: Ground, count: int) -> Outcome:
    crew, killed, missed = ground.crew, Counter[Point](), list[str]()
    ground.web.gate.set()
    async with people_of(ground) as people:
        bot = await crew.start("bot")
        await bot.says("listening to Slack")
        [worker] = await crew.muster(1)
        people.begin(TALKING)
        turns: list[tuple[int, Point]] = [(number, PASSED[number * STRIDE % len(PASSED)]) for number in range(count)]
        left = iter(turns)
        await asyncio.gather(*(_victims(ground, left, killed, missed) for _ in range(AT_ONCE)))
        await people.finish()
        await crew.settles()
        zeros = await people.zeros()
        told = people.told()
    unbroken = [process for process in (bot, worker) if not process.alive]
    return Outcome(
        zero={
            **zeros,
            "jobs left over": await crew.left(),
            "survivors that died": len(unbroken),
            "failpoints at which nobody died": len({point for _, point in turns} - {*killed}),
            "failpoints that had no turn": max(0, min(count, len(PASSED)) - len({point for _, point in turns})),
        },
        told={"killed": killed.total(), "fewest at a failpoint": min(killed[point] for point in PASSED), **told},
        remarks=missed,
    )


async def _victims(ground: Ground, turns: Turns, killed: Counter[Point], missed: list[str]) -> None:
    """One victim after another, for as long as there are turns; each round of the table dies a little later."""
    for number, point in turns:
        time = 1 + number // len(PASSED) % 3
        module = "bot" if point.startswith("receive.") else "jobs.worker"
        victim = await ground.crew.start(module, **{VARIABLE: f"{point}=kill@{time}"})
        try:
            ended = await victim.ended(WITHIN)
        except TimeoutError:
            await victim.kill()
            missed.append(f"{point}@{time} was not reached within {WITHIN:.0f} s")
            continue
        if ended == -signal.SIGKILL:
            killed[point] += 1
        else:
            missed.append(f"{point}@{time}: the victim ended with {ended}: {victim.printed[-300:]}")


ROW = Row(
    name="worker-killed",
    fault="worker or bot killed (SIGKILL) at every boundary of the flow",
    promise="no message or task lost, no external effect repeated; each ambiguous one ends done or asked",
    full=200,
    short=10,
    drive=drive,
)
