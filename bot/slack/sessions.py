"""The sign that Legwork is at work, with Slack's own stop button: on when a message was taken, off with the result.

https://docs.slack.dev/ai/agent-sessions. It is never in anybody's way: what fails is logged.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot.slack.memory import Memory
from bot.slack.web import Web
from domain.conversations.ports import Address
from domain.conversations.said import Said
from domain.core.errors import LegworkError
from domain.core.logging import logger

log = logger(__name__)

_FINAL = frozenset({"succeeded", "failed", "cancelled"})
_NOT_HERE = frozenset({"missing_scope", "not_an_agent", "not_allowed_token_type", "unknown_method"})


class Sessions:
    """Signs of one app, set in the background. ``close`` waits for those on their way."""

    def __init__(self, web: Web, memory: Memory) -> None:
        self._web = web
        self._memory = memory
        self._under_way: set[asyncio.Task[None]] = set()
        self._available = True

    def begin(self, to: Address) -> None:
        """A message of this place was taken."""
        if to.thread is not None:
            self._start(self._begin(to, to.thread))

    def end(self, to: Address, said: Said) -> None:
        """Something was said there; a task that goes on keeps its sign."""
        if to.thread is not None and _concludes(said):
            self._start(self._end(to, to.thread))

    async def close(self) -> None:
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _begin(self, to: Address, thread: str) -> None:
        await self._memory.put(_name(to), "working")
        await self._set(to.chat, thread, "processing", person=to.person)

    async def _end(self, to: Address, thread: str) -> None:
        [note] = await self._memory.get(_name(to))
        if note is not None:
            await self._memory.drop(_name(to))
            await self._set(to.chat, thread, "active")

    async def _set(self, channel: str, thread: str, status: str, person: str | None = None) -> None:
        if not self._available:
            return
        try:
            await self._web.call(
                "agents.sessions.setStatus",
                channel_id=channel,
                thread_ts=thread,
                status=status,
                initiator_user_id=person,
            )
        except LegworkError as error:
            self._available = error.reason not in _NOT_HERE
            log.debug("the sign of being at work could not be set", status=status, error=str(error))


def _concludes(said: Said) -> bool:
    return said.status.lower() in _FINAL if said.type == "plan" else said.type != "file"


def _name(to: Address) -> str:
    return f"legwork:slack:working:{to.chat}:{to.thread}"
