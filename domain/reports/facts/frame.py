"""A table as arrays: its counted rows, their place in time, its dimensions and its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import numpy as np
from numpy.typing import NDArray

from domain.core.budget import Budget
from domain.reports.facts.fact import Period, Segment
from domain.reports.facts.steps import Step, calendar, floor, last_of, shown
from domain.reports.reading import Cell, Column, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_VALUE = ""


def as_list(places: Ints) -> list[int]:
    """Places as plain numbers."""
    return cast("list[int]", places.tolist())


def count_up(size: int) -> Ints:
    """0, 1, 2, … as an array."""
    return np.array(range(size), dtype=np.int64)


def spread_out(first: int, last: int, most: int) -> Ints:
    """At most so many whole numbers from one to another, both included, evenly spread."""
    count = max(1, min(most, last - first + 1))
    return np.array(
        sorted({first + round(at * (last - first) / max(1, count - 1)) for at in range(count)}), dtype=np.int64
    )


@dataclass(frozen=True, slots=True)
class Role:
    """What a number column is: a rate is the sum of ``above`` by the sum of ``below``, plus ``offset``."""

    kind: str
    above: str = ""
    below: str = ""
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column by which rows are told apart: its values as written, and each row's place among them."""

    name: str
    values: list[str]
    codes: Ints


@dataclass(slots=True)
class Frame:
    """The counted rows of a table (duplicates are left out) as aligned arrays.

    ``place`` is each row's step, counted from ``starts[0]``; -1 without a date. ``panel`` says that each date
    has one row for each combination of the dimensions. Columns in ``unsure`` are levels or flows: what is
    stated about them has to hold for both. ``unread`` marks, by column, the rows whose filled cells are no numbers.
    ``budget`` is asked before each part of the work that may take long.
    ``grades`` are number columns of a few whole numbers, by which rows are told apart as by a dimension;
    ``label`` is the column that names each row of a short list.
    """

    table: Table
    rows: Ints
    duplicates: list[int]
    numbers: dict[str, Floats]
    dimensions: list[Dimension]
    roles: dict[str, Role]
    units: dict[str, str | None]
    at: list[datetime]
    place: Ints
    starts: list[datetime]
    step: Step
    date: str | None
    panel: bool = False
    renames: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    currency: str | None = None
    main_currency: str | None = None
    unsure: set[str] = field(default_factory=set[str])
    unread: dict[str, Mask] = field(default_factory=dict[str, Mask])
    budget: Budget = field(default_factory=Budget)
    grades: list[Dimension] = field(default_factory=list[Dimension])
    label: Dimension | None = None
    stamps: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _firsts: dict[int, tuple[datetime, datetime]] = field(default_factory=dict[int, tuple[datetime, datetime]])
    _groups: dict[Step, tuple[Ints, list[datetime]]] = field(default_factory=dict[Step, tuple[Ints, list[datetime]]])
    _places: dict[Step, list[int]] = field(default_factory=dict[Step, list[int]])
    _masks: dict[Segment, Mask] = field(default_factory=dict[Segment, Mask])

    def __post_init__(self) -> None:
        if len(self.stamps) == len(self.at):
            return
        self.stamps = np.array([round((at - self.at[0]).total_seconds()) for at in self.at], dtype=np.int64)

    def dimension(self, name: str) -> Dimension:
        every = (*self.dimensions, *self.grades, *([self.label] if self.label else ()))
        return next(dimension for dimension in every if dimension.name == name)

    def mask(self, segment: Segment) -> Mask:
        """The rows of a segment."""
        if segment not in self._masks:
            mask = np.ones(len(self.rows), dtype=np.bool_)
            for name, value in segment:
                dimension = self.dimension(name)
                mask &= dimension.codes == dimension.values.index(value)
            self._masks[segment] = mask
        return self._masks[segment]

    def within(self, first: int, last: int) -> Mask:
        """The rows whose step lies between two steps, both included."""
        return (self.place >= first) & (self.place <= last)

    @property
    def present(self) -> Ints:
        """The steps that have rows, in order."""
        return np.flatnonzero(np.bincount(self.place[self.place >= 0])).astype(np.int64)

    def period(self, first: int, last: int) -> Period:
        """Two steps as facts write a period; weeks by the days their dates stand on."""
        if self.step == "week":
            return Period(shown(self._span(first)[0], "day"), shown(self._span(last)[1], "day"))
        return Period(shown(self.starts[first], self.step), shown(last_of(self.starts[last], self.step), self.step))

    def _span(self, step: int) -> tuple[datetime, datetime]:
        if not self._firsts:
            for place, at in zip(self.place.tolist(), self.at, strict=True):
                if place >= 0:
                    low, high = self._firsts.get(place, (at, at))
                    self._firsts[place] = (min(low, at), max(high, at))
        if step in self._firsts:
            return self._firsts[step]
        earlier = [place for place in self._firsts if place < step]
        shift = self._firsts[max(earlier)][0] - self.starts[max(earlier)]
        return self.starts[step] + shift, self.starts[step] + shift

    def grouped(self, step: Step) -> tuple[Ints, list[datetime]]:
        """Each row's larger step by its own date (-1 without one), and the starts of those that have rows, in order."""
        if step not in self._groups:
            dated = list(zip(self.at, as_list(self.place), strict=True))
            floors = {at: floor(at, step) for at in {at for at, place in dated if place >= 0}}
            starts = sorted(set(floors.values()))
            index = {start: code for code, start in enumerate(starts)}
            codes = [index[floors[at]] if place >= 0 else -1 for at, place in dated]
            self._groups[step] = np.array(codes, dtype=np.int64), starts
        return self._groups[step]

    def group_places(self, step: Step) -> list[int]:
        """Where the larger steps that have rows stand among all of them from the first date on."""
        if step not in self._places:
            _, starts = self.grouped(step)
            every = {start: place for place, start in enumerate(calendar(starts[0], starts[-1], step))}
            self._places[step] = [every[start] for start in starts]
        return self._places[step]

    @property
    def whole(self) -> Period | None:
        return self.period(0, len(self.starts) - 1) if self.starts else None

    def row_ranges(self, mask: Mask) -> tuple[tuple[int, int], ...]:
        rows = self.rows[mask]
        if not len(rows):
            return ()
        if (np.diff(rows) < 0).any():
            rows = np.sort(rows)
        ends = np.flatnonzero(np.diff(rows) > 1)
        firsts, lasts = rows[np.concatenate([[0], ends + 1])], rows[np.concatenate([ends, [len(rows) - 1]])]
        return tuple(zip(as_list(firsts), as_list(lasts), strict=True))


def dates_of(columns: Sequence[Column]) -> Column | None:
    """The date column that counts: the fullest, among equals the first."""
    dated = [column for column in columns if column.kind == "date"]
    return max(dated, key=lambda column: sum(at is not None for at in column.moments), default=None)


def place_in_time(moments: Sequence[datetime | None], step: Step) -> tuple[Ints, list[datetime]]:
    """Each date's step, and the starts of all steps between the first date and the last."""
    there = [at for at in moments if at is not None]
    starts = calendar(min(there), max(there), step)
    index = {start: place for place, start in enumerate(starts)}
    known: dict[datetime, int] = {}
    for at in there:
        if at not in known:
            known[at] = index.get(floor(at, step), -1)
    return np.array([-1 if at is None else known[at] for at in moments], dtype=np.int64), starts


def as_floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def encode(name: str, cells: Sequence[Cell]) -> Dimension:
    """A dimension from cells; values that differ by case or spaces alone are one, as first written."""
    values: list[str] = []
    known: dict[str, int] = {}
    exact: dict[Cell, int] = {}
    codes: list[int] = []
    for cell in cells:
        if cell not in exact:
            text = NO_VALUE if cell is None else " ".join(str(cell).split())
            key = text.casefold()
            if key not in known:
                known[key] = len(values)
                values.append(text)
            exact[cell] = known[key]
        codes.append(exact[cell])
    return Dimension(name, values, np.array(codes, dtype=np.int64))
