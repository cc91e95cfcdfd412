"""The tool that writes what a table was asked to a file: all of its rows, not only those that are shown."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from domain.core.errors import Invalid
from domain.reports.reading import read_table
from domain.reports.tools.kept import LAST
from domain.reports.tools.taken import TakenQuery, joined_file
from domain.tools.builtin.writing.content import Written
from domain.tools.builtin.writing.formats import MIME_TYPES, file_name
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

MOST_ROWS = 200_000
"""Rows that are written to a file; of more, the first."""


class ExportTable(Arguments):
    file: str = Field(description="the file's name")
    query: TakenQuery | None = Field(description="what was asked: {{ n1.output.query }} of query_table")
    format: Literal["xlsx", "csv", "pdf", "docx"]
    name: str | None = Field(default=None, max_length=200, description="what the new file is called, if that was said")


async def _export_table(arguments: ExportTable, context: ToolContext) -> Output:
    if arguments.query is None:
        raise Invalid(
            f"There are no rows to write: what was asked of {arguments.file} is everything it says.",
            remedy="Say “as PDF” below the answer, and it becomes a file as it stands.",
        )
    file = await context.files.find(arguments.file)
    path = await context.files.local_path(file)
    other = await joined_file(arguments.query, context)
    made, called, rows = await context.compute.run(_written, path, file.name, arguments, other)
    name, kind = file_name(arguments.name or called, arguments.format)
    stored = await context.files.add(name, MIME_TYPES[kind], made.content)
    note = {"note": made.note} if made.note else {}
    return {"file": stored.name, "size": stored.size, "mime_type": stored.mime_type, "rows": rows, **note}


def _written(path: Path, name: str, arguments: ExportTable, other: tuple[Path, str] | None) -> tuple[Written, str, int]:
    """In the computing process: the file's content, a name for it, and how many rows it holds."""
    from domain.reports.exporting import name_of, written  # polars, the readers and the writers on first use
    from domain.reports.querying.run import run_query

    query = arguments.query
    assert query is not None
    table = LAST.read(path, name, query.table)
    result = run_query(table, query, read_table(*other) if other else None, most=MOST_ROWS)
    return written(result, arguments.format, name), name_of(result, name), len(result.rows)


EXPORT_TABLE = Tool(
    name="export_table",
    display_name="Write a result to a file",
    description="the whole result of query_table as a file, numbers as numbers",
    category=Category.FILE,
    effect=Effect.WRITE,
    arguments=ExportTable,
    run=_export_table,
    timeout=300,
)
