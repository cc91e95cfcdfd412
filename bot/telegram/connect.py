"""One client of the Bot API a process. Waiting, repeating and pacing are Legwork's own: it does none of them."""

import logging
import os
import re

from telegram import Bot

from bot.telegram.answers import Client
from domain.core.errors import Misconfigured
from domain.core.settings import Settings

# The library's own switch to its coming form, in which times are timedeltas: without it each refusal for the rate
# limit is a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")

logging.getLogger("telegram").setLevel(logging.WARNING)  # below it every argument is logged, the webhook's secret too

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]+")  # https://core.telegram.org/bots/api#authorizing-your-bot
CONNECTIONS = 50
"""Calls that may be under way at once."""
SECONDS = 20.0
"""How long an answer may take."""
TRANSFER_SECONDS = 120.0
"""How long an answer to a file may take: Telegram gives it once it has stored the whole of it."""
POLL_SECONDS = 25
"""How long Telegram may wait for something to happen before it answers an empty getUpdates."""


def bot_id(settings: Settings) -> int:
    """The bot's id, which its token begins with. Raises Misconfigured."""
    return int(_token(settings).partition(":")[0])


class Connection:
    """The client ``bot`` for calls, and ``polls`` for the one request that waits long for its answer."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is asked yet. Raises Misconfigured: the token does not look like one."""
        self.id = bot_id(settings)
        self._calls = Client(
            connection_pool_size=CONNECTIONS,
            connect_timeout=5.0,
            read_timeout=SECONDS,
            write_timeout=SECONDS,
            media_write_timeout=TRANSFER_SECONDS,
            pool_timeout=5.0,
        )
        self.polls = Client(
            connection_pool_size=2, connect_timeout=5.0, read_timeout=POLL_SECONDS + 10.0, write_timeout=5.0
        )
        address = settings.telegram_api_base_url.rstrip("/")
        self.bot = Bot(
            _token(settings),
            base_url=f"{address}/bot",
            base_file_url=f"{address}/file/bot",
            request=self._calls,
            get_updates_request=self.polls,
        )

    async def ask(self, method: str) -> object:
        """What a method without parameters answers, as it came: the library's types take no gap.

        Raises TelegramError.
        """
        return await self._calls.post(f"{self.bot.base_url}/{method}")

    async def close(self) -> None:
        await self._calls.shutdown()
        await self.polls.shutdown()


def _token(settings: Settings) -> str:
    """Raises Misconfigured for what Telegram's servers would not even look up."""
    assert settings.telegram_bot_token is not None, "Telegram is off where there is no token"
    token = settings.telegram_bot_token.get_secret_value()
    if not _TOKEN.fullmatch(token):
        raise Misconfigured(
            "TELEGRAM_BOT_TOKEN is no token of a bot.",
            remedy="Copy it from @BotFather; it looks like 123456789:AAF….",
        )
    return token
