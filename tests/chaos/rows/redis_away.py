"""Redis gone for a while, and started again, empty, while people talk. The count is in seconds; it happens once."""

import asyncio

from tests.chaos.ground import Ground
from tests.chaos.people import people_of
from tests.chaos.row import Outcome, Row

TALKING = 3


async def drive(ground: Ground, count: int) -> Outcome:
    crew = ground.crew
    ground.environment["LEGWORK_LEASE_SECONDS"] = "15"  # nobody dies here, so nobody has to be waited for
    ground.web.gate.set()
    async with people_of(ground) as people:
        bot = await crew.start("bot")
        await bot.says("listening to Slack")
        await crew.muster(2)
        await people.ask("page")
        people.begin(TALKING)
        await ground.valkey.stop()
        before = people.settled
        await asyncio.sleep(count)  # this is the fault itself, not a condition to wait for
        meanwhile = people.settled - before
        await ground.valkey.start()
        await people.ask("page")
        await people.finish()
        await crew.settles()
        zeros, told = await people.zeros(), people.told()
    return Outcome(
        zero={
            **zeros,
            "jobs left over": await crew.left(),
            "processes that died": sum(not process.alive for process in (bot, *crew.workers)),
        },
        told={"answered while it was away": meanwhile, **told},
    )


ROW = Row(
    name="redis-away",
    fault="Redis away, for as many seconds, while people talk",
    promise="no process dies, nothing is lost",
    full=15,
    short=2,
    drive=drive,
)
