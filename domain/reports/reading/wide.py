"""Tables with one column per date: made long, so that each number stands beside its date."""

from collections import Counter
from pathlib import Path

from domain.reports.reading.columns import column_of
from domain.reports.reading.moments import read_moments
from domain.reports.reading.numerals import Mark, decide_mark, evidence, read_numeral
from domain.reports.reading.table import Cell, Column, Line, Table, Wide, blank

FEWEST = 3


def date_columns(header: list[str]) -> list[int]:
    """The places of the columns whose names are dates, if there are three that follow one another; else none."""
    runs: list[list[int]] = [[]]
    for place, name in enumerate(header):
        if read_moments([name, name], years=True) is None:
            runs.append([])
        else:
            runs[-1].append(place)
    longest = max(runs, key=len)
    if len(longest) < FEWEST:
        return []
    found = read_moments(list[Cell]([header[place] for place in longest]), years=True)
    if found is None or None in found[0] or len(set(found[0])) < len(longest):
        return []
    return longest


def without_total_columns(
    header: list[str], lines: list[Line], dated: list[int]
) -> tuple[list[str], list[Line], list[int]]:
    """The table without the number columns behind its dates (totals, averages, targets) and those that are row sums."""
    mark = evidence([cell for line in lines for cell in line.cells])
    numbers = {
        place: [_number(line.cells[place], mark) for line in lines]
        for place in range(len(header))
        if _is_number_column([line.cells[place] for line in lines])
    }
    sums = [sum(numbers[place][row] or 0.0 for place in dated if place in numbers) for row in range(len(lines))]
    dropped = {
        place
        for place, values in numbers.items()
        if place not in dated
        and (
            place > dated[-1]
            or all(
                value is None or abs(value - of) <= 0.02 + 1e-6 * abs(of)
                for value, of in zip(values, sums, strict=True)
            )
        )
    }
    keep = [place for place in range(len(header)) if place not in dropped]
    moved = {old: new for new, old in enumerate(keep)}
    return (
        [header[place] for place in keep],
        [Line(line.number, [line.cells[place] for place in keep]) for line in lines],
        [moved[place] for place in dated],
    )


def _is_number_column(cells: list[Cell]) -> bool:
    present = [cell for cell in cells if not blank(cell)]
    mark = decide_mark(present, Counter())
    return bool(present) and sum(read_numeral(cell, mark) is not None for cell in present) > 0.8 * len(present)


def _number(cell: Cell, elsewhere: Counter[Mark]) -> float | None:
    read = read_numeral(cell, decide_mark([cell], elsewhere))
    return read.value if read else None


def melted(path: Path, sheet: str | None, header: list[str], lines: list[Line], dated: list[int]) -> Table:
    """The long table: a row for each line and date. Its numbers are called by the sheet, else by the file's stem."""
    names = [place for place in range(len(header)) if place not in dated]
    found = read_moments(list[Cell]([header[place] for place in dated]), years=True)
    if found is None:
        raise ValueError("the date columns' names were read before")
    moments, grain = found
    metric, when = sheet or path.stem, _free("Date", header)
    long = [(line, place) for line in lines for place in dated]
    at = dict(zip(dated, moments, strict=True))
    columns = [
        column_of(header[name], [line.cells[name] for line, _ in long], Counter())
        for name in names
        if any(not blank(line.cells[name]) for line in lines)
    ]
    cells: list[Cell] = [line.cells[place] for line, place in long]
    values = column_of(metric, cells, evidence(cells))
    if values.kind != "number":
        values = Column(metric, "text", cells)
    columns.append(
        Column(
            when, "date", [header[place] for _, place in long], moments=[at[place] for _, place in long], grain=grain
        )
    )
    columns.append(values)
    return Table(path.name, sheet, columns, [line.number for line, _ in long], Wide(when, metric))


def _free(name: str, taken: list[str]) -> str:
    while name.casefold() in {other.casefold() for other in taken}:
        name += " of column"
    return name
