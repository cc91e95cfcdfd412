"""People on each platform: they write to the platform's double, in this process, and note when something is shown.

Platforms' limits are set high everywhere: they are what ``delivery`` measures.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic
from typing import Protocol

from tests.fakes.slack import Delivery, FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.waiting import eventually

WORDS = "hello"
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


Opened = Callable[[int], AbstractAsyncContextManager[Platform]]
"""Opens a platform with people in so many chats."""

PLATFORMS: dict[str, Opened] = {"telegram": telegram, "slack": slack}
