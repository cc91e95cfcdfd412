"""What was computed, in words and as facts: each number with what it is about and the rows it rests on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.reports.facts import wording
from domain.reports.facts.fact import Fact, FactType, Period, Segment, ranges
from domain.reports.querying import spans
from domain.reports.querying.grouping import Key, Label
from domain.reports.querying.measures import Measure, Number
from domain.reports.querying.names import called
from domain.reports.querying.query import How
from domain.reports.querying.values import short
from domain.reports.reading import Cell

_TYPES: dict[How, FactType] = {
    How.SUM: "total", How.COUNT: "total", How.MISSING: "total", How.DISTINCT: "total", How.MEAN: "average",
    How.MEDIAN: "value", How.MIN: "value", How.MAX: "value", How.FIRST: "value", How.LAST: "value",
    How.SHARE: "share", How.CORRELATION: "correlation",
}  # fmt: skip
_BEGINNINGS = ("The ", "There ")
_CALLED = {How.MEAN: "average", How.MEDIAN: "median", How.MIN: "smallest", How.MAX: "largest", How.FIRST: "first",
           How.LAST: "last"}  # fmt: skip
SCORE = 100.0
_CENTS = 2


@dataclass(frozen=True, slots=True)
class About:
    """What a number is about: the conditions of the query in words, its time, and the labels of its group."""

    segment: Segment
    conditions: str = ""
    period: Period | None = None

    @property
    def text(self) -> str:
        """What stands behind the subject of a sentence: “ for Region West in 2014”."""
        return f"{self.conditions} {spans.told(self.period)}" if self.period is not None else self.conditions

    def of(self, keys: Sequence[Key], labels: Sequence[Label]) -> "About":
        """The same for one group; of steps of time, the shortest is its time."""
        parts = [(key.name, label.text) for key, label in zip(keys, labels, strict=True) if label.period is None]
        times = [label.period for label in labels if label.period is not None]
        if len(times) > 1:
            times.sort(key=lambda time: spans.reach((time.start, time.end)).length, reverse=True)
        around = "".join(f" {spans.told(time)}" for time in times[:-1])
        conditions = wording.segment(tuple(parts)) + self.conditions + around
        return About((*self.segment, *parts), conditions, times[-1] if times else self.period)


def said(measure: Measure, value: Cell, unit: str | None = None) -> str:
    """A value as people read it, with its unit."""
    if isinstance(value, datetime):
        day = wording.moment(f"{value:%Y-%m-%d}")
        return f"{day} {value:%H:%M}" if value.hour or value.minute else day
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "no value" if value is None else short(str(value))
    if measure.percent:
        return percent(value)
    if measure.select.how is How.CORRELATION:
        return f"{value:.2f}"
    unit = unit or measure.unit
    money = unit is not None and measure.decimals == _CENTS and abs(value) >= 1  # an average of it has cents, too
    return number(value, unit, measure.decimals if measure.select.how is not How.MEAN or money else None)


def percent(ratio: float) -> str:
    """A ratio in per cent, to a tenth."""
    size = abs(ratio * 100)
    return wording.percent(ratio) if size < 1 else f"{ratio * 100:,.1f} %".replace(".0 %", " %")


def number(value: float, unit: str | None = None, decimals: int | None = None) -> str:
    """A number for readers: whole ones exactly, small amounts with the decimals of their column."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        text = f"{int(value):,}"
    elif decimals is not None and 0 < decimals <= 2 and abs(value) < 100_000:
        text = f"{value:,.{decimals}f}"
    elif decimals == 0 and abs(value) < 100_000 and round(value, 1) == value:  # the middle of two whole numbers
        text = f"{value:,.1f}"
    else:
        return wording.number(value, unit)
    return f"{text} {unit}" if unit and unit != "%" else text


def sentence_of(measure: Measure, found: Number, about: About, total: Number | None = None) -> str:
    """One number as a sentence without its full stop."""
    how, column, value = measure.select.how, called(measure.select.column), said(measure, found.value, found.unit)
    rows = _rows(found.over)
    if how is How.COUNT and measure.select.column is None:
        return f"There {'is' if found.value == 1 else 'are'} {_rows(found.value)}{about.text}"
    if found.value is None:
        return f"{column}{about.text} has no {'value' if how in (How.FIRST, How.LAST) else 'number'}"
    if how in _OF_ONE and found.over == 1 and measure.role is None:
        return f"{column}{about.text} is {value}{_without(found)}"
    if how is How.SUM:
        return f"{column}{about.text} adds up to {value} over {rows}{_without(found)}"
    if how is How.COUNT:
        return f"{column}{about.text} is filled in {value} of {rows}"
    if how is How.MISSING:
        return f"{column}{about.text} is missing in {value} of {rows}"
    if how is How.DISTINCT:
        return f"{column}{about.text} has {value} different value{'' if found.value == 1 else 's'}"
    if how is How.CORRELATION:
        return (
            f"{column} and {called(measure.select.of)}{about.text} correlate with {value} over {rows}{_without(found)}"
        )
    where = f" in row {found.row:,}" if found.row is not None else ""
    if how in (How.MIN, How.MAX, How.FIRST, How.LAST):
        end = _CALLED[how]
        if isinstance(found.value, datetime) and how in (How.MIN, How.MAX):
            end = "earliest" if how is How.MIN else "latest"
        return f"The {end} {column}{about.text} is {value}{where}{_without(found)}"
    role = measure.role
    parts = f": the sum of {role.above} by that of {role.below}" if role is not None else ""
    return f"The {_CALLED[how]} of {column}{about.text} is {value} over {rows}{_without(found)}{parts}"


def share_sentence(measure: Measure, found: Number, about: About, of: str) -> str:
    """“Region West makes up 31.6 % of Sales”."""
    subject = about.text.strip().removeprefix("for ") or "This"
    value = "no share" if found.value is None else said(measure, found.value, found.unit)
    return f"{subject[:1].upper()}{subject[1:]} makes up {value} of {of}{_without(found)}"


def what_of(measure: Measure) -> str:
    """A measure as sentences call it: “total Sales”."""
    column, how = measure.select.column, measure.select.how
    if column is None:
        return "share of rows" if how is How.SHARE else "number of rows"
    if how is How.SUM and "total" in column.casefold().replace(",", " ").split():
        return called(column)
    return f"{_NAMED[how]} {called(column)}"


_OF_ONE = frozenset((How.SUM, How.MEAN, How.MEDIAN))
"""What is, of a single row, its value."""


def joined(sentences: Sequence[str]) -> str:
    """Sentences without their full stops as one: those behind the first begin small, where no name begins them."""
    first, *others = sentences or [""]
    small = (f"{one[:1].lower()}{one[1:]}" if one.startswith(_BEGINNINGS) else one for one in others)
    return "; ".join([first, *small])


_NAMED = _CALLED | {
    How.SUM: "total", How.COUNT: "number of rows with", How.DISTINCT: "number of different values of",
    How.MISSING: "number of rows without", How.SHARE: "share of", How.CORRELATION: "correlation of",
}  # fmt: skip


def named(labels: Sequence[Label]) -> str:
    """A group, by the values of its keys."""
    return " / ".join(label.text for label in labels)


def _rows(value: Cell) -> str:
    return f"{number(value) if isinstance(value, int | float) else value} row{'' if value == 1 else 's'}"


def _without(found: Number) -> str:
    return without_unread(found.unread)


def without_unread(count: int) -> str:
    """What a number leaves out: filled cells that are no numbers."""
    cells = "1 cell that is no number" if count == 1 else f"{count:,} cells that are no numbers"
    return f", without {cells}" if count else ""


def fact_of(measure: Measure, found: Number, about: About, rows: Sequence[int], text: str) -> Fact | None:
    """A number as a fact; None where there is no number."""
    value = found.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    how = measure.select.how
    unit = "ratio" if measure.percent else found.unit or measure.unit
    if how is How.COUNT and measure.select.column is None:
        unit = None
    return Fact(
        type=_TYPES[how],
        metric=measure.select.column or "rows",
        segment=about.segment,
        period=about.period,
        value=value,
        unit=unit,
        score=SCORE,
        rows=ranges(rows),
        text=f"{text}.",
    )


def worded(measure: Measure, found: Number, about: About, rows: Sequence[int], text: str) -> Fact:
    """What is no number (a date, a word) as a fact that says so: its value is the number of rows it rests on."""
    return Fact("value", measure.select.column or "rows", about.segment, about.period, float(len(rows)), "rows", SCORE,
                ranges(rows), f"{text}.")  # fmt: skip
