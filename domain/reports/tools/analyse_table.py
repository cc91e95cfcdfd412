"""The tool that says what a table says: its facts, the most important first."""

from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field

from domain.core.settings import Settings
from domain.reports.facts import ALARMS, Analysis, Focus, Period, analyse
from domain.reports.mentions import without_file
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

MOST_FACTS = 40
"""Facts that go on to the next step."""

MOST_ALARMS = 15
"""Of them, places kept for what happened and what spoils the data, however much was asked for."""


class AnalyseTable(Arguments):
    file: str = Field(description="the file's name")
    question: str = Field(default="", description="the person's words")
    by: list[str] = Field(default=[], description="columns to break down by, if any were named")
    metric: str | None = Field(default=None, description="the number column, if one was named")
    period: tuple[str, str] | None = Field(default=None, description="from, to: 2024-03 or 2024-03-09")


def _analyse(path: Path, name: str, focus: Focus, seconds: float, megabytes: int) -> Analysis:
    return analyse(path, focus=focus, name=name, seconds=seconds, megabytes=megabytes)


async def _analyse_table(settings: Settings, arguments: AnalyseTable, context: ToolContext) -> Output:
    file = await context.files.find(arguments.file)
    focus = Focus(
        by=tuple(arguments.by),
        metric=arguments.metric,
        period=Period(*arguments.period) if arguments.period else None,
        words=without_file(arguments.question, file.name),
    )
    path, budget = await context.files.local_path(file), (settings.facts_seconds, settings.facts_mb)
    analysis = await context.compute.run(_analyse, path, file.name, focus, *budget)
    return everything(analysis, file.name)


def everything(analysis: Analysis, name: str) -> Output:
    """What goes on of an analysis to the next step."""
    return analysis.as_json() | {"facts": _told(analysis), "file": name, "untrusted": True}


def _told(analysis: Analysis) -> list[dict[str, Any]]:
    """The facts that go on, in order: the first ones, and whatever happened or spoils the data."""
    first = set(range(MOST_FACTS - MOST_ALARMS))
    alarms = [place for place, fact in enumerate(analysis.facts) if fact.type in ALARMS and place not in first]
    rest = [place for place in range(len(analysis.facts)) if place not in first and place not in alarms]
    chosen = sorted([*first, *alarms[:MOST_ALARMS], *rest][:MOST_FACTS])
    return [analysis.facts[place].as_json() for place in chosen if place < len(analysis.facts)]


def analyse_table(settings: Settings) -> Tool:
    return Tool(
        name="analyse_table",
        display_name="Analyse a table",
        description=(
            "computes the facts of a table that was sent (CSV, TSV, XLSX, JSON): totals, changes, trends, "
            "outliers, shares. Needs its file alone; question is the person's words; by, metric: columns they named"
        ),
        category=Category.FILE,
        effect=Effect.READ,
        arguments=AnalyseTable,
        run=partial(_analyse_table, settings),
        timeout=300,
    )
