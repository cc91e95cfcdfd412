"""A query that an earlier step has put out, as an argument of the next one."""

from pathlib import Path
from typing import Annotated

from pydantic import WithJsonSchema

from domain.reports.querying.query import Query
from domain.tools.registry import ToolContext

TakenQuery = Annotated[Query, WithJsonSchema({"type": ["object", "string"]})]
"""Its form is not told again: it is passed on as a reference to the step that has it."""


async def joined_file(query: Query | None, context: ToolContext) -> tuple[Path, str] | None:
    """Where the other file of a query's join lies, and its name. Raises NotFound."""
    if query is None or query.join is None:
        return None
    joined = await context.files.find(query.join.file)
    return await context.files.local_path(joined), joined.name
