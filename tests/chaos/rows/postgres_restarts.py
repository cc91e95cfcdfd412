"""Postgres is killed every few seconds and comes back, while people on two platforms go on asking."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from random import Random
from time import monotonic

from tests.chaos.chats import came_to
from tests.chaos.formation import formed
from tests.chaos.ground import Ground
from tests.chaos.platforms import PATIENT, bring_events, bring_updates, slack_settings, telegram_settings
from tests.chaos.row import Outcome, Row
from tests.fakes.slack import FakeSlack, Person, Rules
from tests.fakes.telegram import FakeTelegram, Seat, person
from tests.fixtures.waiting import eventually

PEOPLE = 25
"""On each platform."""
EVERY = (5.0, 20.0)
"""Seconds between two kills; fewer where all of it takes less time."""
PAUSE = 0.15
"""Seconds between two messages: 500 take 75 seconds."""
WITHIN = 180.0
RETRIES = (0.0, 2.0, 5.0)
"""When Slack delivers again what was not acknowledged: at once, then after 60 and 300 seconds; here sooner."""


async def drive(ground: Ground, count: int) -> Outcome:
    """Every other message comes from Slack, signed, the others to Telegram's webhook: both are acknowledged by the
    web process, and the doubles know which event was."""
    async with (
        FakeSlack(rules=Rules(limited=False, retries=RETRIES, subscriptions={"message.im"})) as slack,
        FakeTelegram() as telegram,
    ):
        mara = [slack.person(f"Person {number}") for number in range(PEOPLE)]
        seats = [person(telegram, f"Seat{number}") for number in range(PEOPLE)]
        settings = PATIENT | slack_settings(slack) | telegram_settings(telegram)
        names = ("web", "worker.1", "worker.2")
        async with formed(ground.environment, ground.folder, *names, **settings) as formation:
            await bring_events(slack, formation)
            await bring_updates(telegram, formation)
            async with _killing(ground, seconds=PAUSE * count) as away:
                for number in range(count):
                    _say(mara[number // 2 % PEOPLE], seats[number // 2 % PEOPLE], number)
                    await asyncio.sleep(PAUSE)
            await slack.settled(WITHIN)
            await eventually(lambda: not telegram.world.queue, WITHIN)
            await eventually(ground.crew.at_rest, WITHIN)
            dead = sum(not process.alive for process in formation.processes.values())
        return Outcome(
            zero=await _wrong(ground, slack, telegram) | {"processes that died": dead},
            told={
                "messages": count,
                "restarts of Postgres": len(away),
                "seconds it was away at most": round(max(away, default=0.0), 1),
                "deliveries refused and repeated": sum(len(each.attempts) - 1 for each in slack.deliveries)
                + sum(status != 200 for status in telegram.hook_answers),
                "events Slack gave up": sum(each.state == "given up" for each in slack.deliveries),
                "said with an unknown outcome": await came_to(ground, "unknown"),
            },
            remarks=[
                f"{row['kind']} {row['status']}, attempts {row['attempts']}, crashes {row['crashes']}: {row['error']}"
                for row in await ground.crew.rows(
                    "SELECT kind, status, attempts, crashes, error FROM queue_jobs WHERE failed_at IS NOT NULL"
                )
            ],
        )


def _say(on_slack: Person, on_telegram: Seat, number: int) -> None:
    words = f"what is 12% of {number}?"
    if number % 2:
        on_telegram.say(words)
    else:
        on_slack.dm(words)


@asynccontextmanager
async def _killing(ground: Ground, *, seconds: float) -> AsyncGenerator[list[float]]:
    """Kill Postgres now and again until the block ends, within so many ``seconds`` some times. Gives, for each time,
    the seconds until it answered again."""
    away: list[float] = []
    ended = asyncio.Event()
    chance = Random(500)
    share = min(1.0, seconds / 3 / EVERY[1])

    async def go_on() -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(chance.uniform(*EVERY) * share):
                    await ended.wait()
                return
            killed = monotonic()
            await ground.postmaster.restart()
            away.append(monotonic() - killed)

    killing = asyncio.create_task(go_on())
    try:
        yield away
    finally:
        ended.set()
        await killing


async def _wrong(ground: Ground, slack: FakeSlack, telegram: FakeTelegram) -> dict[str, int]:
    """What was acknowledged, against what is stored, done and said."""
    stored = await ground.crew.rows(
        """SELECT c.platform, c.chat, m.platform_message_id AS message, count(t.id) AS tasks,
            count(t.id) FILTER (WHERE t.status = 'SUCCEEDED') AS succeeded
        FROM messages m JOIN threads th ON th.id = m.thread_id JOIN chats c ON c.id = th.chat_id
        LEFT JOIN tasks t ON t.message_id = m.id WHERE m.role = 'user'
        GROUP BY c.platform, c.chat, m.id"""
    )
    there = [(row["platform"], row["chat"], row["message"]) for row in stored]
    taken = [*_acknowledged_on_slack(slack), *_acknowledged_on_telegram(telegram)]
    said = await ground.crew.rows(
        """SELECT task_id, count(*) AS answers FROM outbound_messages
        WHERE body->>'type' = 'answer' GROUP BY task_id"""
    )
    return {
        "events acknowledged without their row": len(set(taken) - set(there)),
        "messages stored twice": len(there) - len(set(there)),
        "messages without a finished task": sum(row["succeeded"] == 0 for row in stored),
        "messages with two tasks": sum(row["tasks"] > 1 for row in stored),
        "tasks without their answer": sum(row["succeeded"] for row in stored) - len(said),
        "answers given up": await came_to(ground, "failed"),
    }


def _acknowledged_on_slack(slack: FakeSlack) -> list[tuple[str, str, str]]:
    """What people wrote: the bot's own messages, and their changes, are events as well."""
    events = [each.payload["event"] for each in slack.deliveries if each.state == "acknowledged"]
    return [("slack", each["channel"], each["ts"]) for each in events if not {"bot_id", "subtype"} & set(each)]


def _acknowledged_on_telegram(telegram: FakeTelegram) -> list[tuple[str, str, str]]:
    """What still waits in its queue was not acknowledged."""
    messages = [each["message"] for each in telegram.world.delivered if each not in telegram.world.queue]
    return [("telegram", str(each["chat"]["id"]), str(each["message_id"])) for each in messages]


ROW = Row(
    name="postgres-restarts",
    fault="Postgres killed and restarted every 5 to 20 s",
    promise="every task finishes; no chat event is acknowledged without its row",
    full=500,
    short=24,
    drive=drive,
)
