"""Telegram messages at every stage of their way when the bot and the workers are all killed at once.

``CHAOS_MESSAGES=20`` makes it as many as are promised; the suite takes fewer.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.crew import Crew, Process, start
from tests.chaos.web import GatedWeb
from tests.fakes.telegram import FakeTelegram, Seat, person
from tests.fixtures.waiting import eventually

MESSAGES = int(os.environ.get("CHAOS_MESSAGES", "8"))
WITHIN = 15.0
"""Seconds from the killing to the last answer, the processes' start included."""

OF_TELEGRAM = "JOIN threads t ON t.id = m.thread_id JOIN chats c ON c.id = t.chat_id WHERE c.platform = 'telegram'"

BOT, WORKER = ("-m", "bot"), ("-m", "jobs.worker")


class Formation:
    """A bot and two workers."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self._environment = environment
        self._logs = logs
        self._processes: list[Process] = []

    async def start(self) -> None:
        first = len(self._processes)
        for number, module in enumerate((BOT, WORKER, WORKER), first):
            log = self._logs / f"everything-{number}.log"
            self._processes.append(await start([sys.executable, *module], self._environment, log))

    async def kill(self) -> None:
        await asyncio.gather(*(process.kill() for process in self._processes))


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
async def formation(
    telegram: FakeTelegram, all_of_the_crew: Crew, environment: dict[str, str], chaos_dir: Path
) -> AsyncIterator[Formation]:
    await all_of_the_crew.muster(0)
    addresses = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_BASE_URL": telegram.base_url}
    made = Formation(environment | addresses, chaos_dir)
    await made.start()
    yield made
    await made.kill()


async def test_every_message_is_answered_once_although_everything_was_killed(
    formation: Formation, telegram: FakeTelegram, chaos_web: GatedWeb, all_of_the_crew: Crew
) -> None:
    chaos_web.gate.clear()
    chaos_web.ledger.clear()
    seats = [person(telegram) for _ in range(MESSAGES)]
    for number, seat in enumerate(seats):
        seat.say(f"read {chaos_web.url(f'/gate/{number}')}")
    # the first are in the midst of their step, the last were perhaps not even fetched
    await eventually(lambda: len(chaos_web.ledger) >= MESSAGES // 2)
    await formation.kill()
    assert not any(answers(telegram, seat) for seat in seats)
    chaos_web.gate.set()
    await formation.start()
    await eventually(lambda: all(answers(telegram, seat) for seat in seats), WITHIN)

    crew = all_of_the_crew
    await eventually(lambda: at_rest(crew))
    for number, seat in enumerate(seats):
        assert answers(telegram, seat) == 1, seat.text
        assert 1 <= chaos_web.count(f"/gate/{number}") <= 2
    assert await count(crew, f"messages m {OF_TELEGRAM} AND m.role = 'user'") == MESSAGES
    assert await count(crew, f"tasks m {OF_TELEGRAM}") == MESSAGES


def answers(telegram: FakeTelegram, seat: Seat) -> int:
    """How many messages of that chat are results: they end in the page's own words."""
    sent = [call.arguments for call in telegram.calls("sendMessage") if call.arguments["chat_id"] == seat.chat.id]
    return sum(each["text"].endswith("\ndone") for each in sent)


async def at_rest(crew: Crew) -> bool:
    return await count(crew, "queue_jobs WHERE status IN ('available', 'scheduled', 'running')") == 0


async def count(crew: Crew, what: str) -> int:
    [row] = await crew.rows(f"SELECT count(*) AS rows FROM {what}")
    return row["rows"]
