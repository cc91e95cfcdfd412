"""A circuit breaker: after several failures in a row, one probe an interval instead of every call.

closed --(failures in a row)--> open --(interval over: one probe)--> closed, or open for another interval
"""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Protocol

FAILURES = 5
INTERVAL = timedelta(seconds=30)


class Circuit(Protocol):
    """What all processes know together about whether a service answers."""

    async def blocked(self) -> timedelta | None:
        """None: call now (the caller may be the probe, and must report how it went). Else: the time to the next one."""
        ...

    async def succeeded(self) -> None:
        """A call was answered: the circuit closes."""
        ...

    async def failed(self) -> None:
        """A call failed for a passing reason."""
        ...


class MemoryCircuit:
    """A circuit of one process. ``clock`` gives seconds that only go forward."""

    def __init__(
        self, *, failures: int = FAILURES, interval: timedelta = INTERVAL, clock: Callable[[], float] = monotonic
    ) -> None:
        self._limit = failures
        self._interval = interval.total_seconds()
        self._clock = clock
        self._failures = 0
        self._next_probe = 0.0

    async def blocked(self) -> timedelta | None:
        if self._failures < self._limit:
            return None
        now = self._clock()
        if now < self._next_probe:
            return timedelta(seconds=self._next_probe - now)
        self._next_probe = now + self._interval
        return None

    async def succeeded(self) -> None:
        self._failures = 0

    async def failed(self) -> None:
        self._failures += 1
        if self._failures == self._limit:
            self._next_probe = self._clock() + self._interval
