"""The chart of a query's result: of the kind that was asked for, else of the one that shows it best."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from domain.core.errors import Invalid
from domain.reports.charts.axes import number_text
from domain.reports.charts.ends import partly_covered
from domain.reports.charts.gaps import with_gaps
from domain.reports.charts.grouped import Grouped, grouped
from domain.reports.charts.refusals import undrawable
from domain.reports.charts.spec import MOST_POINTS, REST, ChartKind, ChartSpec, Series
from domain.reports.charts.words import capital, group_word, is_listing, source, title
from domain.reports.querying.query import ChartWish
from domain.reports.querying.result import Result
from domain.reports.reading import Table

__all__ = ["grouped_chart"]

_MOST_BARS, _MOST_MARKS = 30, 400
"""Bars that can be named one by one, and bars of several series or steps of time that can be told apart at all."""
_MOST_PARTS, _MOST_SERIES, _MOST_BESIDE = 7, 12, 6
_WEEK_OF_DAYS, _DAY_OF_HOURS = 7, 24
_FEWEST = 3
"""Numbers that are worth a picture where none was asked for."""
_WHOLE = 0.01
"""By how much shares may miss a whole."""


def grouped_chart(result: Result, kind: ChartWish | None, table: Table) -> ChartSpec:
    """The chart of a result that groups the rows of a table. Raises Invalid with the code NO_PICTURE."""
    layout = grouped(result)
    if layout is None:
        raise _shapeless(result)
    ends = tuple(partly_covered(result.query, layout, table))
    layout = replace(layout, left_out=(*layout.left_out, *ends))
    if kind is not None:
        return replace(_DRAWN[kind](result, layout), source=source(result, table.file))
    values = layout.values()
    if len(values) < _FEWEST:
        raise undrawable("So few numbers say more in words than in a picture.")
    if min(values) == max(values):
        unit = f" {layout.unit}" if layout.unit else ""
        raise undrawable(
            f"{capital(layout.what)} is {number_text(values[0])}{unit} everywhere, which needs no picture."
        )
    return replace(_DRAWN[_natural(result, layout)](result, layout), source=source(result, table.file))


def _shapeless(result: Result) -> Invalid:
    groups = [heading.name for heading in result.headings if heading.select is None]
    if not result.rows:
        return undrawable("No row matches, so there is nothing to draw.")
    if is_listing(result.query):
        return undrawable("A list of rows is no picture.", "two of its number columns against each other")
    if not groups:
        return undrawable("One number is no picture.", "it by the values of a column, or along time")
    if len(groups) > 2:
        return undrawable(f"{len(groups)} groups at once do not fit in a picture.", "it by one or two of them")
    return undrawable("There is no number in the result that could be drawn.")


def _natural(result: Result, layout: Grouped) -> ChartWish:
    """Lines along time unless it was sorted by size, and bars; stacks where bars could not stand side by side."""
    if layout.follows and len(layout.x) >= _FEWEST and not _by_size(result, layout):
        return "line"
    if layout.ordered and len(layout.series) > 1 and len(layout.x) > _WEEK_OF_DAYS and not _by_size(result, layout):
        return "line"
    many = len(layout.series) > _MOST_BESIDE and len(layout.x) > 1
    return "stacked" if many and layout.adds and min(layout.values()) >= 0 else "bar"


def _by_size(result: Result, layout: Grouped) -> bool:
    groups = {heading.name for heading in result.headings if heading.select is None} | set(result.query.by)
    return bool(result.query.order) and result.query.order[0].by not in {*groups, layout.over}


# -- bars ---------------------------------------------------------------------------------------------


def _bars(result: Result, layout: Grouped) -> ChartSpec:
    layout = _ordered(result, layout)
    layout, note = _cut_series(layout)
    layout, cut = _cut_bars(layout)
    return _spec(ChartKind.BAR, result, layout, *note, *cut)


def _stack(result: Result, layout: Grouped) -> ChartSpec:
    if len(layout.series) < 2:
        raise undrawable("A stacked chart needs a second group, whose parts lie on one another.", "a bar chart")
    if not layout.adds:
        raise undrawable(f"{capital(layout.what)} does not add up, so it cannot be stacked.", "a line or bar chart")
    layout, cut = _cut_bars(_ordered(result, layout), stacked=True)
    return _spec(ChartKind.STACKED, result, layout, *cut)


def _ordered(result: Result, layout: Grouped) -> Grouped:
    """As the result is sorted; in an order of their own where the question asked for none."""
    return layout if _by_size(result, layout) or not layout.ordered or result.query.order else layout.in_order()


def _cut_series(layout: Grouped) -> tuple[Grouped, list[str]]:
    """At most twelve series of values that do not add up; others are added up as they are drawn."""
    if layout.adds or len(layout.series) <= _MOST_SERIES:
        return layout, []
    note = f"{_MOST_SERIES} of {len(layout.series)} values of {layout.split} are shown."
    return replace(layout, series=layout.series[:_MOST_SERIES]), [note]


def _cut_bars(layout: Grouped, *, stacked: bool = False) -> tuple[Grouped, list[str]]:
    """The first thirty, and the others as one bar where they add up; steps of time all have a place."""
    count, beside = len(layout.x), 1 if stacked else min(len(layout.series), _MOST_SERIES)
    if layout.ordered and (layout.follows or count <= _DAY_OF_HOURS):
        if count * beside > _MOST_MARKS:
            raise undrawable(f"{count * beside:,} bars could not be told apart.", "a line chart")
        return layout, []
    most = max(5, min(_MOST_BARS, 2 * _MOST_BARS // beside))
    if count <= most:
        return layout, []
    rest, shown = range(most, count), layout.at(range(most))
    if not layout.adds or not layout.whole:
        return shown, [f"The first {most} of {count:,} are shown."]
    series = tuple(
        Series(one.name, (*one.values, math.fsum(all_.values[at] or 0 for at in rest)))
        for one, all_ in zip(shown.series, layout.series, strict=True)
    )
    x = tuple(place if isinstance(place, str) else number_text(place) for place in shown.x)
    note = f"The first {most} of {count:,} are shown; the others are added up in the last bar."
    return replace(shown, x=(*x, f"{REST}{len(rest):,}"), series=series), [note]


# -- lines --------------------------------------------------------------------------------------------


def _lines(result: Result, layout: Grouped) -> ChartSpec:
    if not layout.ordered:
        raise undrawable(f"{capital(layout.over)} has no order that a line could follow.", "a bar chart")
    if len(layout.x) < 2:
        raise undrawable("A line needs more than one point.", "a bar chart")
    layout = with_gaps(layout.in_order())
    if len(layout.x) > MOST_POINTS:
        raise undrawable(
            f"A line of {len(layout.x):,} points cannot be read.", "it by a longer step, as by day or month"
        )
    return _spec(ChartKind.LINE, result, layout)


# -- pies ---------------------------------------------------------------------------------------------


def _pie(result: Result, layout: Grouped) -> ChartSpec:
    reason = _no_whole(result, layout)
    if reason:
        raise undrawable(reason, "a stacked chart" if layout.split and layout.adds else "a bar chart")
    layout = _ordered(result, layout)
    values = layout.series[0].values
    parts = [at for at, value in enumerate(values) if value]
    empty = [str(place) for place, value in zip(layout.x, values, strict=True) if not value]
    note = [f"Without a part, at 0: {', '.join(empty)}."] if empty else []
    return _spec(ChartKind.PIE, result, layout.at(parts), *note)


def _no_whole(result: Result, layout: Grouped) -> str:
    """Why the numbers are no parts of a whole; empty where they are."""
    values = layout.values()
    if len(layout.series) > 1:
        return "A pie shows one number for each part, and here are several."
    if not layout.adds:
        return f"{capital(layout.what)} does not add up to a whole, so it is no pie."
    if min(values) < 0:
        return "A pie has no place for numbers below zero."
    if math.fsum(values) <= 0 or sum(value > 0 for value in values) < 2:
        return "A pie needs at least two parts."
    if not layout.whole or _is_cut(result):
        return "The first few of many are no whole, so they are no pie."
    if layout.unit == "%" and abs(math.fsum(values) - 100) > 100 * _WHOLE:
        return f"The shares add up to {math.fsum(values):.0f} %, not to a whole."
    if sum(value > 0 for value in values) > _MOST_PARTS:
        return f"A pie of {len(values):,} parts cannot be read, only one of up to {_MOST_PARTS}."
    return ""


def _is_cut(result: Result) -> bool:
    return result.query.limit is not None and len(result.rows) >= result.query.limit


# -- what all have in common --------------------------------------------------------------------------


def _spec(kind: ChartKind, result: Result, layout: Grouped, *notes: str) -> ChartSpec:
    by = [part for part in (layout.over, layout.split) if part and part in map(group_word, result.query.by)]
    return ChartSpec(
        kind=kind,
        title=title(result.query, layout.what, by, cut=_is_cut(result)),
        x=layout.x,
        series=layout.series,
        x_label="" if layout.follows else capital(layout.over),
        y_label=capital(layout.what),
        unit=layout.unit,
        note=" ".join([*layout.left_out, *notes, *result.notes]),
    )


def _refuse(result: Result, layout: Grouped) -> ChartSpec:
    raise undrawable(
        "That kind of chart shows single rows, and these are groups of them.",
        "a line chart" if layout.follows else "a bar chart",
    )


_DRAWN: Mapping[ChartWish, Callable[[Result, Grouped], ChartSpec]] = {
    "bar": _bars,
    "line": _lines,
    "stacked": _stack,
    "pie": _pie,
    "scatter": _refuse,
    "histogram": _refuse,
}
