"""The Telegram gateway with a double of the Bot API behind it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from bot.pacing import Pacer
from bot.telegram.connect import Connection
from bot.telegram.gateway import TelegramGateway, pacing
from bot.telegram.shown import Shown
from domain.conversations.ports import Address, ChatGateway, Press
from domain.core.settings import Settings
from tests.contracts.stored import read
from tests.contracts.tokens import MemoryTokens
from tests.fakes.telegram import FakeTelegram, Seat, person

UNPACED = {"telegram_chat_rate": 10_000, "telegram_chat_burst": 10_000, "telegram_rate": 10_000,
           "telegram_burst": 10_000, "telegram_group_rate": 10_000, "telegram_group_burst": 10_000}  # fmt: skip


def settings_for(fake: FakeTelegram, **more: object) -> Settings:
    return Settings.model_validate(
        {"telegram_bot_token": fake.token, "telegram_api_base_url": fake.base_url, **UNPACED, **more}
    )


def nowhere() -> Redis:
    """Redis, as it is while it is away."""
    return Redis(unix_socket_path="/nonexistent/redis.sock")


class TelegramHarness:
    def __init__(self, fake: FakeTelegram, gateway: TelegramGateway, seat: Seat, tokens: MemoryTokens) -> None:
        self.fake = fake
        self.telegram = gateway
        self.gateway: ChatGateway = gateway
        self.seat = seat
        self.tokens = tokens
        self.to = Address("telegram", str(fake.world.bot["id"]), str(seat.chat.id), person=str(seat.user["id"]))

    def shown(self) -> str:
        return self.seat.text

    def messages(self) -> int:
        return len(self.seat.said)

    def press(self, label: str) -> Press:
        self.seat.press(label)
        data: str = self.fake.world.delivered[-1]["callback_query"]["data"]
        action, _, value = data.partition("|")
        return self.tokens.carried(Press(action, value))


@asynccontextmanager
async def telegram(redis: Redis | None = None, **settings: object) -> AsyncGenerator[TelegramHarness]:
    async with FakeTelegram() as fake:
        chosen = settings_for(fake, **settings)
        connection, tokens = Connection(chosen), MemoryTokens()
        client = redis or nowhere()
        pacer = Pacer(client, f"telegram:{connection.id}", pacing(chosen))
        gateway = TelegramGateway(connection, read, pacer, Shown(client), tokens)
        try:
            yield TelegramHarness(fake, gateway, person(fake), tokens)
        finally:
            await gateway.close()
            if redis is None:
                await client.aclose()
        assert fake.wrong == []
        assert fake.careless == []
