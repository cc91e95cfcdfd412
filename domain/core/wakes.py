"""Wake-ups: what a commit queued is brought to a worker's attention, through arq.

arq carries only the name of a queue; which job is next is the ledger's business. Losing a wake-up loses
nothing: the sweeper looks as well.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, cast
from uuid import uuid4

import orjson
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from domain.core.addresses import redis_settings
from domain.core.errors import Misconfigured
from domain.core.logging import logger

log = logger(__name__)

PATIENCE = 1.0
"""Seconds a wake-up may take; the work itself is in the ledger already."""

UNHURRIED = frozenset({"UPKEEP"})
"""Queues that other processes are not woken for: who sweeps finds their work within seconds, and to listen for it would
cost every worker more than the work does."""

AT_ONCE = 16
"""Wake-ups of one queue that are sent together at most: whoever was woken goes on while more is waiting."""


def arq_queue(queue: str) -> str:
    return f"legwork:{queue.lower()}"


def bell(queue: str) -> str:
    """The pub/sub channel on which workers of a queue are told to look at once."""
    return f"legwork:wake:{queue.lower()}"


class Wakes:
    """Wakes workers after a commit: those of this process directly, others through arq and a pub/sub message.

    Nobody who commits waits for Redis: what is to be sent is gathered, and sent in the background.
    """

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis
        self._local: dict[str, Callable[[], bool]] = {}
        self._wakes: dict[str, int] = {}
        self._signals: dict[str, None] = {}
        self._sending: asyncio.Task[None] | None = None

    def serve(self, queue: str, start: Callable[[], bool]) -> None:
        """Work of this queue can be started here; ``start`` says whether there was room for it."""
        self._local[queue] = start

    async def __call__(self, wakes: Mapping[str, int], signals: Sequence[str]) -> None:
        for queue, count in wakes.items():
            left, start = count, self._local.get(queue)
            while left > 0 and start is not None and start():
                left -= 1
            if left > 0 and queue not in UNHURRIED:
                self._wakes[queue] = min(self._wakes.get(queue, 0) + left, AT_ONCE)
        self._signals.update(dict.fromkeys(signals))
        if (self._wakes or self._signals) and self._sending is None:
            self._sending = asyncio.create_task(self._send_all(), name="wakes")

    async def close(self) -> None:
        """Send what is left; to be called before Redis is closed."""
        if self._sending is not None:
            await self._sending

    async def _send_all(self) -> None:
        try:
            while self._wakes or self._signals:
                wakes, signals = self._wakes, list(self._signals)
                self._wakes, self._signals = {}, {}
                await self._send(wakes, signals)
        finally:
            self._sending = None

    async def _send(self, wakes: Mapping[str, int], signals: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(PATIENCE), cast(Any, self._redis).pipeline(transaction=False) as pipeline:
                for queue, count in wakes.items():
                    for _ in range(count):
                        self._enqueue(pipeline, queue)
                    pipeline.publish(bell(queue), "")
                for channel in signals:
                    pipeline.publish(channel, "")
                await pipeline.execute()
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("nobody could be woken; the sweeper will see to it", error=str(error))

    def _enqueue(self, pipeline: Any, queue: str) -> None:
        """What ``ArqRedis.enqueue_job`` writes. That asks before whether there is such a job, in round trips of their
        own; here each is a new one."""
        job_id, now = uuid4().hex, timestamp_ms()
        job = serialize_job("wake", (queue,), {}, None, now, serializer=self._redis.job_serializer)
        pipeline.psetex(job_key_prefix + job_id, self._redis.expires_extra_ms, job)
        pipeline.zadd(arq_queue(queue), {job_id: now})


async def messages(redis: Redis, pattern: str) -> AsyncIterator[str]:
    """The channels on which something is published, as it happens; survives a restart of Redis.

    What is published while nobody is connected is lost, so whoever listens also looks from time to time.
    """
    while True:
        try:
            async with cast(Any, redis).pubsub() as subscription:
                await subscription.psubscribe(pattern)
                async for message in subscription.listen():
                    if message["type"] == "pmessage":
                        yield message["channel"].decode()
        except (RedisError, OSError) as error:
            log.warning("Redis does not answer; listening again in a moment", error=str(error))
            await asyncio.sleep(PATIENCE)


async def connect_redis(url: str) -> ArqRedis:
    """A pool whose connections survive a restart of the server.

    Raises:
        Misconfigured: nothing answers at that address.
    """
    settings = RedisSettings(
        **redis_settings(url),
        # without OSError among them, a restart of the server ends an arq worker
        retry_on_error=[RedisConnectionError, RedisTimeoutError, OSError],
        retry=Retry(ExponentialBackoff(cap=2, base=0.1), 5),
        conn_retries=0,  # each attempt is one of six already, and somebody waits to hear what is wrong
    )
    try:
        return await create_pool(settings, job_serializer=orjson.dumps, job_deserializer=orjson.loads)
    except (RedisError, OSError) as error:
        raise Misconfigured(
            "Redis does not answer at REDIS_URL.", remedy="Start it, or unset REDIS_URL to use the embedded one."
        ) from error
