"""Short notes that the processes of a Slack app share for an hour: through Redis, each by itself while that is away.

Losing one costs at most a preview that is left standing: what counts is in the database.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.core.logging import logger

log = logger(__name__)

SECONDS = 3_600
_KEPT = 2_000

_SWAP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


class Memory:
    """Notes by name; nothing here raises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = cast(Any, redis)
        self._own: OrderedDict[str, str] = OrderedDict()
        self._unshared: set[str] = set()

    async def get(self, *names: str) -> Sequence[str | None]:
        """The note under each name; None where there is none."""
        try:
            found = await self._redis.mget(names)
        except (RedisError, OSError) as error:
            log.debug("Slack notes are this process' own", error=str(error))
            return [self._own.get(name) for name in names]
        return [self._read(name, note) for name, note in zip(names, found, strict=True)]

    async def put(self, name: str, note: str) -> None:
        self._own[name] = note
        self._own.move_to_end(name)
        while len(self._own) > _KEPT:
            self._unshared.discard(self._own.popitem(last=False)[0])
        try:
            await self._redis.set(name, note, ex=SECONDS)
        except (RedisError, OSError) as error:
            log.debug("a Slack note is known to this process alone", error=str(error))
            self._unshared.add(name)
        else:
            self._unshared.discard(name)

    async def swap(self, name: str, was: str, note: str) -> bool:
        """Put the note where that one is still under the name; whether it was."""
        try:
            swapped = bool(await self._redis.eval(_SWAP, 1, name, was, note, SECONDS))
        except (RedisError, OSError) as error:
            log.debug("a Slack note is known to this process alone", error=str(error))
            swapped = self._own.get(name) == was
            if swapped:
                await self.put(name, note)
        return swapped

    async def drop(self, *names: str) -> None:
        for name in names:
            self._own.pop(name, None)
            self._unshared.discard(name)
        try:
            await self._redis.delete(*names)
        except (RedisError, OSError) as error:
            log.debug("a Slack note could not be dropped", error=str(error))

    def _read(self, name: str, note: bytes | None) -> str | None:
        if note is not None:
            return note.decode()
        return self._own.get(name) if name in self._unshared else None
