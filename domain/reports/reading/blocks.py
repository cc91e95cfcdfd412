"""The tables of a sheet: those that stand under one another, after a blank line and with a header of their own, and
those beside one another, with a blank column between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.reports.reading.headers import FEWEST_ROWS, Header, find_header
from domain.reports.reading.table import Cell, Line, Sheet, blank, written


@dataclass(frozen=True, slots=True)
class Block:
    """One table as it stands in a sheet: its names, and the lines under them cut to its width."""

    sheet: Sheet
    names: list[str]
    first: int
    """The place of its first column in the sheet."""
    lines: list[Line]
    top: int
    """The number of the header's line."""

    @property
    def size(self) -> int:
        return len(self.lines) * len(self.names)

    @property
    def range(self) -> str:
        """Its cells as a spreadsheet names them: ``A3:F40``."""
        last = max((line.number for line in self.lines), default=self.top)
        return f"{letters(self.first)}{self.top}:{letters(self.first + len(self.names) - 1)}{last}"


def blocks_of(sheet: Sheet) -> list[Block]:
    """Every table of a sheet, in their order."""
    found: list[Block] = []
    for columns in _beside(sheet.lines):
        lines = sheet.lines if columns is None else [_only(line, *columns) for line in sheet.lines]
        for part in _under([line for line in lines if line.size()]):
            header = find_header(part)
            if header is not None:
                found.append(_block(sheet, part, header))
    return found


def _block(sheet: Sheet, lines: list[Line], header: Header) -> Block:
    under = lines[header.under :]
    last = header.first + len(header.names)
    # columns without a name that hold something in most lines belong to it all the same
    while under and sum(_at(line, last) for line in under) >= 0.5 * len(under):
        last += 1
    first = header.first
    while first and under and sum(_at(line, first - 1) for line in under) >= 0.5 * len(under):
        first -= 1
    names = [
        *(f"Column {place + 1}" for place in range(first, header.first)),
        *header.names,
        *(f"Column {place + 1}" for place in range(header.first + len(header.names), last)),
    ]
    cut = under if not first and all(len(line.cells) == last for line in under) else [
        Line(line.number, _cells(line, first, last)) for line in under
    ]  # fmt: skip
    top = lines[header.under - 1].number if header.under else lines[0].number
    return Block(sheet, names, first, [line for line in cut if line.size()], top)


def _at(line: Line, place: int) -> bool:
    return 0 <= place < len(line.cells) and not blank(line.cells[place])


def _cells(line: Line, first: int, last: int) -> list[Cell]:
    part = line.cells[first:last]
    return part + [None] * (last - first - len(part))


def _under(lines: list[Line]) -> list[list[Line]]:
    """The lines apart where a blank line is followed by a header that is another than the one before it."""
    starts = [0]
    for place in range(2, len(lines)):
        if lines[place].number <= lines[place - 1].number + 1:
            continue
        rest = lines[place : place + 40]
        header = find_header(rest)
        if header is None or header.under > 2 or len(rest) < header.under + 1:
            continue
        before = find_header(lines[starts[-1] : place])
        if before is None or place - starts[-1] - before.under < FEWEST_ROWS - 1:
            continue
        if _names(before) != _names(header) and _is_header_line(rest[0], before, lines[starts[-1] : place]):
            starts.append(place)
    ends = [*starts[1:], len(lines)]
    return [lines[start:end] for start, end in zip(starts, ends, strict=True)]


def _is_header_line(line: Line, before: Header, table: list[Line]) -> bool:
    """Whether a line is no data of the table before it: words stand where that has values."""
    data = table[before.under :]
    for at in line.filled():
        below = [row.cells[at] for row in data if _at(row, at)]
        numbers = sum(isinstance(cell, int | float) or (isinstance(cell, str) and cell[:1].isdigit()) for cell in below)
        mine = line.cells[at]
        if below and numbers > 0.7 * len(below) and isinstance(mine, str) and not mine[:1].isdigit():
            return True
    return not any(_at(row, at) for row in data for at in line.filled())


def _names(header: Header) -> list[str]:
    return [written(name).casefold() for name in header.names]


def _beside(lines: Sequence[Line]) -> list[tuple[int, int] | None]:
    """The columns apart where a blank one stands between tables that do not share their lines; else [None]."""
    filled = [line for line in lines if line.size() > 1]
    if len(filled) < FEWEST_ROWS + 1:
        return [None]
    width = max(len(line.cells) for line in filled)
    used = [any(_at(line, place) for line in filled) for place in range(width)]
    groups: list[tuple[int, int]] = []
    start: int | None = None
    for place in range(width + 1):
        if place < width and used[place]:
            start = place if start is None else start
        elif start is not None:
            groups.append((start, place))
            start = None
    wide = [group for group in groups if group[1] - group[0] >= 2]
    if len(wide) < 2 or len(wide) != len(groups):
        return [None]
    parts = [[line for line in (_only(line, *group) for line in filled) if line.size() > 1] for group in wide]
    headers = [find_header(part) for part in parts]
    if any(header is None for header in headers):
        return [None]
    heights = {(part[0].number, part[-1].number) for part in parts}
    names = [set(_names(header)) for header in headers if header is not None]
    again = any(one & other for place, one in enumerate(names) for other in names[place + 1 :])
    return list(wide) if len(heights) > 1 or again else [None]


def _only(line: Line, first: int, last: int) -> Line:
    """The line with nothing but some of its columns, each in its place."""
    cells = [cell if first <= place < last else None for place, cell in enumerate(line.cells)]
    return Line(line.number, cells)


def letters(place: int) -> str:
    """A column as a spreadsheet names it: 0 is A, 26 is AA."""
    out, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        out = chr(ord("A") + rest) + out
    return out
