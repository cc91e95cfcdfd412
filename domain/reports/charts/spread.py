"""Pictures of single rows: two numbers of each against each other, and how the numbers of a column are spread."""

import math
import random
from collections.abc import Sequence

from domain.reports.charts.axes import number_text, with_unit
from domain.reports.charts.bins import Bins, binned
from domain.reports.charts.refusals import undrawable
from domain.reports.charts.spec import ChartKind, ChartSpec, Series
from domain.reports.charts.words import capital, is_listing, measure, source, title
from domain.reports.querying.cells import cells_of
from domain.reports.querying.query import How
from domain.reports.querying.result import Heading, Result
from domain.reports.reading import Cell, Column, Table

__all__ = ["histogram", "scatter"]

_MOST_DOTS = 1_000
"""Points that can be told apart; of more, a part is drawn, which is said."""
_FEWEST = 3


# -- two numbers of each row --------------------------------------------------------------------------


def scatter(result: Result, table: Table) -> ChartSpec:
    """The first of two numbers upwards, the second along. Raises Invalid with the code NO_PICTURE."""
    if result.query.by:
        return _of_groups(result, table)
    names = _named_columns(result, table, 2)
    if len(names) != 2 or names[0] == names[1]:
        raise undrawable("A scatter plot shows two number columns against each other: name the two.")
    up, along = (_column(result, table, name) for name in names)
    if up.kind != "number" or along.kind == "text":
        words = up if up.kind != "number" else along
        raise undrawable(f"{words.name} holds no numbers, and a scatter plot needs two columns of them.", "a bar chart")
    rows = _rows(result, table, names)
    points = [(x, y) for y, x in rows if isinstance(y, int | float) and x is not None and not isinstance(x, bool)]
    missing = len(rows) - len(points)
    notes = [_left_out(missing, "without both values")] if missing else []
    return _points(result, table, points, (_axis(up), _axis(along)), f"{up.name} against {along.name}", notes)


def _of_groups(result: Result, table: Table) -> ChartSpec:
    """Two numbers of each group against each other."""
    asked = [at for at, heading in enumerate(result.headings) if heading.select is not None]
    numbers = [at for at in asked if any(isinstance(row[at], int | float) for row in result.rows)]
    if len(numbers) != 2 or result.query.compare_to:
        raise undrawable("A scatter plot of groups needs two numbers of each.", "a bar chart")
    up, along = numbers
    points = [(row[along], row[up]) for row in result.rows if row[along] is not None and row[up] is not None]
    axes = (_heading_axis(result, up), _heading_axis(result, along))
    what = f"{axes[0][0]} against {axes[1][0]}"
    return _points(result, table, points, axes, what, [], result.query.by)


Axis = tuple[str, str, float]
"""What an axis measures, in which unit, and by what its numbers are multiplied to be written in it."""


def _axis(column: Column) -> Axis:
    return (column.name, "%", 100.0) if column.percent else (column.name, column.unit or "", 1.0)


def _heading_axis(result: Result, at: int) -> Axis:
    heading: Heading = result.headings[at]
    select = result.query.select[heading.select or 0]
    percent = heading.percent or select.how is How.SHARE
    return (measure(select), "%", 100.0) if percent else (measure(select), heading.unit or "", 1.0)


def _points(
    result: Result,
    table: Table,
    points: Sequence[tuple[Cell, Cell]],
    axes: tuple[Axis, Axis],
    what: str,
    notes: list[str],
    by: Sequence[str] = (),
) -> ChartSpec:
    up, along = axes
    scaled = [
        (x * along[2] if isinstance(x, int | float) else str(x), y * up[2])
        for x, y in points
        if isinstance(y, int | float)
    ]
    if len(scaled) < _FEWEST:
        raise undrawable(f"There {_are(len(scaled), 'row')} with both values, too few for a scatter plot.")
    shown = _thinned(scaled)
    if len(shown) < len(scaled):
        notes = [*notes, f"{len(shown):,} of {len(scaled):,} points are shown, taken by chance, and the outermost."]
    shown.sort(key=lambda point: (str(point[0]), 0.0) if isinstance(point[0], str) else ("", point[0]))
    return ChartSpec(
        kind=ChartKind.SCATTER,
        title=title(result.query, what, by),
        x=tuple(x for x, _ in shown),
        series=(Series(capital(up[0]), tuple(y for _, y in shown)),),
        x_label=with_unit(capital(along[0]), along[1]),
        y_label=capital(up[0]),
        unit=up[1],
        source=source(result, table.file),
        note=" ".join(notes),
    )


def _thinned(points: Sequence[tuple[str | float, float]]) -> list[tuple[str | float, float]]:
    """All points, or of many a part taken by chance, the same each time, with the outermost on all sides."""
    if len(points) <= _MOST_DOTS:
        return list(points)
    outermost = {
        pick(range(len(points)), key=lambda at: points[at][side]) for pick in (min, max) for side in (0, 1)
    }  # fmt: skip
    rest = [at for at in range(len(points)) if at not in outermost]
    chosen = random.Random(len(points)).sample(rest, _MOST_DOTS - len(outermost))  # noqa: S311 - no secret
    return [points[at] for at in sorted([*outermost, *chosen])]


# -- how the numbers of a column are spread -----------------------------------------------------------


def histogram(result: Result, table: Table) -> ChartSpec:
    """How many rows have a number of each size. Raises Invalid with the code NO_PICTURE."""
    names = _named_columns(result, table, 1)
    by = result.query.by
    if len(by) == 1 and not names and by[0] in (column.name for column in table.columns):
        names = [by[0]]  # “how many rows of each age”: the bins are the groups
    elif by:
        raise undrawable("A histogram shows how the numbers of single rows are spread, not of groups.", "a bar chart")
    if len(names) != 1:
        raise undrawable("A histogram shows the numbers of one column: name it.")
    column = _column(result, table, names[0])
    if column.kind != "number":
        raise undrawable(f"{column.name} holds no numbers, so it has no histogram.", "how often each value occurs")
    rows = _rows(result, table, names)
    values = [float(value) for (value,) in rows if isinstance(value, int | float) and math.isfinite(value)]
    if len(values) < _FEWEST:
        raise undrawable(f"There {_are(len(values), 'number')} in {column.name}, too few for a histogram.")
    what, unit, scale = _axis(column)
    values = [value * scale for value in values]
    bins = binned(values, whole=not column.percent and all(value == int(value) for value in values))
    notes = _outside(bins, values)
    if missing := len(rows) - len(values):
        notes.append(_left_out(missing, "without a number"))
    return ChartSpec(
        kind=ChartKind.HISTOGRAM,
        title=title(result.query, f"distribution of {what}", ()),
        x=bins.names,
        series=(Series("Rows", tuple(float(count) for count in bins.counts)),),
        x_label=with_unit(capital(what), unit),
        y_label="Number of rows",
        source=source(result, table.file),
        note=" ".join(notes),
        edges=bins.edges,
    )


def _outside(bins: Bins, values: Sequence[float]) -> list[str]:
    """What is told of the numbers that lie far outside."""
    notes: list[str] = []
    if bins.below:
        notes.append(f"The first bar takes in all below it, down to {number_text(min(values))}.")
    if bins.above:
        notes.append(f"The last bar takes in all above it, up to {number_text(max(values))}.")
    return notes


# -- which columns, and their cells -------------------------------------------------------------------


def _named_columns(result: Result, table: Table, wanted: int) -> list[str]:
    """The columns that are asked for: those of the selections, or of a list, of which the number columns where there
    are more than ``wanted``."""
    query = result.query
    if not is_listing(query):
        pairs = [(select.column, select.of) for select in query.select]
        return list(dict.fromkeys(name for pair in pairs for name in pair if name is not None))
    if len(query.columns) == wanted:
        return list(query.columns)
    listed = [table.column(name) for name in query.columns] or table.columns
    return [column.name for column in listed if column.kind == "number"]


def _column(result: Result, table: Table, name: str) -> Column:
    if result.query.join is not None:
        raise undrawable("Single rows are drawn of one file, and here two are joined.", "a bar chart")
    return table.column(name)


def _rows(result: Result, table: Table, names: Sequence[str]) -> Sequence[tuple[Cell, ...]]:
    """The cells of columns: of the rows listed where they were cut by the question itself, else of all chosen ones."""
    query = result.query
    if is_listing(query) and query.limit is not None:
        at = [next(place for place, heading in enumerate(result.headings) if heading.name == name) for name in names]
        return [tuple(row[place] for place in at) for row in result.rows]
    return cells_of(table, query, names)


def _are(count: int, what: str) -> str:
    return f"is 1 {what}" if count == 1 else f"are {count or 'no'} {what}s"


def _left_out(count: int, why: str) -> str:
    return f"{count:,} row{'s' if count != 1 else ''} {why} {'are' if count != 1 else 'is'} left out."
