"""Token buckets: how often what may be called."""

import math
from dataclasses import dataclass, field

from tests.fakes.slack.clock import Clock
from tests.fakes.slack.refusal import Refusal
from tests.fakes.slack.rules import Rules


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(slots=True)
class Buckets:
    """One bucket for each workspace and method, and one for each channel that is written to."""

    clock: Clock
    rules: Rules
    _buckets: dict[tuple[str, ...], _Bucket] = field(default_factory=dict[tuple[str, ...], _Bucket])

    def take(self, key: tuple[str, ...], rate: float, burst: float) -> None:
        """Take one token, of ``rate`` a second and at most ``burst``. Raises Refusal: ratelimited."""
        if not self.rules.limited:
            return
        now = self.clock.now
        bucket = self._buckets.setdefault(key, _Bucket(burst, now))
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1:
            wait = max(1, math.ceil((1 - bucket.tokens) / rate))
            raise Refusal("ratelimited", status=429, retry_after=wait)
        bucket.tokens -= 1

    def call(self, workspace: str, method: str, tier: int) -> None:
        """Count a call of a method of this tier; 0: a method with rules of its own."""
        if tier:
            a_minute = self.rules.tiers[tier]
            self.take((workspace, method), a_minute / 60, a_minute)

    def message(self, workspace: str, channel: str) -> None:
        """Count a message to a channel."""
        self.take((workspace, "message", channel), self.rules.channel_rate, self.rules.channel_burst)
