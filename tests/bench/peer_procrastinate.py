"""procrastinate doing what Legwork's engine is measured with: ``python -m tests.bench.peer_procrastinate HOST USER
DATABASE``.

Three jobs that do nothing, each of which defers the next: in procrastinate the job is what is stored, so that a chain
is what loses no more than one step with its worker. Prints ``[way, [chains a second], [[seconds of one alone]]]``.
"""

import asyncio
import logging
import sys
from time import perf_counter
from typing import Any

import asyncpg
import orjson
from procrastinate import App, PsycopgConnector

from tests.bench.engine import ALONE, SLOTS, TASKS
from tests.bench.measure import ROUNDS
from tests.bench.work import STEPS
from tests.fixtures.waiting import eventually

PATIENCE = 300.0
POLLING = 0.02
"""Seconds; its default is 5, since a notification wakes it. One that comes while it fetches a job passes unheard, which
with the default makes some chains take five seconds."""
CONNECTIONS = 20
"""What a worker of Legwork's may hold."""

app = App(connector=PsycopgConnector(max_size=CONNECTIONS))


@app.task(name="step")
async def step(number: int) -> None:
    if number < STEPS:
        await step.defer_async(number=number + 1)


async def main(host: str, user: str, database: str) -> None:
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    connector = PsycopgConnector(conninfo=f"host={host} user={user} dbname={database}", max_size=CONNECTIONS)
    connection = await asyncpg.connect(host=host, user=user, database=database)
    with app.replace_connector(connector):
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            working = asyncio.create_task(
                app.run_worker_async(
                    concurrency=SLOTS, fetch_job_polling_interval=POLLING, install_signal_handlers=False
                )
            )
            await _rate(connection)  # connections are opened, statements prepared
            rates = [await _rate(connection) for _ in range(ROUNDS)]
            alone = [[await _one(connection) for _ in range(ALONE)] for _ in range(ROUNDS)]
            print(orjson.dumps(["three jobs, one after another", rates, alone]).decode(), flush=True)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    await connection.close()


async def _rate(connection: Any) -> float:
    """The clock starts once the first jobs of all chains are deferred, by one statement."""
    before = await _ended(connection)
    await step.batch_defer_async(*({"number": 1} for _ in range(TASKS)))
    begun = perf_counter()
    await _until(connection, before + TASKS, 0.02)
    return TASKS / (perf_counter() - begun)


async def _one(connection: Any) -> float:
    before = await _ended(connection)
    begun = perf_counter()
    await step.defer_async(number=1)
    await _until(connection, before + 1, 0.001)
    return perf_counter() - begun


async def _until(connection: Any, ended: int, pause: float) -> None:
    async def done() -> bool:
        return await _ended(connection) >= ended

    await eventually(done, PATIENCE, every=pause)


async def _ended(connection: Any) -> int:
    """Chains whose last job has succeeded."""
    return await connection.fetchval(
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded' AND args->>'number' = $1", str(STEPS)
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
