"""Rows that repeat the sum of others under a name of their own: “World” among countries, “All regions” in each year.

They are known by their numbers, whatever they are called.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import fsum

from domain.reports.reading.remarks import Remark, left_out
from domain.reports.reading.table import Column, Line, blank, written
from domain.reports.reading.totals import says_total

_FEWEST_PARTS = 2
_FEWEST_ALONE = 4
_LARGE = 1_000.0
"""Small whole numbers are sums of others by chance."""
_MOST_KEYS = 6


def without_aggregates(kept: list[Line], lines: list[Line], columns: list[Column], remarks: list[Remark]) -> list[Line]:
    """The lines without those of one value of a text column that are, in each group of the other columns that name
    rows, the sum of all the others. ``columns`` are aligned with ``lines``, of which ``kept`` are still data."""
    places: Sequence[int] = range(len(lines))
    if len(kept) < len(lines):
        there = {line.number for line in kept}
        places = [place for place in places if lines[place].number in there]
    named = [column for column in columns if column.kind in ("text", "date")][:_MOST_KEYS]
    numbers = [column for column in columns if column.kind == "number" and not column.percent and not column.part]
    for column in named:
        if column.kind != "text" or not numbers:
            continue
        keys = [other for other in named if other is not column and not _is_code_of(other, column, places)]
        found = _sum_of_others(column, keys, numbers, places)
        if found is None:
            continue
        value, rows = found
        remarks.append(left_out([lines[place].number for place in rows], f"“{value}” is the sum of the other rows"))
        dropped = {lines[place].number for place in rows}
        kept = [line for line in kept if line.number not in dropped]
        places = [place for place in places if lines[place].number not in dropped]
    return kept


def _is_code_of(other: Column, column: Column, places: Sequence[int]) -> bool:
    """Whether a column names the same things once more (a country's code): grouped by it, each stood alone."""
    if other.kind != "text":
        return False
    pairs = {(_name(column, place), _name(other, place)) for place in places}
    return len(pairs) == len({name for name, _ in pairs}) == len({code for _, code in pairs})


def _sum_of_others(
    column: Column, keys: list[Column], numbers: list[Column], places: Sequence[int]
) -> tuple[str, list[int]] | None:
    """The value whose rows are the sums of their groups' others, and the places of those rows."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    most = len(places) / (_FEWEST_PARTS + 1) + 1
    values = [key.moments if key.kind == "date" else key.cells for key in keys]
    for place in places:
        groups[tuple([of[place] for of in values])].append(place)
        if len(groups) > most:
            return None  # nothing to add up: (nearly) every row is a group of its own
    candidates: dict[str, list[int]] | None = None
    for members in groups.values():
        if len(members) < _FEWEST_PARTS + 1:
            continue
        sums = _sums(members, numbers)
        tops = {_name(column, place): place for place in members if _adds_up(place, sums)}
        if candidates is None:
            candidates = {name: [place] for name, place in tops.items()}
        else:
            candidates = {name: [*found, tops[name]] for name, found in candidates.items() if name in tops}
        if not candidates:
            return None
    for name, rows in (candidates or {}).items():
        if len(rows) != sum(_name(column, place) == name for place in places):
            continue
        members = next(members for members in groups.values() if rows[0] in members)
        sure = _adds_up(rows[0], _sums(members, numbers)) > 1 or any(
            (c.numbers[rows[0]] or 0) >= _LARGE for c in numbers
        )
        if len(rows) > 1 or says_total(name) or (len(members) > _FEWEST_ALONE and sure):
            return name, rows
    return None


def _name(column: Column, place: int) -> str:
    cell = column.cells[place]
    return "" if blank(cell) else written(cell)


_Sums = list[tuple[Column, float, int, int]]
"""Each number column of a group of rows with its sum, how many numbers that is of, and how many of them are not 0."""


def _sums(members: list[int], numbers: list[Column]) -> _Sums:
    out: _Sums = []
    for column in numbers:
        there = [number for place in members if (number := column.numbers[place]) is not None]
        out.append((column, fsum(there), len(there), sum(number != 0 for number in there)))
    return out


def _adds_up(place: int, sums: _Sums) -> int:
    """In how many columns a row's number is the sum of the group's other rows: 0 where most of them are not.

    Averages beside sums do not add up, and need not.
    """
    hits = misses = 0
    for column, whole, count, filled in sums:
        mine = column.numbers[place]
        if mine is None or count - 1 < _FEWEST_PARTS or filled - (mine != 0) < 1:
            continue
        rounding = 0.5 * 10**-column.decimals * (count - 1) if column.decimals else 0.0
        if abs(whole - mine - mine) <= 1e-6 * max(1.0, abs(mine)) + rounding:
            hits += 1
        else:
            misses += 1
    return hits if hits >= misses else 0
