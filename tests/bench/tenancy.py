"""What the second wall costs: a person's transaction, as its organization's against as the system's, which is what all
were. In turn, and in processor time of this process and of Postgres, since nothing else is what it costs.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from time import process_time
from uuid import UUID

from sqlalchemy import RowMapping

from domain.conversations import service as conversations
from domain.core.db import Session, open_database
from domain.tasks import queries
from domain.tasks import repository as tasks
from tests.bench import work
from tests.bench.measure import ROUNDS, Figure
from tests.bench.processes import servers_in
from tests.bench.spent import servers_of, spent

EACH = 1_000
"""Transactions of one kind in a round."""
AT_ONCE = 4

Open = Callable[[], AbstractAsyncContextManager[Session]]


async def run(folder: Path) -> list[Figure]:
    folder /= "tenancy"
    async with servers_in(folder) as (servers, filling):
        [person] = await work.people(filling, 1)
        [task_id], _ = await work.add(filling, [person], 1)
        database = open_database(servers.database_url)
        roots = {"Postgres": (await servers_of(folder, servers))["Postgres"]}

        def ours() -> AbstractAsyncContextManager[Session]:
            return database.transaction(person["org_id"])

        def systems() -> AbstractAsyncContextManager[Session]:
            return database.system("a test")

        await _spent(roots, ours, person, task_id)
        await _spent(roots, systems, person, task_id)
        mine: list[float] = []
        floor: list[float] = []
        for _ in range(ROUNDS):
            mine.append(await _spent(roots, ours, person, task_id))
            floor.append(await _spent(roots, systems, person, task_id))
        await _mixed(roots, ours, systems, person, task_id)
        mixed = [await _mixed(roots, ours, systems, person, task_id) for _ in range(ROUNDS)]
        await database.close()
    alike = [(one + other) / 2 for one, other in zip(mine, floor, strict=True)]
    return [
        Figure("a person's transaction, of their organization; the floor is the system's", "ms of CPU", mine, floor),
        Figure("the same in turn with the system's; the floor is each by itself", "ms of CPU", mixed, alike),
    ]


async def _one(opens: Open, person: RowMapping, task_id: UUID) -> None:
    """What a message or a step makes of its transaction: it reads the place, the task and what is open, and notes."""
    async with opens() as session:
        await conversations.setting(session, person["thread_id"], person["user_id"])
        assert await tasks.load(session, task_id) is not None
        await queries.open_in_thread(session, person["thread_id"])
        tasks.add_log(session, task_id, "INFO", "Something went as it should.")


async def _spent(roots: dict[str, int], opens: Open, person: RowMapping, task_id: UUID) -> float:
    """Milliseconds of a transaction."""

    async def several() -> None:
        for _ in range(EACH // AT_ONCE):
            await _one(opens, person, task_id)

    before = process_time() + sum(spent(roots).values())
    await asyncio.gather(*(several() for _ in range(AT_ONCE)))
    return (process_time() + sum(spent(roots).values()) - before) / EACH * 1_000


async def _mixed(roots: dict[str, int], one: Open, other: Open, person: RowMapping, task_id: UUID) -> float:
    turns = 0

    def either() -> AbstractAsyncContextManager[Session]:
        nonlocal turns
        turns += 1
        return one() if turns % 2 else other()

    return await _spent(roots, either, person, task_id)
