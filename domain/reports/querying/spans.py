"""Times in a query: what 2024, 2024-Q1, 2024-03 and 2024-03-09 span, and the steps that dates are grouped by."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from domain.core.errors import Invalid
from domain.reports.facts import wording
from domain.reports.facts.fact import Period
from domain.reports.facts.steps import after, floor
from domain.reports.querying.query import STEPS, Span, Step
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading.months import MONTHS, fold

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_QUARTER = re.compile(r"(\d{4})-?\s?Q([1-4])", re.IGNORECASE)
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reach:
    """A time from ``start`` up to, and without, ``end``; ``period`` is how facts write it."""

    start: datetime
    end: datetime
    period: Period

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def reach(span: Span) -> Reach:
    """Raises Invalid where the words are no dates."""
    first, last = one(span[0]), one(span[1])
    if last.end <= first.start:
        raise Invalid(
            f"The time from {span[0]} to {span[1]} ends before it begins.",
            remedy="Turn the two round.",
            code=UNANSWERABLE,
        )
    return Reach(first.start, last.end, Period(first.period.start, last.period.end))


def one(text: str) -> Reach:
    """What one written date spans: a year, a quarter, a month, a week, a day, an hour or a moment."""
    text = text.strip()
    try:
        return _read(text)
    except (ValueError, OverflowError):
        raise Invalid(
            f"“{text}” is no date.", remedy="Write dates as 2024, 2024-Q1, 2024-03 or 2024-03-09.", code=UNANSWERABLE
        ) from None


def _read(text: str) -> Reach:
    if found := _QUARTER.fullmatch(text):
        start = _first(found[1], 3 * int(found[2]) - 2)
        end = after(start, "quarter")
        return Reach(start, end, Period(f"{start:%Y-%m}", f"{end - _DAY:%Y-%m}"))
    if found := _WEEK.fullmatch(text):
        start = datetime.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Reach(start, start + 7 * _DAY, Period(f"{start:%Y-%m-%d}", f"{start + 6 * _DAY:%Y-%m-%d}"))
    if re.fullmatch(r"\d{4}", text):
        start = _first(text, 1)
        return Reach(start, after(start, "year"), Period(text, text))
    if re.fullmatch(r"\d{4}-\d{1,2}", text):
        start = _first(text[:4], int(text[5:]))
        return Reach(start, after(start, "month"), Period(f"{start:%Y-%m}", f"{start:%Y-%m}"))
    start = datetime.fromisoformat(text).replace(tzinfo=None)
    if len(text) <= 10:
        return Reach(start, start + _DAY, Period(f"{start:%Y-%m-%d}", f"{start:%Y-%m-%d}"))
    written = f"{start:%Y-%m-%dT%H:%M}"
    length = timedelta(hours=1) if start.minute == 0 and len(text) <= 16 else timedelta(minutes=1)
    return Reach(start, start + length, Period(written, written))


_DAY = timedelta(days=1)


def _first(year: str, month: int) -> datetime:
    return datetime.fromisoformat(f"{year}-{month:02d}-01")


def told(period: Period) -> str:
    """“in March 2024”, “in Q1 2024”, “in the week of 4 March 2024”, “from … to …”, “on 9 March 2024”."""
    return wording.period(period) if (step := _named(period)) is None else f"in {step}"


def called(period: Period) -> str:
    """The same without “in”: “March 2024”."""
    if (step := _named(period)) is not None:
        return step
    if period.start == period.end:
        return wording.moment(period.start)
    return f"{wording.moment(period.start)} to {wording.moment(period.end)}"


def _named(period: Period) -> str | None:
    if period.start == period.end:
        return None
    if len(period.start) == len(period.end) == 7:
        start, last = _read(period.start), _read(period.end)
        if floor(start.start, "quarter") == start.start and after(start.start, "quarter") == last.end:
            return f"Q{(start.start.month + 2) // 3} {start.start.year}"
    if len(period.start) == len(period.end) == 10:
        start, last = _read(period.start), _read(period.end)
        if start.start.weekday() == 0 and last.end - start.start == 7 * _DAY:
            return f"the week of {wording.moment(period.start)}"
    return None


def step_named(text: str) -> Step | None:
    """The step a word stands for."""
    word = fold(text).strip()
    return next((step for step in STEPS if word in (step, f"{step}s")), None)


def returning(value: object) -> Step | None:
    """The step that every value names by a word, “July” or “Monday”, and not as a date; None where one does not."""
    values = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    steps: tuple[Step, ...] = ("month", "weekday")
    words = [one for one in values if isinstance(one, str) and one.strip(". ").isalpha()]
    if len(words) < len(values):
        return None
    return next((step for step in steps if all(part_of(word, step) is not None for word in words)), None)


def part_of(value: str | float | bool, step: Step) -> int | None:
    """Which weekday (0 is Monday), month, quarter, hour or year a value names; None where it names none."""
    text = fold(str(value)).strip().removesuffix(".0")
    if step == "month":
        return MONTHS.get(text.rstrip(".")) or _between(text, 1, 12)
    if step == "weekday":
        named = [place for place, day in enumerate(WEEKDAYS) if len(text) >= 2 and fold(day).startswith(text)]
        return named[0] if len(named) == 1 else _GERMAN.get(text)
    if step == "quarter":
        return _between(text.removeprefix("q"), 1, 4)
    if step == "hour":
        return _between(text.removesuffix(":00"), 0, 23)
    return _between(text, 1, 9999) if step == "year" else _between(text, 1, 31) if step == "day" else None


_GERMAN = {"montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5,
           "sonnabend": 5, "sonntag": 6}  # fmt: skip


def _between(text: str, least: int, most: int) -> int | None:
    return int(text) if text.isdecimal() and least <= int(text) <= most else None
