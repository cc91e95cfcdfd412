"""Steps of time: what one date of a table stands for, where each begins, and how it is written."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from domain.reports.reading.table import Grain

Step = Literal["hour", "day", "week", "month", "quarter", "year"]
MOST_STEPS = 30_000
_LENGTH = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 32.0, "quarter": 95.0, "year": 370.0}


def floor(at: datetime, step: Step) -> datetime:
    """The first instant of the step that holds a moment; weeks begin on Monday."""
    at = at.replace(minute=0, second=0, microsecond=0)
    if step == "hour":
        return at
    at = at.replace(hour=0)
    if step == "week":
        return at - timedelta(days=at.weekday())
    if step == "month":
        return at.replace(day=1)
    if step == "quarter":
        return at.replace(month=(at.month - 1) // 3 * 3 + 1, day=1)
    return at.replace(month=1, day=1) if step == "year" else at


def after(start: datetime, step: Step) -> datetime:
    """The start of the step that follows the one starting there."""
    try:
        return floor(start + timedelta(days=_LENGTH[step]), step)
    except OverflowError:  # the calendar ends with the year 9999
        return datetime.max  # noqa: DTZ901


def calendar(first: datetime, last: datetime, step: Step) -> list[datetime]:
    """The starts of all steps from one moment to another, both included."""
    out, at = [floor(first, step)], floor(first, step)
    while (at := after(at, step)) <= last:
        out.append(at)
    return out


def step_of(moments: Sequence[datetime], grain: Grain) -> Step:
    """What one date stands for: as it is written, else by the commonest distance of the distinct dates."""
    if grain in ("week", "month", "quarter", "year"):
        return grain
    dates = sorted(set(moments))
    if grain == "hour":
        on_the_hour = sum(at.minute == 0 and at.second == 0 for at in dates) >= 0.98 * len(dates)
        close = sum(b - a <= timedelta(hours=1) for a, b in pairwise(dates)) >= 0.7 * (len(dates) - 1)
        if len(dates) > 2 and close and (on_the_hour or _even(dates)):
            return "hour"
        dates = sorted({floor(at, "day") for at in dates})
    gaps = Counter((b - a).days for a, b in pairwise(dates))
    if not gaps:
        return "day"
    total = sum(gaps.values())
    regular: tuple[tuple[Step, tuple[int, ...]], ...] = (
        ("week", (7,)),
        ("month", (28, 29, 30, 31)),
        ("quarter", (89, 90, 91, 92)),
        ("year", (365, 366)),
    )
    for step, days in regular:
        if sum(gaps[gap] for gap in days) >= 0.7 * total and min(gaps) >= min(days):
            return step
    return "day"


def bounded(moments: Sequence[datetime], step: Step) -> Step:
    """The step, or the next larger ones until all dates fit into so many steps that they can be looked at singly."""
    days = (max(moments) - min(moments)).total_seconds() / 86400
    order: tuple[Step, ...] = ("hour", "day", "week", "month", "quarter", "year")
    for larger in order[order.index(step) :]:
        if days / _LENGTH[larger] <= MOST_STEPS:
            return larger
    return "year"


def _even(dates: Sequence[datetime]) -> bool:
    gaps = Counter(b - a for a, b in pairwise(dates))
    return gaps.most_common(1)[0][1] > 0.9 * (len(dates) - 1)


def shown(at: datetime, step: Step) -> str:
    """A date as facts write it: ``2024``, ``2024-03``, ``2024-03-09`` or ``2024-03-09T05:00``."""
    if step == "hour":
        return at.strftime("%Y-%m-%dT%H:00")
    if step == "year":
        return at.strftime("%Y")
    return at.strftime("%Y-%m") if step in ("month", "quarter") else at.strftime("%Y-%m-%d")


def last_of(at: datetime, step: Step) -> datetime:
    """The moment by which a period that ends with this step is written: the last month of a quarter, else itself."""
    return after(at, "quarter") - timedelta(days=1) if step == "quarter" else at


def trend_step(first: datetime, end: datetime, step: Step) -> Step:
    """The step of a trend: months beyond 92 days, weeks beyond 21, else days; never finer than the table's own."""
    if step in ("quarter", "year"):
        return step
    days = (end - first).total_seconds() / 86400
    return "month" if days > 92 else "week" if days > 21 else "day"
