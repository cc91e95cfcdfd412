"""A number as a line where nothing says along what: along time, by the finest steps that can be told apart."""

from domain.reports.charts.words import is_listing
from domain.reports.facts.frame import dates_of
from domain.reports.querying.query import ChartWish, Query, Step
from domain.reports.querying.result import Result
from domain.reports.querying.run import run_query
from domain.reports.reading import Table

__all__ = ["along_time"]

_STEPS: dict[Step, int] = {"day": 370, "week": 110, "month": 150, "quarter": 200, "year": 500}
"""How many steps of each kind a line can have."""
_MOST_BARS = 36


def along_time(query: Query, table: Table, kind: ChartWish) -> Result | None:
    """What the query finds in each step of time; None where it groups already, or the table has no dates to go by.

    ``kind``: of bars there are fewer than a line has points.

    Raises:
        Invalid: the table cannot answer.
    """
    date = dates_of(table.columns)
    if date is None or query.by or query.compare_to or query.join or is_listing(query):
        return None
    steps = list(_STEPS)
    for step in steps[steps.index(date.grain) if date.grain in steps else 0 :]:
        result = run_query(table, query.model_copy(update={"by": (step,)}))
        if result.count <= (_STEPS[step] if kind == "line" else _MOST_BARS):
            return result if len(result.rows) > 1 else None
    return None
