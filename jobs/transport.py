"""How wake-ups reach this process: arq's worker, woken by a pub/sub message instead of polling twice a second."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
from arq.connections import ArqRedis
from arq.worker import Worker
from redis.exceptions import RedisError

from domain.core.logging import logger
from domain.core.wakes import arq_queue, bell
from jobs.runner import Runner

log = logger(__name__)


class BellWorker(Worker):
    """arq's worker, waiting for a pub/sub message instead of polling twice a second."""

    POLL_SECONDS = 1.0

    def __init__(self, runner: Runner, redis: ArqRedis, slots: int) -> None:
        async def wake(_: dict[str, Any], queue: str) -> None:
            await runner.run_one()

        wake.__qualname__ = "wake"
        super().__init__(
            functions=[wake],
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
        self._bell = bell(runner.queue)

    async def main(self) -> None:
        """Poll whenever the bell rings, and once a second in case it was not heard. Outlives a restart of Redis."""
        while True:
            try:
                async with self.pool.pubsub() as ringing:
                    await ringing.subscribe(self._bell)
                    while True:
                        await self._poll_iteration()
                        await ringing.get_message(ignore_subscribe_messages=True, timeout=self.POLL_SECONDS)
            except (RedisError, OSError) as error:
                log.warning("Redis did not answer; the sweeper goes on without it", error=str(error))
                await asyncio.sleep(self.POLL_SECONDS)


async def listen_for_signals(redis: ArqRedis, runners: Sequence[Runner]) -> None:
    """Poke the jobs whose task a person has just changed."""
    while True:
        try:
            async with redis.pubsub() as changes:
                await changes.psubscribe("legwork:task:*")
                async for message in changes.listen():
                    if message["type"] == "pmessage":
                        _poke(message["channel"].decode().rpartition(":")[2], runners)
        except (RedisError, OSError):
            await asyncio.sleep(BellWorker.POLL_SECONDS)


def _poke(task_id: str, runners: Sequence[Runner]) -> None:
    for runner in runners:
        for held in runner.held:
            if str(held.job.task_id) == task_id:
                held.poked.set()
