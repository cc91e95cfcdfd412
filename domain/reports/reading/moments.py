"""Dates as people write them; which of day and month comes first is decided by the whole column."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from domain.reports.reading.months import MONTHS, fold
from domain.reports.reading.table import Cell, Grain, blank

Order = Literal["dmy", "mdy"]
Reading = tuple[datetime, Grain]

_TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2}|UTC)?)?"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_COMPACT = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})" + _TIME)
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_WEEK = re.compile(r"(\d{4})[-\s/]?(?:W|KW|CW|S|V|U|T|week|semaine)[-\s]?(\d{1,2})", re.IGNORECASE)
_WEEK_FIRST = re.compile(r"(?:W|KW|CW|S|V|U|week|semaine|semana|woche)\.?[-\s]?(\d{1,2})[-\s/,]+(\d{4})", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})[-\s/]?(?:Q|T|K)([1-4])", re.IGNORECASE)
_QUARTER_FIRST = re.compile(r"(?:Q|T|K)([1-4])[-\s/]+(\d{4})|([1-4])\.?\s?(?:Q|T|K)[-\s/.]*(\d{4})", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:[^\W\d]+,?\s+)?(\d{1,2})?(?:\.|st|nd|rd|th)?[-\s/]*(?:de\s+)?([^\W\d]{3,})\.?[-\s/,]*(?:de\s+)?'?(\d{4}|\d{2})"
    + _TIME
)
_NAMED_FIRST = re.compile(r"([^\W\d]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _TIME)
_YEAR_NAMED = re.compile(r"(\d{4})[-\s/]+([^\W\d]{3,})\.?(?:[-\s/]+(\d{1,2}))?")
_YEAR = re.compile(r"(?:19|20)\d{2}")


def _century(year: str) -> int:
    number = int(year)
    return number if len(year) == 4 else number + (2000 if number < 70 else 1900)


def _at(year: int, month: int, day: int, clock: Sequence[str | None] = ()) -> Reading | None:
    hour, minute, second, half = (*clock, None, None, None, None)[:4]
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.casefold() == "pm" else 0)
    try:
        at = datetime(year, month, day, hours, int(minute or 0), int(second or 0))  # noqa: DTZ001 - reports say no zone
    except ValueError:
        return None
    return at, "day" if hour is None else "hour"


def _iso(text: str) -> Reading | None:
    if found := _ISO.fullmatch(text):
        return _at(int(found[1]), int(found[2]), int(found[3]), found.groups()[3:])
    if found := _COMPACT.fullmatch(text):
        return _at(int(found[1]), int(found[2]), int(found[3]))
    return None


def _numeric(order: Order) -> Callable[[str], Reading | None]:
    def read(text: str) -> Reading | None:
        if not (found := _DAY_FIRST.fullmatch(text)):
            return None
        first, second = int(found[1]), int(found[3])
        day, month = (first, second) if order == "dmy" else (second, first)
        return _at(_century(found[4]), month, day, found.groups()[4:])

    return read


def _month(text: str) -> Reading | None:
    if found := _YEAR_MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
    elif found := _MONTH_YEAR.fullmatch(text):
        month, year = int(found[1]), int(found[2])
    else:
        return None
    reading = _at(year, month, 1) if 1 <= month <= 12 and 1900 <= year <= 2100 else None
    return (reading[0], "month") if reading else None


def _week(text: str) -> Reading | None:
    if found := _WEEK.fullmatch(text):
        year, week = int(found[1]), int(found[2])
    elif found := _WEEK_FIRST.fullmatch(text):
        week, year = int(found[1]), int(found[2])
    else:
        return None
    try:
        day = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day), "week"  # noqa: DTZ001


def _quarter(text: str) -> Reading | None:
    if found := _QUARTER.fullmatch(text):
        year, quarter = int(found[1]), int(found[2])
    elif found := _QUARTER_FIRST.fullmatch(text):
        quarter, year = int(found[1] or found[3]), int(found[2] or found[4])
    else:
        return None
    reading = _at(year, quarter * 3 - 2, 1) if year else None
    return (reading[0], "quarter") if reading else None


def _named(text: str) -> Reading | None:
    if found := _YEAR_NAMED.fullmatch(text):
        year, name, day, clock = found[1], found[2], found[3], ()
    elif found := _NAMED_FIRST.fullmatch(text):
        name, day, year, clock = found[1], found[2], found[3], found.groups()[3:]
    elif found := _NAMED.fullmatch(text):
        day, name, year, clock = found[1], found[2], found[3], found.groups()[3:]
    else:
        return None
    month = MONTHS.get(fold(name))
    if month is None or not 1900 <= _century(year) <= 2100:
        return None
    reading = _at(_century(year), month, int(day or 1), clock)
    return reading if reading is None or day else (reading[0], "month")


def _year(text: str) -> Reading | None:
    return (datetime(int(text), 1, 1), "year") if _YEAR.fullmatch(text) else None  # noqa: DTZ001


def read_moment(cell: Cell) -> Reading | None:
    """The moment one cell names by itself; day before month where it leaves that open. Years alone are not read."""
    for read in (_iso, _month, _week, _quarter, _named, _numeric("dmy"), _numeric("mdy")):
        if (reading := _cell(cell, read)) is not None:
            return reading
    return None


def _cell(cell: Cell, read: Callable[[str], Reading | None]) -> Reading | None:
    if isinstance(cell, datetime):
        bare = cell.replace(tzinfo=None)
        return bare, "hour" if bare.hour or bare.minute or bare.second else "day"
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day), "day"  # noqa: DTZ001
    if isinstance(cell, int) and not isinstance(cell, bool):
        return read(str(cell))
    return read(cell.strip()) if isinstance(cell, str) and len(cell) < 50 else None


def read_moments(cells: Sequence[Cell], *, years: bool = False) -> tuple[list[datetime | None], Grain] | None:
    """All dates of a column, or None where it is no date column: nine cells in ten must name one.

    ``years`` also accepts bare years. The grain is the finest one written.
    """
    present = [cell for cell in cells if not blank(cell)]
    if len(present) < 2 or len(present) < len(cells) * 0.5:
        return None
    best: tuple[list[datetime | None], Grain] | None = None
    best_key = (0, 0.0)
    readers = [_iso, _month, _week, _quarter, _named, _numeric("dmy"), _numeric("mdy")]
    for read in [*readers, _year] if years else readers:
        known: dict[Cell, Reading | None] = {}
        if _cell(present[0], read) is None and _cell(present[len(present) // 2], read) is None:
            continue
        for cell in present:
            if cell not in known:
                known[cell] = _cell(cell, read)
        count = sum(known[cell] is not None for cell in present)
        if count < 0.9 * len(present):
            continue
        moments = [None if blank(cell) or not (reading := known[cell]) else reading[0] for cell in cells]
        key = (count, _evenness(moments))
        if key > best_key:
            best = moments, _finest([reading[1] for reading in known.values() if reading])
            best_key = key
    return best


def _finest(grains: Sequence[Grain]) -> Grain:
    ordered: tuple[Grain, ...] = ("hour", "day", "week", "month", "quarter", "year")
    return next(grain for grain in ordered if grain in grains)


def _evenness(moments: Sequence[datetime | None]) -> float:
    """How regular the distinct dates follow one another: the share of the commonest distance, and of rows in order."""
    dates = sorted({moment for moment in moments if moment is not None})
    if len(dates) < 3:
        return 0.0
    gaps = [later - earlier for earlier, later in pairwise(dates)]
    usual = sorted(gaps)[len(gaps) // 2]
    even = sum(abs(gap - usual) <= timedelta(days=3) * (usual > timedelta(days=20)) for gap in gaps) / len(gaps)
    present = [moment for moment in moments if moment is not None]
    steps = list(pairwise(present))
    ordered = max(sum(a <= b for a, b in steps), sum(a >= b for a, b in steps)) / max(1, len(steps))
    return even + ordered
