"""The Slack gateway with a double of Slack behind it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis

from bot.pacing import Limit, Limits, Pacer
from bot.slack import events
from bot.slack.gateway import SlackGateway
from bot.slack.memory import Memory
from bot.slack.sessions import AFTER, Sessions
from bot.slack.web import Web
from domain.conversations.ports import Address, ChatGateway, Press
from domain.tasks.queries import Work
from tests.contracts.stored import read
from tests.contracts.telegram import nowhere
from tests.contracts.tokens import MemoryTokens
from tests.fakes.slack import FakeSlack, Message, Person, Rules, hands
from tests.fixtures.waiting import eventually

FAST = Limits(chat=Limit(10_000, 10_000), group=Limit(10_000, 10_000))


class SlackHarness:
    """Mara's thread with Legwork in a channel."""

    def __init__(self, fake: FakeSlack, client: Redis, limits: Limits) -> None:
        self.fake = fake
        self.seconds = 0.0
        """What the gateway's clock shows: turn it forward."""
        self.work: Work = "rests"
        """What the work of the thread has come to."""
        self._client = client
        self._limits = limits
        self._made: list[SlackGateway] = []
        self._webs: list[Web] = []
        self.notes = Memory(client)
        self.tokens = MemoryTokens()
        self.gateway: ChatGateway = self.another()
        self.mara = fake.person("Mara")
        self.channel = fake.channel("sales", self.mara)
        asked = self.mara.say(self.channel, "What moved?")
        self.to = Address("slack", fake.workspace.id, self.channel.id, thread=asked.ts, person=self.mara.id)

    def another(self, limits: Limits | None = None) -> SlackGateway:
        """The gateway of another process."""
        web = Web(self.fake.bot_token, self.fake.base_url)
        pacer = Pacer(self._client, "slack", limits or self._limits)
        memory = Memory(self._client)
        gateway = SlackGateway(
            web, memory, pacer, read, self.tokens, self._look, now=lambda: self.seconds, sleep=self._sleep
        )
        self._made.append(gateway)
        return gateway

    def sessions(self, *, after: float = AFTER) -> Sessions:
        """The signs of a process, which shares its notes with the others of this kind."""
        web = Web(self.fake.bot_token, self.fake.base_url)
        self._webs.append(web)
        return Sessions(web, self.notes, self._look, after=after)

    async def noted(self, note: str) -> None:
        """Until this stands under the thread of its sign."""
        name = f"legwork:slack:working:{self.to.chat}:{self.to.thread}"

        async def look() -> bool:
            return list(await self.notes.get(name)) == [note]

        await eventually(look)

    async def _look(self, to: Address, saying: str) -> Work:
        await asyncio.sleep(0)
        return self.work

    async def _sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)

    async def close(self) -> None:
        for gateway in self._made:
            await gateway.close()
        for web in self._webs:
            await web.close()

    def shown(self) -> str:
        return "\n".join(self.fake.shown(message) for message in self.said())

    def said(self) -> list[Message]:
        return self.fake.said(self.channel)

    def messages(self) -> int:
        return len([message for message in self.said() if message.to is None])

    def press(self, label: str) -> Press:
        for message in reversed(self.said()):
            try:
                action = hands.press(message.blocks, label, self.fake.world.marks(self.fake.workspace))
            except hands.CannotDo:
                continue
            return self.tokens.carried(pressed(self.fake, self.mara, message, action))
        raise AssertionError(f"nothing is called {label}")


def pressed(fake: FakeSlack, who: Person, message: Message, action: dict[str, Any]) -> Press:
    """What the listener makes of a press."""
    incoming = events.pressed(
        {
            "type": "block_actions",
            "team": {"id": fake.workspace.id},
            "user": {"id": who.id},
            "channel": {"id": message.channel},
            "message": {"ts": message.ts, "thread_ts": message.thread_ts},
            "actions": [action | {"action_ts": "1700000000.000100"}],
        }
    )
    assert incoming is not None
    assert incoming.press is not None
    return incoming.press


@asynccontextmanager
async def slack(redis: Redis | None = None, limits: Limits = FAST, **rules: Any) -> AsyncGenerator[SlackHarness]:
    """``rules`` are the double's. Without ``redis`` the gateway has none."""
    async with FakeSlack(rules=Rules(**({"limited": False} | rules))) as fake:
        client = redis or nowhere()
        harness = SlackHarness(fake, client, limits)
        try:
            yield harness
        finally:
            await harness.close()
            if redis is None:
                await client.aclose()
        assert fake.pings == []
        assert fake.unfurled == []
