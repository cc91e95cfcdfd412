"""Previews on their way to a terminal: a worker publishes them, the process that holds the terminal shows them.

They pass through Redis pub/sub and may be lost: what counts is the row with the final text.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.console.gateway import CAPABILITIES, PLATFORM
from bot.console.session import Previews
from domain.conversations.ports import Address, Earlier, Found, IncomingFile, Posted
from domain.conversations.said import Said
from domain.core.errors import NotFound, Refused

_log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds between two attempts to reach Redis


def channel(to: Address) -> str:
    """Where previews for one chat are published; terminals of several machines may share a Redis."""
    return f"legwork:preview:{to.workspace}:{to.chat}"


class RelayGateway:
    """The console as a worker sees it: it can pass previews on, everything else is the terminal's own work."""

    platform = PLATFORM
    capabilities = replace(CAPABILITIES, finds=False)

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def post(self, to: Address, said: Said, *, key: str, plain: bool = False, over: str | None = None) -> Posted:
        raise _held()

    async def edit(self, to: Address, message_id: str, said: Said, *, key: str, plain: bool = False) -> None:
        raise _held()

    async def find(self, to: Address, key: str) -> Found:
        return "unknown"

    async def preview(self, to: Address, key: str, text: str) -> None:
        try:
            await cast(Any, self._redis).publish(channel(to), json.dumps({"key": key, "text": text}))
        except (RedisError, OSError) as error:
            _log.debug("a preview for %s was not passed on: %s", to.chat, error)

    def open_file(self, ref: str) -> AsyncIterator[bytes]:
        raise NotFound("A terminal sends its files at once; none is left to fetch.")

    async def about_file(self, ref: str) -> IncomingFile | None:
        return None

    async def earlier(self, to: Address, message_id: str) -> Earlier:
        return Earlier()  # whatever is said at a terminal is said to Legwork

    async def close(self) -> None:
        """The connection belongs to the process."""


def _held() -> Refused:
    return Refused("Only the process that holds the terminal can write on it.", code="held")


async def follow(redis: Redis, to: Address, shown_by: Previews) -> None:
    """Show every preview published for a chat, until cancelled. While Redis is away there are none."""
    pause = _FIRST_PAUSE
    while True:
        try:
            async for key, text in _published(redis, to):
                pause = _FIRST_PAUSE
                await shown_by.preview(to, key, text)
        except (RedisError, OSError) as error:
            _log.debug("previews are away: %s", error)
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


async def _published(redis: Redis, to: Address) -> AsyncIterator[tuple[str, str]]:
    async with cast(Any, redis).pubsub(ignore_subscribe_messages=True) as subscription:
        await subscription.subscribe(channel(to))
        async for message in subscription.listen():
            try:
                body = json.loads(message["data"])
                yield str(body["key"]), str(body["text"])
            except (ValueError, KeyError, TypeError) as error:
                _log.warning("what was published for %s is no preview: %s", to.chat, error)
