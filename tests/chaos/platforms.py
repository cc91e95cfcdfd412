"""The doubles of the platforms as processes of Legwork's are pointed at them."""

import re

from bot.slack.http import PATH
from bot.telegram.webhook import HEADER
from tests.chaos.formation import Formation
from tests.fakes.slack import FakeSlack
from tests.fakes.telegram import FakeTelegram

SECRET = "chaos-webhook-secret"
UNHURRIED = "100000"
"""A rate no row comes near."""

PATIENT = {"LEGWORK_LEASE_SECONDS": "30"}
"""Where no worker dies: one that is only slow, as on a machine with other things to do, keeps its jobs."""


def slack_settings(slack: FakeSlack, rate: str = UNHURRIED) -> dict[str, str]:
    """Events come over HTTP; ``rate`` is what Legwork allows itself in one channel."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_BASE_URL": slack.base_url,
        "LEGWORK_SLACK_CHAT_RATE": rate,
        "LEGWORK_SLACK_CHAT_BURST": rate,
    }


def telegram_settings(telegram: FakeTelegram, rate: str = UNHURRIED) -> dict[str, str]:
    """Updates come to the webhook; ``rate`` is what Legwork allows itself in one private chat."""
    return {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.base_url,
        "TELEGRAM_WEBHOOK_URL": "http://127.0.0.1:1",  # the double is told by ``bring_updates``
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "LEGWORK_TELEGRAM_RATE": UNHURRIED,
        "LEGWORK_TELEGRAM_BURST": UNHURRIED,
        "LEGWORK_TELEGRAM_CHAT_RATE": rate,
        "LEGWORK_TELEGRAM_CHAT_BURST": rate,
    }


def slack_url(formation: Formation) -> str:
    return f"http://127.0.0.1:{formation.port}{PATH}"


def telegram_url(formation: Formation, telegram: FakeTelegram) -> str:
    return f"http://127.0.0.1:{formation.port}/telegram/{telegram.world.bot['id']}"


SECRET_HEADER = {HEADER: SECRET}


async def bring_events(slack: FakeSlack, formation: Formation) -> None:
    """Slack delivers to that web process from now on."""
    await slack.deliver_to(slack_url(formation))


async def bring_updates(telegram: FakeTelegram, formation: Formation) -> None:
    """Telegram delivers to that web process from now on."""
    await telegram.updates.hook(telegram_url(formation, telegram), SECRET)


def stands(words: str, shown: str) -> bool:
    """Whether the words stand there as words of their own, and not as a part of longer ones or of a number."""
    return re.search(rf"(?<![\w.,]){re.escape(words)}(?![\w]|[.,]\d)", shown) is not None
