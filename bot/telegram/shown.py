"""What other processes have to know of a chat: the preview that stands there, and how far a long post has come.

Kept in Redis for an hour; while it is away each process knows its own. Nothing here is the record of anything:
where it is lost, a preview stays behind or a part of a long text is said twice.
"""

from collections.abc import Sequence
from typing import Any, cast

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.core.logging import logger

log = logger(__name__)

_SECONDS = 3600
_OVER_SECONDS = 10
"""How long after the final text a preview may still be on its way."""
_OVER = "over"
_MOST = 2_000
"""Entries one process keeps for itself."""


class Shown:
    def __init__(self, redis: Redis, *, prefix: str = "legwork:shown:telegram") -> None:
        self._redis = cast(Any, redis)
        self._prefix = prefix
        self._own: dict[str, str] = {}

    async def preview(self, chat: str, key: str) -> int | None:
        """The message of the chat that shows the preview."""
        return _message(chat, await self._get(key))

    async def is_over(self, key: str) -> bool:
        """Whether the final text has just been said."""
        return await self._get(key) == _OVER

    async def note_preview(self, chat: str, key: str, message_id: int) -> None:
        await self._set(key, f"{chat}/{message_id}", _SECONDS)

    async def take_over(self, chat: str, keys: Sequence[str]) -> int | None:
        """The preview's message that a post in the chat with one of these keys replaces; from now on there are none."""
        named = [f"{self._prefix}:{key}" for key in keys]
        own = [self._own.get(key) for key in keys]
        for key in keys:
            self._remember(key, _OVER)
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.mget(named)
                for name in named:
                    pipeline.set(name, _OVER, ex=_OVER_SECONDS)
                noted, *_ = await pipeline.execute()
            found = [value.decode() for value in noted if value is not None]
        except (RedisError, OSError) as error:
            log.debug("what is shown is known to this process alone", error=str(error))
            found = [value for value in own if value is not None]
        return next((message for value in found if (message := _message(chat, value)) is not None), None)

    async def parts(self, key: str) -> list[int]:
        """The messages a long post has been sent as so far."""
        found = await self._get(f"parts:{key}")
        return list(orjson.loads(found)) if found is not None else []

    async def note_parts(self, key: str, message_ids: Sequence[int]) -> None:
        await self._set(f"parts:{key}", orjson.dumps(list(message_ids)).decode(), _SECONDS)

    async def _get(self, key: str) -> str | None:
        try:
            found = await self._redis.get(f"{self._prefix}:{key}")
        except (RedisError, OSError) as error:
            log.debug("what is shown is known to this process alone", error=str(error))
            return self._own.get(key)
        return found.decode() if found is not None else None

    async def _set(self, key: str, value: str, seconds: int) -> None:
        self._remember(key, value)
        try:
            await self._redis.set(f"{self._prefix}:{key}", value, ex=seconds)
        except (RedisError, OSError) as error:
            log.debug("what is shown is known to this process alone", error=str(error))

    def _remember(self, key: str, value: str) -> None:
        self._own.pop(key, None)
        self._own[key] = value
        while len(self._own) > _MOST:
            del self._own[next(iter(self._own))]


def _message(chat: str, note: str | None) -> int | None:
    """A note's message, if it is one of that chat: a group that got another id counts its messages anew."""
    place, _, number = (note or "").rpartition("/")
    return int(number) if place == chat and number.isdigit() else None


def replaced_by(key: str, task_id: object | None) -> list[str]:
    """The keys whose preview a post takes the place of: its own, those it continues, and its task's answer."""
    words = key.split(":")
    continued = [":".join(words[:count]) for count in range(len(words), 0, -1)]
    return [*continued, f"answer:{task_id}"] if task_id is not None else continued
