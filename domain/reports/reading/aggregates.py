"""Rows that repeat the sum of others under a name of their own: “World” among countries, “All regions” in each year.

They are known by their numbers, whatever they are called.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from domain.reports.reading.columns import column_of
from domain.reports.reading.remarks import Remark, left_out
from domain.reports.reading.table import Column, Line, blank, written
from domain.reports.reading.totals import number_columns, says_total

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
        keys = [other for other in named if other is not column and not _same_thing(column, other, places)]
        found = _sum_of_others(column, keys, numbers, places)
        if found is None:
            continue
        value, rows = found
        remarks.append(left_out([lines[place].number for place in rows], f"“{value}” is the sum of the other rows"))
        dropped = {lines[place].number for place in rows}
        kept = [line for line in kept if line.number not in dropped]
        places = [place for place in places if lines[place].number not in dropped]
    return kept


def without_wide_aggregates(
    header: list[str], lines: list[Line], dated: list[int], remarks: list[Remark]
) -> list[Line]:
    """The same for a table with one column per date: ``dated`` are their places."""
    rows = [line.number for line in lines]
    names = [
        column_of(header[place], [line.cells[place] for line in lines], rows, Counter(), list[Remark]())
        for place in range(len(header))
        if place not in dated and any(not blank(line.cells[place]) for line in lines)
    ]
    numbers = [
        Column(header[place], "number", [line.cells[place] for line in lines], numbers=column)
        for place, column in zip(dated, number_columns(lines, dated), strict=True)
    ]
    words = [column for column in names if column.kind == "text"]
    return without_aggregates(lines, lines, [*words, *numbers], remarks)


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
        tops = {_name(column, place): place for place in members if _adds_up(place, members, numbers)}
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
        sure = _adds_up(rows[0], members, numbers) > 1 or any((c.numbers[rows[0]] or 0) >= _LARGE for c in numbers)
        if len(rows) > 1 or says_total(name) or (len(members) > _FEWEST_ALONE and sure):
            return name, rows
    return None


def _same_thing(column: Column, other: Column, places: Sequence[int]) -> bool:
    """Whether a column only says in other words what another says: codes beside names."""
    if other.kind != "text":
        return False
    pairs = {(column.cells[place], other.cells[place]) for place in places}
    return len(pairs) == len({one for one, _ in pairs}) == len({one for _, one in pairs})


def _name(column: Column, place: int) -> str:
    cell = column.cells[place]
    return "" if blank(cell) else written(cell)


def _adds_up(place: int, members: list[int], numbers: list[Column]) -> int:
    """In how many columns a row's number is the sum of the group's other rows: 0 where most of them are not.

    Averages beside sums do not add up, and need not.
    """
    hits = misses = 0
    for column in numbers:
        mine = column.numbers[place]
        there = [number for other in members if other != place and (number := column.numbers[other]) is not None]
        if mine is None or len(there) < _FEWEST_PARTS or not any(there):
            continue
        rounding = 0.5 * 10**-column.decimals * len(there) if column.decimals else 0.0
        if abs(sum(there) - mine) <= 1e-6 * max(1.0, abs(mine)) + rounding:
            hits += 1
        else:
            misses += 1
    return hits if hits >= misses else 0
