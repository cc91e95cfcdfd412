"""The tool that draws a chart of a table: of what a query finds in it, or of its main number."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from domain.core.errors import Invalid
from domain.reports.charts import NO_PICTURE, ChartKind, ChartSpec, of_result, render_png
from domain.reports.mentions import without_file
from domain.reports.querying.query import ChartWish, Query
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Table, read_table
from domain.reports.tools.kept import LAST
from domain.reports.tools.taken import TakenQuery, joined_file
from domain.tools.builtin.writing.formats import safe_name
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

_OF_ROWS = (ChartKind.SCATTER, ChartKind.HISTOGRAM)
"""Kinds that are drawn of all rows chosen, however many of them an answer lists."""


_LONGEST_NAME = 80


class DrawChart(Arguments):
    file: str = Field(description="the file's name")
    query: TakenQuery | None = Field(default=None, description="what to draw: {{ n1.output.query }} of query_table")
    kind: ChartWish | None = Field(default=None, description="where one was asked for; else the one that shows it best")
    question: str = Field(default="", description="the person's words, where no query is given")
    previous: TakenQuery | None = Field(default=None, description="the query that the question follows up")
    by: list[str] = Field(default=[], description="column to break the main number down by, without a query")
    metric: str | None = Field(default=None, description="the number column, without a query")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with what it shows. ``notes`` say what was assumed and what of the data is not to be seen; ``left`` are
    words of the question that were not understood."""

    spec: ChartSpec
    png: bytes
    query: Query | None = None
    left: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """``query`` is none where the table's main number is to be drawn."""

    query: Query | None
    kind: ChartWish | None
    left: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


async def _draw_chart(arguments: DrawChart, context: ToolContext) -> Output:
    file = await context.files.find(arguments.file)
    path = await context.files.local_path(file)
    other = await joined_file(arguments.query or arguments.previous, context)
    try:
        drawn = await context.compute.run(draw, path, file.name, arguments, other)
    except Invalid as none:
        if none.reason != NO_PICTURE:
            raise
        return {"file": None, "reason": _in_a_sentence(none)}
    spec = drawn.spec
    chart = await context.files.add(_name(drawn, file.name), "image/png", drawn.png, description=spec.title)
    described: dict[str, Any] = {"file": chart.name, "title": spec.title, "chart": spec.as_json()}
    if drawn.query is not None:
        described["query"] = drawn.query.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        described |= {"notes": list(drawn.notes), "left": list(drawn.left)}
    return described


def _name(drawn: Drawn, file: str) -> str:
    """What the picture is called: after what it shows and how, so that a thread's pictures can be told apart."""
    stem = Path(file).stem
    if drawn.query is None:
        return f"{stem}-chart.png"
    called = safe_name(f"{stem} - {drawn.spec.title}")
    called = called if len(called) <= _LONGEST_NAME else f"{called[: _LONGEST_NAME - 1].rstrip()}…"
    return f"{called} ({drawn.spec.kind}).png"


def _in_a_sentence(none: Invalid) -> str:
    """Why there is no picture, and what could be drawn."""
    remedy = (none.remedy or "").removesuffix(".")
    return f"{none.sentence.removesuffix('.')}; {remedy}." if remedy else none.sentence


def draw(path: Path, name: str, arguments: DrawChart, other: tuple[Path, str] | None) -> Drawn:
    """In the computing process: the chart of the table in a file.

    Raises:
        Invalid: the file holds no table, it cannot answer, or (code NO_PICTURE) there is no such picture of the answer.
    """
    table = LAST.read(path, name, arguments.query.table if arguments.query is not None else None)
    wanted = _wanted(arguments, table)
    if wanted.query is None:
        from domain.reports.charts.choose import choose_chart  # numpy is loaded on first use

        words = without_file(arguments.question, name)
        spec = choose_chart(table, tuple(arguments.by), arguments.metric, wanted.kind, words)
        return Drawn(spec, render_png(spec))
    from domain.reports.querying.run import run_query  # polars is loaded on first use

    result = run_query(table, wanted.query, read_table(*other) if other is not None else None)
    if wanted.kind in ("line", "bar"):
        from domain.reports.charts.along import along_time  # polars, too

        result = along_time(result.query, table, wanted.kind) or result
    spec = of_result(result, wanted.kind, table)
    said = () if spec.kind in _OF_ROWS else result.notes  # one by one: the answer says some of them too
    own = spec.note.removesuffix(" ".join(said)).strip()
    return Drawn(spec, render_png(spec), result.query, wanted.left, (*wanted.assumed, *([own] if own else []), *said))


def _wanted(arguments: DrawChart, table: Table) -> _Wanted:
    """What is to be drawn, and as what: the query given, or what the words ask of this table."""
    if arguments.query is not None or not arguments.question.strip():
        return _Wanted(arguments.query or arguments.previous, arguments.kind)
    from domain.reports.asking import understand  # the words of two languages are loaded on first use

    try:
        understood = understand(arguments.question, table, arguments.previous)
    except Invalid as unclear:
        if unclear.reason == UNANSWERABLE and (arguments.by or arguments.metric):
            return _Wanted(None, arguments.kind)  # what is to be drawn is given besides the words
        raise
    query = None if understood.facts else understood.query
    return _Wanted(query, arguments.kind or understood.chart, understood.left, understood.assumed)


DRAW_CHART = Tool(
    name="draw_chart",
    display_name="Draw a chart",
    description=(
        "a chart (PNG) of a query, pies of up to seven parts, or the reason why there is none; without a query of the "
        "table's main number"
    ),
    category=Category.FILE,
    effect=Effect.WRITE,
    arguments=DrawChart,
    run=_draw_chart,
    timeout=300,
)
