"""A circuit shared by every process through Redis.

Two keys hold it: ``<name>:failures`` counts failures in a row, ``<name>:probe`` exists for one interval
after the circuit opened or a probe was let through. Whoever sets it (SET NX PX) is the probe. Redis may
be flushed or away at any moment: then the circuit counts as closed, and the calls' own limits hold.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import TypeVar

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.llm.circuit import FAILURES, INTERVAL

T = TypeVar("T")

_PATIENCE = 1.0
"""Seconds Redis may take: a slow answer must not hold up a call that would succeed."""

FRESH = 1.0
"""Seconds for which a circuit without a failure is not looked at again: most calls go well, and need no word of it.
Failures of this process are known at once; those of others cost a call or two that would not have been made."""

_FORGOTTEN_AFTER = timedelta(days=1)
"""A count that nobody added to for this long starts again."""

_log = structlog.get_logger(__name__)


class RedisCircuit:
    """``name`` tells the service apart, such as ``llm:openai:models.example:gpt-5-mini``. ``clock`` gives seconds that
    only go forward."""

    def __init__(
        self,
        redis: Redis,
        name: str,
        *,
        failures: int = FAILURES,
        interval: timedelta = INTERVAL,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._redis = redis
        self._limit = failures
        self._interval = interval
        self._clock = clock
        self._failures = f"circuit:{name}:failures"
        self._probe = f"circuit:{name}:probe"
        self._clean_at: float | None = None
        """When it was last seen without a failure; None: there is one, or nobody has looked."""

    async def blocked(self) -> timedelta | None:
        return None if self._is_clean else await self._within(self._blocked(), None)

    async def succeeded(self) -> None:
        if not self._is_clean:
            await self._within(self._succeeded(), None)

    async def failed(self) -> None:
        self._clean_at = None
        await self._within(self._failed(), None)

    @property
    def _is_clean(self) -> bool:
        return self._clean_at is not None and self._clock() - self._clean_at < FRESH

    async def _succeeded(self) -> None:
        await self._redis.delete(self._failures, self._probe)
        self._clean_at = self._clock()

    async def _blocked(self) -> timedelta | None:
        count = int(await self._redis.get(self._failures) or 0)
        self._clean_at = self._clock() if count == 0 else None
        if count < self._limit or await self._take_probe():
            return None
        left = int(await self._redis.pttl(self._probe))
        # Gone between the two commands: the next to ask may probe at once.
        return timedelta(milliseconds=max(left, 0))

    async def _failed(self) -> None:
        async with self._redis.pipeline(transaction=True) as commands:
            commands.incr(self._failures)
            commands.expire(self._failures, _FORGOTTEN_AFTER)
            count = int((await commands.execute())[0])
        if count == self._limit:
            await self._take_probe()

    async def _take_probe(self) -> bool:
        return bool(await self._redis.set(self._probe, 1, nx=True, px=self._interval))

    async def _within(self, work: Awaitable[T], otherwise: T) -> T:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await work
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("circuit_unknown", circuit=self._failures, reason=type(error).__name__)
            return otherwise
