"""Jobs that take every worker down that runs them, each beside a neighbour that is innocent and at work."""

from typing import Any
from uuid import UUID

from tests.chaos.crew import Crew
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.fixtures.waiting import eventually

CRASHES = 3
"""After so many a job is set aside."""


async def drive(ground: Ground, count: int) -> Outcome:
    """One poisonous job after another; whoever has it dies in the midst of it."""
    crew, untold, unsuitable, unfinished, repeated = ground.crew, 0, 0, 0, 0
    for number in range(count):
        crew.web.gate.clear()
        await crew.muster(2)
        neighbour = await crew.begin(f"neighbour{number}", f"/first/{number}", f"/gate/neighbour/{number}")
        poison = await crew.begin(f"poison{number}", f"/gate/poison/{number}")
        killed = await _kill_whoever_has(crew, number, poison)
        unsuitable += killed != CRASHES or not await crew.ends_as(poison, "FAILED")
        error: dict[str, Any] = (await crew.task(poison))["error"] or {}
        untold += error.get("code") != "given_up"
        untold += [body["type"] for body in await crew.said(poison)].count("problem") != 1
        crew.web.gate.set()
        unfinished += not await crew.ends_as(neighbour, "SUCCEEDED")
        repeated += crew.web.count(f"/first/{number}") != 1
    await crew.settles()
    quarantined = await crew.count("queue_jobs WHERE status = 'quarantined'")
    return Outcome(
        zero={
            "not set aside at the third crash": unsuitable,
            "people told nothing, or twice": untold,
            "neighbours set aside or unfinished": unfinished + abs(quarantined - count),
            "steps of neighbours done again": repeated,
            "jobs left over": await crew.left(),
        },
        told={"workers killed": count * CRASHES},
    )


async def _kill_whoever_has(crew: Crew, number: int, poison: UUID) -> int:
    """Until nobody takes it any more. Returns how many died."""
    for times in range(1, CRASHES + 1):
        await eventually(lambda times=times: crew.web.count(f"/gate/poison/{number}") >= times)
        await (await crew.holder(poison)).kill()
        await crew.muster(2)
    return crew.web.count(f"/gate/poison/{number}")


ROW = Row(
    name="poisonous-job",
    fault="a job that takes down every worker that runs it",
    promise="set aside at the third crash, the person is told, neighbours finish",
    full=10,
    short=1,
    drive=drive,
)
