"""What a report is once it has been read: named columns of typed cells, each row with its number."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from domain.reports.reading.remarks import Remark

Cell = str | int | float | bool | datetime | date | time | timedelta | None
Kind = Literal["date", "number", "text"]
Grain = Literal["hour", "day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet. ``number`` is what a spreadsheet shows beside it: the first is 1, blank ones count.

    Cells of nothing but spaces do not occur: readers leave them empty.
    """

    number: int
    cells: list[Cell]

    def filled(self) -> list[int]:
        """The positions that hold something."""
        return [place for place, cell in enumerate(self.cells) if not blank(cell)]

    def size(self) -> int:
        """How many cells hold something."""
        return len(self.cells) - self.cells.count(None) - self.cells.count("")


@dataclass(frozen=True, slots=True)
class Format:
    """How a workbook shows the numbers of a column."""

    percent: bool = False
    currency: str | None = None


@dataclass(slots=True)
class Sheet:
    """Lines as they stand in the file. ``name`` is None for text files.

    ``delimiter`` is the mark between the fields of a text file; ``formats`` says by the place of a column how a
    workbook shows its numbers. ``uncalculated`` are the places of columns with formulas that have no value, ``summed``
    those under which a formula adds up cells of the same column.
    """

    name: str | None
    lines: list[Line]
    delimiter: str | None = None
    hidden: bool = False
    formats: dict[int, Format] = field(default_factory=dict[int, Format])
    uncalculated: frozenset[int] = frozenset()
    summed: frozenset[int] = frozenset()
    remarks: list[Remark] = field(default_factory=list[Remark])


@dataclass(slots=True)
class Column:
    """One column of a table: its cells as written, and what they mean.

    ``numbers`` holds percentages as ratios; ``decimals`` is the precision as written (of the ratio, where
    ``percent``). ``currencies`` holds the code each cell shows, if any does. ``grain`` is what one date of a
    date column stands for as written: ``2024-03`` is a month, ``2024-03-09 05:00`` an hour. ``unread`` are the
    places of filled cells that are no numbers; ``part``: the numbers only repeat a part of the table's date;
    ``summed``: a total that was left out was the sum of its cells, which proves that they add up.
    """

    name: str
    kind: Kind
    cells: list[Cell]
    numbers: list[float | None] = field(default_factory=list[float | None])
    moments: list[datetime | None] = field(default_factory=list[datetime | None])
    unit: str | None = None
    percent: bool = False
    decimals: int = 0
    currencies: list[str | None] = field(default_factory=list[str | None])
    grain: Grain | None = None
    unread: list[int] = field(default_factory=list[int])
    part: bool = False
    summed: bool = False

    def empty(self) -> int:
        """How many cells hold no value."""
        if self.kind == "number":
            return sum(number is None for number in self.numbers)
        return sum(cell is None or cell == "" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Wide:
    """A table that had one column per date: the names under which its dates and its numbers now stand."""

    date: str
    metric: str


@dataclass(slots=True)
class Table:
    """The data rows of one report; totals, notes, preamble and blank lines are left out.

    ``row_numbers`` are aligned with the cells of every column; in a table that was wide, each line of the
    file stands here once for each of its dates. ``remarks`` say what was left out or assumed.
    """

    file: str
    sheet: str | None
    columns: list[Column]
    row_numbers: list[int]
    wide: Wide | None = None
    remarks: list[Remark] = field(default_factory=list[Remark])

    def column(self, name: str) -> Column:
        """The column of that very name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def written(cell: Cell) -> str:
    """A cell as text, with single spaces."""
    return "" if cell is None else " ".join(str(cell).split())
