"""Where a table begins: the line of its names, one or two high, or the first data line where it has none."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from domain.reports.reading.moment import read_moment
from domain.reports.reading.numerals import is_error, is_nothing, read_numeral
from domain.reports.reading.table import Cell, Line, blank, written

_LOOK = 60  # lines among which a header is looked for
_BELOW = 40  # lines under it that are looked at
FEWEST_ROWS = 3
FIRST_YEAR, LAST_YEAR = 1800, 2100


@dataclass(frozen=True, slots=True)
class Header:
    """Names by place, from the place ``first`` on; ``under`` is the place of the first line under them."""

    names: list[str]
    first: int
    under: int


def find_header(lines: list[Line]) -> Header | None:
    """The header among lines that hold something; None where there is no table."""
    if len(lines) < 2:
        return None
    widths = sorted(line.size() for line in lines[: _LOOK * 4])
    typical = widths[len(widths) * 3 // 4]
    if typical < 2:
        return None
    start = next((place for place in range(min(_LOOK, len(lines))) if _names_columns(lines, place, typical)), None)
    if start is None:
        return _of_numbers(lines, typical) or _of_texts(lines, typical) or _nameless(lines, typical)
    return _named(lines, start)


def _named(lines: list[Line], start: int) -> Header:
    """The header at a line, joined with a second line of names above or below it."""
    top = lines[start - 1] if start and _groups(lines, start) else None
    low, under = lines[start], start + 1
    if top is None and _goes_on(lines, start):
        top, low, under = lines[start], lines[start + 1], start + 2
    places = sorted(set(low.filled()) | set(top.filled() if top is not None else list[int]()))
    first, last = places[0], places[-1] + 1
    names = [written(_name(cell)) for cell in _cut(low.cells, first, last)]
    if top is not None:
        above = _spread([written(_name(cell)) for cell in _cut(top.cells, first, last)], names)
        names = [f"{group} {name}".strip() if group != name else name for group, name in zip(above, names, strict=True)]
    return Header(unique(names), first, under)


def _groups(lines: list[Line], start: int) -> bool:
    """Whether the line above a header names groups of its columns: names over several of them, fewer than columns."""
    above, names = lines[start - 1], lines[start]
    if above.number + 1 != names.number or not all(isinstance(above.cells[at], str) for at in above.filled()):
        return False
    places, under = above.filled(), set(names.filled())
    texts = [written(above.cells[at]) for at in places]
    return (
        len(places) >= 2
        and len(set(texts)) > 1
        and set(places) <= under
        and (len(places) < len(under) or len(set(texts)) < len(texts))
    )


def _goes_on(lines: list[Line], start: int) -> bool:
    """Whether the line under a header is a second line of names: words only, where values stand below."""
    if len(lines) < start + 2 + FEWEST_ROWS:
        return False
    names, line, below = lines[start], lines[start + 1], lines[start + 2 : start + 2 + _BELOW]
    if line.number != names.number + 1:
        return False
    places = line.filled()
    if len(places) < 2 or not all(isinstance(line.cells[at], str) and _is_name(line.cells[at]) for at in places):
        return False
    valued = [at for at in places if _mostly_values(below, at)]
    groups = names.filled()  # a name may stand over several columns, the first of which it is filled in for
    beside = [max((at for at in groups if at <= place), default=0) for place in places]
    return len(valued) >= 2 and len(valued) >= 0.5 * len(places) and all(at in places or not at for at in beside)


def _mostly_values(lines: list[Line], at: int) -> bool:
    cells = [line.cells[at] for line in lines if at < len(line.cells) and not is_nothing(line.cells[at])]
    return bool(cells) and sum(_is_value(cell) for cell in cells) >= 0.8 * len(cells)


def _spread(groups: list[str], names: list[str]) -> list[str]:
    """Each group's name over the columns up to the next group; columns before the first group have none."""
    out: list[str] = []
    current = ""
    for group, name in zip(groups, names, strict=True):
        current = group or current
        out.append(current if name or group else "")
    return out


def _names_columns(lines: list[Line], place: int, typical: int) -> bool:
    """As wide as the table, of names, with lines under it that hold other things than names."""
    line = lines[place]
    places = line.filled()
    if len(places) < max(2, 0.6 * typical):
        return False
    names = [line.cells[at] for at in places]
    texts = sum(isinstance(cell, str) and _is_name(cell) for cell in names)
    years = sum(is_year(cell) for cell in names)
    dates = years + sum(not is_year(cell) and read_moment(cell) is not None for cell in names)
    if texts + dates < 0.9 * len(names) or (dates and dates == len(names)):
        return False
    if 0 < dates < 3 and not (years == dates and _only_above(lines, place)):
        return False
    below = lines[place + 1 : place + _BELOW]
    again = Counter(written(name).casefold() for name in names)
    if len(again) < len(names) * 0.8 and not _goes_on(lines, place):
        repeated = [at for at in places if again[written(line.cells[at]).casefold()] > 1]
        if not all(_mostly_values(below, at) for at in repeated):
            return False
    return bool(below) and any(_holds_values(other) for other in below)


def _only_above(lines: list[Line], place: int) -> bool:
    """Whether the years of a line stand over numbers that are none."""
    line, below = lines[place], lines[place + 1 : place + _BELOW]
    years = [at for at in line.filled() if is_year(line.cells[at])]
    return bool(below) and all(not is_year(other.cells[at]) for at in years for other in below if at < len(other.cells))


def _of_numbers(lines: list[Line], typical: int) -> Header | None:
    """A first line of codes or years over numbers: beside names that do not return below, numbers that step evenly."""
    line, below = lines[0], lines[1 : 1 + _BELOW]
    places = line.filled()
    if len(places) < max(2, typical - 1) or len(below) < FEWEST_ROWS - 1:
        return None
    numbers = [at for at in places if not (isinstance(line.cells[at], str) and _is_name(line.cells[at]))]
    codes = [_code(line.cells[at]) for at in numbers]
    if len(numbers) < 2 or (len(numbers) == len(places) == line.size() == typical and 0 in numbers):
        return None
    if any(code is None for code in codes):
        return None
    steps = {then - one for one, then in pairwise(code for code in codes if code is not None)}
    labels = [at for at in places if at not in numbers]
    fresh = all(
        written(line.cells[at]).casefold() != written(other.cells[at]).casefold()
        for at in labels for other in below if at < len(other.cells)
    )  # fmt: skip
    even = len(steps) == 1 and 0 not in steps and len(numbers) >= 3
    below_even = any(_steps_evenly(other, numbers) for other in below)
    return _named(lines, 0) if fresh and even and not below_even else None


def _steps_evenly(line: Line, places: list[int]) -> bool:
    codes = [_code(line.cells[at]) if at < len(line.cells) else None for at in places]
    return None not in codes and len({then - one for one, then in pairwise(code for code in codes if code)}) == 1


def _code(cell: Cell) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    text = cell.strip() if isinstance(cell, str) else ""
    return int(text) if text.isdecimal() and len(text) <= 9 else None


def _of_texts(lines: list[Line], typical: int) -> Header | None:
    """In a table of words alone, the first line as wide as it whose words do not return under it."""
    if any(_holds_values(line) for line in lines[:_BELOW]):
        return None
    for place, line in enumerate(lines[:_LOOK]):
        places = line.filled()
        below = lines[place + 1 :]
        if len(places) < max(2, typical) or len(below) < FEWEST_ROWS:
            continue
        widths = Counter(other.size() for other in below[:_BELOW])
        if widths[len(places)] < 0.8 * len(below[:_BELOW]):
            continue
        if any(len(written(line.cells[at])) > 60 or "." in written(line.cells[at])[:-1] for at in places):
            continue
        returns = any(
            written(other.cells[at]).casefold() == written(line.cells[at]).casefold()
            for at in places for other in below if at < len(other.cells)
        )  # fmt: skip
        return None if returns else _named(lines, place)
    return None


def _nameless(lines: list[Line], typical: int) -> Header | None:
    """A table that starts without a header: its columns are called by their place."""
    kept = [line for line in lines if line.size() >= max(2, typical - 1)]
    if len(kept) < FEWEST_ROWS or not all(_holds_values(line) for line in kept[:10]):
        return None
    width = max(line.filled()[-1] + 1 for line in kept)
    return Header([f"Column {place + 1}" for place in range(width)], 0, lines.index(kept[0]))


def is_year(cell: Cell) -> bool:
    """A bare year, as a number or written out."""
    if isinstance(cell, str):
        return len(cell.strip()) == 4 and cell.strip().isdecimal() and FIRST_YEAR <= int(cell) <= LAST_YEAR
    return isinstance(cell, int) and not isinstance(cell, bool) and FIRST_YEAR <= cell <= LAST_YEAR


def _is_name(cell: Cell) -> bool:
    return (
        isinstance(cell, str)
        and not is_nothing(cell)
        and not is_error(cell)
        and not _is_value(cell)
        and not is_year(cell)
    )


def _is_value(cell: Cell) -> bool:
    return read_numeral(cell, ".") is not None or read_numeral(cell, ",") is not None or read_moment(cell) is not None


def _holds_values(line: Line) -> bool:
    return any(_is_value(cell) for cell in line.cells if not blank(cell))


def _name(cell: Cell) -> Cell:
    reading = read_moment(cell) if cell is not None and not isinstance(cell, str) else None
    return reading[0].isoformat()[:10] if reading else cell


def _cut(cells: list[Cell], first: int, last: int) -> list[Cell]:
    part = cells[first:last]
    return part + [None] * (last - first - len(part))


def unique(names: list[str]) -> list[str]:
    """Names made distinct (``sales``, ``sales 2``); a column without one is called by its place."""
    taken = {name.casefold() for name in names}
    seen: Counter[str] = Counter()
    out: list[str] = []
    for place, name in enumerate(names):
        name = name or f"Column {place + 1}"
        seen[name.casefold()] += 1
        number, given = seen[name.casefold()], name
        while number > 1 and (given := f"{name} {number}").casefold() in taken:
            number += 1
        seen[name.casefold()] = number
        taken.add(given.casefold())
        out.append(given)
    return out
