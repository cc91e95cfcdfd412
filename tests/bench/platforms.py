"""A person's message on each platform: how soon something of the answer is seen, how many answers a second, and how
soon an event is acknowledged while a hundred a second come in; with the offline provider, and with models that stream.

The bot and one worker are processes; the platform is its double, in this process, and the model in another, and so on
the same cores: what each of them takes of the processor is measured while many messages are answered at once.
``LEGWORK_BENCH_PLATFORMS`` and ``LEGWORK_BENCH_MODELS`` name some of both (``slack``; ``offline chat``),
``LEGWORK_BENCH_ROUNDS`` says how many rounds, and ``LEGWORK_BENCH_PROFILE`` names a folder for the profiles of the bot
and the worker while they answer many (see ``profiled``).
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, process_time

from sqlalchemy import text

from domain.core.db import Database
from tests.bench.measure import Figure, percentile
from tests.bench.models import KINDS, Kind, Running, answering
from tests.bench.processes import READY, processes, servers_in
from tests.bench.seats import PATIENCE, PLATFORMS, Platform
from tests.bench.spent import servers_of, spent
from tests.bench.trees import HERE, Tree
from tests.chaos.crew import Process
from tests.fixtures.waiting import eventually

WARM = 10
ROUNDS = int(os.environ.get("LEGWORK_BENCH_ROUNDS", "4"))
ALONE = 20
"""Messages one after another, in each round."""
CHATS, EACH = 50, 10
A_SECOND, SECONDS = 100, 2
PROFILE = os.environ.get("LEGWORK_BENCH_PROFILE")
DOUBLES = (PLATFORM, MODEL) = ("the platform's double", "the model's double")
"""The platform's with what drives it, in this process, and the model's in its own."""

_COUNTED = text("""SELECT count(*) FILTER (WHERE status = 'sent' AND kind = 'post') AS said,
    count(*) FILTER (WHERE status IN ('failed', 'unknown')) AS failed,
    (SELECT count(*) FROM tasks WHERE status IN ('FAILED', 'PAUSED')) AS unanswered
    FROM outbound_messages""")


@dataclass(slots=True)
class Measured:
    """Of one tree, a value a round. Times are in seconds, those of one round together; ``took`` are processor seconds
    an answer by process."""

    alone: list[Sequence[float]] = field(default_factory=list[Sequence[float]])
    together: list[float] = field(default_factory=list[float])
    took: list[Mapping[str, float]] = field(default_factory=list[Mapping[str, float]])
    acknowledged: list[Sequence[float]] = field(default_factory=list[Sequence[float]])


@dataclass(slots=True)
class Stack:
    """A platform, servers, a bot and a worker of one tree, and what was measured of them."""

    platform: Platform
    database: Database
    pids: Mapping[str, int]
    profiled: Sequence[Process] = ()
    measured: Measured = field(default_factory=Measured)


async def run(folder: Path) -> list[Figure]:
    return await _run(folder, [HERE])


async def against(folder: Path, older: Tree) -> list[Figure]:
    """The same, each round in turn with one of the older tree."""
    return await _run(folder, [HERE, older])


async def _run(folder: Path, trees: Sequence[Tree]) -> list[Figure]:
    figures: list[Figure] = []
    kinds = [KINDS[name] for name in _chosen("LEGWORK_BENCH_MODELS", KINDS)]
    for name in _chosen("LEGWORK_BENCH_PLATFORMS", PLATFORMS):
        place = folder / name
        place.mkdir()
        figures += await _of(place, name, kinds, trees)
    return figures


def _chosen(variable: str, known: Mapping[str, object]) -> Sequence[str]:
    named = os.environ.get(variable, "").split()
    assert set(named) <= set(known), f"{variable} names one that is not known; there are {', '.join(known)}"
    return named or list(known)


async def _of(folder: Path, name: str, kinds: Sequence[Kind], trees: Sequence[Tree]) -> list[Figure]:
    """All of them stand at the same time, and have their rounds in turn."""
    async with AsyncExitStack() as opened:
        stacks: dict[tuple[Kind, Tree], Stack] = {}
        for number, kind in enumerate(kinds):
            model = await opened.enter_async_context(answering(folder, kind))
            for tree in trees:
                stack = _stack(folder / f"{number}-{tree.name}", name, model, tree)
                stacks[kind, tree] = await opened.enter_async_context(stack)
        for stack in stacks.values():
            await _warm(stack)
        for number in range(ROUNDS):
            for stack in stacks.values() if number % 2 == 0 else reversed(stacks.values()):
                await _round(stack)
        barest = stacks.get((KINDS["offline"], HERE))
        return [
            figure
            for kind in kinds
            for figure in _figures(kind, [stacks[kind, tree] for tree in trees], barest.measured if barest else None)
        ]


@asynccontextmanager
async def _stack(folder: Path, name: str, model: Running, tree: Tree) -> AsyncGenerator[Stack]:
    async with PLATFORMS[name](CHATS + 1) as platform, servers_in(folder, tree) as (servers, database):
        commands = {platform.listening: _command("bot"), READY: _command("jobs.worker")}
        settings = platform.environment | model.environment
        async with processes(folder, servers, commands, tree, **settings) as [bot, worker]:
            pids = {"bot": bot.pid, "worker": worker.pid} | await servers_of(folder, servers)
            profiled = [bot, worker] if PROFILE else []
            yield Stack(platform, database, pids | ({MODEL: model.process.pid} if model.process else {}), profiled)


def _command(module: str) -> Sequence[str]:
    if not PROFILE:
        return (sys.executable, "-m", module)
    return (sys.executable, str(Path(__file__).with_name("profiled.py")), str(Path(PROFILE).absolute()), module)


def _turn(profiled: Sequence[Process]) -> None:
    """Begin to look, or end."""
    for process in profiled:
        process.send(signal.SIGUSR1)


async def _warm(stack: Stack) -> None:
    for _ in range(WARM):
        await _first_seen(stack.platform, CHATS)
    await _together(stack.platform, stack.database, each=1)


async def _round(stack: Stack) -> None:
    platform, database, measured = stack.platform, stack.database, stack.measured
    before = await _count(database)
    measured.alone.append([await _first_seen(platform, CHATS) for _ in range(ALONE)])
    await _said(database, before + ALONE)
    begun = _spent(stack)
    _turn(stack.profiled)
    measured.together.append(await _together(platform, database, EACH))
    _turn(stack.profiled)
    ended = _spent(stack)
    measured.took.append({name: (ended[name] - begun[name]) / (CHATS * EACH) for name in ended})
    measured.acknowledged.append(await _acknowledgements(platform, database))


def _spent(stack: Stack) -> Mapping[str, float]:
    return {**spent(stack.pids), PLATFORM: process_time()}


async def _first_seen(platform: Platform, chat: int) -> float:
    """Seconds from a message to the first sign of its answer; the whole of it is waited for."""
    before = len(platform.seen(chat))
    begun = monotonic()
    platform.say(chat)
    await eventually(lambda: len(platform.seen(chat)) > before, PATIENCE)
    return platform.seen(chat)[before] - begun


async def _together(platform: Platform, database: Database, each: int) -> float:
    before = await _count(database)
    begun = monotonic()
    for chat in range(CHATS):
        for _ in range(each):
            platform.say(chat)
    await _said(database, before + CHATS * each)
    return CHATS * each / (monotonic() - begun)


async def _acknowledgements(platform: Platform, database: Database) -> Sequence[float]:
    before = await _count(database)
    count = A_SECOND * SECONDS
    waiting = asyncio.create_task(platform.acknowledged(count))
    await asyncio.sleep(0)
    begun = monotonic()
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + number / A_SECOND - monotonic()))
        platform.say(number % CHATS)
    taken = await waiting
    await _said(database, before + count)
    return taken


def _figures(kind: Kind, stacks: Sequence[Stack], barest: Measured | None) -> list[Figure]:
    """``barest`` is the offline provider's, in the same run."""
    platform = stacks[0].platform.name
    now, *older = [stack.measured for stack in stacks]

    def figure(what: str, unit: str, of: Callable[[Measured], Sequence[float]]) -> Figure:
        return Figure(f"{platform}, {kind.name}: {what}", unit, of(now), before=of(older[0]) if older else ())

    def spread(what: str, rounds: Callable[[Measured], Sequence[Sequence[float]]]) -> list[Figure]:
        return [
            figure(f"{what}, p50", "ms", lambda of: [percentile(taken, 50) * 1000 for taken in rounds(of)]),
            figure(f"{what}, p99", "ms", lambda of: [percentile(taken, 99) * 1000 for taken in rounds(of)]),
        ]

    def share(name: str) -> Callable[[Measured], Sequence[float]]:
        return lambda of: [took[name] * 1000 for took in of.took]

    return [
        *spread("first words seen, idle", lambda of: of.alone),
        replace(
            figure(f"{CHATS} chats, {EACH} messages at once", "answers/s", lambda of: of.together),
            floor=barest.together if barest is not None and kind.api is not None else (),
        ),
        figure("CPU an answer, all of Legwork's", "ms", lambda of: [_own(took) * 1000 for took in of.took]),
        *(figure(f"CPU an answer, {name}", "ms", share(name)) for name in now.took[0]),
        *spread(f"acknowledgement, {A_SECOND} events a second", lambda of: of.acknowledged),
    ]


def _own(took: Mapping[str, float]) -> float:
    return sum(seconds for name, seconds in took.items() if name not in DOUBLES)


async def _said(database: Database, count: int) -> None:
    """Until so many answers were said. None may have failed."""

    async def look() -> bool:
        await asyncio.sleep(0.05)
        return await _count(database) >= count

    await eventually(look, PATIENCE)


async def _count(database: Database) -> int:
    async with database.system("a test", single=True) as session:
        row = (await session.execute(_COUNTED)).one()
    assert row.failed == 0, f"{row.failed} answers were not said"
    assert row.unanswered == 0, f"of {row.unanswered} messages the model's answer was not to be had"
    return row.said
