"""Typed columns: what the cells under one name are, decided by all of them together."""

from collections import Counter

from domain.reports.reading.moments import read_moments
from domain.reports.reading.months import fold
from domain.reports.reading.numerals import CODES, CURRENCIES, Mark, decide_mark, evidence, is_nothing, read_numeral
from domain.reports.reading.table import Cell, Column, Line, written

_YEAR_NAMES = frozenset({"year", "jahr", "annee", "ano", "anno", "jaar", "aar", "ar", "rok", "vuosi", "exercice", "fy"})


def columns_of(header: list[str], lines: list[Line]) -> list[Column]:
    """One column per name. Columns without any cell are left out."""
    everything: list[Cell] = [
        cell for line in lines[:: len(lines) // 500 + 1] for cell in line.cells if isinstance(cell, str)
    ]
    elsewhere = evidence(everything)
    columns: list[Column] = []
    for place, name in enumerate(header):
        cells = [line.cells[place] for line in lines]
        if any(not is_nothing(cell) for cell in cells):
            columns.append(column_of(name, cells, elsewhere))
    if not any(column.kind == "date" for column in columns):
        _years(columns)
    return columns


def column_of(name: str, cells: list[Cell], elsewhere: Counter[Mark]) -> Column:
    """A column of dates, of numbers, or of text. Numbers with leading zeros are text: they are names."""
    numerals = not any(_coded(cell) for cell in cells) and _numbers(name, cells, elsewhere)
    plain = numerals and not any(isinstance(cell, str) for cell in cells if not is_nothing(cell))
    dates = None if plain and not _compact_dates(cells) else read_moments(cells)
    if dates is not None:
        return Column(name, "date", cells, moments=dates[0], grain=dates[1])
    return numerals or Column(name, "text", cells)


def _compact_dates(cells: list[Cell]) -> bool:
    """Whether whole numbers read as 20240309."""
    return all(isinstance(cell, int) and 19000101 <= cell <= 21001231 for cell in cells if cell is not None)


def _coded(cell: Cell) -> bool:
    text = cell.strip() if isinstance(cell, str) else ""
    return len(text) > 1 and text.isdigit() and text.startswith("0")


def _numbers(name: str, cells: list[Cell], elsewhere: Counter[Mark]) -> Column | None:
    present = [cell for cell in cells if not is_nothing(cell)]
    mark = decide_mark(present, elsewhere)
    known = {cell: read_numeral(cell, mark) for cell in set(present)}
    if sum(known[cell] is not None for cell in present) < 0.9 * len(present):
        return None
    numerals = [None if is_nothing(cell) else known[cell] for cell in cells]
    there = [numeral for numeral in numerals if numeral]
    codes = [numeral.currency if numeral else None for numeral in numerals]
    percent = sum(numeral.percent for numeral in there) > 0.5 * len(there)
    return Column(
        name,
        "number",
        cells,
        numbers=[numeral.value if numeral else None for numeral in numerals],
        unit="%" if percent else _unit(name, codes),
        percent=percent,
        decimals=max((numeral.decimals for numeral in there), default=0),
        currencies=codes if any(codes) else [],
    )


def _unit(name: str, codes: list[str | None]) -> str | None:
    """The currency the cells show, else the unit the header names: ``Wert (€)``, ``Spend [USD]``, ``kWh``."""
    shown = Counter(code for code in codes if code)
    if shown:
        return shown.most_common(1)[0][0] if len(shown) == 1 else None
    words = (
        written(name).replace("(", " ").replace(")", " ").replace("[", " ").replace("]", " ").replace("_", " ").split()
    )
    for word in words:
        if word in CURRENCIES:
            return CURRENCIES[word]
        if word.upper() in CODES and (word.isupper() or len(words) > 1):
            return word.upper()
    units = {"kwh": "kWh", "mwh": "MWh", "hours": "h", "kg": "kg", "km": "km", "m3": "m³"}
    return next((units[fold(word)] for word in words if fold(word) in units), None)


def _years(columns: list[Column]) -> None:
    """In a table without dates, the column of years is the date column, if it says so or the rows repeat under it."""
    for place, column in enumerate(columns):
        if column.kind != "number" or column.decimals or fold(column.name) not in _YEAR_NAMES:
            continue
        found = read_moments([written(cell) if cell is not None else None for cell in column.cells], years=True)
        if found is not None:
            columns[place] = Column(column.name, "date", column.cells, moments=found[0], grain="year")
            return
