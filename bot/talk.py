"""That people of a thread speak with one another, noted for a while and without what they said.

Through Redis, for every process that listens; while that is away nobody is thought to have spoken.
"""

from time import time
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.conversations.ports import Incoming
from domain.core.logging import logger

log = logger(__name__)

SECONDS = 3_600


class Talk:
    """Nothing here raises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = cast(Any, redis)

    async def note(self, incoming: Incoming) -> None:
        """Somebody said something that was left alone."""
        try:
            await self._redis.set(_name(incoming), f"{time()} {incoming.person}", ex=SECONDS)
        except (RedisError, OSError) as error:
            log.debug("that people talk could not be noted", error=str(error))

    async def others_spoke(self, incoming: Incoming, within: float) -> bool:
        """Whether somebody other than who says this spoke there in the last ``within`` seconds."""
        try:
            found = await self._redis.get(_name(incoming))
        except (RedisError, OSError) as error:
            log.debug("whether people talk is not known", error=str(error))
            return False
        moment, _, person = (found or b"").decode().partition(" ")
        return bool(person) and person != incoming.person and time() - float(moment) < within


def _name(incoming: Incoming) -> str:
    return f"legwork:talk:{incoming.platform}:{incoming.workspace}:{incoming.chat}:{incoming.thread or ''}"
