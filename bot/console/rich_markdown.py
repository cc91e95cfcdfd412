"""Markdown as rich's renderables, without rich's own reading of it: every word and number of the text is shown."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.rule import Rule
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax
from rich.table import Table as Grid
from rich.text import Text

from bot.views import markdown
from bot.views.blocks import Table

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
_HEADINGS = {"h1": "bold underline", "h2": "bold"}
_FOLDED = 16  # cells of a screen: longer words may be folded
_DEEPEST = 8  # levels: beyond it there would be no room for words


def rendered(text: str) -> RenderableType:
    """The whole text, its blocks an empty line apart."""
    return _group(markdown.nodes(text), 0, apart=True)


def grid(table: Table) -> RenderableType:
    """A table; on a screen too narrow for its columns row by row, each cell under the other."""
    return _Fitting(table)


class _Fitting:
    def __init__(self, table: Table) -> None:
        self._table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = [" ".join(column) for column in zip_longest(self._table.columns, *self._table.rows, fillvalue="")]
        least = sum(min(max(map(cell_len, column.split()), default=1), _FOLDED) + 3 for column in columns)
        yield _lines(self._table) if least <= options.max_width or len(columns) < 3 else _records(self._table)


def _lines(table: Table) -> Grid:
    """Words too long for their column are folded, never cut off."""
    drawn = Grid(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    right = table.right()
    for at, column in enumerate(table.columns):
        drawn.add_column(Text(column.expandtabs()), justify="right" if at in right else "left", overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(cell.expandtabs()) for cell in row[: len(table.columns)]))
    return drawn


def _records(table: Table) -> Group:
    parts: list[RenderableType] = []
    for row in table.rows or ((),):
        record = Grid.grid(padding=(0, 2))
        record.add_column(style="dim", overflow="fold")
        record.add_column(overflow="fold")
        for at, (column, cell) in enumerate(zip_longest(table.columns, row[: len(table.columns)], fillvalue="")):
            record.add_row(Text(column.expandtabs()), Text(cell.expandtabs(), style="none" if at else "bold"))
        parts += [Text(), record]
    return Group(*parts, Text())


class _Quoted:
    """A bar before each line."""

    def __init__(self, body: RenderableType) -> None:
        self._body = body

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self._body, options.update(width=max(options.max_width - 2, 1))):
            yield Segment("▌ ", Style(color="magenta"))
            yield from line
            yield Segment.line()


def _group(nodes: "list[SyntaxTreeNode]", depth: int, *, apart: bool) -> Group:
    parts: list[RenderableType] = []
    for node in nodes:
        if parts and apart:
            parts.append(Text())
        parts.append(_block(node, depth))
    return Group(*parts)


def _block(node: "SyntaxTreeNode", depth: int) -> RenderableType:
    if depth > _DEEPEST:
        return Text(markdown.words(node))
    match node.type:
        case "heading":
            return _inline(node.children, _HEADINGS.get(node.tag, "bold"))
        case "bullet_list":
            return _items(node, [" •"] * len(node.children), depth)
        case "ordered_list":
            return _items(node, [f" {markdown.number(item)}" for item in node.children], depth)
        case "blockquote":
            return _Quoted(_group(node.children, depth + 1, apart=True))
        case "fence" | "code_block":
            language = node.info.strip() or "text"
            return Syntax(node.content.rstrip("\n"), language, theme="ansi_dark", word_wrap=True, padding=1)
        case "table":
            return grid(markdown.table(node))
        case "hr":
            return Rule(style="dim")
        case _:
            return _inline(node.children)


def _items(node: "SyntaxTreeNode", marks: list[str], depth: int) -> Grid:
    items = Grid.grid(padding=(0, 1))
    items.add_column(style="cyan", justify="right", no_wrap=True)
    items.add_column(overflow="fold")
    for mark, item in zip(marks, node.children, strict=True):
        items.add_row(Text(mark), _group(item.children, depth + 1, apart=False))
    return items


def _inline(nodes: "list[SyntaxTreeNode]", style: str = "none") -> Text:
    return Text.assemble(*_spans(nodes, (style,) if style != "none" else ()), overflow="fold")


def _spans(nodes: "list[SyntaxTreeNode]", styles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        match node.type:
            case "softbreak" | "hardbreak":
                yield "\n", ""
            case "code_inline":
                yield node.content, " ".join((*styles, "bold cyan"))
            case "link":
                label, target = "".join(words for words, _ in _spans(node.children, ())), markdown.address(node)
                yield from _spans(node.children, styles)
                if label != target:
                    yield f" ({target})", " ".join((*styles, "blue underline"))
            case "image":
                yield f"{node.content} ({markdown.address(node)})", " ".join(styles)
            case _ if node.children:
                own = _STYLES.get(node.type)
                yield from _spans(node.children, (*styles, own) if own else styles)
            case _:
                yield node.content, " ".join(styles)
