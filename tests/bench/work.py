"""Work that does nothing: people, and tasks of three steps each of which is stored and does no more."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, text

from domain.conversations.ports import Incoming
from domain.core.db import Database, Session
from domain.core.queue import enqueue
from domain.flow.common.commands import advance_command
from domain.flow.receive.message import receive
from domain.tasks import repository as tasks
from tests.fixtures.waiting import eventually

STEPS = 3
PEOPLE = 50
PATIENCE = 300.0

_PLAN = {
    "trigger": {"type": "manual"},
    "nodes": [
        {"id": f"n{number}", "type": "condition", "name": "nothing", "config": {"if": "`true`"}}
        for number in range(STEPS)
    ],
    "edges": [[f"n{number}", f"n{number + 1}"] for number in range(STEPS - 1)],
}


async def people(database: Database, count: int = PEOPLE, *, of: str = "bench") -> list[RowMapping]:
    """So many people, each with a chat nobody delivers to: their threads, by ``thread_id, user_id, org_id``."""
    async with database.system("a test") as session:
        for number in range(count):
            await receive(session, _hello(of, number))
        await session.execute(text("DELETE FROM queue_jobs WHERE kind = 'understand'"))
        session.wakes.clear()
        return list(
            await session.all(
                text("""SELECT t.id AS thread_id, t.user_id, t.org_id FROM threads t
                JOIN chats c ON c.id = t.chat_id WHERE c.workspace = :of ORDER BY t.id"""),
                {"of": of},
            )
        )


def _hello(of: str, number: int) -> Incoming:
    return Incoming(
        platform="bench",
        workspace=of,
        chat=f"chat {number}",
        person=f"person {number}",
        event_key=uuid4().hex,
        text="/about",
        held=True,
    )


async def add(
    database: Database,
    persons: Sequence[RowMapping],
    count: int,
    *,
    priority: int = 1,
    plan: Mapping[str, Any] = _PLAN,
) -> tuple[list[UUID], datetime]:
    """Tasks, spread over the people, in one transaction; workers are woken where the database has an
    ``after_commit``. Returns their ids and the database's clock when they were about to be committed."""
    async with database.system("a test") as session:
        ids = [await _task(session, persons[number % len(persons)], priority, plan) for number in range(count)]
        return ids, await session.scalar(text("SELECT clock_timestamp()"))


async def _task(session: Session, person: RowMapping, priority: int, plan: Mapping[str, Any]) -> UUID:
    task = await tasks.add(
        session,
        org_id=person["org_id"],
        user_id=person["user_id"],
        thread_id=person["thread_id"],
        title="bench",
        description="bench",
        priority=priority,
        plan=dict(plan),
        total_steps=STEPS,
    )
    await enqueue(session, advance_command(task.id, person["user_id"], priority=priority))
    return task.id


async def done(database: Database, within: float = PATIENCE) -> datetime:
    """Wait until every task has succeeded. Returns the database's clock at the end of the last."""

    async def over() -> bool:
        await asyncio.sleep(0.05)
        async with database.system("a test") as session:
            return await session.scalar(
                text("SELECT NOT EXISTS (SELECT FROM tasks WHERE status IN ('PENDING', 'RUNNING', 'PAUSED'))")
            )

    await eventually(over, within)
    async with database.system("a test") as session:
        failed = await session.scalar(text("SELECT count(*) FROM tasks WHERE status <> 'SUCCEEDED'"))
        assert failed == 0, f"{failed} tasks failed"
        return await session.scalar(text("SELECT max(completed_at) FROM queue_jobs WHERE kind = 'advance'"))
