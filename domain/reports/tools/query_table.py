"""The tool that answers a question about a table: what is asked is computed over all of its rows."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from domain.core.budget import Budget
from domain.core.errors import Invalid
from domain.core.settings import Settings
from domain.reports.charts import of_result
from domain.reports.facts import Focus, Period
from domain.reports.mentions import without_file
from domain.reports.querying.query import Query
from domain.reports.querying.result import Result
from domain.reports.reading import Table, read_table
from domain.reports.tools.analyse_table import everything
from domain.reports.tools.kept import LAST
from domain.reports.tools.taken import TakenQuery, joined_file
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

if TYPE_CHECKING:
    from domain.reports.asking import Understood

MOST_COLUMNS = 60
"""Columns of a table that are named to whoever plans the next question."""

_ASKED = frozenset(Query.model_fields) - {"file", "table"}


class QueryTable(Query, Arguments):
    """What is asked, as a query; or the person's words alone, which are then read with the table at hand."""

    question: str = Field(default="", description="the person's words, where select, by and where are not given")
    previous: TakenQuery | None = Field(default=None, description="the query that the question follows up")

    def query(self) -> Query | None:
        """The query given; None where there are words alone."""
        given = self.model_fields_set & _ASKED
        if not given and self.question:
            return None
        return Query.model_validate(self.model_dump(include=set(Query.model_fields), by_alias=True))


async def _query_table(settings: Settings, arguments: QueryTable, context: ToolContext) -> Output:
    file = await context.files.find(arguments.file)
    path = await context.files.local_path(file)
    other = await joined_file(arguments.query() or arguments.previous, context)
    return await context.compute.run(
        answer, path, file.name, arguments, other, settings.facts_seconds, settings.facts_mb
    )


def answer(
    path: Path, name: str, arguments: QueryTable, other: tuple[Path, str] | None, seconds: float, megabytes: int
) -> Output:
    """In the computing process: the answer to a question about the table in a file; everything the table says, with
    no ``query``, where that is what the words ask for.

    ``seconds`` and ``megabytes`` are what everything may take. ``drawable``: a picture of it says more than the answer.
    ``has``: the columns of the table that was asked.

    Raises:
        Invalid: the file holds no table, or it cannot answer.
    """
    from domain.reports.asking import Understood, understand  # polars and the readers are loaded on first use
    from domain.reports.querying.run import run_query

    budget = Budget(seconds, megabytes)
    table = LAST.read(path, name, arguments.table)
    query, understood = arguments.query(), None
    if query is None:
        understood = understand(arguments.question, table, arguments.previous)
        if understood.facts:
            return _everything(table, name, understood, arguments.question, budget) | {"has": _columns(table)}
        query = understood.query
    understood = understood or Understood(query)
    joined = read_table(*other) if other is not None else None
    result = run_query(table, query.model_copy(update={"file": name}), joined)
    found = result.as_json()
    told = {remark.text for remark in table.remarks if remark.kind == "elsewhere"} if arguments.previous else set[str]()
    return {
        "file": name,
        **found,
        "notes": [*understood.assumed, *(note for note in found["notes"] if note not in told)],
        "left": list(understood.left),
        "chart": understood.chart,
        "export": understood.export,
        "drawable": understood.chart is not None or _drawable(result, table),
        "has": _columns(table),
        "untrusted": True,
    }


def _everything(table: Table, name: str, understood: "Understood", question: str, budget: Budget) -> Output:
    """The facts of the table, first those of the time and the columns that the words name."""
    from domain.reports.facts.analysis import analyse_table  # numpy is loaded on first use

    query = understood.query
    period = Period(*query.period) if query.period is not None else None
    analysis = analyse_table(table, Focus(period=period, words=without_file(question, name)), budget)
    return everything(analysis, name) | {
        "query": None,
        "left": list(understood.left),
        "chart": understood.chart,
        "export": understood.export,
        "drawable": True,
    }


def _drawable(result: Result, table: Table) -> bool:
    """Whether a picture says more than the answer does."""
    if not (result.query.by or result.query.compare_to):
        return False
    try:
        of_result(result, None, table)
    except Invalid:
        return False
    return True


def _columns(table: Table) -> list[dict[str, str]]:
    return [{"name": column.name, "kind": column.kind} for column in table.columns[:MOST_COLUMNS]]


def query_table(settings: Settings) -> Tool:
    return Tool(
        name="query_table",
        display_name="Ask a table",
        description=(
            "answers a question about a table that was sent (CSV, TSV, XLSX, JSON) over all of its rows, with "
            "conditions, two periods side by side, another file joined. Give what is asked, or question alone: the "
            "person's words"
        ),
        category=Category.FILE,
        effect=Effect.READ,
        arguments=QueryTable,
        run=partial(_query_table, settings),
        timeout=300,
    )
