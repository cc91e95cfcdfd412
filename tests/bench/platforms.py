"""A person's message on each platform: how soon something of the answer is seen, how many answers a second, and how
soon an event is acknowledged while a hundred a second come in.

The bot and one worker are processes; the platform is its double, in this process, and so on the same cores. The
answers are the offline provider's. Platforms' limits are set high everywhere: they are what ``delivery`` measures.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from sqlalchemy import text

from domain.core.db import Database
from tests.bench.measure import Figure, percentile
from tests.bench.processes import processes, servers_in
from tests.bench.seats import PATIENCE, PLATFORMS, Platform
from tests.fixtures.waiting import eventually

WARM = 10
ALONE = 80
"""Messages one after another."""
CHATS, EACH, ROUNDS = 50, 10, 3
A_SECOND, SECONDS = 100, 5


async def run(folder: Path) -> list[Figure]:
    figures: list[Figure] = []
    for name, opened in PLATFORMS.items():
        async with opened(CHATS + 1) as platform, servers_in(folder / name) as (servers, database):
            commands = {
                platform.listening: [sys.executable, "-m", "bot"],
                "worker is ready": [sys.executable, "-m", "jobs.worker"],
            }
            async with processes(folder / name, servers, commands, **platform.environment):
                figures += await _measure(platform, database)
    return figures


async def _measure(platform: Platform, database: Database) -> list[Figure]:
    alone = [await _first_seen(platform, CHATS) for _ in range(WARM + ALONE)][WARM:]
    await _said(database, WARM + ALONE)
    together = [await _together(platform, database) for _ in range(ROUNDS)]
    taken = await _acknowledgements(platform, database)
    return [
        *_spread(f"{platform.name}: event to first words seen, idle", alone),
        Figure(f"{platform.name}: {CHATS} chats, {EACH} messages at once, limits off", "answers/s", together),
        *_spread(f"{platform.name}: event to acknowledgement, {A_SECOND} a second", taken),
    ]


async def _first_seen(platform: Platform, chat: int) -> float:
    """Seconds from a message to the first sign of its answer; the whole of it is waited for."""
    before = len(platform.seen(chat))
    begun = monotonic()
    platform.say(chat)
    await eventually(lambda: len(platform.seen(chat)) > before, PATIENCE)
    return platform.seen(chat)[before] - begun


async def _together(platform: Platform, database: Database) -> float:
    before = await _count(database)
    begun = monotonic()
    for chat in range(CHATS):
        for _ in range(EACH):
            platform.say(chat)
    await _said(database, before + CHATS * EACH)
    return CHATS * EACH / (monotonic() - begun)


async def _acknowledgements(platform: Platform, database: Database) -> Sequence[float]:
    before = await _count(database)
    count = A_SECOND * SECONDS
    waiting = asyncio.create_task(platform.acknowledged(count))
    await asyncio.sleep(0)
    begun = monotonic()
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + number / A_SECOND - monotonic()))
        platform.say(number % CHATS)
    taken = await waiting
    await _said(database, before + count)
    return taken


def _spread(what: str, seconds: Sequence[float]) -> list[Figure]:
    thousandths = [value * 1000 for value in seconds]
    return [
        Figure(f"{what}, p50", "ms", thousandths),
        Figure(f"{what}, p99", "ms", [percentile(thousandths, 99)]),
    ]


async def _said(database: Database, count: int) -> None:
    """Until so many answers were said. None may have failed."""

    async def look() -> bool:
        await asyncio.sleep(0.02)
        return await _count(database) >= count

    await eventually(look, PATIENCE)


async def _count(database: Database) -> int:
    async with database.transaction() as session:
        failed = await session.scalar(
            text("SELECT count(*) FROM outbound_messages WHERE status IN ('failed', 'unknown')")
        )
        assert failed == 0, f"{failed} answers were not said"
        return await session.scalar(
            text("SELECT count(*) FROM outbound_messages WHERE status = 'sent' AND kind = 'post'")
        )
