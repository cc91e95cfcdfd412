"""Hundreds of jobs become due in the same moment, and three workers look for due jobs all the time."""

from datetime import timedelta
from time import monotonic

from tests.chaos.ground import Ground
from tests.chaos.platforms import PATIENT
from tests.chaos.row import Outcome, Row
from tests.factories.specs import node, tool
from tests.fixtures.travel import travel
from tests.fixtures.waiting import eventually

PEOPLE = 20
WAIT = timedelta(hours=6)
WITHIN = 300.0


async def drive(ground: Ground, count: int) -> Outcome:
    """So many tasks wait for some hours, which then pass in a moment; each makes one request and is done."""
    ground.environment.update(PATIENT)
    await ground.crew.muster(3)
    people = [f"person{number}" for number in range(min(PEOPLE, count))]
    for person in people:
        wait = node("n1", "delay", seconds=WAIT.total_seconds())
        call = tool("n2", "http_request", method="GET", url=ground.web.url("/due"))
        await ground.crew.keep(person, [wait, call], [["n1", "n2"]])
    for number in range(count):
        person = people[number % len(people)]
        await ground.crew.say(f"/workflows run {person}", person)
    await eventually(lambda: _waiting(ground, count), WITHIN, every=0.05)
    early = ground.web.count("/due")
    await travel(ground.database, WAIT)
    began = monotonic()
    await eventually(ground.crew.at_rest, WITHIN, every=0.05)
    return Outcome(
        zero={
            "requests before the moment": early,
            "tasks not done": count - await ground.crew.count("tasks WHERE status = 'SUCCEEDED'"),
            "requests too many": max(0, ground.web.count("/due") - count),
            "steps tried twice": await ground.crew.count("task_steps WHERE attempt_count > 1"),
            "jobs claimed twice": await ground.crew.count("queue_jobs WHERE epoch > 1 AND queue <> 'UPKEEP'"),
        },
        told={
            "jobs due at once": count,
            "workers that sweep": len(ground.crew.workers),
            "seconds until all were done": round(monotonic() - began, 1),
        },
    )


async def _waiting(ground: Ground, count: int) -> bool:
    """Whether so many tasks wait, and nothing else is under way."""
    scheduled = await ground.crew.count("queue_jobs WHERE status = 'scheduled' AND queue <> 'UPKEEP'")
    return scheduled == count and not await ground.crew.count("queue_jobs WHERE status IN ('available', 'running')")


ROW = Row(
    name="many-sweepers",
    fault="a thousand jobs due at once, and three processes that look for them",
    promise="each starts once",
    full=1_000,
    short=20,
    drive=drive,
)
