"""What rows are grouped by: the values of a column, or the steps of a date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from domain.reports.facts.fact import Period
from domain.reports.facts.steps import last_of, shown
from domain.reports.facts.wording import number
from domain.reports.querying import spans
from domain.reports.querying.query import Step
from domain.reports.querying.source import NONE, Source
from domain.reports.querying.values import short
from domain.reports.reading import Cell, Column
from domain.reports.reading.columns import YEAR_NAMES
from domain.reports.reading.months import fold

_EVERY: dict[Step, str] = {"year": "1y", "quarter": "1q", "month": "1mo", "week": "1w", "day": "1d", "hour": "1h"}
_GROUP = "group"


@dataclass(frozen=True, slots=True)
class Label:
    """A group's value of one key: as rows hold it, as sentences say it, and the time it stands for, if it does.

    ``rank`` orders values that have an order of their own.
    """

    cell: Cell
    text: str
    period: Period | None = None
    rank: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One thing that rows are grouped by.

    ``codes`` say of each row which value it has, in an order that can be sorted; ``label`` says what a code stands
    for. ``step`` is that of a date; ``lasting`` keys lie one after another in time, ``ordered`` ones in any order of
    their own.
    """

    name: str
    column: str
    codes: pl.Series
    label: Callable[[int | float | datetime | None], Label]
    kind: str
    step: Step | None = None
    lasting: bool = False
    ordered: bool = False


def key_of(source: Source, name: str, column: str, step: Step | None) -> Key:
    """The key that a name in ``by`` stands for: a column, or a step of a date column."""
    series, about = source.series(column), source.column(column)
    if about.kind == "date":
        return _dated(name, column, series, step or _own_step(about), plain=step is None)
    if about.kind == "text":
        words = source.words(column).names
        return Key(name, column, series, lambda code: word_label(words, code), "text")
    ordered = about.decimals == 0 and (fold(about.name) in YEAR_NAMES or about.part)
    return Key(name, column, series, lambda value: _numbered(about, value), "number", ordered=ordered)


def _own_step(column: Column) -> Step:
    """What its dates stand for: days that are all the first of a month, or of a year, stand for that."""
    if column.grain not in (None, "day"):
        return column.grain
    there = [at for at in column.moments if at is not None]
    if len(set(there)) > 1 and all(at.day == 1 and not at.hour for at in there):
        return "year" if all(at.month == 1 for at in there) else "month"
    return "day"


def _dated(name: str, column: str, series: pl.Series, step: Step, *, plain: bool) -> Key:
    if step == "weekday":
        codes = series.dt.weekday().cast(pl.Int32)
        return Key(name, column, codes, _weekday, "text", step, ordered=True)
    if step == "hour" and not plain:
        codes = series.dt.hour().cast(pl.Int32)
        return Key(name, column, codes, _hour, "text", step, ordered=True)
    if step == "hour":  # its moments as they are
        return Key(name, column, series, _moment, "date", step, lasting=True, ordered=True)
    codes = series.dt.truncate(_EVERY[step])
    return Key(name, column, codes, lambda at: _step(at, step), "date", step, lasting=True, ordered=True)


_ABSENT = Label(NONE, NONE)


def word_label(words: list[str], code: int | float | datetime | None) -> Label:
    """The word that a code stands for."""
    return Label(words[code], short(words[code])) if isinstance(code, int) else _ABSENT


def _numbered(column: Column, value: int | float | datetime | None) -> Label:
    if not isinstance(value, int | float):
        return _ABSENT
    if column.percent:
        return Label(value, f"{number(round(value * 100, 9))} %", rank=value)
    if value == int(value):
        return Label(int(value), str(int(value)), rank=value)
    return Label(value, f"{value:.{min(column.decimals, 9)}f}", rank=value)


def _weekday(code: int | float | datetime | None) -> Label:
    if not isinstance(code, int):
        return _ABSENT
    return Label(spans.WEEKDAYS[code - 1], spans.WEEKDAYS[code - 1], rank=code)


def _hour(code: int | float | datetime | None) -> Label:
    return Label(f"{code:02d}:00", f"{code:02d}:00", rank=code) if isinstance(code, int) else _ABSENT


def part_label(step: Step, code: int | float | datetime | None) -> Label:
    """A month, quarter, week or day of any year or month."""
    if not isinstance(code, int):
        return _ABSENT
    text = {"month": f"{spans.one(f'2000-{code:02d}').start:%B}" if step == "month" else "", "quarter": f"Q{code}",
            "week": f"week {code}"}.get(step, f"day {code}")  # fmt: skip
    return Label(text, text, rank=code)


def _moment(at: int | float | datetime | None) -> Label:
    if not isinstance(at, datetime):
        return _ABSENT
    written = f"{at:%Y-%m-%dT%H:%M}" if not at.second else f"{at:%Y-%m-%dT%H:%M:%S}"
    period = Period(written, written)
    return Label(written, spans.called(period), period)


def _step(at: int | float | datetime | None, step: Step) -> Label:
    if not isinstance(at, datetime):
        return _ABSENT
    assert step not in ("weekday",)
    if step == "week":
        period = Period(f"{at:%Y-%m-%d}", f"{at + timedelta(days=6):%Y-%m-%d}")
        return Label(period.start, spans.called(period), period)
    period = Period(shown(at, step), shown(last_of(at, step), step))
    cell = f"{at.year}-Q{(at.month + 2) // 3}" if step == "quarter" else period.start
    return Label(cell, spans.called(period), period)


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by their keys: ``rows`` is the frame with a column ``group``, whose numbers are the places of ``labels``."""

    rows: pl.DataFrame
    labels: list[tuple[Label, ...]]
    codes: list[tuple[object, ...]]

    def __len__(self) -> int:
        return len(self.labels)


def grouped(frame: pl.DataFrame, keys: list[Key]) -> Groups:
    """The rows of a frame (whose column ``at_row`` numbers them as the keys' codes stand) by their keys."""
    if not keys:
        return Groups(frame.with_columns(pl.lit(0, dtype=pl.UInt32).alias(_GROUP)), [()], [()])
    names = [f"key{place}" for place in range(len(keys))]
    frame = frame.with_columns(
        [key.codes.gather(frame["row"]).alias(name) for key, name in zip(keys, names, strict=True)]
    )
    distinct = frame.select(names).unique(maintain_order=True).with_row_index(_GROUP)
    rows = frame.join(distinct, on=names, how="left", nulls_equal=True, maintain_order="left").drop(names)
    codes = distinct.drop(_GROUP).rows()
    labels = [tuple(key.label(code) for key, code in zip(keys, row, strict=True)) for row in codes]
    return Groups(rows, labels, codes)
