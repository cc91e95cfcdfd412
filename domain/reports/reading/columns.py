"""Typed columns: what the cells under one name are, decided by all of them together."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.reports.reading.clock import as_hours
from domain.reports.reading.moments import Moments, read_moments
from domain.reports.reading.months import fold
from domain.reports.reading.numerals import (
    LARGEST_EXACT,
    Mark,
    Numeral,
    decide_mark,
    evidence,
    is_error,
    is_nothing,
    left_open,
    read_numeral,
)
from domain.reports.reading.parts import with_joined_dates
from domain.reports.reading.remarks import Remark, unread
from domain.reports.reading.table import Cell, Column, Format, Line, written
from domain.reports.reading.units import unit_behind, unit_of, without_unit

YEAR_NAMES = frozenset({"year", "jahr", "annee", "ano", "anno", "jaar", "aar", "ar", "rok", "vuosi", "exercice", "fy"})
_ENOUGH = 0.9
_FEW = 12
"""In a column of so few cells one or two that are no numbers are not a tenth but a slip."""
_NAMELIKE = re.compile(r"\d+[A-Za-z]{1,2}|[A-Za-z]{1,3}[-/]?\d+")
"""``12B``, ``A-7``: among numbers such cells say that all of them are names."""
_MISSING = frozenset({"", "-", "–", "—", "?", ".", "..", "...", "n/a", "n.a.", "#n/a", "nan", "null", "<na>", "(blank)",
                      "k.a.", "k. a."})  # fmt: skip


@dataclass(slots=True)
class Hints:
    """What is known of a table beside its cells: the mark between the fields of a text file, and by place how a
    workbook shows a column."""

    delimiter: str | None = None
    formats: dict[int, Format] = field(default_factory=dict[int, Format])


def columns_of(header: list[str], lines: list[Line], hints: Hints) -> tuple[list[Column], list[Remark]]:
    """One column per name, and what of their cells could not be read or was assumed. Empty columns are left out."""
    everything: list[Cell] = [
        cell for line in lines[:: len(lines) // 500 + 1] for cell in line.cells if isinstance(cell, str)
    ]
    elsewhere = evidence(everything)
    rows = [line.number for line in lines]
    columns: list[Column] = []
    remarks: list[Remark] = []
    for place, name in enumerate(header):
        cells = [line.cells[place] for line in lines]
        if all(is_nothing(cell) for cell in cells):
            continue
        shown = hints.formats.get(place)
        columns.append(column_of(name, cells, rows, elsewhere, remarks, delimiter=hints.delimiter, shown=shown))
    if not any(column.kind == "date" for column in columns):
        _years(columns)
    return with_joined_dates(columns, remarks), remarks


def column_of(
    name: str,
    cells: list[Cell],
    rows: Sequence[int],
    elsewhere: Counter[Mark],
    remarks: list[Remark],
    *,
    delimiter: str | None = None,
    shown: Format | None = None,
) -> Column:
    """A column of dates, of numbers, or of text; what is found on the way goes to ``remarks``.

    Numbers with leading zeros are text: they are names.
    """
    numbers = None if any(_coded(cell) for cell in cells) else _numbers(name, cells, elsewhere, delimiter, shown)
    plain = numbers is not None and not any(isinstance(cell, str) for cell in cells if not is_nothing(cell))
    dates = None if plain and not _compact_dates(name, cells) else read_moments(cells, name=name)
    if dates is not None:
        _told_dates(name, cells, rows, dates, remarks)
        return Column(name, "date", cells, moments=dates.moments, grain=dates.grain)
    if numbers is None:
        return _text(name, cells)
    _told_numbers(numbers, rows, remarks)
    if left_open([cell for cell in cells if not is_nothing(cell)], elsewhere, delimiter):
        remarks.append(_open_mark(numbers))
    return numbers


def _open_mark(column: Column) -> Remark:
    example = next(cell for cell in column.cells if isinstance(cell, str) and ("." in cell or "," in cell))
    value = next(n for cell, n in zip(column.cells, column.numbers, strict=True) if cell == example)
    text = (
        f"{column.name}: “{example.strip()}” is read as {value:,.{column.decimals}f}; "
        "the file leaves open whether its mark stands before decimals or thousands."
    )
    return Remark("read as", text, (), column.name)


def _told_numbers(column: Column, rows: Sequence[int], remarks: list[Remark]) -> None:
    """Name the filled cells that are no numbers."""
    if column.unread:
        left = [(rows[place], written(column.cells[place])) for place in column.unread]
        remarks.append(unread(column.name, left, what="numbers"))
    if any(isinstance(cell, str) and re.search(r"\bDR\b|\d\s?DR\b", cell, re.IGNORECASE) for cell in column.cells):
        remarks.append(Remark("read as", f"{column.name}: what is marked DR is read as negative.", (), column.name))


def _told_dates(name: str, cells: list[Cell], rows: Sequence[int], dates: Moments, remarks: list[Remark]) -> None:
    """Name the filled cells that are no dates, and what was assumed of the others."""
    left = [
        (rows[place], written(cell))
        for place, (cell, moment) in enumerate(zip(cells, dates.moments, strict=True))
        if moment is None and not is_nothing(cell)
    ]
    if left:
        remarks.append(unread(name, left, what="dates"))
    if dates.turned:
        turned = [rows[place] for place in dates.turned]
        text = f"{name}: day and month stand the other way round in {len(turned):,} of its dates."
        remarks.append(Remark("doubtful rows", text, tuple(turned), name))
    if dates.assumed:
        remarks.append(Remark("read as", f"{name}: {dates.assumed}.", (), name))


def _compact_dates(name: str, cells: list[Cell]) -> bool:
    """Whether whole numbers may be dates: 20240309, or under a name that says so 202403, serial numbers, seconds."""
    whole = [cell for cell in cells if not is_nothing(cell)]
    if all(isinstance(cell, int) and 19000101 <= cell <= 21001231 for cell in whole):
        return True
    return all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in whole)


def _coded(cell: Cell) -> bool:
    text = cell.strip() if isinstance(cell, str) else ""
    return len(text) > 1 and text.isdigit() and text.startswith("0")


def _text(name: str, cells: list[Cell]) -> Column:
    """Cells that say there is no value hold none; “NA” among short codes is one of them (North America, Namibia)."""
    words = {cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()}
    others = [word for word in words if word.casefold() not in _MISSING and word not in ("NA", "na", "NaN")]
    codes = len(others) > 1 and all(word.isupper() and len(word) <= 5 for word in others)
    nothing = _MISSING if codes else _MISSING | {"na"}
    kept = [None if isinstance(cell, str) and cell.strip().casefold() in nothing else cell for cell in cells]
    return Column(name, "text", kept)


def _numbers(
    name: str, cells: list[Cell], elsewhere: Counter[Mark], delimiter: str | None, shown: Format | None
) -> Column | None:
    """The column as numbers, where (nearly) all of its filled cells are."""
    present = [cell for cell in cells if not is_nothing(cell) and not is_error(cell)]
    if not present:
        return None
    if (hours := as_hours(name, cells, present)) is not None:
        return hours
    unit = unit_behind(present)
    bare = [without_unit(cell, unit) for cell in cells] if unit else cells
    present = [without_unit(cell, unit) for cell in present] if unit else present
    mark = decide_mark(present, elsewhere, delimiter)
    known = {cell: read_numeral(cell, mark) for cell in set(present) if not isinstance(cell, bool)}
    if not _enough(present, known) or _too_long(present):
        return None
    numerals = [None if is_nothing(cell) else known.get(cell) for cell in bare]
    there = [numeral for numeral in numerals if numeral]
    codes = [numeral.currency if numeral else None for numeral in numerals]
    percent = sum(numeral.percent for numeral in there) > 0.5 * len(there)
    if percent:  # “12” among “12 %” may be either
        numerals = [numeral if numeral and numeral.percent else None for numeral in numerals]
    percent = percent or (shown is not None and shown.percent)
    unread_at = [
        at for at, (cell, read) in enumerate(zip(bare, numerals, strict=True)) if read is None and not is_nothing(cell)
    ]
    if shown is not None and shown.currency and not any(codes):
        codes = [shown.currency if numeral else None for numeral in numerals]
    return Column(
        name,
        "number",
        cells,
        numbers=[numeral.value if numeral else None for numeral in numerals],
        unit="%" if percent else unit or unit_of(name, codes),
        percent=percent,
        decimals=max((numeral.decimals for numeral in there), default=0),
        currencies=codes if any(codes) else [],
        unread=unread_at,
    )


def _enough(present: list[Cell], known: dict[Cell, Numeral | None]) -> bool:
    """Whether what is no number is a slip among numbers, and not a sign that the others are names."""
    odd = [cell for cell in present if isinstance(cell, bool) or known[cell] is None]
    if not odd:
        return True
    if len(odd) > (1 - _ENOUGH) * len(present) and not (len(present) <= _FEW and len(odd) <= max(1, len(present) // 4)):
        return False
    named = sum(isinstance(cell, str) and _NAMELIKE.fullmatch(cell.strip()) is not None for cell in odd)
    return named < 2 or named < 0.02 * len(present)


def _too_long(present: list[Cell]) -> bool:
    """Whether these are names of more digits than a number can tell apart: account and card numbers."""
    long = [
        cell for cell in present
        if (isinstance(cell, int) and abs(cell) > LARGEST_EXACT)
        or (isinstance(cell, str) and cell.lstrip("-").isdecimal() and int(cell.lstrip("-")) > LARGEST_EXACT)
    ]  # fmt: skip
    return len(long) > 0.5 * len(present) and len(set(long)) > 0.5 * len(long)


def _years(columns: list[Column]) -> None:
    """In a table without dates, the column of years is the date column, if it says so or the rows repeat under it."""
    for place, column in enumerate(columns):
        if column.kind != "number" or column.decimals or fold(column.name) not in YEAR_NAMES:
            continue
        found = read_moments([written(cell) if cell is not None else None for cell in column.cells], years=True)
        if found is not None:
            columns[place] = Column(column.name, "date", column.cells, moments=found.moments, grain="year")
            return
