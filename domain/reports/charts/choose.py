"""The chart that shows a table best: its main number over time, by the column that was asked for."""

import math

import numpy as np

from domain.reports.charts.grouped import NONE
from domain.reports.charts.refusals import undrawable
from domain.reports.charts.spec import ChartKind, ChartSpec, Series
from domain.reports.charts.words import capital
from domain.reports.facts.build import frame_of
from domain.reports.facts.focus import column_named, column_said
from domain.reports.facts.frame import NO_VALUE, Frame, Mask
from domain.reports.facts.measure import ROWS, amount, at_last_date, role_of, series
from domain.reports.facts.metrics import main_metrics
from domain.reports.facts.steps import Step, calendar, shown, trend_step
from domain.reports.querying.query import ChartWish
from domain.reports.reading import Table
from domain.reports.reading.table import written

MOST_LINES = 8
MOST_BARS = 15
MOST_STEPS = 200
_COARSER: dict[Step, Step] = {"hour": "day", "day": "week", "week": "month", "month": "quarter", "quarter": "year"}
_CALLED: dict[ChartWish, str] = {"pie": "pie", "scatter": "scatter plot", "histogram": "histogram"}


def choose_chart(
    table: Table,
    by: tuple[str, ...] = (),
    metric: str | None = None,
    kind: ChartWish | None = None,
    question: str = "",
) -> ChartSpec:
    """What to draw of a table. CPU-bound, for another process.

    ``by`` and ``metric`` are columns as a person says them, and where they are not given they are looked for in the
    ``question``.

    Raises:
        Invalid: it names a column that the table does not have; with the code NO_PICTURE, where there is no number to
            draw, or the kind needs to be told of what.
    """
    if kind not in (None, "bar", "line", "stacked"):
        raise undrawable(f"It is open what the {_CALLED[kind]} is to show: name a number, and what to divide it by.")
    name = table.file
    with np.errstate(all="ignore"):
        frame = frame_of(table)
        metrics = main_metrics(frame)
        if not metrics:
            raise undrawable(f"{name} holds no number that could be drawn.")
        chosen = column_named(metric, metrics, "draw") if metric else column_said(metrics, question) or metrics[0]
        dimensions = [dimension.name for dimension in frame.dimensions]
        asked = column_named(by[0], dimensions, "break the numbers down by") if by else None
        column = asked or column_said(dimensions, question) or _natural(frame)
        if len(frame.present) > 2 and kind != "bar":
            return _over_time(frame, name, chosen, column, kind)
        return _by_value(frame, name, chosen, column)


def _natural(frame: Frame) -> str | None:
    """Where nothing was asked for: the first column with few values."""
    few = [one.name for one in frame.dimensions if 2 <= len([v for v in one.values if v != NO_VALUE]) <= MOST_LINES]
    return few[0] if few else None


def _over_time(frame: Frame, name: str, metric: str, column: str | None, kind: ChartWish | None) -> ChartSpec:
    step = _step(frame)
    groups, note = _groups(frame, metric, column, MOST_LINES)
    lines = [(title, dict(series(frame, metric, mask, step))) for title, mask in groups]
    # a step the table covers in part only would look like a fall: series holds whole steps alone
    whole = sorted({place for _, points in lines for place in points})
    if len(whole) < 2:
        return _by_value(frame, name, metric, column)
    scale = _scale(frame, metric)
    starts = frame.grouped(step)[1]
    steps = calendar(starts[0], starts[-1], step)
    return ChartSpec(
        kind=ChartKind.STACKED if kind == "stacked" else ChartKind.LINE,
        title=_title(metric, step, column),
        x=tuple(shown(steps[place], step) for place in whole),
        series=tuple(
            Series(title, tuple(_scaled(points.get(place), scale) for place in whole)) for title, points in lines
        ),
        y_label=capital(_label(metric)),
        unit=_unit(frame, metric),
        source=_source(frame, name),
        note=note,
    )


def _step(frame: Frame) -> Step:
    """Steps fine enough to see something happen, and few enough to be told apart."""
    if len(frame.starts) <= 62:
        return frame.step
    coarse = trend_step(frame.starts[0], frame.starts[-1], frame.step)
    while len(frame.grouped(coarse)[1]) > MOST_STEPS and coarse in _COARSER:
        coarse = _COARSER[coarse]
    return coarse if len(frame.grouped(coarse)[1]) > 2 else frame.step


def _by_value(frame: Frame, name: str, metric: str, column: str | None) -> ChartSpec:
    scale = _scale(frame, metric)
    if column is None:
        column, named = _rows_by_name(frame, name, metric)
        named.sort(key=lambda one: -one[1])
        bars, note = named[:MOST_BARS], _cut(len(named), MOST_BARS)
    else:
        groups, note = _groups(frame, metric, column, MOST_BARS)
        bars = [(title, _number(frame, metric, mask)) for title, mask in groups]
    return ChartSpec(
        kind=ChartKind.BAR,
        title=_title(metric, column),
        x=tuple(title for title, _ in bars),
        series=(Series(_label(metric), tuple(_scaled(value, scale) for _, value in bars)),),
        x_label=capital(column),
        y_label=capital(_label(metric)),
        unit=_unit(frame, metric),
        source=_source(frame, name),
        note=note,
    )


def _rows_by_name(frame: Frame, name: str, metric: str) -> tuple[str, list[tuple[str, float]]]:
    """The column of words by which every row of a table has a name of its own, and each row's number."""
    for column in frame.table.columns:
        names = [written(cell) for cell in column.cells]
        if metric != ROWS and column.kind == "text" and len(set(names)) == len(names) > 2 and all(names):
            numbers = frame.table.column(metric).numbers
            return column.name, [(one, value) for one, value in zip(names, numbers, strict=True) if value is not None]
    raise undrawable(f"{name} has neither dates nor groups to draw {metric} by.")


def _groups(frame: Frame, metric: str, column: str | None, most: int) -> tuple[list[tuple[str, Mask]], str]:
    """The rows of each value of a column, the largest first, and what is to be said of those that have no place; all
    rows where there is no column."""
    everything = frame.mask(())
    if column is None:
        return [(_label(metric), everything)], ""
    dimension = frame.dimension(column)
    masks = [(value or NONE, frame.mask(((column, value),))) for value in dimension.values]
    drawn = [(_number(frame, metric, mask), value, mask) for value, mask in masks]
    ranked = sorted(
        ((number, value, mask) for number, value, mask in drawn if number is not None), key=lambda one: -one[0]
    )
    return [(value, mask) for _, value, mask in ranked[:most]], _cut(len(ranked), most)


def _cut(count: int, most: int) -> str:
    return f"The {most} largest of {count:,} are shown." if count > most else ""


def _scale(frame: Frame, metric: str) -> float:
    """By what numbers are multiplied to stand in the unit written beside them."""
    return 100.0 if metric != ROWS and frame.table.column(metric).percent else 1.0


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale


def _number(frame: Frame, metric: str, mask: Mask) -> float | None:
    if not mask.any():
        return None
    level = role_of(frame, metric).kind in ("level", "balance") and frame.starts
    value = amount(frame, metric, at_last_date(frame, mask) if level else mask)
    return value if value is not None and math.isfinite(value) else None


def _label(metric: str) -> str:
    return "Rows" if metric == ROWS else metric


def _title(metric: str, *by: str | None) -> str:
    """“Gross profit by month and Source”."""
    named = [part for part in by if part]
    return capital(f"{_label(metric)} by {' and '.join(named)}" if named else _label(metric))


def _source(frame: Frame, name: str) -> str:
    return f"{name}, {len(frame.rows):,} row{'' if len(frame.rows) == 1 else 's'}"


def _unit(frame: Frame, metric: str) -> str:
    if metric == ROWS:
        return ""
    return "%" if frame.table.column(metric).percent else frame.units.get(metric) or ""
