"""``legwork up`` in its two forms, one process or one for each line of the Procfile, on a used data directory.

With Slack and Telegram configured, against doubles in this process: what a start takes and holds, how soon the first
words of an answer are seen, how long 150 answers at once take, and how soon it hears again after its listening process
is killed. The forms take turns; the floor is the form that is apart.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic
from uuid import uuid4

import psutil
from sqlalchemy import text

from domain.core import embedded
from domain.core.db import Database, open_database
from domain.core.settings import Settings, variables
from tests.bench.measure import Figure
from tests.chaos.crew import ROOT, Process, start
from tests.fakes.slack import FakeSlack, Rules
from tests.fakes.telegram import FakeTelegram, Seat, person
from tests.fixtures.waiting import eventually

ROUNDS = 3
ALONE = 60
"""Messages one after another, of which the first ten are left out."""
CHATS, EACH = 50, 3
PATIENCE = 180.0
HIGH = "100000"
MB = 1024 * 1024
_KEEPER = "domain.core.embedded.keeper"

HEARS = "fetching Telegram's updates"
READY: Mapping[str, int] = {HEARS: 1, "listening to Slack": 1, "the web process listens": 1, "worker is ready": 1}
"""What is printed once it is ready, and how often."""
FORMS: Mapping[str, tuple[Sequence[str], Mapping[str, int]]] = {
    "apart": (("--apart",), {**READY, "worker is ready": 2}),
    "together": ((), READY),
}


@dataclass
class Taken:
    """What the rounds of one form came to."""

    cpu: list[float] = field(default_factory=list[float])
    seconds: list[float] = field(default_factory=list[float])
    pss: list[float] = field(default_factory=list[float])
    processes: list[float] = field(default_factory=list[float])
    first: list[float] = field(default_factory=list[float])
    together: list[float] = field(default_factory=list[float])
    worked: list[float] = field(default_factory=list[float])
    again: list[float] = field(default_factory=list[float])


async def run(folder: Path) -> list[Figure]:
    taken = {form: Taken() for form in FORMS}
    async with FakeTelegram() as telegram, FakeSlack(rules=Rules(limited=False)) as slack:
        seats = [person(telegram) for _ in range(CHATS + 1)]
        environment = _environment(telegram, slack)
        for form in FORMS:  # a data directory of each form's own, in use already
            async with _up(folder / form, form, environment):
                pass
        for _ in range(ROUNDS):
            for form in FORMS:
                await _round(folder / form, form, environment, telegram, seats, taken[form])
    return _figures(taken["together"], taken["apart"])


async def _round(
    folder: Path, form: str, environment: Mapping[str, str], telegram: FakeTelegram, seats: Sequence[Seat], to: Taken
) -> None:
    begun = monotonic()
    async with _up(folder, form, environment) as up:
        to.seconds.append(monotonic() - begun)
        running = _pythons(up.pid, folder)
        to.cpu.append(sum(map(_spent, running)))
        await asyncio.sleep(1.0)  # what a start leaves behind is given back
        to.pss.append(sum(process.memory_full_info().pss for process in running) / MB)
        to.processes.append(len(running))
        settings = Settings.model_validate({"data_dir": folder, "DATABASE_URL": None, "REDIS_URL": None})
        async with embedded.running(settings) as servers:
            database = open_database(servers.database_url, pool=2)
            try:
                first = [await _first_words(telegram, seats[CHATS], database) for _ in range(ALONE)]
                to.first.append(median(first[10:]) * 1000)
                before = sum(map(_spent, running))
                to.together.append(await _at_once(seats[:CHATS], database))
                to.worked.append((sum(map(_spent, running)) - before) / (CHATS * EACH) * 1000)
            finally:
                await database.close()
        to.again.append(await _hears_again(up, form))


async def _first_words(telegram: FakeTelegram, seat: Seat, database: Database) -> float:
    """Seconds from a message to the first sign of its answer; the whole of it is waited for."""
    before, posts = len(telegram.ledger), await said_posts(database)

    def seen() -> float:
        shown = (
            call.at
            for call in telegram.ledger[before:]
            if call.status == 200
            and call.method in ("sendMessage", "sendMessageDraft")
            and call.arguments["chat_id"] == seat.chat.id
        )
        return next(shown, 0.0)

    begun = monotonic()
    seat.say("hello")
    at = await eventually(seen, PATIENCE)
    await _said(database, posts + 1)
    return at - begun


async def _at_once(seats: Sequence[Seat], database: Database) -> float:
    """Seconds until every message of every chat has its answer."""
    before, begun = await said_posts(database), monotonic()
    for seat in seats:
        for _ in range(EACH):
            seat.say("hello")
    await _said(database, before + len(seats) * EACH)
    return monotonic() - begun


async def said_posts(database: Database) -> int:
    async with database.system("a test") as session:
        return await session.scalar(
            text("SELECT count(*) FROM outbound_messages WHERE status = 'sent' AND kind = 'post'")
        )


async def _said(database: Database, count: int) -> None:
    async def look() -> bool:
        await asyncio.sleep(0.01)
        return await said_posts(database) >= count

    await eventually(look, PATIENCE)


async def _hears_again(up: Process, form: str) -> float:
    """Seconds from the SIGKILL of the process that listens to its successor's first look."""
    words = "jobs" if form == "together" else "bot"
    [listening] = [child for child in psutil.Process(up.pid).children() if child.cmdline()[1:] == ["-m", words]]
    heard, begun = up.printed.count(HEARS), monotonic()
    listening.send_signal(signal.SIGKILL)
    await eventually(lambda: up.printed.count(HEARS) > heard, PATIENCE)
    return monotonic() - begun


@asynccontextmanager
async def _up(folder: Path, form: str, environment: Mapping[str, str]) -> AsyncGenerator[Process]:
    """``legwork up`` of that form, ready."""
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240 - nothing else is under way
    arguments, ready = FORMS[form]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    given = {**environment, "LEGWORK_DATA_DIR": str(folder), "LEGWORK_PORT": str(port)}
    log = folder / f"up-{uuid4().hex}.log"
    process = await start([sys.executable, "-m", "bot.cli", "up", *arguments], given, log)
    try:
        async with asyncio.timeout(PATIENCE):
            while not all(process.printed.count(words) >= count for words, count in ready.items()):
                assert process.alive, process.printed
                await asyncio.sleep(0.01)
        yield process
    finally:
        if process.alive:
            process.send(signal.SIGTERM)
        await process.ended()


def _environment(telegram: FakeTelegram, slack: FakeSlack) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in variables()}
    limits = {f"LEGWORK_TELEGRAM_{part}": HIGH for part in ("RATE", "BURST", "CHAT_RATE", "CHAT_BURST")}
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.base_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_BASE_URL": slack.base_url,
        **limits,
    }


def _pythons(root: int, folder: Path) -> list[psutil.Process]:
    """Every Python process of Legwork's there: the supervisor, what it started, and the keeper of the servers."""
    supervisor = psutil.Process(root)
    keepers = [
        process
        for process in psutil.process_iter()
        if _KEEPER in (words := _words(process)) and any(str(folder) in word for word in words)
    ]
    return [supervisor, *supervisor.children(recursive=True), *keepers]


def _words(process: psutil.Process) -> Sequence[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return ()


def _spent(process: psutil.Process) -> float:
    """Processor seconds so far, those of Python processes it started and that have ended included."""
    times = process.cpu_times()
    spent = times.user + times.system
    return (
        spent
        if "domain.core.embedded.keeper" in _words(process)
        else spent + times.children_user + times.children_system
    )


def _figures(one: Taken, apart: Taken) -> list[Figure]:
    what = "legwork up as one process:"
    return [
        Figure(f"{what} Python's CPU to ready", "s", one.cpu, apart.cpu, "at most 0.35"),
        Figure(f"{what} to ready", "s", one.seconds, apart.seconds),
        Figure(f"{what} PSS of all Python processes", "MB", one.pss, apart.pss, "at most 0.40"),
        Figure(f"{what} Python processes", "", one.processes, apart.processes),
        Figure(f"{what} first words, p50", "ms", one.first, apart.first, "at most 1.3"),
        Figure(f"{what} {CHATS * EACH} answers at once", "s", one.together, apart.together, "at most 1.7"),
        Figure(f"{what} Python's CPU an answer of these", "ms", one.worked, apart.worked),
        Figure(f"{what} killed, hears again", "s", one.again, one.seconds, "of a start, at most 1.5"),
        Figure("legwork up --apart: bot killed, hears again", "s", apart.again, apart.seconds, "of a start"),
    ]
