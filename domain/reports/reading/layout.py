"""Where the table stands in a sheet: its header, its data rows, and what around them is none of it."""

from pathlib import Path

from domain.core.errors import Invalid
from domain.reports.reading.columns import columns_of
from domain.reports.reading.moments import read_moment
from domain.reports.reading.numerals import read_numeral
from domain.reports.reading.table import Cell, Line, Sheet, Table, blank, written
from domain.reports.reading.totals import number_columns, totals_among, without_notes
from domain.reports.reading.wide import date_columns, melted, without_total_columns

FEWEST_ROWS = 3
_LOOK = 60  # lines among which a header is looked for


def table_of(path: Path, sheets: list[Sheet]) -> Table:
    """The table with the most cells among the sheets.

    Raises:
        Invalid: there is none, or one with fewer than three rows.
    """
    best: tuple[int, Sheet, list[str], list[Line]] | None = None
    for sheet in sheets:
        if (found := _locate(sheet)) is None:
            continue
        header, lines = found
        size = len(lines) * len(header)
        if best is None or size > best[0]:
            best = (size, sheet, header, lines)
    if best is None:
        raise Invalid(f"There is no table in {path.name}.", remedy="A table has a header and at least two columns.")
    _, sheet, header, lines = best
    dated = date_columns(header)
    lines = without_notes(header, lines, dated)
    if dated:
        header, lines, dated = without_total_columns(header, lines, dated)
        totals = totals_among(lines, number_columns(lines, dated), blocks=True)
        lines = [line for place, line in enumerate(lines) if place not in totals]
        _enough(path, lines)
        return melted(path, sheet.name, header, lines, dated)
    _enough(path, lines)
    columns = columns_of(header, lines)
    totals = totals_among(lines, [column.numbers for column in columns if column.kind == "number"], blocks=False)
    if totals:
        lines = [line for place, line in enumerate(lines) if place not in totals]
        _enough(path, lines)
        columns = columns_of(header, lines)
    return Table(path.name, sheet.name, columns, [line.number for line in lines])


def _enough(path: Path, lines: list[Line]) -> None:
    if len(lines) < FEWEST_ROWS:
        raise Invalid(f"The table in {path.name} has too few rows to say anything.", remedy="Three rows are the least.")


def _locate(sheet: Sheet) -> tuple[list[str], list[Line]] | None:
    """The header's names and the lines under it, each cut to the header's width."""
    filled = [line for line in sheet.lines if line.size()]
    if len(filled) < 2:
        return None
    widths = sorted(line.size() for line in filled[: _LOOK * 4])
    typical = widths[len(widths) * 3 // 4]
    if typical < 2:
        return None
    start = next((place for place, line in enumerate(filled[:_LOOK]) if _is_header(line, filled, place, typical)), None)
    if start is None:
        return _nameless(filled, typical)
    places = filled[start].filled()
    first, last = places[0], places[-1] + 1
    header = _unique([written(_name(cell)) for cell in filled[start].cells[first:last]])
    lines = [Line(line.number, _cut(line.cells, first, last)) for line in filled[start + 1 :]]
    return header, [line for line in lines if line.size()]


def _is_header(line: Line, filled: list[Line], place: int, typical: int) -> bool:
    """As wide as the table, of names, with lines under it that hold other things than names."""
    places = line.filled()
    if len(places) < max(2, 0.6 * typical):
        return False
    names = [line.cells[at] for at in places]
    texts = sum(isinstance(cell, str) and read_numeral(cell, ".") is None for cell in names)
    dates = sum(read_moment(cell) is not None or _is_year(cell) for cell in names)
    if texts + dates < 0.9 * len(names) or (dates and dates == len(names)) or 0 < dates < 3:
        return False
    if len({written(name).casefold() for name in names}) < len(names) * 0.8:
        return False
    below = filled[place + 1 : place + 40]
    return bool(below) and any(_holds_values(other) for other in below)


def _is_year(cell: Cell) -> bool:
    return isinstance(cell, int) and not isinstance(cell, bool) and 1900 <= cell <= 2100


def _holds_values(line: Line) -> bool:
    return any(
        read_numeral(cell, ".") is not None or read_numeral(cell, ",") is not None or read_moment(cell) is not None
        for cell in line.cells
        if not blank(cell)
    )


def _nameless(filled: list[Line], typical: int) -> tuple[list[str], list[Line]] | None:
    """A table that starts without a header: its columns are called by their place."""
    lines = [line for line in filled if line.size() >= max(2, typical - 1)]
    if len(lines) < FEWEST_ROWS or not all(_holds_values(line) for line in lines[:10]):
        return None
    width = max(line.filled()[-1] + 1 for line in lines)
    return [f"Column {place + 1}" for place in range(width)], [Line(x.number, _cut(x.cells, 0, width)) for x in lines]


def _name(cell: Cell) -> Cell:
    reading = read_moment(cell) if cell is not None and not isinstance(cell, str) else None
    return reading[0].isoformat()[:10] if reading else cell


def _cut(cells: list[Cell], first: int, last: int) -> list[Cell]:
    part = cells[first:last]
    return part + [None] * (last - first - len(part))


def _unique(names: list[str]) -> list[str]:
    """Names made distinct; a column without one is called by its place."""
    seen: dict[str, int] = {}
    out: list[str] = []
    for place, name in enumerate(names):
        name = name or f"Column {place + 1}"
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        count = seen[name.casefold()]
        out.append(name if count == 1 else f"{name} ({count})")
    return out
