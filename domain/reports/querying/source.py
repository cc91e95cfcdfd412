"""A table, or two that were joined, as polars columns: loaded one by one, when a query names them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import count

import numpy as np
import polars as pl

from domain.reports.facts.build import frame_of
from domain.reports.facts.frame import NO_VALUE, Frame, dates_of
from domain.reports.querying import names
from domain.reports.reading import Cell, Column, Table
from domain.reports.reading.numerals import LARGEST_EXACT
from domain.reports.reading.table import blank, written

NONE = "(none)"
"""What stands for a value that is missing, where rows are grouped by it."""

AT = "at"
"""The column of a working frame with each row's place in the file that the query is put to."""


@dataclass(slots=True)
class Side:
    """One of the tables of a query. ``places``: for each row of the join its place in this table, null without."""

    table: Table
    places: pl.Series | None = None
    repeats: bool = False
    _frame: Frame | None = None

    @property
    def frame(self) -> Frame | None:
        """What its columns are; None for a table without rows."""
        if self._frame is None and self.table.row_numbers:
            with np.errstate(all="ignore"):
                self._frame = frame_of(self.table)
        return self._frame

    @property
    def known_frame(self) -> Frame | None:
        """The same, where something had to be looked up in it."""
        return self._frame


@dataclass(frozen=True, slots=True)
class Origin:
    """A column and the table it stands in: 0 is the one that the query is put to."""

    column: Column
    side: int


@dataclass
class Source:
    """What a query may name. ``columns`` are by the names under which it may name them."""

    sides: list[Side]
    columns: dict[str, Origin] = field(default_factory=dict[str, Origin])

    def __post_init__(self) -> None:
        if not self.columns:
            self.columns = {column.name: Origin(column, 0) for column in self.sides[0].table.columns}

    @property
    def table(self) -> Table:
        return self.sides[0].table

    @property
    def file(self) -> str:
        return self.table.file

    @cached_property
    def height(self) -> int:
        places = self.sides[0].places
        return len(self.table.row_numbers) if places is None else len(places)

    @cached_property
    def row_numbers(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(self.table.row_numbers, dtype=np.int64)

    @cached_property
    def date(self) -> str | None:
        """The date column that counts."""
        chief = dates_of(self.table.columns)
        if chief is not None and any(at is not None for at in chief.moments):
            return chief.name
        return next(iter(self.dates), None)

    @property
    def dates(self) -> list[str]:
        return [name for name, origin in self.columns.items() if origin.column.kind == "date"]

    def column(self, name: str) -> Column:
        return self.columns[name].column

    def base(self) -> pl.DataFrame:
        """A row for each row of the join, with its places."""
        places = self.sides[0].places
        at = pl.Series(AT, range(self.height), dtype=pl.Int64) if places is None else places.alias(AT)
        frame = at.to_frame()
        return frame if len(self.sides) == 1 else frame.with_columns(_places(self.sides[1]).alias(f"{AT}1"))

    def series(self, name: str) -> pl.Series:
        """A column in the order of the join: numbers as such, dates as moments, words as codes (see ``words``)."""
        if name not in self._series:
            self._series[name] = self._loaded(name)
        return self._series[name]

    @cached_property
    def _series(self) -> dict[str, pl.Series]:
        return {}

    def _loaded(self, name: str) -> pl.Series:
        origin = self.columns[name]
        loaded = _series(origin.column, self.words(name) if origin.column.kind == "text" else None)
        places = self.sides[origin.side].places
        return (loaded if places is None else loaded.gather(places)).alias(name)

    def words(self, name: str) -> "Words":
        if name not in self._words:
            self._words[name] = Words(self.columns[name].column.cells)
        return self._words[name]

    @cached_property
    def _words(self) -> dict[str, "Words"]:
        return {}

    def gathered(self, name: str, cells: Sequence[bool]) -> pl.Series:
        """What is known of each cell of a column, in the order of the join; false where there is no row."""
        places = self.sides[self.columns[name].side].places
        flags = pl.Series(name, cells, dtype=pl.Boolean)
        return flags if places is None else flags.gather(places).fill_null(value=False)

    def unread(self, name: str) -> pl.Series | None:
        """Which rows hold something in a number column that is no number; None where none does."""
        column = self.columns[name].column
        if not column.unread:
            return None
        flags = [False] * len(column.cells)
        for place in column.unread:
            flags[place] = True
        return self.gathered(name, flags)


def _places(side: Side) -> pl.Series:
    assert side.places is not None
    return side.places


class Words:
    """The words of a column: what differs by case and spaces alone is one, as first written."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        known: dict[str, int] = {}
        exact: dict[tuple[type, Cell], int | None] = {}
        self.names: list[str] = []
        self.codes: list[int | None] = []
        fresh = count()
        for cell in cells:
            kind = (type(cell), cell)
            if kind not in exact:
                text = NO_VALUE if blank(cell) else written(cell)
                key = text.casefold()
                if not text:
                    exact[kind] = None
                elif key in known:
                    exact[kind] = known[key]
                else:
                    exact[kind] = known[key] = next(fresh)
                    self.names.append(text)
            self.codes.append(exact[kind])

    def find(self, text: str) -> names.Found | None:
        return names.find(" ".join(text.split()), self.names)


def _series(column: Column, words: Words | None) -> pl.Series:
    if words is not None:
        return pl.Series(column.name, words.codes, dtype=pl.Int32)
    if column.kind == "date":
        return pl.Series(column.name, [_naive(at) for at in column.moments], dtype=pl.Datetime("us"))
    numbers = pl.Series(column.name, column.numbers, dtype=pl.Float64)
    frame = numbers.to_frame().select(pl.when(pl.col(column.name).is_finite()).then(pl.col(column.name)))
    return frame.to_series().alias(column.name)


def _naive(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=None) if at is not None and at.tzinfo is not None else at


def whole_numbers(column: Column) -> list[int | None] | None:
    """The cells of a column of whole numbers, exactly, where some are beyond what a float tells apart; else None."""
    if column.kind != "number" or column.decimals or column.percent:
        return None
    if not any(number is not None and abs(number) >= LARGEST_EXACT for number in column.numbers):
        return None
    return [
        None if number is None else _exactly(cell, number)
        for cell, number in zip(column.cells, column.numbers, strict=True)
    ]


def _exactly(cell: Cell, number: float) -> int:
    if isinstance(cell, int):
        return int(cell)
    digits = "".join(letter for letter in written(cell) if letter.isdecimal() or letter == "-")
    exact = int(digits) if digits.lstrip("-").isdecimal() else 0
    return exact if float(exact) == number else int(number)
