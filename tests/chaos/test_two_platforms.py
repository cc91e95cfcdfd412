"""The Procfile's bot, web and two workers hold a Slack and a Telegram conversation at the same time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.slack.http import PATH
from tests.chaos.formation import Formation
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.waiting import eventually

TOKEN = "7002002002:AAtwo-platforms-side-by-side-0123456789"
"""A bot of its own: another test's bot, begun anew, would count its updates from the start, and all would be known."""

LEADS = b"week,branch,enquiries\n" + b"".join(
    f"2026-W{week},{branch},{usual + (week * 37 + usual * 11) % 61 - 30}\n".encode()
    for week in range(10, 34)
    for branch, usual in (("Hillside", 400 if week < 24 else 280), ("Harbour", 310))
)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(rules=Rules(limited=False)) as fake:
        yield fake


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(token=TOKEN) as fake:
        yield fake


async def test_both_platforms_are_answered_side_by_side(
    formation: Formation, slack: FakeSlack, telegram: FakeTelegram
) -> None:
    formation.environment |= {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_BASE_URL": slack.base_url,
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.base_url,
        "LEGWORK_SLACK_CHAT_RATE": "100",
        "LEGWORK_SLACK_CHAT_BURST": "100",
    }
    await asyncio.gather(*(formation.start(name) for name in ("web", "worker.1", "worker.2")))
    await formation.start("bot", ready="")
    await slack.deliver_to(f"http://127.0.0.1:{formation.port}{PATH}")

    mara, seat = slack.person("Mara"), person(telegram)
    sales = slack.channel("sales", mara)
    asked = mara.mention(sales, "what changed?", files=[("leads.csv", LEADS)])
    seat.say("what is 12% of 340?")

    def on_slack() -> str:
        return "\n".join(slack.shown(message) for message in slack.said(sales, asked.ts))

    await eventually(lambda: "Hillside" in on_slack() and "leads-chart" in on_slack())
    await eventually(lambda: "40.8" in seat.text)
    seat.say("what is 12% of 680?")
    mara.say(sales, "and by branch?", thread_ts=asked.ts)
    await eventually(lambda: "Hillside has the highest total enquiries" in on_slack())
    await eventually(lambda: "81.6" in seat.text)
