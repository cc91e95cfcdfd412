"""Every event of a platform arrives four times in the same moment, at two web processes."""

import asyncio
import json
from collections.abc import Sequence

import httpx

from tests.chaos.formation import Formation, formed
from tests.chaos.ground import Ground
from tests.chaos.platforms import (
    PATIENT,
    SECRET_HEADER,
    bring_events,
    bring_updates,
    slack_settings,
    slack_url,
    telegram_settings,
    telegram_url,
)
from tests.chaos.row import Outcome, Row
from tests.fakes.slack import Delivery, FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, person
from tests.fixtures.waiting import eventually

AT_ONCE = 5
"""Events under way together; four requests each, eight for a mention."""
PEOPLE = 10
PATIENCE = 60.0
"""Seconds an acknowledgement may take: how soon it comes is another row's."""
RETRIES = (1.0,) * 60
"""When Slack delivers again what it was asked to."""
WITHIN = 300.0
_AGAIN = 503


async def drive(ground: Ground, count: int) -> Outcome:
    """A third each: direct messages on Slack, mentions (which arrive as two kinds of event), messages on Telegram.

    The double delivers to the first process as it does to any; the three copies are sent beside it, signed alike.
    """
    async with (
        FakeSlack(rules=Rules(limited=False, acknowledgement=PATIENCE, retries=RETRIES)) as slack,
        FakeTelegram() as telegram,
        httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client,
    ):
        settings = PATIENT | slack_settings(slack) | telegram_settings(telegram)
        async with (
            formed(ground.environment, ground.folder, "web.1", "worker.1", **settings) as first,
            formed(ground.environment, ground.folder, "web.2", **settings) as second,
        ):
            await bring_events(slack, first)
            await bring_updates(telegram, first)
            sender = _Copies(client, slack, telegram, (first, second))
            for start in range(0, count, AT_ONCE):
                await asyncio.gather(*(sender.say(number) for number in range(start, min(start + AT_ONCE, count))))
            await slack.settled(WITHIN)
            await eventually(ground.crew.at_rest, WITHIN)
            tasks = await ground.crew.count("tasks")
            answers = await ground.crew.rows(
                """SELECT count(*) AS said, count(DISTINCT task_id) AS tasks FROM outbound_messages
                WHERE body->>'type' = 'answer' AND status = 'sent'"""
            )
            return Outcome(
                zero={
                    "events without their task": max(0, count - tasks),
                    "tasks too many": max(0, tasks - count),
                    "messages stored twice": await ground.crew.count("messages WHERE role = 'user'") - count,
                    "tasks without their answer": count - answers[0]["tasks"],
                    "answers said twice": answers[0]["said"] - answers[0]["tasks"],
                    "copies refused for good": sender.refused(),
                },
                told={
                    "events": count,
                    "requests": sender.requests,
                    "of those, answered that they have to come again": sender.again,
                },
            )


class _Copies:
    """Says things, and sends what the platform makes of them three times more."""

    def __init__(
        self, client: httpx.AsyncClient, slack: FakeSlack, telegram: FakeTelegram, to: tuple[Formation, Formation]
    ) -> None:
        self._client = client
        self._slack = slack
        self._telegram = telegram
        self._to = (to[0], to[1], to[1])
        self._people = [slack.person(f"Person {number}") for number in range(PEOPLE)]
        self._room = slack.channel("sales", *self._people)
        self._seats = [person(telegram, f"Seat{number}") for number in range(PEOPLE)]
        self._answers: list[int] = []

    @property
    def requests(self) -> int:
        own = sum(len(delivery.attempts) for delivery in self._slack.deliveries)
        return len(self._answers) + len(self._telegram.hook_answers) + own

    @property
    def again(self) -> int:
        """How many requests were answered with 503: what came of them comes again."""
        own = sum(len(delivery.attempts) - 1 for delivery in self._slack.deliveries)
        return sum(status == _AGAIN for status in (*self._answers, *self._telegram.hook_answers)) + own

    def refused(self) -> int:
        """Copies that were never answered with 200, the double's own among them."""
        own = sum(delivery.state != "acknowledged" for delivery in self._slack.deliveries)
        answers = (*self._answers, *self._telegram.hook_answers)
        return sum(status not in (200, _AGAIN) for status in answers) + own

    async def say(self, number: int) -> None:
        words, place = f"what is 12% of {number}?", number // 3 % PEOPLE
        if number % 3 == 2:
            self._seats[place].say(words)
            await self._send_update(self._telegram.world.delivered[-1])
            return
        before = len(self._slack.deliveries)
        if number % 3 == 0:
            self._people[place].dm(words)
        else:
            self._people[place].mention(self._room, words)
        await self._send_events(self._slack.deliveries[before:])

    async def _send_update(self, update: object) -> None:
        urls = [telegram_url(formation, self._telegram) for formation in self._to]
        await asyncio.gather(*(self._post(url, json.dumps(update).encode(), SECRET_HEADER) for url in urls))

    async def _send_events(self, deliveries: Sequence[Delivery]) -> None:
        bodies = [json.dumps(delivery.payload).encode() for delivery in deliveries]
        await asyncio.gather(
            *(
                self._post(slack_url(formation), body, self._slack.post.signed(body))
                for formation in self._to
                for body in bodies
            )
        )

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        """Send it, again and again while it is to come again."""
        status = _AGAIN
        while status == _AGAIN:
            answer = await self._client.post(url, content=body, headers={"Content-Type": "application/json"} | headers)
            status = answer.status_code
            self._answers.append(status)


ROW = Row(
    name="event-four-times",
    fault="one event delivered four times at once, to two processes",
    promise="it becomes one task, and one answer",
    full=500,
    short=12,
    drive=drive,
)
