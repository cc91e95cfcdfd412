"""The sign that Legwork is at work, with Slack's own stop button: on soon after a message was taken, off when the work
of its thread has ended, whatever is said meanwhile. What is answered at once needs none.

https://docs.slack.dev/ai/agent-sessions. What Slack shows goes with the app's next post, so it is set again after each
post of work that goes on. It is never in anybody's way: what fails is logged.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Literal
from uuid import UUID

from bot.slack.memory import Memory
from bot.slack.web import Web
from domain.conversations.ports import Address
from domain.conversations.said import Said
from domain.core.db import AWAY, Database
from domain.core.errors import Ambiguous, LegworkError, Unavailable
from domain.core.logging import logger
from domain.tasks import queries
from domain.tasks.queries import Work

log = logger(__name__)

_NOT_HERE = frozenset({"missing_scope", "not_an_agent", "not_allowed_token_type", "unknown_method"})

AFTER = 0.15
"""Seconds after which a message that was taken has a sign."""

_BEGUN = "begun"
"""Noted of a thread that has no sign yet."""

_TRIES, _PAUSE, _LONGEST = 4, 5.0, 60.0  # how often a sign is taken off, and seconds in between
_STATES = 2_000  # tasks whose state a process keeps in mind

Status = Literal["processing", "suspended", "active"]

_STATUSES: Mapping[Work, Status] = {"works": "processing", "waits": "suspended", "rests": "active"}
"""``suspended``: what is left to do waits for a person."""

Look = Callable[[Address, str], Awaitable[Work]]
"""What a thread's work has come to, apart from the row of this key, which is being said."""


def looking(database: Database) -> Look:
    """By what the database says."""

    async def look(to: Address, saying: str) -> Work:
        async with database.system("a platform asks about a thread by its address", single=True) as session:
            return await queries.work_at(session, to, saying=saying)

    return look


class Sessions:
    """Signs of one app, set in the background. ``close`` waits for those on their way."""

    def __init__(self, web: Web, memory: Memory, look: Look, *, after: float = AFTER) -> None:
        self._web = web
        self._memory = memory
        self._look = look
        self._after = after
        self._under_way: set[asyncio.Task[None]] = set()
        self._settling: dict[str, tuple[str, bool] | None] = {}
        """Threads whose sign is being settled, each with what was said in it since."""
        self._states: dict[UUID, str] = {}
        """Of tasks, as their cards were last shown by this process."""
        self._closing = asyncio.Event()
        self._available = True

    def begin(self, to: Address) -> None:
        """A message of this place was taken."""
        if to.thread is not None:
            self._start(self._begin(to, to.thread))

    def settle(self, to: Address, saying: str, *, posted: bool = True) -> None:
        """Something was said there under this key, or (not ``posted``) what was said has changed: the sign stays, or
        comes back, for as long as work goes on."""
        if to.thread is None:
            return
        name = _name(to)
        if name in self._settling:
            before = self._settling[name]
            self._settling[name] = (saying, posted or (before is not None and before[1]))
            return
        self._settling[name] = None
        self._start(self._settle(to, to.thread, saying, posted))

    def changed(self, to: Address, said: Said, saying: str) -> None:
        """What was said there changed. Cards advance often: they count where the state of their task is another."""
        if said.type == "plan":
            before = self._states.get(said.task_id)
            if before is None and len(self._states) >= _STATES:
                del self._states[next(iter(self._states))]
            self._states[said.task_id] = said.status
            if before == said.status:
                return
        self.settle(to, saying, posted=False)

    async def close(self) -> None:
        self._closing.set()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _begin(self, to: Address, thread: str) -> None:
        name = _name(to)
        [note] = await self._memory.get(name)
        if note in ("processing", "suspended"):
            await self._memory.put(name, "processing")
        else:
            await self._memory.put(name, _BEGUN)
            await self._pause(self._after)
            if (await self._memory.get(name))[0] != _BEGUN or await self._status(to, "") == "active":
                return  # it is over, or has a sign, by what was said since
            if not await self._memory.swap(name, _BEGUN, "processing"):
                return
        await self._set(to, thread, "processing")
        [note] = await self._memory.get(name)
        if note in ("suspended", "active"):  # whoever found that may have been heard before this was
            await self._set(to, thread, note)

    async def _settle(self, to: Address, thread: str, saying: str, posted: bool) -> None:
        """One after the other in a thread, so that the last that is set is what is so."""
        name, said = _name(to), (saying, posted)
        try:
            while True:
                await self._settle_once(to, thread, *said)
                later = self._settling[name]
                if later is None:
                    return
                self._settling[name], said = None, later
        finally:
            del self._settling[name]

    async def _settle_once(self, to: Address, thread: str, saying: str, posted: bool) -> None:
        status = await self._status(to, saying)
        [note] = await self._memory.get(_name(to))
        if status is None or (status == note and (status != "processing" or not posted)):
            return
        if status == "active" and note == _BEGUN and await self._memory.swap(_name(to), _BEGUN, status):
            return  # there is nothing to take off
        await self._memory.put(_name(to), status)
        await self._set(to, thread, status)

    async def _status(self, to: Address, saying: str) -> Status | None:
        """None where nobody knows whether work goes on."""
        try:
            return _STATUSES[await self._look(to, saying)]
        except (LegworkError, *AWAY) as error:
            log.debug("it is not known whether work goes on", error=str(error))
            return None

    async def _set(self, to: Address, thread: str, status: Status) -> None:
        """A sign that could not be taken off is tried again, unless there is work again: it would stand for long."""
        for _ in range(_TRIES):
            wait = await self._call(to, thread, status)
            if wait is None or status == "processing":
                return
            await self._pause(wait)
            if self._closing.is_set() or await self._status(to, "") != status:
                return

    async def _pause(self, seconds: float) -> None:
        """Not longer than this process has."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _call(self, to: Address, thread: str, status: Status) -> float | None:
        """How many seconds to wait before another attempt; None where there is to be none."""
        if not self._available:
            return None
        try:
            await self._web.call(
                "agents.sessions.setStatus",
                channel_id=to.chat,
                thread_ts=thread,
                status=status,
                initiator_user_id=to.person,
            )
        except LegworkError as error:
            self._available = error.reason not in _NOT_HERE
            log.debug("the sign of being at work could not be set", status=status, error=str(error))
            if isinstance(error, Unavailable | Ambiguous):
                after = error.after if isinstance(error, Unavailable) else None
                return min(after.total_seconds(), _LONGEST) if after is not None else _PAUSE
        return None


def _name(to: Address) -> str:
    return f"legwork:slack:working:{to.chat}:{to.thread}"
