"""Results of queries, written by hand: what a chart is drawn of."""

from collections.abc import Sequence

from domain.reports.querying.query import ChartWish, How, Query, Select
from domain.reports.querying.result import Heading, Result
from domain.reports.reading import Cell, Table

TABLE = Table("sales.csv", None, [], [])

SUM = Select(how=How.SUM, column="Sales")
MEAN = Select(how=How.MEAN, column="leads")


def result(
    by: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *select: Select,
    unit: str | None = None,
    percent: bool = False,
    count: int | None = None,
    **asked: object,
) -> Result:
    """The result of a query that groups by columns or steps: each row holds its groups, then its numbers."""
    select = select or (SUM,)
    query = Query.model_validate({"file": "sales.csv", "by": tuple(by), "select": select, **asked})
    groups = [Heading(name.rpartition(": ")[2], "text") for name in by]
    measures = [
        Heading(f"{one.how} of {one.column}", "number", unit=unit, percent=percent, select=at)
        for at, one in enumerate(select)
    ]
    count = len(rows) if count is None else count
    return Result(query, (*groups, *measures), tuple(map(tuple, rows)), count, 120, "A sentence.", ())


ALL: tuple[ChartWish, ...] = ("bar", "line", "stacked", "pie", "scatter", "histogram")
