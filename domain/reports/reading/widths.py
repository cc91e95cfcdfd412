"""Records that are wider than the others, brought to their width."""

from collections import Counter
from collections.abc import Callable

from domain.reports.reading.moment import read_moment
from domain.reports.reading.narrow import with_names
from domain.reports.reading.numerals import is_nothing, read_numeral
from domain.reports.reading.records import SPACES, Records


def fitted(read: Records, delimiter: str) -> Records:
    """The records with those that are wider than the others brought to their width: empty fields cut off, and fields
    that a bare separator has cut in two put together where the kinds of the columns say so."""
    wide = [row for row in read.rows if len(row) > 1]
    if not wide or delimiter == SPACES:
        return read
    width = _usual(wide)
    read = with_names(read, width, delimiter)
    width = _usual([row for row in read.rows if len(row) > 1])
    if all(len(row) <= width for row in read.rows):
        return read
    kinds = _kinds([row for row in wide if len(row) == width], width)
    for place, row in enumerate(read.rows):
        if len(row) <= width:
            continue
        if not any(cell.strip() for cell in row[width:]):
            read.rows[place] = row[:width]
            continue
        read.rows[place] = _joined(row, width, kinds, delimiter)
        read.doubtful.append(place)
    return read


def _usual(rows: list[list[str]]) -> int:
    """The width of most lines."""
    return Counter(map(len, rows)).most_common(1)[0][0]


def _kinds(rows: list[list[str]], width: int) -> list[Callable[[str], bool]]:
    """What a cell of each column has to be, by nine in ten of the lines that have the usual width."""
    sample = rows[:: len(rows) // 300 + 1]
    kinds: list[Callable[[str], bool]] = []
    for place in range(width):
        cells = [row[place] for row in sample if not is_nothing(row[place])]
        fits = next(
            (test for test in (_is_number, _is_date) if cells and sum(map(test, cells)) >= 0.85 * len(cells)), _is_text
        )
        kinds.append(fits)
    return kinds


def _is_number(cell: str) -> bool:
    return is_nothing(cell) or read_numeral(cell, ".") is not None or read_numeral(cell, ",") is not None


def _is_date(cell: str) -> bool:
    return is_nothing(cell) or read_moment(cell) is not None


def _is_text(cell: str) -> bool:
    return not _is_number(cell)


def _joined(row: list[str], width: int, kinds: list[Callable[[str], bool]], delimiter: str) -> list[str]:
    """The row with the fields that one separator too many has cut put together; where nothing fits, its first ones."""
    surplus = len(row) - width
    ways = [[*row[:at], delimiter.join(row[at : at + surplus + 1]), *row[at + surplus + 1 :]] for at in range(width)]
    scores = [sum(fits(cell) for fits, cell in zip(kinds, way, strict=True)) for way in ways]
    best = max(scores)
    return ways[scores.index(best)] if best > 0 else row[:width]
