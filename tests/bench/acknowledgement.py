"""How soon an event is stored and may be acknowledged, with one, ten and fifty events at once: ``accept`` in this
process, and end to end over HTTP, from Telegram's and from Slack's side, through a web process.

The floor is one bare commit with as many others at once. No worker runs: it would only share the cores.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from itertools import count, cycle
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from aiohttp import ClientSession, TCPConnector
from sqlalchemy import text

from bot.inbound import accept
from bot.slack.http import PATH
from domain.core.db import Database, open_database
from domain.core.embedded import Servers
from domain.core.settings import Settings
from domain.core.storage import open_storage
from tests.bench import floors
from tests.bench.measure import ROUNDS, Figure, spread
from tests.bench.processes import processes, servers_in, waking
from tests.factories.incoming import incoming
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, person

AT_ONCE = (1, 10, 50)
EVENTS = 200
"""In one round; those of each person come one after another."""
PEOPLE = 100
SECRET = "a-secret-that-only-the-double-knows"
WEB = (sys.executable, "-m", "bot.http")

Send = Callable[[], Awaitable[None]]
"""Brings one event, and returns once it is acknowledged."""


async def run(folder: Path) -> list[Figure]:
    async with servers_in(folder / "acknowledgement") as (servers, database):
        bare = {
            at_once: [(await floors.commits(servers.database_url, at_once, 1_000))[1] for _ in range(ROUNDS)]
            for at_once in AT_ONCE
        }
        figures: list[Figure] = []
        async with in_process(folder / "acknowledgement", servers) as send:
            figures += await _measured("accept() in process", send, database, bare)
        async with over_http(folder / "acknowledgement", servers) as ways:
            for name, send in ways.items():
                figures += await _measured(name, send, database, bare)
    return figures


async def _measured(name: str, send: Send, database: Database, bare: dict[int, list[list[float]]]) -> list[Figure]:
    figures: list[Figure] = []
    await _round(send, 1, PEOPLE)  # everybody is known then
    for at_once in AT_ONCE:
        rounds: list[list[float]] = []
        for _ in range(ROUNDS):
            rounds.append(await _round(send, at_once, EVENTS))
            async with database.system("a test") as session:
                await session.execute(text("DELETE FROM queue_jobs"))
        figures += spread(f"{name}, {at_once} at once", rounds, bare[at_once])
    return figures


async def _round(send: Send, at_once: int, events: int) -> list[float]:
    took: list[float] = []

    async def bring() -> None:
        for _ in range(events // at_once):
            begun = perf_counter()
            await send()
            took.append(perf_counter() - begun)

    await asyncio.gather(*(bring() for _ in range(at_once)))
    return took


@asynccontextmanager
async def in_process(folder: Path, servers: Servers) -> AsyncGenerator[Send]:
    """With as many connections as a process of the edge has."""
    settings = Settings.model_validate({"data_dir": folder})
    storage, persons = open_storage(settings), cycle([f"person {number}" for number in range(PEOPLE)])
    database = open_database(servers.database_url, pool=settings.database_pool)

    async def send() -> None:
        await accept(database, storage, incoming("hello", person=next(persons)))

    try:
        async with waking(servers, database):
            yield send
    finally:
        await database.close()


@asynccontextmanager
async def over_http(folder: Path, servers: Servers) -> AsyncGenerator[dict[str, Send]]:
    """One web process, as either platform sees it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    async with FakeTelegram() as telegram, FakeSlack(rules=Rules(limited=False, retries=())) as slack:
        settings = {
            "LEGWORK_PORT": str(port),
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_BASE_URL": telegram.base_url,
            "TELEGRAM_WEBHOOK_URL": address,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_BASE_URL": slack.base_url,
        }
        commands = {"the web process listens": WEB}
        async with (
            processes(folder, servers, commands, **settings),
            ClientSession(connector=TCPConnector(limit=max(AT_ONCE))) as client,
        ):
            updates, events = _updates(telegram), _events(slack)

            async def post(url: str, body: bytes, headers: dict[str, str]) -> None:
                async with client.post(url, data=body, headers=headers) as answer:
                    said = await answer.text()
                assert answer.status == 200, f"{answer.status}: {said}"

            async def update() -> None:
                headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
                await post(f"{address}/telegram/{telegram.world.bot['id']}", next(updates), headers)

            async def event() -> None:
                body = next(events)
                headers = slack.post.signed(body) | {"Content-Type": "application/json"}
                await post(f"{address}{PATH}", body, headers)

            yield {"Telegram's webhook": update, "Slack over HTTP": event}


def _updates(telegram: FakeTelegram) -> Iterator[bytes]:
    """What Telegram would bring, person by person."""
    templates: list[Any] = []
    for _ in range(PEOPLE):
        person(telegram).say("hello")
        templates.append(telegram.world.delivered[-1])
    for number, template in zip(count(1_000_000), cycle(templates)):
        update = deepcopy(template)
        update["update_id"] = update["message"]["message_id"] = number
        yield orjson.dumps(update)


def _events(slack: FakeSlack) -> Iterator[bytes]:
    """What Slack would deliver, person by person."""
    templates: list[Any] = []
    for number in range(PEOPLE):
        slack.person(f"Person {number}").dm("hello")
        templates.append(slack.deliveries[-1].payload)
    for number, template in zip(count(), cycle(templates)):
        payload = deepcopy(template)
        payload["event_id"] = f"Ev{number}"
        payload["event"]["ts"] = payload["event"]["event_ts"] = f"1900000000.{number:06}"
        yield orjson.dumps(payload)
