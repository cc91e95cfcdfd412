"""How wake-ups reach this process: arq's worker, woken by a pub/sub message instead of polling twice a second."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.exceptions import RedisError

from domain.core.logging import logger
from domain.core.wakes import arq_queue, bell, messages
from jobs.runner import Runner

log = logger(__name__)

POLL_SECONDS = 1.0
"""How long a wake-up may lie when its bell was not heard."""


class BellWorker(Worker):
    """arq's worker for one queue. It runs nothing itself: a wake-up has the runner claim what is next."""

    def __init__(self, runner: Runner, redis: ArqRedis, slots: int) -> None:
        async def wake(ctx: dict[Any, Any], queue: str) -> None:
            runner.start()

        super().__init__(
            functions=[func(wake, name="wake")],
            queue_name=arq_queue(runner.queue),
            redis_pool=redis,
            handle_signals=False,
            max_jobs=slots,
            queue_read_limit=1_000,
            keep_result=0,
            job_timeout=60,
            max_tries=1,
            log_results=False,
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
        )
        self._channel = bell(runner.queue)
        self._rung = asyncio.Event()

    async def main(self) -> None:
        """Poll whenever the bell rings, and once a second in case it was not heard. Outlives a restart of Redis."""
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                self._rung.clear()
                try:
                    await self._poll_iteration()
                except (RedisError, OSError) as error:
                    log.warning("Redis does not answer; the sweeper goes on without it", error=str(error))
                await self._wait()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self) -> None:
        async for _ in messages(self.pool, self._channel):
            self._rung.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._rung.wait()
        except TimeoutError:
            return


async def poke_changed(redis: ArqRedis, runners: Sequence[Runner]) -> None:
    """Have running jobs look at the database when a person changes their task."""
    async for channel in messages(redis, "legwork:task:*"):
        task_id = channel.rpartition(":")[2]
        for runner in runners:
            for held in runner.held:
                if str(held.job.task_id) == task_id:
                    held.poked.set()
