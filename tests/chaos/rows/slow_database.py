"""A database that is two seconds slow: first where a transaction is committed, then in every answer it gives."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import text

from tests.chaos.formation import formed
from tests.chaos.ground import Ground
from tests.chaos.platforms import bring_events, slack_settings
from tests.chaos.row import Outcome, Row
from tests.chaos.slow_wire import slow_wire
from tests.fakes.slack import Delivery, FakeSlack, Rules
from tests.fixtures.waiting import eventually

SLOW = 2.0
PROMISED = 2.5
"""Seconds within which an event is acknowledged, or said to have to come again."""
PAUSE = 0.3
"""Seconds between two events: what is slow is the database, and not its pool too small."""
FULL = 240
"""Only then are times among what must hold: the suite runs on machines that have other things to do."""
RETRIES = (0.0, 3.0, 30.0)
"""When Slack delivers again what was not acknowledged: at once, then after 60 and 300 seconds; here sooner."""
WITHIN = 180.0

_SLOW_COMMIT = (
    f"CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep({SLOW}); RETURN NULL; END'",
    """CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON inbound_events DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION slowly()""",
)


async def drive(ground: Ground, count: int) -> Outcome:
    """Three quarters of the events come while commits are slow, the rest while every answer is. Then all is well."""
    rules = Rules(limited=False, retries=RETRIES, subscriptions={"message.im"})
    async with FakeSlack(rules=rules) as slack, slow_wire(ground.database_url) as wire:
        settings = slack_settings(slack) | {"DATABASE_URL": wire.url, "LEGWORK_DATABASE_POOL": "10"}
        async with formed(ground.environment, ground.folder, "web", **settings) as formation:
            await bring_events(slack, formation)
            checks = _Checks(ground, slack)
            await checks.say(2, 0.0)  # what the first event of a process has to do besides
            await slack.settled(WITHIN)
            await _execute(ground, *_SLOW_COMMIT)
            committing = await checks.say(count * 3 // 4, PAUSE)
            await eventually(lambda: all(each.attempts for each in committing), WITHIN)
            await _execute(ground, "DROP TRIGGER slow ON inbound_events")
            wire.seconds = SLOW
            answering = await checks.say(count - count * 3 // 4, PAUSE)
            await eventually(lambda: all(each.attempts for each in answering), WITHIN)
            wire.seconds = 0.0
            await slack.settled(WITHIN)
            unstored = await checks.unstored()
    said = [*committing, *answering]
    silent = [attempt for each in said for attempt in each.attempts if attempt.failed not in (None, "http_error")]
    refused = [attempt for each in said for attempt in each.attempts if attempt.failed == "http_error"]
    slowest = _percentile(committing), _percentile(answering)
    timed = {
        "waits for an answer in vain": len(silent),
        "percentiles above 2.5 s": sum(each > PROMISED for each in slowest),
    }
    return Outcome(
        zero={
            "events acknowledged without their row": unstored,
            "messages stored twice": await ground.crew.count("messages WHERE role = 'user'") - checks.stored,
            "refused otherwise than with 5xx": sum((attempt.status or 0) // 100 != 5 for attempt in refused),
            "events never taken": sum(each.state != "acknowledged" for each in said),
            **(timed if count == FULL else {}),
        },
        told={
            "events": len(said),
            "p99 of the answers, slow commits (s)": slowest[0],
            "of those, acknowledged at once": sum(each.attempts[0].failed is None for each in committing),
            "p99 of the answers, every answer slow (s)": slowest[1],
            "of these, acknowledged at once": sum(each.attempts[0].failed is None for each in answering),
            "answers of 5xx": len(refused),
            "waited for in vain": len(silent),
        },
    )


class _Checks:
    """Has people write, and looks for each message in the database as soon as it is acknowledged."""

    def __init__(self, ground: Ground, slack: FakeSlack) -> None:
        self._ground = ground
        self._slack = slack
        self._missing: list[asyncio.Task[bool]] = []

    @property
    def stored(self) -> int:
        return len(self._missing)

    async def say(self, count: int, pause: float) -> Sequence[Delivery]:
        """So many people write, one after another. Returns their events."""
        before = len(self._slack.deliveries)
        for _ in range(count):
            self._slack.person(f"Person {len(self._missing)}").dm("hello")
            self._missing.append(asyncio.create_task(self._is_missing(self._slack.deliveries[-1])))
            await asyncio.sleep(pause)
        return self._slack.deliveries[before:]

    async def unstored(self) -> int:
        return sum(await asyncio.gather(*self._missing))

    async def _is_missing(self, delivery: Delivery) -> bool:
        """Whether there is no row although Slack was told that it had been taken."""
        await delivery.changes.until(lambda: delivery.state != "under way", None)
        if delivery.state != "acknowledged":
            return False
        event = delivery.payload["event"]
        rows = await self._ground.crew.rows(
            """SELECT 1 FROM messages m JOIN threads t ON t.id = m.thread_id JOIN chats c ON c.id = t.chat_id
            WHERE c.chat = :chat AND m.platform_message_id = :ts""",
            chat=event["channel"],
            ts=event["ts"],
        )
        return not rows


async def _execute(ground: Ground, *statements: str) -> None:
    async with ground.database.system("a test") as session:
        for statement in statements:
            await session.execute(text(statement))


def _percentile(deliveries: Sequence[Delivery]) -> float:
    """Within how many seconds 99 of 100 first deliveries were answered."""
    took = sorted(each.attempts[0].seconds for each in deliveries)
    return round(took[min(len(took) - 1, len(took) * 99 // 100)], 2)


ROW = Row(
    name="slow-database",
    fault="the database is 2 s slow",
    promise="99 of 100 acknowledgements within 2.5 s, else an honest 5xx",
    full=FULL,
    short=8,
    drive=drive,
)
