"""Worker, web and bot in one process, killed with Slack and Telegram messages at every stage of their way."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from tests.chaos.crew import Process, start
from tests.chaos.ground import Ground
from tests.chaos.platforms import UNHURRIED
from tests.chaos.row import Outcome, Row
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.waiting import eventually

EACH = 10
"""Messages on either platform at each kill: twenty in all."""
WITHIN = 60.0
"""Seconds from a kill to the last answer, after which it is called lost."""
LEASE = "3"
"""Seconds, so that nobody who is alive loses one on a busy machine."""
_AGAIN = tuple(0.1 for _ in range(300))
"""Events of Slack that were not acknowledged come again soon, and for as long as the process takes to start."""
_ANSWERED = "[Run again]"
_LISTENING = ("listening to Slack", "fetching Telegram's updates")


@dataclass(frozen=True, slots=True)
class Asked:
    """One message; ``answers`` counts what stands in its chat as an answer to it."""

    path: str
    say: Callable[[], object]
    answers: Callable[[], int]


async def drive(ground: Ground, count: int) -> Outcome:
    """At each kill some are in the midst of their step, others on their way, the last ones not yet heard."""
    web, crew = ground.web, ground.crew
    async with FakeTelegram() as telegram, FakeSlack(rules=Rules(limited=False, retries=_AGAIN)) as slack:
        ground.environment.update(
            TELEGRAM_BOT_TOKEN=telegram.token,
            TELEGRAM_API_BASE_URL=telegram.base_url,
            LEGWORK_TELEGRAM_RATE=UNHURRIED,
            LEGWORK_TELEGRAM_BURST=UNHURRIED,
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            SLACK_API_BASE_URL=slack.base_url,
            LEGWORK_SLACK_CHAT_RATE=UNHURRIED,
            LEGWORK_SLACK_CHAT_BURST=UNHURRIED,
            LEGWORK_LEASE_SECONDS=LEASE,
            LEGWORK_PORT="0",
        )
        asked: list[Asked] = []
        hears: list[float] = []
        waits: list[float] = []
        before = 0
        running = await _begin(ground, 0)
        try:
            for kill in range(1, count + 1):
                web.gate.clear()
                fresh = [made for number in range(EACH) for made in _of_both(ground, telegram, slack, kill, number)]
                asked += fresh
                known = len(web.ledger)
                for each in fresh:
                    each.say()
                reached = (kill * 7) % (EACH + 1)  # how far they have come differs from kill to kill
                await eventually(lambda: len(web.ledger) >= known + reached)  # noqa: B023 - awaited at once
                killed = monotonic()
                await running.kill()
                before += sum(each.answers() for each in fresh)
                web.gate.set()
                running = await _begin(ground, kill)
                hears.append(monotonic() - killed)
                await _answered(fresh)
                waits.append(monotonic() - killed)
                await crew.settles(WITHIN)
        finally:
            await running.kill()
        return Outcome(
            zero={
                "messages without an answer": sum(each.answers() == 0 for each in asked),
                "messages answered twice": sum(each.answers() > 1 for each in asked),
                "pages read more than twice": sum(web.count(each.path) > 2 for each in asked),
                "events without their row, or with two": abs(
                    await crew.count("messages WHERE role = 'user'") - len(asked)
                ),
                "messages without their task, or with two": abs(await crew.count("tasks") - len(asked)),
                "answers from before a kill": before,
            },
            told={
                "messages": len(asked),
                "posts marked unknown": await crew.count("outbound_messages WHERE status = 'unknown'"),
                "slowest to hear again, s": round(max(hears), 1),
                "slowest last answer after a kill, s": round(max(waits), 1),
            },
        )


def _of_both(ground: Ground, telegram: FakeTelegram, slack: FakeSlack, kill: int, number: int) -> list[Asked]:
    """A message of somebody new on each platform."""
    paths = [f"/gate/{platform}/{kill}/{number}" for platform in ("telegram", "slack")]
    words = [f"read {ground.web.url(path)}" for path in paths]
    seat, mara = person(telegram), slack.person(f"Person {kill}-{number}")
    channel = slack.channel(f"room-{kill}-{number}", mara)
    return [
        Asked(
            paths[0],
            lambda: seat.say(words[0]),
            lambda: sum(str(message.get("text", "")).endswith("\ndone") for message in seat.said),
        ),
        Asked(
            paths[1],
            lambda: mara.mention(channel, words[1]),
            lambda: sum(_ANSWERED in slack.shown(message) for message in slack.said(channel)),
        ),
    ]


async def _begin(ground: Ground, time: int) -> Process:
    """The process, listening to both platforms."""
    log = ground.folder / f"one-process-{time}.log"
    process = await start([sys.executable, "-m", "jobs"], ground.environment, log)
    await asyncio.gather(*(process.says(words) for words in _LISTENING))
    return process


async def _answered(asked: list[Asked]) -> None:
    """Until everything has its answer, or nothing more is to be expected."""
    try:
        await eventually(lambda: all(each.answers() for each in asked), WITHIN)
    except TimeoutError:
        return


ROW = Row(
    name="one-process-killed",
    fault="worker, web and bot in one process, killed with 20 messages of both platforms under way",
    promise="every message is answered, and once",
    full=20,
    short=2,
    drive=drive,
)
