"""Redis emptied while tasks run and others have just been woken for.

Workers are paused for a moment, far shorter than a lease, while something new is said, so that its wake-up certainly
lies in Redis when that is flushed. From then on only the sweeper knows of it.
"""

import signal
from uuid import UUID

from tests.chaos.crew import Crew
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.fixtures.waiting import eventually

SWEEP_SECONDS = 1.0
LATEST = 2 * SWEEP_SECONDS
"""How much later than in an undisturbed run a job may be begun."""

AT_WORK = 3
"""Tasks that are in the midst of a step when Redis is flushed."""


async def drive(ground: Ground, count: int) -> Outcome:
    ground.environment.update(LEGWORK_SWEEP_SECONDS=str(SWEEP_SECONDS), LEGWORK_LEASE_SECONDS="10")
    crew, waits, unfinished, repeated = ground.crew, list[float](), 0, 0
    await crew.muster(2)
    for number in range(count):
        crew.web.gate.clear()
        names = [f"{number}-{place}" for place in range(AT_WORK)]
        tasks = [await crew.begin(name, f"/first/{name}", f"/gate/{name}", f"/last/{name}") for name in names]
        await eventually(lambda names=names: all(crew.web.count(f"/gate/{name}") for name in names))
        waits.append(await _flush(ground, f"late-{number}"))
        crew.web.gate.set()
        for task_id in tasks:
            unfinished += not await crew.ends_as(task_id, "SUCCEEDED")
        repeated += sum(
            crew.web.count(f"/{where}/{name}") != 1 for name in names for where in ("first", "gate", "last")
        )
    await crew.settles()
    return Outcome(
        zero={
            "tasks unfinished": unfinished,
            "begun more than two sweeps late": sum(wait > LATEST for wait in waits),
            "steps done twice": repeated,
            "workers that died": sum(not worker.alive for worker in crew.workers),
            "jobs left over": await crew.left(),
        },
        told={
            "tasks at work when it happened": count * AT_WORK,
            "slowest to be begun, s": round(max(waits), 2),
            "sweep, s": SWEEP_SECONDS,
        },
    )


async def _flush(ground: Ground, person: str) -> float:
    """Flush away the wake-up of something that was just said. Returns the seconds until it is begun all the same."""
    crew = ground.crew
    for worker in crew.workers:
        worker.send(signal.SIGSTOP)
    message_id = await crew.say("/about", person)
    await eventually(ground.valkey.holds_something)
    await ground.valkey.flush()
    for worker in crew.workers:
        worker.send(signal.SIGCONT)
    [woken] = await crew.rows("SELECT clock_timestamp() AS at")
    await eventually(lambda: _begun(crew, message_id))
    [begun] = await crew.rows(
        "SELECT started_at - :woken AS late FROM queue_jobs WHERE data->>'message_id' = :id",
        woken=woken["at"],
        id=str(message_id),
    )
    return begun["late"].total_seconds()


async def _begun(crew: Crew, message_id: UUID) -> bool:
    return bool(
        await crew.rows(
            "SELECT id FROM queue_jobs WHERE data->>'message_id' = :id AND started_at IS NOT NULL", id=str(message_id)
        )
    )


ROW = Row(
    name="redis-flushed",
    fault="Redis flushed in mid-run",
    promise="every task finishes, and is begun at most two sweeps late",
    full=20,
    short=1,
    drive=drive,
)
