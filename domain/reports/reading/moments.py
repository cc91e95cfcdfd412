"""The dates of a column; which of day and month comes first is decided by all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise

from domain.reports.reading.moment import READERS, Order, Reading, bare_year, fiscal, numeric, read_by, read_moment
from domain.reports.reading.numbered import from_numbers
from domain.reports.reading.numerals import is_nothing
from domain.reports.reading.table import Cell, Grain, written


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
_ORDERS: tuple[Order, ...] = ("dmy", "mdy")
_ByOrder = dict[Order, dict[Cell, Reading | None]]
_LOOK, _FIRST_LOOK = 60, 12
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
    for read in [*READERS, bare_year] if years else READERS:
        if (found := _all_read(cells, present, read)) is not None and found[1] > best_key:
            best, best_key = found
    if best_key[0] < len(present) and (ordered := _in_order(cells, present)) is not None and ordered[1] > best_key:
        return ordered[0]
    return best


def _all_read(
    cells: Sequence[Cell], present: Sequence[Cell], read: Callable[[str], Reading | None]
) -> tuple[Moments, tuple[int, float]] | None:
    """What one reader makes of a column, and how well: so many cells, so evenly. None: of too few of them."""
    if all(read_by(present[at], read) is None for at in (0, len(present) // 2, len(present) - 1)):
        return None
    known = {cell: read_by(cell, read) for cell in set(present)}
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
    by_order: _ByOrder = {order: {cell: read_by(cell, numeric(order)) for cell in distinct} for order in _ORDERS}
    other = {cell: next(filter(None, (read_by(cell, read) for read in READERS)), None) for cell in distinct}
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
    if not any(read_moment(cell) is not None or read_by(cell, fiscal) is not None for cell in looked[:_FIRST_LOOK]):
        return False
    return 2 * sum(read_moment(cell) is not None or read_by(cell, fiscal) is not None for cell in looked) >= len(looked)


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
    if all("." in cell for cell in present if isinstance(cell, str)) and any(isinstance(cell, str) for cell in present):
        return "dmy", False  # points stand between day, month and year only where the day is first
    counts = {order: sum(readings[cell] is not None for cell in present) for order, readings in by_order.items()}
    if counts["dmy"] != counts["mdy"]:
        return max(_ORDERS, key=lambda order: counts[order]), False
    if all(by_order["dmy"][cell] == by_order["mdy"][cell] for cell in present):
        return "dmy", False
    if any((by_order["dmy"][cell] is None) != (by_order["mdy"][cell] is None) for cell in present):
        return "dmy", True  # as many can only be the one as can only be the other
    if any(isinstance(cell, str) and cell.rstrip()[-2:].casefold() in ("am", "pm") for cell in present):
        return "mdy", True  # where the day has two halves, the month is first
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
