"""What is seen each minute, and when it counts: two failures in a row turn a check, two successes turn it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.health.check import Finding, Level, Timed

TIMES = 2
"""How often in a row something has to be otherwise before that is told."""

Standing = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Observed:
    """A check as it stands. ``response_time`` is in milliseconds; ``turned_at`` is when it last became what it is."""

    name: str
    status: Level
    message: str
    remedy: str | None
    response_time: int | None
    standing: Standing
    turned_at: datetime
    streak: int = 0


def observe(
    before: Mapping[str, Observed], found: Sequence[Timed], now: datetime
) -> tuple[list[Observed], list[Observed]]:
    """How every check stands now, and those of them that turned. What was not looked at this time is left out, unless
    it is down: then it is taken for mended.
    """
    after = [_next(before.get(one.finding.name), one, now) for one in found]
    seen = {one.finding.name for one in found}
    gone = [one for one in before.values() if one.name not in seen and one.standing == "down"]
    mended = [Timed(Finding(one.name, Level.OK, "Nothing is said of it any more."), 0) for one in gone]
    after += [_next(before[one.finding.name], one, now) for one in mended]
    return after, [one for one in after if one.turned_at == now and (one.standing == "down" or one.name in before)]


def _next(before: Observed | None, seen: Timed, now: datetime) -> Observed:
    finding = seen.finding
    standing: Standing = before.standing if before is not None else "up"
    is_otherwise = (finding.level is Level.ERROR) == (standing == "up")
    streak = (before.streak if before is not None else 0) + 1 if is_otherwise else 0
    turned_at = before.turned_at if before is not None else now
    if streak >= TIMES:
        standing, turned_at, streak = ("down" if standing == "up" else "up"), now, 0
    return Observed(
        finding.name, finding.level, finding.message, finding.remedy, seen.response_time, standing, turned_at, streak
    )
