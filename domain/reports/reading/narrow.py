"""Headers with fewer names than the records have fields: the names of rows have none, or decimal commas stand between
two fields.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from domain.reports.reading.records import Records

_NEARLY = 0.95
_SAMPLE = 300
_MOST_WAYS = 3000
_WHOLE = re.compile(r"[-+]?\d{1,12}|[-+]?\d{1,3}(?:\.\d{3})+")
_PART = re.compile(r"\d{1,4}")


def with_names(read: Records, width: int, delimiter: str) -> Records:
    """The records with a name for each of their ``width`` fields, or with as many fields as names."""
    first = next((place for place, row in enumerate(read.rows) if len(row) > 1), None)
    if first is None or not 1 < len(read.rows[first]) < width:
        return read
    rows = [row for row in read.rows[first + 1 :] if any(row)]
    if len(rows) < 2 or sum(len(row) == width for row in rows) < _NEARLY * len(rows):
        return read
    header = read.rows[first]
    sample = [row for row in rows[:: len(rows) // _SAMPLE + 1] if len(row) == width]
    if len(header) == width - 1 and _count_up([row[0] for row in sample], rows):
        read.rows[first] = ["", *header]
        return read
    ways = list(_decimal_commas(sample, len(header))) if delimiter == "," else []
    if len(ways) == 1:
        return _rejoined(read, first, width, ways[0])
    names = f"{len(header)} names for {width} fields"
    read.told.append(f"The header has {names} in each row; the last columns are called by their place.")
    return read


def _count_up(cells: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether these are the numbers of the rows, from 0 or 1 on."""
    if rows[0][0] not in ("0", "1") or not all(cell.isdecimal() for cell in cells):
        return False
    start = int(rows[0][0])
    return all(row[0] == str(place) for place, row in enumerate(rows[:_SAMPLE], start))


def _decimal_commas(rows: Sequence[Sequence[str]], names: int) -> Iterator[tuple[int, ...]]:
    """The columns (of so many) that may have been cut in two at their decimal comma, in every way that fits."""
    cut = len(rows[0]) - names if rows else 0
    for place, columns in enumerate(combinations(range(names), cut)):
        if place >= _MOST_WAYS:
            return
        if all(_is_cut(rows, column + behind) for behind, column in enumerate(columns)):
            yield columns


def _is_cut(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether the fields ``at`` and after it are whole numbers and decimals, of which there are as many everywhere."""
    if len({len(row[at + 1].strip()) for row in rows}) != 1:
        return False
    return all(_WHOLE.fullmatch(row[at].strip()) and _PART.fullmatch(row[at + 1].strip()) for row in rows)


def _rejoined(read: Records, first: int, width: int, columns: tuple[int, ...]) -> Records:
    header = read.rows[first]
    for place, row in enumerate(read.rows):
        if place > first and len(row) == width:
            for column in columns:  # from the left: what is joined is one field fewer
                row[column : column + 2] = [f"{row[column].strip()},{row[column + 1].strip()}"]
    named = ", ".join(header[column] for column in columns)
    example = next(row[columns[0]] for row in read.rows[first + 1 :] if len(row) == len(header))
    read.told.append(f"{named}: the decimal comma stands between two fields; they are read as one, such as {example}.")
    return read
