"""Typed columns: what the cells under one name are, decided by all of them together."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.reports.reading.clock import as_hours, is_duration
from domain.reports.reading.moments import Moments, read_moments
from domain.reports.reading.months import fold
from domain.reports.reading.numerals import (
    DIGITS,
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
from domain.reports.reading.units import unit_behind, unit_of, without_any_unit, without_unit

YEAR_NAMES = frozenset({"year", "jahr", "annee", "ano", "anno", "jaar", "aar", "ar", "rok", "vuosi", "exercice", "fy"})
_ENOUGH = 0.9
_FEW = 12
"""In a column of so few cells one or two that are no numbers are not a tenth but a slip."""
_LONG = 300
"""Different cells, of which so many tell whether a column is one of words."""
_CODED = re.compile(r"0\d+|0\d+(?:[ /-]\d+)+")
"""Digits with a zero before them are names: codes, and numbers to be dialled."""
_LONGEST_CODE = 5
_EXACT_DIGITS = 15
_DEBIT = re.compile(r"\bDR\b|\d\s?DR\b", re.IGNORECASE)
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

    def only(self, places: Sequence[int]) -> "Hints":
        """What is known of some of the columns, by their new places."""
        formats = {new: self.formats[old] for new, old in enumerate(places) if old in self.formats}
        return Hints(self.delimiter, formats)


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
    if {bool, int} <= set(map(type, cells)):
        cells = [str(cell) if isinstance(cell, bool) else cell for cell in cells]  # or True would be 1
    counts = Counter(cells)
    present = Counter({cell: count for cell, count in counts.items() if not is_nothing(cell)})
    words = any(map(_coded, present)) or _are_words(cells, present)
    numbers = None if words else _numbers(name, cells, present, elsewhere, delimiter, shown)
    plain = numbers is not None and not any(isinstance(cell, str) for cell in present)
    dates = None if plain and not _compact_dates(present) else read_moments(cells, name=name)
    if dates is not None:
        _told_dates(name, cells, rows, dates, remarks)
        return Column(name, "date", cells, moments=dates.moments, grain=dates.grain)
    if numbers is None:
        return _text(name, cells, counts)
    _told_numbers(numbers, present, rows, remarks)
    if left_open(list(present), elsewhere, delimiter):
        remarks += _open_mark(numbers)
    return numbers


def _open_mark(column: Column) -> list[Remark]:
    """As what a number was read whose mark may stand before decimals or thousands."""
    for cell, value in zip(column.cells, column.numbers, strict=True):
        if isinstance(cell, str) and value is not None and ("." in cell or "," in cell):
            text = (
                f"{column.name}: “{cell.strip()}” is read as {value:,.{column.decimals}f}; "
                "the file leaves open whether its mark stands before decimals or thousands."
            )
            return [Remark("read as", text, (), column.name)]
    return []


def _told_numbers(column: Column, present: Counter[Cell], rows: Sequence[int], remarks: list[Remark]) -> None:
    """Name the filled cells that are no numbers."""
    if column.unread:
        left = [(rows[place], written(column.cells[place])) for place in column.unread]
        remarks.append(unread(column.name, left, what="numbers"))
    if any(isinstance(cell, str) and cell[-1] not in DIGITS and _DEBIT.search(cell) for cell in present):
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


def _compact_dates(present: Iterable[Cell]) -> bool:
    """Whether all are numbers: they may be dates, 20240309, or under a name that says so 202403 and the like."""
    return all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in present)


def _coded(cell: Cell) -> bool:
    return isinstance(cell, str) and _CODED.fullmatch(cell.strip()) is not None


def _text(name: str, cells: list[Cell], counts: Iterable[Cell]) -> Column:
    """Cells that say there is no value hold none; “NA” among short codes is one of them (North America, Namibia)."""
    words = {cell: cell.strip() for cell in counts if isinstance(cell, str)}
    others = {word for word in words.values() if word and word.casefold() not in _MISSING | {"na"}}
    codes = len(others) > 1 and all(word.isupper() and len(word) <= _LONGEST_CODE for word in others)
    nothing = _MISSING if codes else _MISSING | {"na"}
    gone = {cell for cell, word in words.items() if word.casefold() in nothing}
    return Column(name, "text", [None if cell in gone else cell for cell in cells] if gone else cells)


def _are_words(cells: list[Cell], present: Counter[Cell]) -> bool:
    """Whether a long column is one of words: of a few cells, less than half could be numbers of any kind."""
    if len(present) <= _LONG:
        return False
    looked = [cell for cell in cells[:: len(cells) // _LONG] if cell in present]
    return len(looked) > _LONG / 4 and 2 * sum(map(_may_be_number, looked)) < len(looked)


def _may_be_number(cell: Cell) -> bool:
    bare = without_any_unit(cell)
    read = read_numeral(bare, ".") or read_numeral(bare, ",")
    return read is not None or is_error(cell) or is_duration(cell)


def _numbers(
    name: str,
    cells: list[Cell],
    present: Counter[Cell],
    elsewhere: Counter[Mark],
    delimiter: str | None,
    shown: Format | None,
) -> Column | None:
    """The column as numbers, where (nearly) all of its filled cells are; ``present`` counts those."""
    filled = Counter({cell: count for cell, count in present.items() if not is_error(cell)})
    if not filled:
        return None
    if (hours := as_hours(name, cells, filled)) is not None:
        return hours
    unit = unit_behind(filled)
    bare = {cell: without_unit(cell, unit) if unit else cell for cell in filled}
    mark = decide_mark(list(bare.values()), elsewhere, delimiter)
    known = {cell: read for cell, text in bare.items() if (read := read_numeral(text, mark)) is not None}
    if not _enough(filled, known) or _too_long(filled):
        return None
    percent = sum(filled[cell] for cell, read in known.items() if read.percent)
    percentages = percent > 0.5 * sum(filled[cell] for cell in known)
    # “12” among “12 %” may be either, and the other way round
    known = {cell: read for cell, read in known.items() if read.percent == percentages}
    unread_cells = present.keys() - known.keys()
    codes = [known[cell].currency if cell in known else None for cell in cells] if _in_money(known) else []
    if shown is not None and shown.currency and not codes:
        codes = [shown.currency if cell in known else None for cell in cells]
    percentages = percentages or (shown is not None and shown.percent)
    values = {cell: read.value for cell, read in known.items()}
    return Column(
        name,
        "number",
        cells,
        numbers=list(map(values.get, cells)),
        unit="%" if percentages else unit or unit_of(name, codes),
        percent=percentages,
        decimals=max((read.decimals for read in known.values()), default=0),
        currencies=codes,
        unread=[at for at, cell in enumerate(cells) if cell in unread_cells] if unread_cells else [],
    )


def _in_money(known: Mapping[Cell, Numeral]) -> bool:
    return any(read.currency for read in known.values())


def _enough(filled: Counter[Cell], known: Mapping[Cell, Numeral]) -> bool:
    """Whether what is no number is a slip among numbers, and not a sign that the others are names."""
    odd = Counter({cell: count for cell, count in filled.items() if cell not in known})
    if not odd:
        return True
    size, slips = filled.total(), odd.total()
    if slips > (1 - _ENOUGH) * size and not (size <= _FEW and slips <= max(1, size // 4)):
        return False
    named = sum(n for cell, n in odd.items() if isinstance(cell, str) and _NAMELIKE.fullmatch(cell.strip()))
    return named < 2 or named < 0.02 * size


def _too_long(filled: Counter[Cell]) -> bool:
    """Whether these are names of more digits than a number can tell apart: account and card numbers."""
    long = Counter({
        cell: count for cell, count in filled.items()
        if (isinstance(cell, int) and abs(cell) > LARGEST_EXACT)
        or (isinstance(cell, str) and len(cell) > _EXACT_DIGITS and cell.lstrip("-").isdecimal()
            and int(cell.lstrip("-")) > LARGEST_EXACT)
    })  # fmt: skip
    return long.total() > 0.5 * filled.total() and len(long) > 0.5 * long.total()


def _years(columns: list[Column]) -> None:
    """In a table without dates, the column of years is the date column, if it says so or the rows repeat under it."""
    for place, column in enumerate(columns):
        if column.kind != "number" or column.decimals or fold(column.name) not in YEAR_NAMES:
            continue
        found = read_moments([written(cell) if cell is not None else None for cell in column.cells], years=True)
        if found is not None:
            columns[place] = Column(column.name, "date", column.cells, moments=found.moments, grain="year")
            return
