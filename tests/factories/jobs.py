"""Rows of the ledger, and what stands in it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.core import queue
from domain.core.db import Database
from domain.core.queue import Command, Job, Queue

LEASE = timedelta(seconds=30)


async def enqueue(database: Database, name: str = "", **given: Any) -> UUID:
    """One job; ``name`` is kept in its data."""
    command = Command(queue=Queue.TASK, kind="test", data={"name": name}, **given)
    async with database.system("a test") as session:
        return await queue.enqueue(session, command)


async def claim(database: Database, *, worker: str = "w1", share_slots: int = 10) -> Job | None:
    return await queue.claim(database, "TASK", worker=worker, lease=LEASE, share_slots=share_slots)


async def claimed(database: Database, **given: Any) -> Job:
    job = await claim(database, **given)
    assert job is not None, "nothing could be claimed"
    return job


async def claim_all(database: Database, **given: Any) -> list[str]:
    """The names of all jobs that can be claimed, in the order they are."""
    names: list[str] = []
    while (job := await claim(database, **given)) is not None:
        names.append(job.data["name"])
    return names


async def state(database: Database, job_id: UUID) -> dict[str, Any]:
    async with database.system("a test") as session:
        row = await session.first(text("SELECT * FROM queue_jobs WHERE id = :id"), {"id": job_id})
    assert row is not None
    return dict(row)


async def blocked(database: Database) -> int:
    """How many connections wait for a lock that another has."""
    waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with database.system("a test") as session:
        return await session.scalar(text(f"SELECT count(*) FROM {waiting}"))


async def sweep(database: Database) -> queue.Swept:
    async with database.system("a test") as session:
        return await queue.sweep(session)


async def execute(database: Database, statement: str, **values: Any) -> None:
    async with database.system("a test") as session:
        await session.execute(text(statement), values)


async def rows(database: Database, statement: str, **values: Any) -> Sequence[Any]:
    async with database.system("a test") as session:
        return (await session.execute(text(statement), values)).all()


async def run_out(database: Database, job: Job) -> None:
    """Let a job's lease run out, as when its worker is gone."""
    await execute(database, "UPDATE queue_jobs SET lease_until = now() - interval '1 second' WHERE id = :id", id=job.id)
