"""How fast a platform may be spoken to: limits over all chats and for each, shared by every process through Redis.

The generic cell rate algorithm: a limit is one moment, the one at which it would be free again had every
message waited its turn; a burst lets so many of them go at once. While Redis is away each process keeps to
the limits by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.core.errors import Unavailable
from domain.core.logging import logger

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """``rate`` messages a second, ``burst`` of them at once."""

    rate: float
    burst: int


@dataclass(frozen=True, slots=True)
class Limits:
    """``overall`` counts every chat together; None: the platform knows no such limit."""

    chat: Limit
    group: Limit
    overall: Limit | None = None


# KEYS: overall limit, the chat's limit, everything's hold, the chat's hold
# ARGV: overall interval (0: none) and burst, the chat's interval and burst, patience; all times in milliseconds
_RESERVE = """
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local wait = math.max(redis.call('PTTL', KEYS[3]), redis.call('PTTL', KEYS[4]), 0)
local free = {}
for i = 1, 2 do
    local interval, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    if interval > 0 then
        free[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or '0'), now) + interval
        wait = math.max(wait, free[i] - burst * interval - now)
    end
end
if wait > tonumber(ARGV[5]) then return math.ceil(-wait) end
for i = 1, 2 do
    if free[i] then
        redis.call('SET', KEYS[i], string.format('%.3f', free[i]), 'PX', math.ceil(free[i] - now) + 1000)
    end
end
return math.ceil(wait)
"""


class Pacer:
    """Paces one account of one platform. ``name`` tells accounts apart, such as ``telegram:123456``."""

    def __init__(
        self, redis: Redis, name: str, limits: Limits, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._name = name
        self._limits = limits
        self._sleep = sleep
        self._redis = redis
        self._reserve = cast(Any, redis).register_script(_RESERVE)
        self._alone = _Alone()

    async def wait(self, chat: str, *, group: bool = False, patience: float = 2.0) -> None:
        """Return when one message may be sent to the chat; its place is then taken.

        Raises:
            Unavailable: that would take longer than ``patience`` seconds; ``after`` says how long.
        """
        wait = await self._place(chat, self._limits.group if group else self._limits.chat, patience)
        if wait < 0:
            raise Unavailable("The platform's rate limit is reached.", code="paced", after=timedelta(seconds=-wait))
        if wait > 0:
            await self._sleep(wait)

    async def hold(self, chat: str | None, seconds: float) -> None:
        """The platform asked for patience: nothing is sent to the chat (None: to any) for so long."""
        self._alone.hold(chat, seconds)
        try:
            await cast(Any, self._redis).set(self._hold_key(chat), 1, px=max(1, round(seconds * 1000)))
        except (RedisError, OSError) as error:
            log.warning("a platform's request for patience is known to this process alone", error=str(error))

    async def _place(self, chat: str, limit: Limit, patience: float) -> float:
        """Seconds to wait for the place that was taken; negative where none was, being too far off."""
        overall = self._limits.overall
        arguments = [*_milliseconds(overall), *_milliseconds(limit), round(patience * 1000)]
        keys = [
            f"legwork:pace:{self._name}",
            f"legwork:pace:{self._name}:{chat}",
            self._hold_key(None),
            self._hold_key(chat),
        ]
        try:
            return int(await self._reserve(keys=keys, args=arguments)) / 1000
        except (RedisError, OSError) as error:
            log.warning("limits are kept by this process alone", error=str(error))
            return self._alone.place(chat, limit, overall, patience)

    def _hold_key(self, chat: str | None) -> str:
        return f"legwork:hold:{self._name}" + (f":{chat}" if chat is not None else "")


def _milliseconds(limit: Limit | None) -> tuple[float, int]:
    return (1000 / limit.rate, limit.burst) if limit is not None else (0, 0)


class _Alone:
    """The same limits within one process."""

    def __init__(self) -> None:
        self._free: dict[str | None, float] = {}
        self._held: dict[str | None, float] = {}

    def hold(self, chat: str | None, seconds: float) -> None:
        self._held[chat] = time() + seconds

    def place(self, chat: str, limit: Limit, overall: Limit | None, patience: float) -> float:
        now = time()
        wait = max(self._held.get(None, 0.0) - now, self._held.get(chat, 0.0) - now, 0.0)
        taken: dict[str | None, float] = {}
        for key, each in ((None, overall), (chat, limit)):
            if each is not None:
                taken[key] = max(self._free.get(key, 0.0), now) + 1 / each.rate
                wait = max(wait, taken[key] - each.burst / each.rate - now)
        if wait > patience:
            return -wait
        self._free = {key: free for key, free in self._free.items() if free > now} | taken
        return wait
