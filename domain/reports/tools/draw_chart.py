"""The tool that draws a chart of a table."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from domain.reports.charts import ChartSpec, render_png
from domain.reports.tools.analyse_table import without_name
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext


class DrawChart(Arguments):
    file: str = Field(description="the file's name")
    by: list[str] = Field(default=[], description="column to break down by")
    metric: str | None = None
    kind: Literal["line", "bar", "stacked"] | None = None
    question: str = Field(default="", description="the person's words")


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
        without_name(arguments.question, file.name),
    )
    chart = await context.files.add(f"{Path(file.name).stem}-chart.png", "image/png", png, description=spec.title)
    described: dict[str, Any] = spec.as_json()
    return {"file": chart.name, "title": spec.title, "chart": described}


DRAW_CHART = Tool(
    name="draw_chart",
    display_name="Draw a chart",
    description="a chart (PNG) of a table's main number, over time where it has dates",
    category=Category.FILE,
    effect=Effect.WRITE,
    arguments=DrawChart,
    run=_draw_chart,
    timeout=300,
)
