"""The tool that answers a question about a table: what is asked is computed over all of its rows."""

from pathlib import Path
from typing import Any

from pydantic import Field

from domain.core.errors import Invalid
from domain.reports.querying.query import Query
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Table, read_table
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

_ASKED = frozenset(Query.model_fields) - {"file", "table"}


class QueryTable(Query, Arguments):
    """What is asked, as a query; or the person's words alone, which are then read with the table at hand."""

    question: str = Field(default="", description="the person's words, where select, by and where are not given")
    previous: Query | None = Field(default=None, description="the query that the question follows up")

    def query(self) -> Query | None:
        """The query given; None where there are words alone."""
        given = self.model_fields_set & _ASKED
        if not given and self.question:
            return None
        return Query.model_validate(self.model_dump(include=set(Query.model_fields), by_alias=True))


async def _query_table(arguments: QueryTable, context: ToolContext) -> Output:
    file = await context.files.find(arguments.file)
    path = await context.files.local_path(file)
    query = arguments.query()
    join = query.join if query is not None else arguments.previous.join if arguments.previous else None
    other = None
    if join is not None:
        joined = await context.files.find(join.file)
        other = (await context.files.local_path(joined), joined.name)
    return await context.compute.run(answer, path, file.name, arguments, other)


def answer(path: Path, name: str, arguments: QueryTable, other: tuple[Path, str] | None) -> Output:
    """In the computing process: the answer to a question about the table in a file.

    Raises:
        Invalid: the file holds no table, or it cannot answer.
    """
    from domain.reports.querying.run import run_query  # polars and the readers are loaded on first use

    table = read_table(path, name, arguments.table)
    query, more = arguments.query(), dict[str, Any]()
    if query is None:
        query, more = _understood(arguments, table)
    joined = read_table(*other) if other is not None else None
    result = run_query(table, query, joined)
    found = result.as_json()
    found["notes"] = [*more.get("assumed", ()), *found["notes"]]
    return {
        "file": name,
        **found,
        "left": more.get("left", []),
        "chart": more.get("chart"),
        "export": more.get("export"),
        "untrusted": True,
    }


def _understood(arguments: QueryTable, table: Table) -> tuple[Query, dict[str, Any]]:
    """What the person's words ask of this table."""
    del table
    raise Invalid(
        f"I did not understand what “{arguments.question}” asks of {arguments.file}.",
        remedy="Name a column and what of it you want to know.",
        code=UNANSWERABLE,
    )


QUERY_TABLE = Tool(
    name="query_table",
    display_name="Ask a table",
    description=(
        "answers a question about a table that was sent (CSV, TSV, XLSX, JSON) over all of its rows: sums, averages, "
        "medians, counts, shares, smallest and largest, by columns or time, with conditions, two periods side by side, "
        "rows listed and sorted, another file joined. Give what is asked, or question alone: the person's words"
    ),
    category=Category.FILE,
    effect=Effect.READ,
    arguments=QueryTable,
    run=_query_table,
    timeout=300,
)
