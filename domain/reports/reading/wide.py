"""Tables with one column per date: made long, so that each number stands beside its date."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from domain.reports.reading.columns import YEAR_NAMES, Hints, column_of
from domain.reports.reading.headers import is_year
from domain.reports.reading.moments import read_moments
from domain.reports.reading.months import MONTHS, fold
from domain.reports.reading.numerals import Mark, decide_mark, evidence, read_numeral
from domain.reports.reading.remarks import Remark
from domain.reports.reading.table import Cell, Column, Grain, Line, Table, Wide, blank, written

FEWEST = 3
FEWEST_MONTHS = 6


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
    if found is None or None in found.moments or len(set(found.moments)) < len(longest):
        return []
    if found.grain == "year" and not all(is_year(header[place]) or not header[place].isdecimal() for place in longest):
        return []
    return longest


def month_columns(header: list[str]) -> tuple[int, list[int]] | None:
    """The place of the years, and those of the columns called by months beside them; None where there are none."""
    months = [place for place, name in enumerate(header) if fold(name).rstrip(".") in MONTHS]
    years = [place for place, name in enumerate(header) if fold(name) in YEAR_NAMES]
    if len(months) < FEWEST_MONTHS or len(years) != 1:
        return None
    numbers = [MONTHS[fold(header[place]).rstrip(".")] for place in months]
    return (years[0], months) if len(set(numbers)) == len(numbers) else None


@dataclass(frozen=True, slots=True)
class WideLines:
    """A table with columns that are dates: their places are ``dated``; what is found on the way goes to ``remarks``."""

    path: Path
    sheet: str | None
    header: list[str]
    lines: list[Line]
    dated: list[int]
    hints: Hints
    remarks: list[Remark]

    def only(self, places: list[int]) -> "WideLines":
        """The table with some of its columns."""
        moved = {old: new for new, old in enumerate(places)}
        return replace(
            self,
            header=[self.header[place] for place in places],
            lines=[Line(line.number, [line.cells[place] for place in places]) for line in self.lines],
            dated=[moved[place] for place in self.dated if place in moved],
            hints=self.hints.only(places),
        )


def without_total_columns(wide: WideLines) -> WideLines:
    """The table without the number columns behind its dates (totals, averages, targets) and those that are row sums."""
    header, lines, dated = wide.header, wide.lines, wide.dated
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
    if dropped:
        names = ", ".join(header[place] for place in sorted(dropped))
        text = f"The columns beside the dates are left out, since they repeat or sum them up: {names}."
        wide.remarks.append(Remark("rows left out", text))
    return wide.only([place for place in range(len(header)) if place not in dropped])


def _is_number_column(cells: list[Cell]) -> bool:
    present = [cell for cell in cells if not blank(cell)]
    mark = decide_mark(present, Counter())
    return bool(present) and sum(read_numeral(cell, mark) is not None for cell in present) > 0.8 * len(present)


def _number(cell: Cell, elsewhere: Counter[Mark]) -> float | None:
    read = read_numeral(cell, decide_mark([cell], elsewhere))
    return read.value if read else None


def melted(wide: WideLines) -> Table:
    """The long table: a row for each line and date. Its numbers are called by the sheet, else by the file's stem."""
    found = read_moments(list[Cell]([wide.header[place] for place in wide.dated]), years=True)
    if found is None:
        raise ValueError("the date columns' names were read before")
    at = dict(zip(wide.dated, found.moments, strict=True))
    return _long(wide, lambda line, place: at[place], found.grain)


def melted_months(wide: WideLines, year: int) -> Table | None:
    """The long table of one with a line for each year (at that place) and a column for each month, which are its dates;
    None where a year cannot be read."""
    years = {line.number: _year(line.cells[year]) for line in wide.lines}
    if None in years.values():
        return None
    cut = without_total_columns(wide.only([place for place in range(len(wide.header)) if place != year]))

    def moment(line: Line, place: int) -> datetime | None:
        of = years[line.number]
        return None if of is None else datetime(of, MONTHS[fold(cut.header[place]).rstrip(".")], 1)  # noqa: DTZ001

    return _long(cut, moment, "month")


def _year(cell: Cell) -> int | None:
    return int(str(cell).strip()) if is_year(cell) and cell is not None else None


def _long(wide: WideLines, moment: Callable[[Line, int], datetime | None], grain: Grain) -> Table:
    header, lines, dated, hints = wide.header, wide.lines, wide.dated, wide.hints
    names = [place for place in range(len(header)) if place not in dated]
    metric, when = _metric(wide, names), _free("Date", header)
    long = [(line, place) for line in lines for place in dated]
    rows = [line.number for line, _ in long]
    columns = [
        column_of(header[name], [line.cells[name] for line, _ in long], rows, Counter(), list[Remark]())
        for name in names
        if any(not blank(line.cells[name]) for line in lines)
    ]
    cells: list[Cell] = [line.cells[place] for line, place in long]
    shown = next((hints.formats[place] for place in dated if place in hints.formats), None)
    values = column_of(metric, cells, rows, evidence(cells), wide.remarks, delimiter=hints.delimiter, shown=shown)
    if values.kind != "number":
        values = Column(metric, "text", cells)
    moments = [moment(line, place) for line, place in long]
    columns.append(Column(when, "date", [header[place] for _, place in long], moments=moments, grain=grain))
    columns.append(values)
    return Table(wide.path.name, wide.sheet, columns, rows, Wide(when, metric), wide.remarks)


def _metric(wide: WideLines, names: list[int]) -> str:
    """What the numbers are called: by the one indicator the lines name, else by the sheet, else by the file."""
    for place in names:
        if is_indicator(wide.header[place]):
            named = {written(line.cells[place]) for line in wide.lines}
            if len(named) == 1 and (only := named.pop()):
                return only
    return wide.sheet or wide.path.stem


def is_indicator(name: str) -> bool:
    """Whether a column says what the numbers of its rows are: “Indicator Name”, “Kennzahl”."""
    return fold(name).replace(" ", "_").removesuffix("_name") in _INDICATORS


_INDICATORS_WORDS = "indicator series variable measure metric kennzahl merkmal indikator messgrosse indicateur"
_INDICATORS = frozenset(_INDICATORS_WORDS.split())


def _free(name: str, taken: list[str]) -> str:
    while name.casefold() in {other.casefold() for other in taken}:
        name += " of column"
    return name
