"""Dates as people write them, one at a time."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Literal

from domain.reports.reading.months import MONTHS, fold
from domain.reports.reading.table import Cell, Grain

Order = Literal["dmy", "mdy"]
Reading = tuple[datetime, Grain]
Reader = Callable[[str], Reading | None]

_TIME = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?\s*(?:Z|[+-]\d{2}:?\d{2}|UTC)?)?"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_COMPACT = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})" + _TIME)
_YEAR_MONTH = re.compile(r"(\d{4})(?:[-/](\d{1,2})|\.(\d{2}))")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_WEEK = re.compile(r"(\d{4})[-\s/]?(?:W|KW|CW|S|V|U|T|week|semaine)[-\s]?(\d{1,2})", re.IGNORECASE)
_WEEK_FIRST = re.compile(r"(?:W|KW|CW|S|V|U|week|semaine|semana|woche)\.?[-\s]?(\d{1,2})[-\s/,]+(\d{4})", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})[-\s/]?(?:Q|T|K)([1-4])", re.IGNORECASE)
_QUARTER_FIRST = re.compile(r"(?:Q|T|K)([1-4])[-\s/]+(\d{4})|([1-4])\.?\s?(?:Q|T|K)[-\s/.]*(\d{4})", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:[^\W\d]+,?\s+)?(\d{1,2})?(?:\.|st|nd|rd|th)?[-\s/]*(?:de\s+)?([^\W\d]{3,})\.?[-\s/,]*(?:de\s+)?'?(\d{4}|\d{2})"
    + _TIME
)
_NAMED_FIRST = re.compile(r"([^\W\d]{3,})\.?[-\s/]+(\d{1,2})(?:st|nd|rd|th)?,?[-\s/]+(\d{4})" + _TIME)
_YEAR_NAMED = re.compile(r"(\d{4})[-\s/]+([^\W\d]{3,})\.?(?:[-\s/]+(\d{1,2}))?")
_YEAR = re.compile(r"(?:1\d|20|21)\d{2}")
_FISCAL = re.compile(r"(?:FY|GJ|HY)?\s?'?(\d{4})\s?[-/–]\s?(\d{2}|\d{4})|FY\s?'?(\d{4}|\d{2})", re.IGNORECASE)
FIRST_YEAR, LAST_YEAR = 1000, 2200


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


def numeric(order: Order) -> Callable[[str], Reading | None]:
    def read(text: str) -> Reading | None:
        if not (found := _DAY_FIRST.fullmatch(text)):
            return None
        first, second = int(found[1]), int(found[3])
        day, month = (first, second) if order == "dmy" else (second, first)
        return _at(_century(found[4]), month, day, found.groups()[4:])

    return read


def _month(text: str) -> Reading | None:
    if found := _YEAR_MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2] or found[3])
        if found[3] and not 1900 <= year <= 2100:
            return None  # rather a number with decimals
    elif found := _MONTH_YEAR.fullmatch(text):
        month, year = int(found[1]), int(found[2])
    else:
        return None
    reading = _at(year, month, 1) if 1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR else None
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
    if month is None or not FIRST_YEAR <= _century(year) <= LAST_YEAR:
        return None
    reading = _at(_century(year), month, int(day or 1), clock)
    return reading if reading is None or day else (reading[0], "month")


def fiscal(text: str) -> Reading | None:
    """``2023/24``, ``FY24``: by the year in which it begins, as the year it is called."""
    found = _FISCAL.fullmatch(text)
    if found is None or found[3]:
        return _at_year(_century(found[3])) if found else None
    first, second = int(found[1]), int(found[2][-2:])
    return _at_year(first) if (first + 1) % 100 == second else None


def _at_year(year: int) -> Reading | None:
    return (datetime(year, 1, 1), "year") if FIRST_YEAR <= year <= LAST_YEAR else None  # noqa: DTZ001


def bare_year(text: str) -> Reading | None:
    return _at_year(int(text)) if _YEAR.fullmatch(text) else None


def read_moment(cell: Cell) -> Reading | None:
    """The moment one cell names by itself; day before month where it leaves that open. Years alone are not read."""
    for read in (_iso, _month, _week, _quarter, _named, numeric("dmy"), numeric("mdy")):
        if (reading := read_by(cell, read)) is not None:
            return reading
    return None


def read_by(cell: Cell, read: Callable[[str], Reading | None]) -> Reading | None:
    if isinstance(cell, datetime):
        bare = cell.replace(tzinfo=None)
        return bare, "hour" if bare.hour or bare.minute or bare.second else "day"
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day), "day"  # noqa: DTZ001
    if isinstance(cell, int) and not isinstance(cell, bool):
        return read(str(cell))
    return read(cell.strip()) if isinstance(cell, str) and len(cell) < 50 else None


READERS: tuple[Reader, ...] = (fiscal, _iso, _month, _week, _quarter, _named)
"""Of what leaves no doubt which part is what; bare years and day and month in digits have their own."""
