"""What may start next, in the plan's order, and when the next wait ends."""

from datetime import datetime
from heapq import heappop, heappush

from domain.workflows.graph import Placed

Ready = tuple[tuple[int, ...], str]
"""The place in the plan, and the step's id."""

Waits = tuple[datetime, Ready]


class Agenda:
    """Two heaps. What was taken off the agenda is left in them, and passed over where it comes to light."""

    def __init__(self) -> None:
        self._ready: list[Ready] = []
        self._wakes: list[Waits] = []
        self._may: dict[str, Ready] = {}
        self._sleeps: dict[str, Waits] = {}
        self._awake: dict[str, datetime] = {}
        """Waits that are over, of steps that have not begun again."""

    def add(self, placed: Placed) -> None:
        """The step may start."""
        self._add((placed.place, placed.id))

    def _add(self, ready: Ready) -> None:
        if ready[1] not in self._may:
            self._may[ready[1]] = ready
            heappush(self._ready, ready)

    def wait(self, placed: Placed, moment: datetime) -> None:
        """The step may start from that moment on."""
        if placed.id not in self._awake:
            self._sleeps[placed.id] = waits = (moment, (placed.place, placed.id))
            heappush(self._wakes, waits)

    def drop(self, step_id: str) -> None:
        """It has begun, or may no longer."""
        self._may.pop(step_id, None)
        self._sleeps.pop(step_id, None)
        self._awake.pop(step_id, None)

    def startable(self, now: datetime, most: int | None) -> list[str]:
        """The first of those that may start now, all of them or no more than so many; they stay on the agenda."""
        while (waits := self._next_wait()) is not None and waits[0] <= now:
            moment, ready = heappop(self._wakes)
            del self._sleeps[ready[1]]
            self._awake[ready[1]] = moment
            self._add(ready)
        found: list[Ready] = []
        while self._ready and (most is None or len(found) < most):
            ready = heappop(self._ready)
            if self._may.get(ready[1]) is ready:
                found.append(ready)
        for ready in found:
            heappush(self._ready, ready)
        return [step_id for _, step_id in found]

    @property
    def next_wake(self) -> datetime | None:
        """When the next waiting step wants to go on."""
        if self._awake:
            return min(self._awake.values())
        waits = self._next_wait()
        return waits[0] if waits is not None else None

    def _next_wait(self) -> Waits | None:
        while self._wakes and self._sleeps.get(self._wakes[0][1][1]) is not self._wakes[0]:
            heappop(self._wakes)
        return self._wakes[0] if self._wakes else None
