"""Dates as people write them; which of day and month comes first is decided by the whole column."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from typing import Literal

from domain.reports.reading.months import MONTHS, fold
from domain.reports.reading.numbered import from_numbers
from domain.reports.reading.numerals import is_nothing
from domain.reports.reading.table import Cell, Grain, written

Order = Literal["dmy", "mdy"]
Reading = tuple[datetime, Grain]

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


def _fiscal(text: str) -> Reading | None:
    """``2023/24``, ``FY24``: by the year in which it begins, as the year it is called."""
    found = _FISCAL.fullmatch(text)
    if found is None or found[3]:
        return _at_year(_century(found[3])) if found else None
    first, second = int(found[1]), int(found[2][-2:])
    return _at_year(first) if (first + 1) % 100 == second else None


def _at_year(year: int) -> Reading | None:
    return (datetime(year, 1, 1), "year") if FIRST_YEAR <= year <= LAST_YEAR else None  # noqa: DTZ001


def _year(text: str) -> Reading | None:
    return _at_year(int(text)) if _YEAR.fullmatch(text) else None


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


@dataclass(frozen=True, slots=True)
class Moments:
    """The dates of a column as aligned moments; the grain is the finest one written.

    ``turned`` are the places at which day and month stand the other way round than elsewhere in the column;
    ``assumed`` says in half a sentence what was taken where the cells left it open.
    """

    moments: list[datetime | None]
    grain: Grain
    turned: tuple[int, ...] = ()
    assumed: str = ""


_ENOUGH = 0.9
_READERS: tuple[Callable[[str], Reading | None], ...] = (_fiscal, _iso, _month, _week, _quarter, _named)
_ORDERS: tuple[Order, ...] = ("dmy", "mdy")
_ByOrder = dict[Order, dict[Cell, Reading | None]]
_LOOK = 60
FIRSTS = 6
"""So many firsts of months in a row are likelier than as many days from the first of January on."""


def read_moments(cells: Sequence[Cell], *, years: bool = False, name: str = "") -> Moments | None:
    """All dates of a column, or None where it is no date column: nine cells in ten must name one.

    ``years`` also accepts bare years. Numbers that could be dates count as such where ``name`` says so.
    """
    nothing = {cell for cell in set(cells) if is_nothing(cell)}
    present = [cell for cell in cells if cell not in nothing] if nothing else cells
    if len(present) < 2 or len(present) < len(cells) * 0.5:
        return None
    if (numbered := from_numbers(name, cells, present)) is not None:
        return Moments(numbered.moments, numbered.grain, assumed=numbered.assumed)
    best: Moments | None = None
    best_key = (0, 0.0)
    for read in [*_READERS, _year] if years else _READERS:
        if (found := _all_read(cells, present, read)) is not None and found[1] > best_key:
            best, best_key = found
    if best_key[0] < len(present) and (ordered := _in_order(cells, present)) is not None and ordered[1] > best_key:
        return ordered[0]
    return best


def _all_read(
    cells: Sequence[Cell], present: Sequence[Cell], read: Callable[[str], Reading | None]
) -> tuple[Moments, tuple[int, float]] | None:
    """What one reader makes of a column, and how well: so many cells, so evenly. None: of too few of them."""
    if all(_cell(present[at], read) is None for at in (0, len(present) // 2, len(present) - 1)):
        return None
    known = {cell: _cell(cell, read) for cell in set(present)}
    count = sum(known[cell] is not None for cell in present)
    if count < _ENOUGH * len(present):
        return None
    moments = [reading[0] if not is_nothing(cell) and (reading := known[cell]) else None for cell in cells]
    grain = _finest([reading[1] for reading in known.values() if reading])
    return Moments(moments, grain), (count, _evenness(moments))


def _in_order(cells: Sequence[Cell], present: Sequence[Cell]) -> tuple[Moments, tuple[int, float]] | None:
    """Dates in digits, and whatever else stands among them; day or month first as most of the column has it."""
    distinct = set(present)
    if not _promising(distinct):
        return None
    by_order: _ByOrder = {order: {cell: _cell(cell, _numeric(order)) for cell in distinct} for order in _ORDERS}
    other = {cell: next(filter(None, (_cell(cell, read) for read in _READERS)), None) for cell in distinct}
    if not any(reading for readings in by_order.values() for reading in readings.values()):
        mixed = [None if is_nothing(cell) else other[cell] for cell in cells]
        return _kept(mixed, (), "", present)
    order, is_open = _order(cells, present, by_order)
    first, second = by_order[order], by_order["mdy" if order == "dmy" else "dmy"]
    readings = [None if is_nothing(cell) else first[cell] or other[cell] or second[cell] for cell in cells]
    turned = tuple(
        place
        for place, cell in enumerate(cells)
        if not is_nothing(cell) and not (first[cell] or other[cell]) and second[cell]
    )
    return _kept(readings, turned, _taken(order, present, by_order) if is_open else "", present)


def _promising(distinct: set[Cell]) -> bool:
    """Whether at least half of a few cells could be dates of any kind."""
    looked = list(islice(distinct, 0, None, len(distinct) // _LOOK + 1))
    return 2 * sum(read_moment(cell) is not None or _cell(cell, _fiscal) is not None for cell in looked) >= len(looked)


def _kept(
    readings: Sequence[Reading | None], turned: tuple[int, ...], assumed: str, present: Sequence[Cell]
) -> tuple[Moments, tuple[int, float]] | None:
    there = [reading for reading in readings if reading is not None]
    if len(there) < _ENOUGH * len(present):
        return None
    moments = [reading[0] if reading else None for reading in readings]
    return Moments(moments, _finest([grain for _, grain in there]), turned, assumed), (len(there), _evenness(moments))


def _order(cells: Sequence[Cell], present: Sequence[Cell], by_order: _ByOrder) -> tuple[Order, bool]:
    """What comes first, and whether the cells themselves leave it open."""
    counts = {order: sum(readings[cell] is not None for cell in present) for order, readings in by_order.items()}
    if counts["dmy"] != counts["mdy"]:
        return max(_ORDERS, key=lambda order: counts[order]), False
    if all(by_order["dmy"][cell] == by_order["mdy"][cell] for cell in present):
        return "dmy", False
    if any((by_order["dmy"][cell] is None) != (by_order["mdy"][cell] is None) for cell in present):
        return "dmy", True  # as many can only be the one as can only be the other
    return max(_ORDERS, key=lambda order: _likely([by_order[order].get(cell) for cell in cells])), True


def _likely(readings: Sequence[Reading | None]) -> float:
    """How likely an order is that every date may have: how even its dates are, above all firsts of months."""
    moments = [reading[0] if reading else None for reading in readings]
    distinct = {moment for moment in moments if moment is not None}
    firsts = len(distinct) >= FIRSTS and all(moment.day == 1 for moment in distinct)
    return _evenness(moments) + firsts


def _taken(order: Order, present: Sequence[Cell], by_order: _ByOrder) -> str:
    cell = next(cell for cell in present if by_order["dmy"][cell] != by_order["mdy"][cell])
    other: Order = "mdy" if order == "dmy" else "dmy"
    mine, theirs = by_order[order][cell], by_order[other][cell]
    words = {"dmy": "day before month", "mdy": "month before day"}
    read = f"{mine[0].day} {mine[0]:%B %Y}" if mine else "no date"
    else_read = f"{theirs[0].day} {theirs[0]:%B %Y}" if theirs else "no date"
    return (
        f"“{written(cell)}” is read as {read} ({words[order]}); the file leaves it open, "
        f"the other way round it would be {else_read}"
    )


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
    up, down = sum(a <= b for a, b in pairwise(present)), sum(a >= b for a, b in pairwise(present))
    ordered = max(up, down) / max(1, len(present) - 1)
    return even + ordered
