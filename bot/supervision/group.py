"""A group of processes that are kept running until told to stop."""

import asyncio
import random
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from bot.supervision.child import start_child
from bot.supervision.output import Output

__all__ = ["UNFIT", "Group", "Pace"]

UNFIT = 78
"""The exit status by which a process says that starting it again does not help (EX_CONFIG of sysexits.h)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a group restarts and stops; all in seconds."""

    first_delay: float = 0.5
    longest_delay: float = 30.0
    healthy: float = 60.0
    """A process that ran this long starts again as if it had never ended."""
    grace: float = 25.0
    """Between the forwarded signal and SIGKILL."""
    jitter: Callable[[], float] = field(default=lambda: random.uniform(0.5, 1.0), repr=False)  # noqa: S311 - no secret
    """A factor for each delay, so that processes that ended together do not start together."""

    def delay(self, ends: int) -> float:
        """How long to wait after so many ends in a row."""
        return min(self.longest_delay, self.first_delay * 2 ** min(ends - 1, 30)) * self.jitter()


class Group:
    """What runs belongs to the group: it ends with the block that runs it, whatever ends the block."""

    def __init__(self, environment: Mapping[str, str], output: Output, pace: Pace) -> None:
        self._environment = environment
        self._output = output
        self._pace = pace
        self._signal = signal.SIGTERM
        self._stopping = asyncio.Event()
        self._hurried = asyncio.Event()
        self.status = 0
        """``UNFIT`` once a process said so; then everything ends."""

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self, number: signal.Signals) -> None:
        """Forward a signal and start nothing more. The second time, nobody is waited for."""
        if self._stopping.is_set():
            self._hurried.set()
        else:
            self._signal = number
            self._stopping.set()

    async def keep(self, commands: Mapping[str, Sequence[str]]) -> None:
        """Run all of them, each again whenever it ends, until ``stop``, or until one says that it is ``UNFIT``."""
        async with asyncio.TaskGroup() as tasks:
            for name, command in commands.items():
                tasks.create_task(self._keep(name, command), name=name)

    async def run(self, name: str, command: Sequence[str]) -> int:
        """Run a command once, to its end or to ``stop``; its exit status."""
        child = await start_child(command, self._environment, partial(self._output.line, name))
        ending = asyncio.create_task(child.wait())
        try:
            if not await self._ends(ending, self._stopping, None):
                child.signal(self._signal)
                if not await self._ends(ending, self._hurried, self._pace.grace):
                    self._output.line(name, "is still running and is killed")
                    child.signal(signal.SIGKILL)
            return await ending
        finally:
            child.signal(signal.SIGKILL)
            ending.cancel()

    async def _keep(self, name: str, command: Sequence[str]) -> None:
        ends = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self.run(name, command)
            if self._stopping.is_set():
                return
            if code == UNFIT:
                self.status = code
                self.stop(signal.SIGTERM)
                return
            ends = 1 if time.monotonic() - started >= self._pace.healthy else ends + 1
            delay = self._pace.delay(ends)
            self._output.line(name, f"ended with {_status(code)}; it starts again in {delay:.1f} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)

    @staticmethod
    async def _ends(ending: "asyncio.Task[int]", event: asyncio.Event, seconds: float | None) -> bool:
        """Whether a child ends before the event is set and the time is over."""
        waiting = asyncio.create_task(event.wait())
        try:
            await asyncio.wait([ending, waiting], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        return ending.done()


def _status(code: int) -> str:
    return f"status {code}" if code >= 0 else signal.Signals(-code).name
