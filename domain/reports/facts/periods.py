"""Times that a follow-up names: a period, “the last month”, “March 2024”, “2023”."""

import re
from datetime import datetime, timedelta

from domain.core.errors import Invalid
from domain.reports.facts import wording
from domain.reports.facts.fact import Focus, Period
from domain.reports.facts.frame import Frame
from domain.reports.facts.steps import Step, after, floor
from domain.reports.reading.months import MONTHS, fold

_LAST = re.compile(r"\b(?:last|latest|past|previous|recent)\s+(?:(\d{1,3})\s+)?(hour|day|week|month|quarter|year)s?\b")
_NAMED = re.compile(r"\b([^\W\d_]{3,})\s+((?:19|20)\d{2})\b")
_ISO = re.compile(r"\b((?:19|20)\d{2}-\d{2}(?:-\d{2})?)\b")
_YEAR = re.compile(r"\b(?:in|of|for|during|only)\s+((?:19|20)\d{2})\b")


def window_of(frame: Frame, focus: Focus) -> tuple[int, int] | None:
    """The steps a focus is restricted to, or None where it names no time.

    Raises:
        Invalid: the time lies outside of the table, or cannot be read.
    """
    span = _stated(focus.period) if focus.period else _spoken(frame, focus.words)
    if span is None:
        return None
    if not frame.starts:
        raise Invalid("The table has no dates, so no time can be chosen.", remedy="Ask for a column instead.")
    inside = [
        place for place, start in enumerate(frame.starts) if start < span[1] and after(start, frame.step) > span[0]
    ]
    present = [place for place in inside if place in set(frame.present.tolist())]
    if not present:
        whole = frame.whole
        raise Invalid(
            "There are no rows in that time.",
            remedy=f"The table covers the time {wording.period(whole)}." if whole else None,
        )
    return present[0], present[-1]


def _stated(period: Period) -> tuple[datetime, datetime]:
    try:
        return _bounds(period.start)[0], _bounds(period.end)[1]
    except ValueError:
        raise Invalid(
            f"“{period.start}” to “{period.end}” is no period.", remedy="Write dates as 2024, 2024-03 or 2024-03-09."
        ) from None


def _bounds(text: str) -> tuple[datetime, datetime]:
    text = text.strip()
    step: Step = "year" if len(text) == 4 else "month" if len(text) == 7 else "hour" if "T" in text else "day"
    start = datetime.fromisoformat(f"{text}-01-01" if step == "year" else f"{text}-01" if step == "month" else text)
    return start, after(floor(start, step), step)


def _spoken(frame: Frame, words: str) -> tuple[datetime, datetime] | None:
    text = fold(words)
    if found := _LAST.search(text):
        if not frame.starts:
            return None
        return _latest(frame, int(found[1] or 1), _STEPS[found[2]])
    if found := _ISO.search(text):
        return _safe(found[1])
    for found in _NAMED.finditer(text):
        if found[1] in MONTHS:
            return _bounds(f"{found[2]}-{MONTHS[found[1]]:02d}")
    if found := _YEAR.search(text):
        return _bounds(found[1])
    return None


_STEPS: dict[str, Step] = {
    "hour": "hour", "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip


def _safe(text: str) -> tuple[datetime, datetime] | None:
    try:
        return _bounds(text)
    except ValueError:
        return None


def _latest(frame: Frame, count: int, step: Step) -> tuple[datetime, datetime]:
    """The last steps of the table up to its end, a part of one counted as one."""
    end = after(frame.starts[-1], frame.step)
    start = floor(frame.starts[-1], step)
    for _ in range(count - 1):
        start = floor(start - timedelta(hours=1), step)
    return start, end
