"""A bot and a worker with Slack and Telegram configured, as a host with both runs them."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from domain.core.embedded import Servers
from tests.bench.processes import READY, WORKER, processes
from tests.chaos.crew import Process
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram

BOT = (sys.executable, "-m", "bot")
LISTENING = ("fetching Telegram's updates", "listening to Slack")


@asynccontextmanager
async def bot_and_worker(folder: Path, servers: Servers) -> AsyncGenerator[dict[str, Process]]:
    """Both, by name, connected to doubles of both platforms: Slack by Socket Mode, Telegram by long polling."""
    async with FakeTelegram() as telegram, FakeSlack(rules=Rules(limited=False)) as slack:
        settings = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_BASE_URL": telegram.base_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_BASE_URL": slack.base_url,
        }
        async with processes(folder, servers, {LISTENING[0]: BOT, READY: WORKER}, **settings) as [bot, worker]:
            await bot.says(LISTENING[1])
            yield {"bot": bot, "worker": worker}
