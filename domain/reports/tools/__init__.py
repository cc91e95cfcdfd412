"""The tools that look at tables: the facts of one, the answer to a question, a chart, and a file of the answer."""

from domain.reports.tools.analyse_table import ANALYSE_TABLE
from domain.reports.tools.draw_chart import DRAW_CHART
from domain.reports.tools.export_table import EXPORT_TABLE
from domain.reports.tools.query_table import QUERY_TABLE
from domain.tools.registry import Tool


def report_tools() -> list[Tool]:
    return [ANALYSE_TABLE, QUERY_TABLE, DRAW_CHART, EXPORT_TABLE]
