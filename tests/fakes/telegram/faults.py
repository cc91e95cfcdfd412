"""How calls can fail: the server's refusals, its rate limit, and failures made on request."""

from dataclasses import dataclass
from time import monotonic
from typing import Any


class Refusal(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One call of ``method`` (any, where it is None) fails.

    ``refusal`` is answered in place of doing it; ``lost`` does it and cuts the answer off; ``status`` without a
    body in JSON is what a proxy in between would say; ``body`` is answered as it is, in the first case with
    ``status`` or 200, and after the call was carried out where it is ``lost``; ``closed`` ends the connection before
    a single byte.
    """

    method: str | None = None
    refusal: Refusal | None = None
    lost: bool = False
    status: int | None = None
    body: bytes | None = None
    closed: bool = False


class Bucket:
    """A token bucket: ``burst`` at once, ``rate`` a second after that."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = float(burst)
        self._at = monotonic()

    def take(self) -> float:
        """Take one. Returns 0, or how many seconds there is nothing left."""
        now = monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate
