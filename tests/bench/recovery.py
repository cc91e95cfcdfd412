"""How soon work goes on that dead workers held: 10,000 interrupted tasks, and the seconds from the start of one or two
workers until each is running again or finished.

A worker is really killed among tasks of three steps that do nothing. What it left behind is then multiplied, as the
killing of so many workers at this moment would have left it: each lease has as long to run as it had at the kill.
``LEGWORK_BENCH_INTERRUPTED`` says how many tasks.
"""

import asyncio
import os
import signal
import socket
from pathlib import Path
from time import monotonic

from sqlalchemy import text

from domain.core.db import Database, Session
from domain.core.embedded import Servers
from domain.metadata import metadata
from tests.bench import work
from tests.bench.measure import Figure
from tests.bench.processes import servers_in, workers
from tests.fixtures.waiting import eventually

INTERRUPTED = int(os.environ.get("LEGWORK_BENCH_INTERRUPTED", "10000"))
WORKERS = (1, 2)
PATIENCE = 120.0
"""Seconds, after which it is said how many are left."""
TASKS = 300
"""Given to the worker that is killed: more than it can have begun."""

TABLES = ("tasks", *(table.name for table in metadata.sorted_tables if "task_id" in table.c))
"""What tells of one task."""

# Every mention of the task is renewed along with its id: in lanes, in keys, in what was said.
_MULTIPLY = """
INSERT INTO {table} OVERRIDING USER VALUE
SELECT (jsonb_populate_record(NULL::{table},
    replace(to_jsonb(r)::text, c.original::text, c.copy::text)::jsonb || {renewed})).*
FROM {table} r JOIN copies c ON c.original = r.{key} ORDER BY c.copy, r.id
"""
# Mentions of either are made alike; what must differ is left out.
_ALIKE = """
SELECT count(*) FROM copies c WHERE
    (SELECT jsonb_agg(replace((to_jsonb(r) - '{{id,seq,worker}}'::text[])::text, c.copy::text, '')::jsonb ORDER BY r.id)
     FROM {table} r WHERE r.{key} = c.copy)
    IS DISTINCT FROM
    (SELECT jsonb_agg(replace((to_jsonb(r) - '{{id,seq,worker}}'::text[])::text, c.original::text, '')::jsonb
     ORDER BY r.id) FROM {table} r WHERE r.{key} = c.original)
"""


async def run(folder: Path) -> list[Figure]:
    return [await _recovered(folder / f"recovery-{count}", count) for count in WORKERS]


async def _recovered(folder: Path, count: int) -> Figure:
    async with servers_in(folder) as (servers, database):
        await _interrupt(folder, servers, database)
        begun, note = monotonic(), ""
        async with workers(folder, servers, count) as alive:
            names = [f"{socket.gethostname()}:{worker.pid}" for worker in alive]
            try:
                await eventually(lambda: _goes_on(database, names), PATIENCE)
            except TimeoutError:
                note = f"given up: {await _left(database, names):,} are left"
            seconds = monotonic() - begun
    started = "one worker" if count == 1 else f"{count} workers"
    return Figure(f"{INTERRUPTED:,} interrupted tasks go on, after the start of {started}", "s", [seconds], note=note)


async def _interrupt(folder: Path, servers: Servers, database: Database) -> None:
    """Kill a worker in the midst of its work, and multiply what it left."""
    await work.add(database, await work.people(database), TASKS)
    async with workers(folder, servers, 1) as [victim]:
        await eventually(lambda: _underway(database))
        victim.send(signal.SIGKILL)
        await victim.ended()
    async with database.system("a test") as session:
        killed = await session.scalar(text("SELECT clock_timestamp()"))
        await session.execute(text("DELETE FROM queue_jobs WHERE status <> 'running'"))
        await session.execute(
            text("DELETE FROM tasks t WHERE NOT EXISTS (SELECT FROM queue_jobs WHERE task_id = t.id)")
        )
        await _multiply(session)
        for table in TABLES:
            await session.execute(text(f"ANALYZE {table}"))
        await session.execute(
            text("UPDATE queue_jobs SET lease_until = lease_until + (clock_timestamp() - :killed)"), {"killed": killed}
        )


async def _multiply(session: Session) -> None:
    left = await session.scalar(text("SELECT count(*) FROM tasks"))
    await session.execute(
        text("""CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
        SELECT id AS original, uuidv7() AS copy, worker FROM (SELECT id FROM tasks ORDER BY id) t,
        LATERAL (SELECT worker || ' ' || number AS worker FROM generate_series(1, :times) number,
                 (SELECT worker FROM queue_jobs WHERE task_id = t.id) j) w
        LIMIT :more"""),
        {"times": INTERRUPTED // left + 1, "more": INTERRUPTED - left},
    )
    for table in TABLES:
        renewed = "'{}'" if table == "tasks" else "jsonb_build_object('id', uuidv7())"
        if table == "queue_jobs":
            renewed = "jsonb_build_object('id', uuidv7(), 'worker', c.worker)"
        key = "id" if table == "tasks" else "task_id"
        await session.execute(text(_MULTIPLY.format(table=table, key=key, renewed=renewed)))
        different = await session.scalar(text(_ALIKE.format(table=table, key=key)))
        assert different == 0, f"{different} copies are not in {table} what their original is"
    assert await session.scalar(text("SELECT count(*) FROM queue_jobs WHERE status = 'running'")) == INTERRUPTED


async def _underway(database: Database) -> bool:
    """Whether the victim is in the midst of things: some tasks are done, others have done a part of their steps."""
    async with database.system("a test") as session:
        return await session.scalar(
            text("""SELECT EXISTS (SELECT FROM tasks WHERE status = 'SUCCEEDED') AND EXISTS (
                SELECT FROM task_steps s JOIN tasks t ON t.id = s.task_id
                WHERE t.status = 'RUNNING' AND s.status = 'SUCCEEDED')""")
        )


async def _goes_on(database: Database, alive: list[str]) -> bool:
    await asyncio.sleep(0.2)
    return await _left(database, alive) == 0


async def _left(database: Database, alive: list[str]) -> int:
    async with database.system("a test") as session:
        return await session.scalar(
            text("""SELECT count(*) FROM queue_jobs WHERE status IN ('available', 'scheduled')
            OR (status = 'running' AND worker <> ALL(:alive))"""),
            {"alive": alive},
        )
