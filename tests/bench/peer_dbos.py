"""DBOS Transact doing what Legwork's engine is measured with: ``python -m tests.bench.peer_dbos HOST USER DATABASE``.

A workflow of three steps that do nothing; each step's outcome is stored before the next begins. It is asynchronous: the
same in threads gave less. Prints one line for each way of starting it: ``[way, [workflows a second], [[seconds of one
alone]]]``.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any
from urllib.parse import quote

import asyncpg
import orjson
from dbos import DBOS, DBOSConfig

from tests.bench.engine import ALONE, SLOTS, TASKS
from tests.bench.measure import ROUNDS
from tests.fixtures.waiting import eventually

QUEUE = "bench"
POLLING = 0.01
"""Seconds; its default is 1. Below that it gives no more, and costs more while idle."""
PATIENCE = 300.0


@DBOS.step()
async def nothing(number: int) -> bool:
    return True


@DBOS.workflow()
async def three_steps() -> bool:
    return await nothing(0) and await nothing(1) and await nothing(2)


async def main(host: str, user: str, database: str) -> None:
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": f"postgresql://{user}@/{database}?host={quote(host, safe='')}",
        "sys_db_pool_size": 20,  # its default, and what a worker of Legwork's may hold
        "db_engine_kwargs": {"pool_pre_ping": False},  # a round trip a transaction that Legwork does not pay either
        "log_level": "WARNING",
    }
    DBOS(config=config)
    DBOS.launch()
    connection = await asyncpg.connect(host=host, user=user, database=database)
    try:
        await DBOS.register_queue_async(QUEUE, worker_concurrency=SLOTS, polling_interval_sec=POLLING)
        for way, rate, alone in (
            ("started directly", _directly, three_steps),
            ("through its queue", lambda: _queued(connection), lambda: _one_queued(connection)),
        ):
            await rate()  # connections are opened, statements prepared
            rates = [await rate() for _ in range(ROUNDS)]
            print(orjson.dumps([way, rates, [await _alone(alone) for _ in range(ROUNDS)]]).decode(), flush=True)
    finally:
        await connection.close()
        DBOS.destroy()


async def _alone(run: Callable[[], Awaitable[Any]]) -> list[float]:
    took: list[float] = []
    for _ in range(ALONE):
        begun = perf_counter()
        await run()
        took.append(perf_counter() - begun)
    return took


async def _directly() -> float:
    """By the call of the workflow, as many at once as a worker of Legwork's takes."""
    slots = asyncio.Semaphore(SLOTS)

    async def one() -> None:
        async with slots:
            await three_steps()

    begun = perf_counter()
    await asyncio.gather(*(one() for _ in range(TASKS)))
    return TASKS / (perf_counter() - begun)


async def _queued(connection: Any) -> float:
    """All are in the queue before the clock starts."""
    queue = await DBOS.retrieve_queue_async(QUEUE)
    assert queue is not None
    await queue.set_worker_concurrency_async(0)
    await asyncio.sleep(POLLING * 20)  # with its next poll the queue goes by it
    for _ in range(TASKS):
        await DBOS.enqueue_workflow_async(QUEUE, three_steps)
    assert await _open(connection) == TASKS
    begun = perf_counter()
    await queue.set_worker_concurrency_async(SLOTS)

    async def done() -> bool:
        return await _open(connection) == 0

    await eventually(done, PATIENCE, every=0.02)
    return TASKS / (perf_counter() - begun)


async def _one_queued(connection: Any) -> None:
    handle = await DBOS.enqueue_workflow_async(QUEUE, three_steps)
    query = "SELECT status = 'SUCCESS' FROM dbos.workflow_status WHERE workflow_uuid = $1"
    await eventually(lambda: connection.fetchval(query, handle.workflow_id), every=0.001)


async def _open(connection: Any) -> int:
    return await connection.fetchval("SELECT count(*) FROM dbos.workflow_status WHERE status <> 'SUCCESS'")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
