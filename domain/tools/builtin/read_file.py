"""read_file: the text of a file in the thread, or the head of its table."""

from pydantic import Field

from domain.core.settings import Settings
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

__all__ = ["read_file"]


class _Arguments(Arguments):
    file: str = Field(min_length=1, max_length=255, description="The file's name.")
    max_chars: int = Field(default=20_000, ge=100, le=200_000, description="Most characters of text to return.")
    sheet: str | None = Field(default=None, max_length=100, description="For a workbook: the sheet, else the first.")


def read_file(settings: Settings) -> Tool:
    async def run(arguments: _Arguments, context: ToolContext) -> Output:
        # loaded on first use: the readers pull in the parsers of every format
        from domain.tools.builtin.reading.content import read_content

        file = await context.files.find(arguments.file)
        path = await context.files.local_path(file)
        found = await context.compute.run(
            read_content, path, file.name, arguments.max_chars, arguments.sheet, settings.max_file_bytes
        )
        return {"file": file.name, **found, "untrusted": True}

    return Tool(
        name="read_file",
        display_name="Read a file",
        description=(
            "The text of a file: text, Markdown, JSON, PDF, Word, HTML; of a CSV or Excel table the first rows, "
            "its columns and the number of rows."
        ),
        category=Category.FILE,
        effect=Effect.READ,
        arguments=_Arguments,
        run=run,
    )
