"""The cells of single columns over all rows that a query chooses: what a picture of rows is drawn of."""

from collections.abc import Sequence
from datetime import datetime

from domain.reports.querying.asked import asked
from domain.reports.querying.query import Query
from domain.reports.querying.source import Side, Source
from domain.reports.querying.values import written_date
from domain.reports.reading import Cell, Table


def cells_of(table: Table, query: Query, columns: Sequence[str]) -> list[tuple[Cell, ...]]:
    """A row for each row of the table that fulfils the conditions and lies in the period, with those columns: numbers
    unrounded, percentages as ratios, dates as ISO text; None for what is missing or cannot be read.

    Raises:
        Invalid: a column, a value or a date cannot be found.
    """
    rows = query.model_copy(
        update={"select": (), "by": (), "columns": tuple(columns), "order": (), "limit": None, "compare_to": None}
    )
    source = Source([Side(table)])
    question = asked(source, rows)
    chosen = question.mask()
    if question.period is not None:
        chosen = chosen & question.within(question.period)
    found = (_cells(source, name, source.series(name).filter(chosen).to_list()) for name in columns)
    return list(zip(*found, strict=True))


def _cells(source: Source, name: str, values: Sequence[int | float | datetime | None]) -> list[Cell]:
    column = source.column(name)
    if column.kind == "text":
        words = source.words(name).names
        return [words[value] if isinstance(value, int) else None for value in values]
    return [written_date(column, value) if isinstance(value, datetime) else value for value in values]
