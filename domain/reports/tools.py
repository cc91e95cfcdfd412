"""The tools that look at tables: the facts of one, and a chart of it."""

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from domain.reports.charts import ChartSpec, render_png
from domain.reports.facts import ALARMS, Analysis, Focus, Period, analyse
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


class DrawChart(Arguments):
    file: str = Field(description="the file's name")
    by: list[str] = Field(default=[], description="column to break down by")
    metric: str | None = None
    kind: Literal["line", "bar", "stacked"] | None = None
    question: str = Field(default="", description="the person's words")


def _analyse(path: Path, name: str, focus: Focus) -> Analysis:
    return analyse(path, focus=focus, name=name)


async def _analyse_table(arguments: AnalyseTable, context: ToolContext) -> Output:
    file = await context.files.find(arguments.file)
    focus = Focus(
        by=tuple(arguments.by),
        metric=arguments.metric,
        period=Period(*arguments.period) if arguments.period else None,
        words=_without_name(arguments.question, file.name),
    )
    analysis = await context.compute.run(_analyse, await context.files.local_path(file), file.name, focus)
    return analysis.as_json() | {"facts": _told(analysis), "file": file.name, "untrusted": True}


def _without_name(question: str, name: str) -> str:
    """The question without the file's own name, which may well be that of a column."""
    return re.sub(rf"\S*{re.escape(name)}", " ", question)


def _told(analysis: Analysis) -> list[dict[str, Any]]:
    """The facts that go on, in order: the first ones, and whatever happened or spoils the data."""
    first = set(range(MOST_FACTS - MOST_ALARMS))
    alarms = [place for place, fact in enumerate(analysis.facts) if fact.type in ALARMS and place not in first]
    rest = [place for place in range(len(analysis.facts)) if place not in first and place not in alarms]
    chosen = sorted([*first, *alarms[:MOST_ALARMS], *rest][:MOST_FACTS])
    return [analysis.facts[place].as_json() for place in chosen if place < len(analysis.facts)]


def _draw(
    path: Path, name: str, by: tuple[str, ...], metric: str | None, kind: str | None, question: str
) -> tuple[ChartSpec, bytes]:
    from domain.reports.charts.choose import choose_chart  # numpy and the readers are loaded on first use

    spec = choose_chart(path, name, by, metric, kind, question)
    return spec, render_png(spec)


async def _draw_chart(arguments: DrawChart, context: ToolContext) -> Output:
    file = await context.files.find(arguments.file)
    path = await context.files.local_path(file)
    spec, png = await context.compute.run(
        _draw,
        path,
        file.name,
        tuple(arguments.by),
        arguments.metric,
        arguments.kind,
        _without_name(arguments.question, file.name),
    )
    chart = await context.files.add(f"{Path(file.name).stem}-chart.png", "image/png", png, description=spec.title)
    described: dict[str, Any] = spec.as_json()
    return {"file": chart.name, "title": spec.title, "chart": described}


def report_tools() -> list[Tool]:
    return [
        Tool(
            name="analyse_table",
            display_name="Analyse a table",
            description=(
                "computes the facts of a table that was sent (CSV, TSV, XLSX, JSON): totals, changes, trends, "
                "outliers, shares. Needs its file alone; question is the person's words; by, metric: columns they named"
            ),
            category=Category.FILE,
            effect=Effect.READ,
            arguments=AnalyseTable,
            run=_analyse_table,
            timeout=300,
        ),
        Tool(
            name="draw_chart",
            display_name="Draw a chart",
            description="a chart (PNG) of a table's main number, over time where it has dates",
            category=Category.FILE,
            effect=Effect.WRITE,
            arguments=DrawChart,
            run=_draw_chart,
            timeout=300,
        ),
    ]
