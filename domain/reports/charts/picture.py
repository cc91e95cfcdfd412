"""The chart of a query's result: single rows as points and bins, groups of them as everything else."""

from domain.reports.charts.kinds import grouped_chart
from domain.reports.charts.spec import ChartSpec
from domain.reports.charts.spread import histogram, scatter
from domain.reports.querying.query import ChartWish
from domain.reports.querying.result import Result
from domain.reports.reading import Table


def picture_of(result: Result, kind: ChartWish | None, table: Table) -> ChartSpec:
    """What to draw of a result. See ``domain.reports.charts.of_result``."""
    if kind == "scatter":
        return scatter(result, table)
    if kind == "histogram":
        return histogram(result, table)
    return grouped_chart(result, kind, table)
