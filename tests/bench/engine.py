"""Durable tasks of three steps that do nothing, through one worker's runner, beside bare commits of the same server."""

import asyncio
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import text

import migrations
from domain.conversations.ports import Incoming
from domain.core import embedded
from domain.core.addresses import database_address
from domain.core.db import Database, open_database
from domain.core.queue import enqueue
from domain.core.settings import Settings
from domain.core.wakes import connect_redis
from domain.flow.receive import receive
from domain.flow.rest import advance_command
from domain.tasks import repository as tasks
from jobs.runner import Runner
from jobs.worker import HANDLERS, compose
from tests.bench.measure import ROUNDS, Figure

TASKS = 200
AT_ONCE = 10
PEOPLE = 50

_PLAN = {
    "trigger": {"type": "manual"},
    "nodes": [
        {"id": f"n{number}", "type": "condition", "name": "nothing", "config": {"if": "`true`"}} for number in range(3)
    ],
    "edges": [["n0", "n1"], ["n1", "n2"]],
}


async def run(folder: Path) -> list[Figure]:
    settings = Settings.model_validate({"data_dir": folder / "engine", "DATABASE_URL": None, "REDIS_URL": None})
    async with embedded.running(settings) as servers:
        database = open_database(servers.database_url)
        await migrations.upgrade(database)
        redis = await connect_redis(servers.redis_url)
        async with compose(settings, database_url=servers.database_url, redis=redis) as (legwork, wakes):
            people = await _people(database)
            runner = Runner(legwork, "TASK", HANDLERS, worker="bench")
            wakes.serve("TASK", runner.start)
            rates = [await _rate(database, runner, people) for _ in range(ROUNDS)]
            floor = [await _commits(servers.database_url) for _ in range(ROUNDS)]
            await runner.stop()
        await database.close()
        await redis.aclose()
    return [Figure("tasks of three no-op steps, one worker, ten at once", "tasks/s", rates, floor)]


async def _people(database: Database) -> list[Any]:
    """Fifty people, each with a chat nobody delivers to."""
    async with database.transaction() as session:
        for number in range(PEOPLE):
            await receive(
                session,
                Incoming(
                    platform="bench",
                    workspace="bench",
                    chat=f"chat {number}",
                    person=f"person {number}",
                    event_key=uuid4().hex,
                    text="/about",
                    held=True,
                ),
            )
        await session.execute(text("DELETE FROM queue_jobs"))
        return list(
            await session.all(
                text("""SELECT t.id AS thread_id, t.user_id, t.org_id FROM threads t
                JOIN chats c ON c.id = t.chat_id WHERE c.platform = 'bench'""")
            )
        )


async def _rate(database: Database, runner: Runner, people: list[Any]) -> float:
    for number in range(TASKS):
        await _add(database, people[number % len(people)])
    begun = perf_counter()
    for _ in range(AT_ONCE):
        runner.start()
    await runner.rest()
    seconds = perf_counter() - begun
    async with database.transaction() as session:
        left = await session.scalar(text("SELECT count(*) FROM tasks WHERE status <> 'SUCCEEDED'"))
    assert left == 0, f"{left} tasks are not done"
    return TASKS / seconds


async def _add(database: Database, person: Any) -> UUID:
    async with database.transaction() as session:
        task = await tasks.add(
            session,
            org_id=person["org_id"],
            user_id=person["user_id"],
            thread_id=person["thread_id"],
            title="bench",
            description="bench",
            plan=_PLAN,
            total_steps=3,
        )
        session.wakes.clear()
        await enqueue(session, advance_command(task.id, person["user_id"]))
        session.wakes.clear()
    return task.id


async def _commits(url: str) -> float:
    """Bare commits a second of one row each, ten connections."""
    address = database_address(url)
    host = address.url.query["host"]
    assert isinstance(host, str)
    connections = [
        await asyncpg.connect(host=host, user=address.url.username, database=address.url.database)
        for _ in range(AT_ONCE)
    ]
    await connections[0].execute("CREATE TABLE IF NOT EXISTS bench_floor (n integer)")

    async def commit(connection: Any) -> None:
        for _ in range(TASKS // AT_ONCE * 5):
            await connection.execute("INSERT INTO bench_floor VALUES (1)")

    begun = perf_counter()
    await asyncio.gather(*(commit(connection) for connection in connections))
    seconds = perf_counter() - begun
    for connection in connections:
        await connection.close()
    return TASKS * 5 / seconds
