"""Jobs that do nothing through a bare arq worker: ``python -m tests.bench.bare_arq REDIS_URL SLOTS COUNT ROUNDS``.

Prints the jobs a second of each round. The jobs lie in Redis before the clock starts; nothing is kept of them. Polling
every 20 ms with a long look ahead is arq's best here: its defaults (0.5 s) give a tenth of it.
"""

import asyncio
import sys
from time import perf_counter
from typing import Any

import orjson
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func

from domain.core.addresses import redis_settings


async def nothing(ctx: dict[Any, Any], number: int) -> None:
    """A job."""


async def main(url: str, slots: int, count: int, rounds: int) -> None:
    redis = await create_pool(
        RedisSettings(**redis_settings(url)), job_serializer=orjson.dumps, job_deserializer=orjson.loads
    )
    rates = [await _rate(redis, slots, count) for _ in range(rounds)]
    await redis.aclose()
    print(orjson.dumps(rates).decode())


async def _rate(redis: ArqRedis, slots: int, count: int) -> float:
    for number in range(count):
        await redis.enqueue_job("nothing", number, _queue_name="bench")
    worker = Worker(
        functions=[func(nothing, name="nothing")],
        queue_name="bench",
        redis_pool=redis,
        burst=True,
        handle_signals=False,
        max_jobs=slots,
        poll_delay=0.02,
        queue_read_limit=1_000,
        keep_result=0,
        log_results=False,
        job_serializer=orjson.dumps,
        job_deserializer=orjson.loads,
    )
    begun = perf_counter()
    await worker.main()
    seconds = perf_counter() - begun
    assert worker.jobs_complete == count, f"{worker.jobs_complete} of {count} jobs were done"
    return count / seconds


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *(int(argument) for argument in sys.argv[2:])))
