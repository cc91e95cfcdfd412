"""The larger blocks as rich's renderables. Imported with the first styled message: rich's Markdown is heavy."""

from collections.abc import Mapping
from typing import ClassVar

from rich import box
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.markdown import Heading, Markdown, MarkdownElement, TableElement
from rich.table import Table as Grid
from rich.text import Text

from bot.views import markdown as parsed
from bot.views import words
from bot.views.blocks import Fields, Steps, Table
from domain.conversations.said import StepState


class _WholeTable(TableElement):
    """A Markdown table whose long words are folded: rich would cut them off."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for grid in super().__rich_console__(console, options):
            if isinstance(grid, Grid):
                for column in grid.columns:
                    column.overflow = "fold"
            yield grid


class _Heading(Heading):
    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}  # all to the left, like the text below them


class _Literal(Markdown):
    """Markdown in which HTML is text and a link shows its address."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "table_open": _WholeTable,
    }

    def __init__(self, text: str) -> None:
        super().__init__("", code_theme="ansi_dark", hyperlinks=False)
        self.markup = text
        self.parsed = parsed.tokens(text)


def markdown(text: str) -> Markdown:
    return _Literal(text)


def fields(block: Fields) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="dim", overflow="fold")
    grid.add_column(overflow="fold")
    for name, value in block.rows:
        grid.add_row(Text(name), Text(value))
    return grid


def table(block: Table) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    right = block.right()
    for at, column in enumerate(block.columns):
        grid.add_column(Text(column), justify="right" if at in right else "left", overflow="fold")
    for row in block.rows:
        grid.add_row(*(Text(cell) for cell in row[: len(block.columns)]))
    return grid


def steps(block: Steps, styles: Mapping[StepState, str]) -> Text:
    lines: list[Text] = []
    for item in block.items:
        note = f"  {item.note}" if item.note else ""
        style = styles[item.state]
        label = "none" if item.state in (StepState.DONE, StepState.RUNNING) else style
        lines.append(
            Text.assemble((words.MARKS[item.state], style), (f" {item.number} {item.label}", label), (note, "dim"))
        )
    return Text("\n").join(lines)
