"""The rows themselves: some columns of them, in an order, each a fact of its own."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from domain.reports.facts.fact import Fact, ranges
from domain.reports.facts.words import hints
from domain.reports.querying import names
from domain.reports.querying.asked import Asked
from domain.reports.querying.measures import Measure, cell_of
from domain.reports.querying.query import How, Select
from domain.reports.querying.result import Heading, Result
from domain.reports.querying.saying import SCORE, About, said
from domain.reports.querying.source import AT, Source
from domain.reports.querying.values import short, written_date
from domain.reports.reading import Cell

MOST_COLUMNS = 30
"""Columns that are listed where none are named."""


_YEARS = (1800, 2100)
"""Whole numbers without a unit that all lie in between are years."""


def listed(asked: Asked, rows: pl.DataFrame, about: About, notes: list[str]) -> Result:
    """The rows chosen, in the order asked for, else that of the file."""
    source, query = asked.source, asked.query
    columns = list(query.columns) or list(source.columns)[:MOST_COLUMNS]
    if not query.columns and len(source.columns) > MOST_COLUMNS:
        notes.append(f"The first {MOST_COLUMNS} of {len(source.columns):,} columns are shown.")
    for place, order in enumerate(reversed(query.order)):
        name = _ordered_by(asked, order.by)
        if place == 0 and order.descending and source.columns[name].column.kind == "date":
            rows = rows.reverse()  # of one date the later rows are the newer ones
        keys = _sortable(source, name).gather(rows["row"])
        rows = rows.with_columns(keys.alias("order")).sort(
            "order", descending=order.descending, nulls_last=True, maintain_order=True
        )
    if query.order and query.limit == 1 and (same := int((rows["order"] == rows["order"][0]).sum()) - 1) > 0:
        what = _ordered_by(asked, query.order[0].by)
        notes.append(f"{same:,} other row{' has' if same == 1 else 's have'} the same {what}.")
    matched = rows.height
    shown = rows.head(min(query.limit or asked.most, asked.most))
    if matched > shown.height and (query.limit is None or query.limit > asked.most):
        notes.append(f"The first {shown.height:,} of {matched:,} rows are kept.")
    cells = [_cells(source, name, shown) for name in columns]
    places: list[int] = shown[AT].to_list()
    numbers = [int(source.row_numbers[place]) for place in places]
    measures = [_as_measure(source, name) for name in columns]
    spoken = [_spoken(source, name, column) for name, column in zip(columns, cells, strict=True)]
    facts = [_fact(measures, row, number) for row, number in zip(zip(*spoken, strict=True), numbers, strict=True)]
    count = _count(about, numbers, matched, source.row_numbers[rows[AT].to_numpy()].tolist())
    return Result(
        query=query,
        headings=tuple(_heading(source, name) for name in columns),
        rows=tuple(tuple(_plain(source, name, cell) for name, cell in zip(columns, row, strict=True))
                   for row in zip(*cells, strict=True)),
        count=matched,
        matched=matched,
        sentence=count.text if not query.order or not facts else _first(asked, count, facts),
        facts=(count, *facts),
        notes=tuple(notes),
        shown=tuple(tuple("" if cell is None else said(one, cell) for one, cell in zip(measures, row, strict=True))
                    for row in zip(*spoken, strict=True)),
        leading=1,
    )  # fmt: skip


def _ordered_by(asked: Asked, wanted: str) -> str:
    found = names.find(wanted, asked.source.columns)
    if found is None:
        raise names.no_column(wanted, list(asked.source.columns), asked.source.file)
    return found.name


def _sortable(source: Source, name: str) -> pl.Series:
    """A column in an order that people expect: words by the alphabet, whatever their case."""
    series = source.series(name)
    if source.column(name).kind != "text":
        return series
    words = source.words(name).names
    rank = {place: at for at, place in enumerate(sorted(range(len(words)), key=lambda place: words[place].casefold()))}
    return series.replace_strict(rank, default=None, return_dtype=pl.Int32) if rank else series


def _cells(source: Source, name: str, rows: pl.DataFrame) -> list[Cell]:
    origin = source.columns[name]
    places: list[int | None] = rows[AT if origin.side == 0 else f"{AT}{origin.side}"].to_list()
    return [None if place is None else _cell(source, name, place) for place in places]


def _cell(source: Source, name: str, place: int) -> Cell:
    column = source.column(name)
    found = cell_of(column, place)
    if found is None and place in column.unread:
        return str(column.cells[place]).strip()
    return found


def _spoken(source: Source, name: str, cells: list[Cell]) -> list[Cell]:
    """The cells as people read them: years and codes are names, and are not set in groups of three."""
    column = source.column(name)
    if column.kind != "number" or column.unit or column.percent or column.decimals:
        return cells
    series = source.series(name).drop_nulls()
    low, high = series.min(), series.max()
    years = isinstance(low, int | float) and isinstance(high, int | float) and _YEARS[0] <= low and high <= _YEARS[1]
    if not (years or hints(column.name, "id")):
        return cells
    return [str(int(cell)) if isinstance(cell, int | float) else cell for cell in cells]


def _plain(source: Source, name: str, cell: Cell) -> Cell:
    return written_date(source.column(name), cell) if isinstance(cell, datetime) else cell


def _as_measure(source: Source, name: str) -> Measure:
    return Measure(Select(how=How.FIRST, column=name), name, source.column(name))


def _heading(source: Source, name: str) -> Heading:
    column = source.column(name)
    return Heading(name, column.kind, column.unit, column.percent, column.decimals)


def _fact(measures: Sequence[Measure], row: Sequence[Cell], number: int) -> Fact:
    """A listed row: its value is 1, the row that it is."""
    told = [f"{one.name} {said(one, cell)}" for one, cell in zip(measures, row, strict=True) if cell is not None]
    segment = tuple((one.name, short(cell)) for one, cell in zip(measures, row, strict=True) if isinstance(cell, str))
    text = f"Row {number:,}: {', '.join(told) or 'nothing'}."
    return Fact("value", "rows", segment, None, 1.0, "rows", SCORE, ((number, number),), text)


def _count(about: About, shown: list[int], matched: int, rows: list[int]) -> Fact:
    are = "is 1 row" if matched == 1 else f"are {matched:,} rows"
    first = f"; {len(shown):,} of them {'is' if len(shown) == 1 else 'are'} shown" if len(shown) < matched else ""
    text = f"There {are}{about.text}{first}."
    return Fact("total", "rows", about.segment, about.period, matched, None, SCORE, ranges(rows), text)


def _first(asked: Asked, count: Fact, rows: Sequence[Fact]) -> str:
    """By what the rows are ordered; where one alone was asked for, that row."""
    order = asked.query.order[0]
    way = "largest first" if order.descending else "smallest first"
    by = f"by {_ordered_by(asked, order.by)}, {way}"
    if asked.query.limit == 1:
        return f"{count.text.partition(';')[0].removesuffix('.')}; {by}, the first is {_small(rows[0].text)}"
    return f"{count.text.removesuffix('.')}, {by}."


def _small(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
