"""A person's message on each platform: how soon something of the answer is seen, how many answers a second, and how
soon an event is acknowledged while a hundred a second come in.

The bot and one worker are processes; the platform is its double, in this process, and so on the same cores. The
answers are the offline provider's. Platforms' limits are set high everywhere: they are what ``delivery`` measures.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Protocol

from sqlalchemy import text

from domain.core.db import Database
from tests.bench.measure import Figure, percentile
from tests.bench.processes import processes, servers_in
from tests.fakes.slack import Delivery, FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.waiting import eventually

WORDS = "hello"
WARM = 10
ALONE = 80
"""Messages one after another."""
CHATS, EACH, ROUNDS = 50, 10, 3
A_SECOND, SECONDS = 100, 5
PATIENCE = 120.0
HIGH = "100000"


class Platform(Protocol):
    """A double with people in so many chats. Moments are those of the monotonic clock, in seconds."""

    name: str
    listening: str
    environment: dict[str, str]

    def say(self, chat: int) -> None:
        """The person of that chat writes."""
        ...

    def seen(self, chat: int) -> Sequence[float]:
        """When something the bot said was shown in that chat, a preview or an answer."""
        ...

    async def acknowledged(self, count: int) -> Sequence[float]:
        """Seconds until each of the next ``count`` messages' events was acknowledged, from the moment each happened."""
        ...


class Telegram:
    name = "Telegram, polling"
    listening = "fetching Telegram's updates"

    def __init__(self, fake: FakeTelegram, chats: int) -> None:
        self._fake = fake
        self._seats = [person(fake) for _ in range(chats)]
        self._read = 0
        self._seen: dict[object, list[float]] = {}
        self._open: dict[int, float] = {}
        self.environment = {
            "TELEGRAM_BOT_TOKEN": fake.token,
            "TELEGRAM_API_BASE_URL": fake.base_url,
            **{f"LEGWORK_TELEGRAM_{part}RATE": HIGH for part in ("", "CHAT_", "GROUP_")},
            **{f"LEGWORK_TELEGRAM_{part}BURST": HIGH for part in ("", "CHAT_", "GROUP_")},
        }

    def say(self, chat: int) -> None:
        now = monotonic()
        self._seats[chat].say(WORDS)
        self._open[self._fake.world.delivered[-1]["update_id"]] = now

    def seen(self, chat: int) -> Sequence[float]:
        for call in self._fake.ledger[self._read :]:
            if call.status == 200 and call.method in ("sendMessage", "sendMessageDraft"):
                self._seen.setdefault(call.arguments["chat_id"], []).append(call.at)
        self._read = len(self._fake.ledger)
        return self._seen.get(self._seats[chat].chat.id, [])

    async def acknowledged(self, count: int) -> Sequence[float]:
        """An update is acknowledged by the next getUpdates: the double forgets it then."""
        self._open.clear()
        took: list[float] = []

        def look() -> bool:
            now = monotonic()
            waiting = {update["update_id"] for update in self._fake.world.queue}
            done = [number for number in self._open if number not in waiting]
            took.extend(now - self._open.pop(number) for number in done)
            return len(took) >= count

        await eventually(look, PATIENCE)
        return took


class Slack:
    name = "Slack, Socket Mode"
    listening = "listening to Slack"

    def __init__(self, fake: FakeSlack, chats: int) -> None:
        self._fake = fake
        self._people = [fake.person(f"Person {number}") for number in range(chats)]
        self._rooms = [each.dm_channel.id for each in self._people]
        self._seen: dict[str, list[float]] = {}
        self._open: dict[Delivery, float] = {}
        self.environment = {
            "SLACK_BOT_TOKEN": fake.bot_token,
            "SLACK_APP_TOKEN": fake.app_token,
            "SLACK_API_BASE_URL": fake.base_url,
            "LEGWORK_SLACK_CHAT_RATE": HIGH,
            "LEGWORK_SLACK_CHAT_BURST": HIGH,
        }

    async def watch(self) -> None:
        """Note when things are shown; the double itself says only what."""
        read = 0

        def more() -> bool:
            return len(self._fake.seen) > read

        while await self._fake.until(more, None):
            now = monotonic()
            for shown in self._fake.seen[read:]:
                if shown.kind in ("posted", "streamed") and shown.text not in ("", WORDS):
                    self._seen.setdefault(shown.channel, []).append(now)
            read = len(self._fake.seen)

    def say(self, chat: int) -> None:
        now = monotonic()
        self._people[chat].dm(WORDS)
        self._open[self._fake.deliveries[-1]] = now

    def seen(self, chat: int) -> Sequence[float]:
        return self._seen.get(self._rooms[chat], [])

    async def acknowledged(self, count: int) -> Sequence[float]:
        self._open.clear()
        took: list[float] = []

        def look() -> bool:
            now = monotonic()
            done = [delivery for delivery in self._open if delivery.state != "under way"]
            assert all(len(delivery.attempts) == 1 for delivery in done), "an event had to be delivered again"
            took.extend(now - self._open.pop(delivery) for delivery in done)
            return len(took) >= count

        await eventually(look, PATIENCE)
        return took


@asynccontextmanager
async def telegram(chats: int) -> AsyncGenerator[Platform]:
    async with FakeTelegram() as fake:
        yield Telegram(fake, chats)


@asynccontextmanager
async def slack(chats: int) -> AsyncGenerator[Platform]:
    async with FakeSlack(rules=Rules(limited=False)) as fake:
        platform = Slack(fake, chats)
        watching = asyncio.create_task(platform.watch())
        try:
            yield platform
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def run(folder: Path) -> list[Figure]:
    figures: list[Figure] = []
    for name, opened in (("telegram", telegram), ("slack", slack)):
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
