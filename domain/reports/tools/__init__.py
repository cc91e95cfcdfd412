"""The tools that look at tables: the facts of one, the answer to a question, a chart, and a file of the answer."""

from domain.core.settings import Settings
from domain.reports.tools.analyse_table import analyse_table
from domain.reports.tools.draw_chart import DRAW_CHART
from domain.reports.tools.export_table import EXPORT_TABLE
from domain.reports.tools.query_table import query_table
from domain.tools.registry import Tool


def report_tools(settings: Settings) -> list[Tool]:
    return [analyse_table(settings), query_table(settings), DRAW_CHART, EXPORT_TABLE]
