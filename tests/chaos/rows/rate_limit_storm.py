"""Platforms that refuse message after message for their rate, and say how long they want to be left alone."""

import re
from collections.abc import Iterable
from itertools import groupby

from tests.chaos.chats import Chat, came_to, settled, slack_chats, telegram_chats, write
from tests.chaos.formation import formed
from tests.chaos.ground import Ground
from tests.chaos.platforms import PATIENT, slack_settings, telegram_settings
from tests.chaos.row import Outcome, Row
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, Pace
from tests.fixtures.waiting import eventually

EACH = 15
"""Messages in each chat."""
WITHIN = 300.0

Call = tuple[str, float, float]
"""A chat, the moment it was called in seconds, and for how many seconds it then asked to be left alone."""


async def drive(ground: Ground, count: int) -> Outcome:
    """Legwork's own pacing is set so high that it never holds anything back: every limit is found out by a 429."""
    each = min(EACH, count // 4)
    async with (
        FakeSlack(rules=Rules(channel_rate=2.0, channel_burst=3, tiers=dict.fromkeys(range(1, 5), 100_000),
                              subscriptions=set())) as slack,
        FakeTelegram(pace=Pace(chat=(2.0, 3), overall=(100_000.0, 100_000))) as telegram,
    ):  # fmt: skip
        chats = [
            *await slack_chats(ground, slack, count // 2 // each),
            *await telegram_chats(ground, telegram, count // 2 // each),
        ]
        await write(ground, chats, each)
        settings = PATIENT | slack_settings(slack) | telegram_settings(telegram)
        async with formed(ground.environment, ground.folder, "worker.1", "worker.2", **settings):
            await eventually(lambda: settled(ground), WITHIN)
        on_slack, on_telegram = list(_on_slack(slack)), list(_on_telegram(telegram))
        refused = [sum(wait > 0 for *_, wait in calls) for calls in (on_slack, on_telegram)]
        return Outcome(
            zero=_wrong(chats, [*on_slack, *on_telegram]) | {"given up": await came_to(ground, "failed")},
            told={
                "messages": sum(len(chat.written) for chat in chats),
                "refused by Slack": refused[0],
                "refused by Telegram": refused[1],
            },
        )


def _wrong(chats: list[Chat], calls: list[Call]) -> dict[str, int]:
    return {
        "messages lost": sum(chat.missing for chat in chats),
        "messages said twice": sum(chat.repeated for chat in chats),
        "messages out of order": sum(chat.disordered for chat in chats),
        "calls inside Retry-After": _too_soon(calls),
    }


def _on_slack(slack: FakeSlack) -> Iterable[Call]:
    for request in slack.requests:
        if request.method == "chat.postMessage":
            yield request.arguments["channel"], request.at, float(request.retry_after)


def _on_telegram(telegram: FakeTelegram) -> Iterable[Call]:
    for call in telegram.ledger:
        if call.method == "sendMessage":
            asked = re.search(r"retry after (\d+)", call.description)
            yield str(call.arguments["chat_id"]), call.at, float(asked[1]) if asked else 0.0


def _too_soon(calls: list[Call]) -> int:
    """Calls to a chat that came before the patience it had asked for last was over."""
    found = 0
    for _, made in groupby(sorted(calls), key=lambda call: call[0]):
        until = 0.0
        for _, at, wait in made:
            found += at < until
            until = at + wait if wait else until
    return found


ROW = Row(
    name="rate-limit-storm",
    fault="platforms refuse message after message with 429",
    promise="order is kept in each chat, nothing is lost, no call inside Retry-After",
    full=300,
    short=24,
    drive=drive,
)
