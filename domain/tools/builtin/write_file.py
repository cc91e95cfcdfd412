"""write_file: text or rows as a file of the task."""

from typing import Any

from pydantic import Field

from domain.core.errors import Invalid
from domain.core.settings import Settings
from domain.tools.builtin.writing.formats import MIME_TYPES, file_name
from domain.tools.registry import Arguments, Category, Effect, Output, Tool, ToolContext

__all__ = ["write_file"]


class _Arguments(Arguments):
    name: str = Field(min_length=1, max_length=200, description="File name; its suffix is the format.")
    content: str | list[dict[str, Any]] | list[list[Any]] | dict[str, Any] = Field(
        description="The finished text, as it shall stand in the file; for a table rows, the header first."
    )
    format: str | None = Field(default=None, max_length=20, description=", ".join(MIME_TYPES))


def write_file(settings: Settings) -> Tool:
    async def run(arguments: _Arguments, context: ToolContext) -> Output:
        # loaded on first use: the writers pull in the libraries of every format
        from domain.tools.builtin.writing.content import write_content

        name, kind = file_name(arguments.name, arguments.format)
        title = name.rpartition(".")[0]
        if not arguments.content or (isinstance(arguments.content, str) and not arguments.content.strip()):
            raise Invalid(f"There is nothing to write into {name}.", remedy="Give it some content.")
        written = await context.compute.run(write_content, kind, title, arguments.content)
        if len(written.content) > settings.max_file_bytes:
            raise Invalid(f"{name} would have more than {settings.max_file_mb} MB.", remedy="Write less, or split it.")
        stored = await context.files.add(name, MIME_TYPES[kind], written.content)
        note = {"note": written.note} if written.note else {}
        return {"file": stored.name, "size": stored.size, "mime_type": stored.mime_type, **note}

    return Tool(
        name="write_file",
        display_name="Write a file",
        description=(
            "saves a file (txt, md, csv, tsv, json, html, pdf, docx, xlsx by its name). content is the finished text "
            "itself, an earlier step's {{ n1.output.text }}, or rows"
        ),
        category=Category.FILE,
        effect=Effect.WRITE,
        arguments=_Arguments,
        run=run,
    )
