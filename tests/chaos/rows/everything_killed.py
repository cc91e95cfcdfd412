"""Telegram messages at every stage of their way when the bot and both workers are killed in the same moment."""

import asyncio
import sys
from time import monotonic

from tests.chaos.crew import Process, start
from tests.chaos.ground import Ground
from tests.chaos.row import Outcome, Row
from tests.fakes.telegram import FakeTelegram, Seat, person
from tests.fixtures.waiting import eventually

WITHIN = 60.0
"""Seconds from the killing to the last answer, after which it is called lost."""

LEASE = "3"
"""Seconds, so that nobody who is alive loses one on a busy machine."""

_PROCESSES = (("-m", "bot"), ("-m", "jobs.worker"), ("-m", "jobs.worker"))


async def drive(ground: Ground, count: int) -> Outcome:
    """So many people have said something; the first are in the midst of their step, the last perhaps not yet heard."""
    web, crew = ground.web, ground.crew
    async with FakeTelegram() as telegram:
        seats = [person(telegram) for _ in range(count)]
        ground.environment.update(
            TELEGRAM_BOT_TOKEN=telegram.token, TELEGRAM_API_BASE_URL=telegram.base_url, LEGWORK_LEASE_SECONDS=LEASE
        )
        running = await _start(ground, 1)
        try:
            for number, seat in enumerate(seats):
                seat.say(f"read {web.url(f'/gate/{number}')}")
            await eventually(lambda: len(web.ledger) >= count // 2)
            await asyncio.gather(*(process.kill() for process in running))
            before = sum(map(_answers, seats))
            web.gate.set()
            killed_at = monotonic()
            running = await _start(ground, 2)
            answered = await _answered(seats)
            took = monotonic() - killed_at
            await eventually(crew.at_rest, WITHIN)
        finally:
            await asyncio.gather(*(process.kill() for process in running))
        return Outcome(
            zero={
                "messages without an answer": sum(_answers(seat) == 0 for seat in seats),
                "messages answered twice": sum(_answers(seat) > 1 for seat in seats),
                "pages read more than twice": sum(web.count(f"/gate/{number}") > 2 for number in range(count)),
                "events without their row, or with two": abs(await crew.count("messages WHERE role = 'user'") - count),
                "messages without their task, or with two": abs(await crew.count("tasks") - count),
                "answers from before the killing": before,
            },
            told={
                "posts marked unknown": await crew.count("outbound_messages WHERE status = 'unknown'"),
                "seconds until the last answer" if answered else "seconds waited in vain": round(took, 1),
            },
        )


async def _start(ground: Ground, time: int) -> list[Process]:
    """The bot and both workers, for the first or second time."""
    return [
        await start([sys.executable, *module], ground.environment, ground.folder / f"everything-{time}-{number}.log")
        for number, module in enumerate(_PROCESSES)
    ]


async def _answered(seats: list[Seat]) -> bool:
    try:
        await eventually(lambda: all(_answers(seat) for seat in seats), WITHIN)
    except TimeoutError:
        return False
    return True


def _answers(seat: Seat) -> int:
    """How many messages that stand in that chat are results: they end in the page's own words."""
    return sum(str(message.get("text", "")).endswith("\ndone") for message in seat.said)


ROW = Row(
    name="everything-killed",
    fault="the bot and every worker killed with messages at every stage of their way",
    promise="every message is answered, and once",
    full=20,
    short=4,
    drive=drive,
)
