"""Conditions of a query, over the rows of a source: texts by their words, dates by what they span."""

from dataclasses import dataclass, replace

import polars as pl

from domain.core.errors import Invalid
from domain.reports.facts.wording import number
from domain.reports.querying import names, spans
from domain.reports.querying.query import Condition, Is, Step, Value
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.querying.source import Source
from domain.reports.reading.numerals import read_numeral

_ORDERED = (Is.LESS, Is.AT_MOST, Is.MORE, Is.AT_LEAST)
_WORDS = {
    Is.UNEQUAL: "is not", Is.LESS: "is less than", Is.AT_MOST: "is at most", Is.MORE: "is more than",
    Is.AT_LEAST: "is at least", Is.IN: "is one of", Is.CONTAINS: "contains",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition understood: which rows fulfil it, how it is said, and what was assumed.

    ``segment`` is what facts call it, where it is one value of a column; ``column`` is where it looks.
    """

    condition: Condition
    mask: pl.Series
    text: str
    segment: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    column: str = ""


def filters(source: Source, conditions: tuple[Condition, ...], steps: dict[str, tuple[str, Step]]) -> list[Filter]:
    """Each condition with its rows; ``steps`` are the date and step that a condition's column stands for, if it does.

    Raises:
        Invalid: a value cannot be compared with its column.
    """
    return [
        replace(_on_step(source, condition, *steps[condition.column]), column=steps[condition.column][0])
        if condition.column in steps
        else _of_column(source, condition)
        for condition in conditions
    ]


def _of_column(source: Source, condition: Condition) -> Filter:
    found, name = _filter(source, condition), condition.column
    return replace(found, column=name, text=found.text.replace(name, names.called(name), 1))


def _filter(source: Source, condition: Condition) -> Filter:
    column = source.column(condition.column)
    if condition.is_ in (Is.MISSING, Is.FILLED):
        return _presence(source, condition)
    if condition.value is None:
        raise _unusable(f"The condition on {condition.column} names no value to compare with.")
    if condition.is_ is Is.CONTAINS:
        return _containing(source, condition)
    if column.kind == "number":
        return _on_numbers(source, condition)
    return _on_dates(source, condition) if column.kind == "date" else _on_words(source, condition)


def _presence(source: Source, condition: Condition) -> Filter:
    name, series = condition.column, source.series(condition.column)
    filled = series.is_not_null()
    unread = source.unread(name)
    if unread is not None:
        filled = filled | unread
    if condition.is_ is Is.FILLED:
        return Filter(condition, filled, f"with {name}")
    return Filter(condition, ~filled, f"without {name}")


def _containing(source: Source, condition: Condition) -> Filter:
    name, wanted = condition.column, names.plain(str(_single(condition)))
    cells = source.column(name).cells
    known = {cell: wanted in names.plain(str(cell)) for cell in {c for c in cells if isinstance(c, str)}}
    mask = source.gathered(
        name, [known[c] if isinstance(c, str) else c is not None and wanted in names.plain(str(c)) for c in cells]
    )
    return Filter(condition, mask, f"where {name} contains “{_single(condition)}”")


def _single(condition: Condition) -> Value:
    value = condition.value
    if isinstance(value, tuple):
        if len(value) == 1:
            return value[0]
        raise _unusable(f"{condition.column} “{condition.is_.value}” is compared with one value, not with a list.")
    assert value is not None
    return value


def _several(condition: Condition) -> tuple[Value, ...]:
    value = condition.value
    assert value is not None
    return value if isinstance(value, tuple) else (value,)


# -- numbers -------------------------------------------------------------------------------------------


def _on_numbers(source: Source, condition: Condition) -> Filter:
    name, series = condition.column, source.series(condition.column)
    values = [_as_number(source, condition, value) for value in _several(condition)]
    shown = [_number_shown(source, name, value) for value in values]
    if condition.is_ in (Is.EQUAL, Is.UNEQUAL, Is.IN):
        tolerant = pl.Series([False] * source.height, dtype=pl.Boolean)
        for value in values:
            tolerant = tolerant | ((series - value).abs() <= 1e-9 * max(1.0, abs(value))).fill_null(value=False)
        text = f"where {name} is {names.either(shown)}"
        mask = tolerant
        if condition.is_ is Is.UNEQUAL:
            mask, text = ~tolerant, f"where {name} is not {names.either(shown)}"
        segment = (name, shown[0]) if len(shown) == 1 and condition.is_ is not Is.UNEQUAL else None
        return Filter(condition, mask, text, segment)
    _single(condition)
    value = values[0]
    mask = {
        Is.LESS: series < value, Is.AT_MOST: series <= value, Is.MORE: series > value, Is.AT_LEAST: series >= value,
    }[condition.is_].fill_null(value=False)  # fmt: skip
    return Filter(condition, mask, f"where {name} {_WORDS[condition.is_]} {shown[0]}")


def _as_number(source: Source, condition: Condition, value: Value) -> float:
    column = source.column(condition.column)
    if isinstance(value, str):
        numeral = read_numeral(value, ".")
        if numeral is None:
            raise _unusable(
                f"{condition.column} holds numbers, and “{value}” is none.",
                f"Compare it with a number, or ask for the rows where {condition.column} is missing or filled.",
            )
        value = numeral.value
        if numeral.percent:
            return value if column.percent else value * 100
    value = float(value)
    largest = max((abs(number) for number in column.numbers if number is not None), default=0.0)
    return value / 100 if column.percent and abs(value) > 1 and largest <= abs(value) else value


def _number_shown(source: Source, name: str, value: float) -> str:
    column = source.column(name)
    return f"{number(round(value * 100, 9))} %" if column.percent else number(value, column.unit)


# -- words ---------------------------------------------------------------------------------------------


def _on_words(source: Source, condition: Condition) -> Filter:
    name, words, series = condition.column, source.words(condition.column), source.series(condition.column)
    if condition.is_ in _ORDERED:
        raise _unusable(
            f"{name} holds words, so no row is more or less than “{_single(condition)}”.",
            "Name one of its values, or a column of numbers.",
        )
    codes: list[int] = []
    taken: list[str] = []
    notes: list[str] = []
    for value in _several(condition):
        text = str(value)
        found = words.find(text)
        if found is None:
            taken.append(text)
            notes.append(_none_such(source.file, name, text, words.names))
            continue
        if found.guessed:
            notes.append(f"I took “{found.name}” for “{text}” in {name}.")
        taken.append(found.name)
        codes.append(words.names.index(found.name))
    mask = series.is_in(codes).fill_null(value=False)
    value = tuple(taken) if isinstance(condition.value, tuple) else taken[0]
    condition = replace_value(condition, value)
    if condition.is_ is Is.UNEQUAL:
        return Filter(condition, ~mask, f"where {name} is not {names.either(taken)}", None, tuple(notes))
    if len(taken) == 1:
        return Filter(condition, mask, f"for {name} {taken[0]}", (name, taken[0]), tuple(notes))
    return Filter(condition, mask, f"for {name} {names.either(taken)}", None, tuple(notes))


def _none_such(file: str, column: str, value: str, known: list[str]) -> str:
    meant = names.near(value, known)
    hint = f"Did you mean {names.either(meant)}?" if meant else f"It holds {names.listed(sorted(known))}."
    return f"There is no “{value}” in {column} of {file}. {hint}"


def replace_value(condition: Condition, value: Value | tuple[Value, ...]) -> Condition:
    return condition.model_copy(update={"value": value})


# -- dates ---------------------------------------------------------------------------------------------


def _on_dates(source: Source, condition: Condition) -> Filter:
    name, series = condition.column, source.series(condition.column)
    reaches = [spans.one(str(value)) for value in _several(condition)]
    shown = [spans.called(reach.period) for reach in reaches]
    first = reaches[0]
    if condition.is_ in _ORDERED:
        _single(condition)
        mask = {
            Is.LESS: series < first.start, Is.AT_MOST: series < first.end,
            Is.MORE: series >= first.end, Is.AT_LEAST: series >= first.start,
        }[condition.is_].fill_null(value=False)  # fmt: skip
        said = {Is.LESS: "before", Is.AT_MOST: "up to", Is.MORE: "after", Is.AT_LEAST: "from"}[condition.is_]
        return Filter(condition, mask, f"where {name} is {said} {shown[0]}")
    mask = pl.Series([False] * source.height, dtype=pl.Boolean)
    for reach in reaches:
        mask = mask | ((series >= reach.start) & (series < reach.end)).fill_null(value=False)
    if condition.is_ is Is.UNEQUAL:
        return Filter(condition, ~mask, f"where {name} is not {names.either(shown)}")
    return Filter(condition, mask, f"where {name} is {names.either(shown)}")


def _on_step(source: Source, condition: Condition, date: str, step: Step) -> Filter:
    """“month is May”, “weekday is Saturday”: of any year; and “month is 2024-05”."""
    if condition.is_ in (Is.MISSING, Is.FILLED, Is.CONTAINS):
        return _filter(source, condition.model_copy(update={"column": date}))
    parts = [spans.part_of(value, step) for value in _several(condition)]
    if condition.value is not None and any(part is None for part in parts):
        return replace(_on_dates(source, condition.model_copy(update={"column": date})), condition=condition)
    series = source.series(date)
    own = {
        "year": series.dt.year, "quarter": series.dt.quarter, "month": series.dt.month, "week": series.dt.week,
        "day": series.dt.day, "weekday": series.dt.weekday, "hour": series.dt.hour,
    }[step]().cast(pl.Int32)  # fmt: skip
    values = [part + 1 if step == "weekday" else part for part in parts if part is not None]
    shown = [_part_shown(value, step) for value in values]
    if condition.is_ in _ORDERED:
        first = values[0]
        mask = {
            Is.LESS: own < first, Is.AT_MOST: own <= first, Is.MORE: own > first, Is.AT_LEAST: own >= first,
        }[condition.is_].fill_null(value=False)  # fmt: skip
        return Filter(condition, mask, f"where the {step} {_WORDS[condition.is_]} {shown[0]}")
    mask = own.is_in(values).fill_null(value=False)
    if condition.is_ is Is.UNEQUAL:
        return Filter(condition, ~mask, f"where the {step} is not {names.either(shown)}")
    joint = "on" if step == "weekday" else "at" if step == "hour" else "in"
    return Filter(condition, mask, f"{joint} {names.either(shown)}")


def _part_shown(value: int, step: Step) -> str:
    if step == "weekday":
        return f"{spans.WEEKDAYS[value - 1]}s"
    if step == "month":
        return f"{spans.one(f'2000-{value:02d}').start:%B}"
    return f"Q{value}" if step == "quarter" else f"{value}:00" if step == "hour" else str(value)


def _unusable(sentence: str, remedy: str | None = None) -> Invalid:
    return Invalid(sentence, remedy=remedy, code=UNANSWERABLE)
