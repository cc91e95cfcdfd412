"""Workers told to stop (SIGTERM) and replaced, one after another, while people talk; every fourth time the bot too."""

import signal

from tests.chaos.ground import Ground
from tests.chaos.people import people_of
from tests.chaos.row import Outcome, Row
from tests.fixtures.waiting import eventually

TALKING = 6

SHUTDOWN_SECONDS = "3"
"""Long enough for any step that is done here: one that takes longer is handed back undone."""

LEASE = "15"
"""Seconds: nobody dies here, so nobody has to be waited for."""


async def drive(ground: Ground, count: int) -> Outcome:
    crew, statuses = ground.crew, list[int]()
    ground.environment.update(LEGWORK_SHUTDOWN_SECONDS=SHUTDOWN_SECONDS, LEGWORK_LEASE_SECONDS=LEASE)
    ground.web.gate.set()
    async with people_of(ground) as people:
        bot = await crew.start("bot")
        await bot.says("listening to Slack")
        await crew.muster(2)
        people.begin(TALKING)
        for number in range(count):
            before = people.settled
            await eventually(lambda before=before: people.settled > before, 60.0)  # it is at work
            oldest = crew.workers[0]
            oldest.send(signal.SIGTERM)
            statuses.append(await oldest.ended())
            if number % 4 == 3:
                bot.send(signal.SIGTERM)
                statuses.append(await bot.ended())
                bot = await crew.start("bot")
                await bot.says("listening to Slack")
            await crew.muster(2)
        await people.finish()
        await crew.settles()
        zeros, told = await people.zeros(), people.told()
    return Outcome(
        zero={
            **zeros,
            "jobs left over": await crew.left(),
            "jobs that spent more than one attempt": await crew.count("queue_jobs WHERE attempts > 1"),
            "jobs counted as crashed": await crew.count("queue_jobs WHERE crashes > 0"),
            "ended with another status than 0": sum(status != 0 for status in statuses),
        },
        told={"processes stopped": len(statuses), **told},
    )


ROW = Row(
    name="rolling-restarts",
    fault="workers told to stop (SIGTERM) and replaced, under load",
    promise="nothing lost, no attempt spent",
    full=20,
    short=1,
    drive=drive,
)
