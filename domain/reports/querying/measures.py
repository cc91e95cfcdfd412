"""What is computed of a group of rows: one number for each selection, with how many rows it rests on."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import polars as pl

from domain.reports.facts.frame import Role
from domain.reports.querying.grouping import Groups
from domain.reports.querying.query import How, Select
from domain.reports.querying.source import AT, Source, whole_numbers
from domain.reports.reading import Cell, Column
from domain.reports.reading.table import blank, written

_VALUE, _OTHER, _GROUP, _UNREAD = "value", "other", "group", "unread"


@dataclass(frozen=True, slots=True)
class Measure:
    """A selection with its column. ``role`` is a rate's, where its mean is that of its parts; ``scale`` what the
    quotient of the parts is to be multiplied with to be written as the column is."""

    select: Select
    name: str
    column: Column | None = None
    side: int = 0
    role: Role | None = None
    scale: float = 1.0

    @property
    def percent(self) -> bool:
        return self.select.how is How.SHARE or (self.in_its_unit and self.column is not None and self.column.percent)

    @property
    def in_its_unit(self) -> bool:
        """Whether the number is of the kind that its column holds."""
        return self.select.how in _IN_ITS_UNIT

    @property
    def unit(self) -> str | None:
        if self.select.how is How.SHARE:
            return "%"
        return self.column.unit if self.column is not None and self.in_its_unit else None

    @property
    def decimals(self) -> int:
        return self.column.decimals if self.column is not None and self.in_its_unit else 0


_IN_ITS_UNIT = frozenset((How.SUM, How.MEAN, How.MEDIAN, How.MIN, How.MAX, How.FIRST, How.LAST))
ONE_ROW = frozenset((How.MIN, How.MAX, How.FIRST, How.LAST))
"""What is the value of a single row."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a group: how many rows it rests on, how many filled cells of them are no numbers, the place of the
    row that it is the value of, if it is one's, and its unit, where that is in the rows."""

    value: Cell
    over: int
    unread: int = 0
    row: int | None = None
    unit: str | None = None


def computed(source: Source, groups: Groups, measure: Measure) -> list[Number]:
    """The number of each group, in their order."""
    how = measure.select.how
    if measure.column is None:
        count = pl.col(AT).n_unique() if source.sides[0].repeats else pl.len()
        return _by_group(groups, groups.rows.group_by(_GROUP).agg(count.alias(_VALUE)), _counted)
    frame = _with_values(source, groups, measure)
    if how is How.CORRELATION:
        return _correlations(source, groups, frame, measure)
    if how in (How.SUM, How.SHARE):
        return _sums(source, groups, frame, measure)
    if how is How.MEAN and measure.role is not None:
        return _rates(source, groups, frame, measure)
    if how in ONE_ROW:
        return _single(source, groups, frame, measure)
    value = pl.col(_VALUE)
    asked = {
        How.MEAN: value.drop_nulls(),
        How.MEDIAN: value.median(),
        How.COUNT: value.count() + pl.col(_UNREAD).sum(),
        How.MISSING: value.null_count() - pl.col(_UNREAD).sum(),
        How.DISTINCT: value.drop_nulls().n_unique(),
    }[how]
    over = pl.len() if how in (How.COUNT, How.MISSING) else value.count()
    unread = pl.lit(0) if how in (How.COUNT, How.MISSING) else pl.col(_UNREAD).sum()
    found = frame.group_by(_GROUP).agg(
        asked.alias("found"), over.alias("over"), unread.alias("left")
    )  # fmt: skip
    return _by_group(groups, found, lambda row: Number(_finished(how, row[1]), row[2], row[3]))


def _finished(how: How, value: Any) -> Cell:
    if how is How.MEAN:
        return math.fsum(value) / len(value) if value else None
    return 0 if value is None and how is not How.MEDIAN else value


def _counted(row: tuple[Any, ...]) -> Number:
    return Number(row[1], row[1])


def _by_group(groups: Groups, found: pl.DataFrame, read: Callable[[tuple[Any, ...]], Number]) -> list[Number]:
    by_place = {cast("int", row[0]): read(row) for row in found.iter_rows()}
    nothing = Number(None, 0)
    return [by_place.get(place, nothing) for place in range(len(groups))]


def _with_values(source: Source, groups: Groups, measure: Measure) -> pl.DataFrame:
    """The rows of the groups with a measure's cells beside them, each row of its table once a group."""
    assert measure.select.column is not None
    name = measure.select.column
    frame = groups.rows
    if source.sides[measure.side].repeats:
        side = AT if measure.side == 0 else f"{AT}{measure.side}"
        frame = frame.unique([_GROUP, side], maintain_order=True)
    unread = source.unread(name)
    return frame.with_columns(
        source.series(name).gather(frame["row"]).alias(_VALUE),
        (pl.lit(value=False) if unread is None else unread.gather(frame["row"])).alias(_UNREAD),
    )


def _sums(source: Source, groups: Groups, frame: pl.DataFrame, measure: Measure) -> list[Number]:
    assert measure.column is not None
    exact = whole_numbers(measure.column)
    side = AT if measure.side == 0 else f"{AT}{measure.side}"
    found = frame.group_by(_GROUP).agg(
        pl.col(_VALUE).drop_nulls().alias("values"),
        pl.col(side).filter(pl.col(_VALUE).is_not_null()).alias("places"),
        pl.col(_UNREAD).sum().alias("left"),
    )

    def added(row: tuple[Any, ...]) -> Number:
        values: Sequence[float] = row[1]
        if not values:
            return Number(None, 0, row[3])
        if exact is not None:
            places: Sequence[int] = row[2]
            return Number(sum(exact[place] or 0 for place in places), len(values), row[3])
        whole = measure.column is not None and measure.column.decimals == 0 and not measure.column.percent
        total = math.fsum(values)
        return Number(int(total) if whole and total == int(total) else total, len(values), row[3])

    return _by_group(groups, found, added)


def _rates(source: Source, groups: Groups, frame: pl.DataFrame, measure: Measure) -> list[Number]:
    """The sum of one part over the sum of the other, where both are known."""
    role = measure.role
    assert role is not None
    parts = [source.series(name).gather(frame["row"]) for name in (role.above, role.below)]
    both = frame.with_columns(parts[0].alias("above"), parts[1].alias("below")).filter(
        pl.col("above").is_not_null() & pl.col("below").is_not_null()
    )
    found = both.group_by(_GROUP).agg(pl.col("above"), pl.col("below"), pl.col(_UNREAD).sum())

    def divided(row: tuple[Any, ...]) -> Number:
        below = math.fsum(row[2])
        value = (math.fsum(row[1]) / below + role.offset) * measure.scale if below else None
        return Number(value, len(row[1]), row[3])

    return _by_group(groups, found, divided)


def _single(source: Source, groups: Groups, frame: pl.DataFrame, measure: Measure) -> list[Number]:
    """The smallest, largest, first or last value of a group, with the row it stands in."""
    how, value = measure.select.how, pl.col(_VALUE)
    assert measure.column is not None
    filled = frame.filter(value.is_not_null())
    if how in (How.FIRST, How.LAST) and source.date is not None:
        moments = source.series(source.date).gather(filled["row"])
        filled = filled.with_columns(moments.alias("moment")).filter(pl.col("moment").is_not_null())
        if _newest_first(source):
            filled = filled.reverse()  # of two rows of one day the upper is the later one
        filled = filled.sort("moment", maintain_order=True)
    side = AT if measure.side == 0 else f"{AT}{measure.side}"
    chosen = {
        How.MIN: pl.col(side).filter(value == value.min()).first(),
        How.MAX: pl.col(side).filter(value == value.max()).first(),
        How.FIRST: pl.col(side).first(),
        How.LAST: pl.col(side).last(),
    }[how]
    found = filled.group_by(_GROUP, maintain_order=True).agg(chosen.alias("place"), pl.len())
    left = dict(frame.group_by(_GROUP).agg(pl.col(_UNREAD).sum()).iter_rows())
    exact = whole_numbers(measure.column)
    column = measure.column

    def value_at(row: tuple[Any, ...]) -> Number:
        place = cast("int", row[1])
        cell = exact[place] if exact is not None else cell_of(column, place)
        return Number(cell, row[2], left.get(row[0], 0), place if measure.side == 0 else None)

    return _by_group(groups, found, value_at)


def _newest_first(source: Source) -> bool:
    """Whether the rows of a table run back in time."""
    assert source.date is not None
    known = source.series(source.date).drop_nulls()
    return known.len() > 1 and known[0] > known[-1] and known.is_sorted(descending=True)


def cell_of(column: Column, place: int) -> Cell:
    """A cell as results hold it: a number, a moment, or words."""
    if column.kind == "number":
        number = column.numbers[place]
        if number is None or not math.isfinite(number):
            return None
        return int(number) if column.decimals == 0 and not column.percent and number.is_integer() else number
    if column.kind == "date":
        return column.moments[place]
    cell = column.cells[place]
    return None if blank(cell) else written(cell)


def _correlations(source: Source, groups: Groups, frame: pl.DataFrame, measure: Measure) -> list[Number]:
    assert measure.select.of is not None
    other = source.series(measure.select.of).gather(frame["row"])
    both = frame.with_columns(other.alias(_OTHER)).filter(pl.col(_VALUE).is_not_null() & pl.col(_OTHER).is_not_null())
    found = both.group_by(_GROUP).agg(pl.corr(_VALUE, _OTHER), pl.len().alias("over"))

    def related(row: tuple[Any, ...]) -> Number:
        value = cast("float | None", row[1])
        known = value is not None and math.isfinite(value)
        return Number(max(-1.0, min(1.0, value)) if known and value is not None else None, row[2])

    return _by_group(groups, found, related)
