"""The double's time: the machine's, plus what a test adds."""

import time


class Clock:
    """``now`` is seconds since the epoch."""

    def __init__(self) -> None:
        self._ahead = 0.0

    @property
    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Age streams, triggers and token buckets. Deliveries under way keep their own timers."""
        self._ahead += seconds
