"""What agents cost: a round beside a step that does nothing, a hundred at once, what the model is sent and how much of
it is the request before, and what is read when an agent of many rounds is taken on.

A round is a thought and one reading call. Its floor is a step of a plan that makes the same call; both in processor
time of one worker, whose model answers in the same process.
"""

import json
import os
import re
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, text

from domain.core.db import Database
from domain.core.embedded import Servers
from tests.bench import agents_at_work, work
from tests.bench.agents_at_work import TOOL
from tests.bench.measure import ROUNDS, Figure
from tests.bench.processes import READY, processes, servers_in, waking
from tests.bench.spent import spent
from tests.chaos.crew import Process
from tests.fakes.openai import Behaviour, Call, FakeOpenAI, says

LONG = 10
"""Rounds of an agent that does nothing, and steps of the plan beside it."""
BATCHES, TASKS = 6, 10
"""Of the one after another so many at once, as many as one person may have under way."""
AGENTS = int(os.environ.get("LEGWORK_BENCH_AGENTS", "100"))
THINKING = 0.05
"""Seconds."""
READING = 42
"""Rounds of an agent each of which reads 20 kB."""
MOST = 49
"""Rounds with calls that an agent may have at most, eight in each."""
PAGE, GIVEN = 20_000, 3_900
"""Bytes that a call puts out, and that one is called with at the most where there are eight."""

_ROUND = re.compile(rb'"r(\d{3})c\d{4}"')


async def run(folder: Path) -> list[Figure]:
    place = folder / "agents"
    async with servers_in(place) as (servers, database), waking(servers, database):
        persons = await work.people(database)
        async with _worker(place, servers, "scripted") as worker:
            figures = [
                *await _rounds(database, persons, worker),
                *await _many(database, persons),
                *await _read(database, persons),
            ]
        for interface in ("responses", "chat"):
            figures += await _sent(place, servers, database, persons, interface)
        return figures


@asynccontextmanager
async def _worker(place: Path, servers: Servers, model: str, **more: str) -> AsyncGenerator[Process]:
    command = [sys.executable, "-m", "tests.bench.agents_at_work", model]
    async with processes(place, servers, {READY: command}, **more) as [worker]:
        yield worker


# -- a round ---------------------------------------------------------------------------------------------


async def _rounds(database: Database, persons: Sequence[RowMapping], worker: Process) -> list[Figure]:
    agent, steps, bare = _agent(rounds=LONG), _steps(TOOL), _steps(None)
    plans = (agent, steps, bare)
    for plan in plans:  # connections are opened, statements prepared
        await _cost(database, persons, worker, plan)
    measured = [[await _cost(database, persons, worker, plan) for plan in plans] for _ in range(ROUNDS)]
    costs = [list(one) for one in zip(*measured, strict=True)]
    return [
        Figure(
            "a step that calls a tool that does nothing, worker CPU", "ms", costs[1], costs[2], "floor: a condition"
        ),
        Figure("an agent's round with one such call, worker CPU", "ms", costs[0], costs[1], "at most 3 times"),
    ]


async def _cost(database: Database, persons: Sequence[RowMapping], worker: Process, plan: dict[str, Any]) -> float:
    """Milliseconds of the worker's processor time for a tenth of such a task."""
    roots = {"worker": worker.pid}
    before = spent(roots)["worker"]
    for _ in range(BATCHES):
        await work.add(database, persons, TASKS, plan=plan)
        await work.done(database)
    return (spent(roots)["worker"] - before) * 1000 / (BATCHES * TASKS * LONG)


def _agent(**told: float) -> dict[str, Any]:
    config = {"goal": agents_at_work.goal(**told), "tools": [TOOL], "rounds": 50}
    return {"trigger": {"type": "manual"}, "nodes": [_node("n1", "agent", "look", config)], "edges": []}


def _steps(tool: str | None) -> dict[str, Any]:
    """As many steps one after another: calls of the tool, or none."""
    nodes = [
        _node(f"n{number}", "condition", "nothing", {"if": "`true`"})
        if tool is None
        else _node(f"n{number}", "tool", tool, {"number": number})
        for number in range(LONG)
    ]
    return {
        "trigger": {"type": "manual"},
        "nodes": nodes,
        "edges": [[f"n{number}", f"n{number + 1}"] for number in range(LONG - 1)],
    }


def _node(node_id: str, kind: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "name": name, "config": config}


# -- a hundred at once -----------------------------------------------------------------------------------

_GAPS = text("""
SELECT max(extract(epoch FROM gap)) AS longest, avg(extract(epoch FROM gap)) AS mean FROM (
    SELECT finished_at - lag(finished_at) OVER (PARTITION BY task_id ORDER BY finished_at) AS gap
    FROM task_steps WHERE type = 'think' AND task_id = ANY(:ids)) gaps
""")
_FIRST = text("""
SELECT max(extract(epoch FROM s.finished_at - t.created_at)) FROM task_steps s JOIN tasks t ON t.id = s.task_id
WHERE s.node_id = 'n1[0].think' AND s.task_id = ANY(:ids)
""")


async def _many(database: Database, persons: Sequence[RowMapping]) -> list[Figure]:
    ids, begun = await work.add(database, persons, AGENTS, plan=_agent(rounds=LONG, wait=THINKING))
    ended = await work.done(database)
    async with database.system("a test") as session:
        gaps = await session.first(_GAPS, {"ids": ids})
        first = await session.scalar(_FIRST, {"ids": ids})
        done = await session.scalar(
            text("SELECT count(*) FROM tasks WHERE id = ANY(:ids) AND status = 'SUCCEEDED'"), {"ids": ids}
        )
    assert gaps is not None
    what = f"{AGENTS} agents of {LONG} rounds, one worker, a model that takes {THINKING * 1000:g} ms"
    return [
        Figure(f"{what}: ended", "agents", [done]),
        Figure(f"{what}: all of them", "s", [(ended - begun).total_seconds()]),
        Figure(f"{what}: the longest wait for the first thought", "s", [float(first)]),
        Figure(
            f"{what}: the longest from one round to the next",
            "s",
            [float(gaps["longest"])],
            [float(gaps["mean"])],
            "floor: the mean",
        ),
    ]


# -- what is read ----------------------------------------------------------------------------------------

_LOADED = text("""
SELECT sum(octet_length(coalesce(input::text, '')) + octet_length(coalesce(output::text, ''))
           + octet_length(coalesce(error::text, '')) + octet_length(node_id || type || name)) AS bytes,
       count(*) AS steps
FROM task_steps WHERE task_id = ANY(:ids)
""")


async def _read(database: Database, persons: Sequence[RowMapping]) -> list[Figure]:
    return [await _loaded(database, persons, given) for given in (0, GIVEN)]


async def _loaded(database: Database, persons: Sequence[RowMapping], given: int) -> Figure:
    ids, _ = await work.add(database, persons, 1, plan=_agent(rounds=MOST, calls=8, size=PAGE, given=given))
    await work.done(database)
    async with database.system("a test") as session:
        row = await session.first(_LOADED, {"ids": ids})
    assert row is not None
    asked = f", asked for with {given / 1000:.3g} kB each" if given else ""
    return Figure(
        f"read of an agent of {MOST + 1} rounds when it is taken on, eight calls of 20 kB a round{asked}",
        "MB",
        [float(row["bytes"]) / 1e6],
        note=f"{row['steps']:,} steps; at most 4",
    )


# -- what is sent ----------------------------------------------------------------------------------------


async def _sent(
    place: Path, servers: Servers, database: Database, persons: Sequence[RowMapping], interface: str
) -> list[Figure]:
    async with FakeOpenAI(otherwise=_answer, validates=False) as double:
        more = {"OPENAI_API_KEY": double.key or "", "OPENAI_BASE_URL": double.base_url, "LEGWORK_LLM_API": interface}
        async with _worker(place, servers, "served", LEGWORK_MODEL="gpt-5-mini", **more):
            await work.add(database, persons, 1, plan=_agent(rounds=READING, size=PAGE))
            await work.done(database)
        sent = [received.raw for received in double.ledger]
    assert [_round(raw) for raw in sent] == list(range(READING + 1))
    shared = sum(_shared(*pair) for pair in pairwise(sent))
    total = sum(map(len, sent))
    what = f"{interface}, {READING} rounds of 20 kB"
    return [
        Figure(
            f"{what}: sent in round 40",
            "kB",
            [len(sent[39]) / 1000],
            [len(sent[11]) / 1000],
            "floor: round 12; at most 1.5",
        ),
        Figure(f"{what}: sent in all", "MB", [total / 1e6]),
        Figure(f"{what}: of that the prefix of the request before", "%", [100 * shared / total], note="at least 60"),
    ]


def _answer(body: dict[str, Any]) -> Behaviour:
    written = json.dumps(body)
    given = agents_at_work.told(written.partition("Goal: ")[2][:200])
    calls = agents_at_work.asked(given, _round(written.encode()))
    if not calls:
        return says(agents_at_work.ANSWER)
    return Behaviour(calls=tuple(Call(*call, f"call_{place}") for place, call in enumerate(calls)))


def _shared(before: bytes, sent: bytes) -> int:
    """How many bytes of a request are the beginning of the one before."""
    both = min(len(before), len(sent))
    return next((place for place in range(both) if before[place] != sent[place]), both)


def _round(sent: bytes) -> int:
    return max((int(index) + 1 for index in _ROUND.findall(sent)), default=0)
