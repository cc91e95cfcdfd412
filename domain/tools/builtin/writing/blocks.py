"""Markdown as a flat list of blocks, which the document formats are drawn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["Block", "Code", "Heading", "Item", "Paragraph", "Rule", "Span", "Table", "blocks", "parser"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: tuple[Span, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list. ``marker`` is “•” or a number with its point; ``depth`` is 0 for an outer list."""

    spans: tuple[Span, ...]
    marker: str
    depth: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain text, the header first."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    pass


Block = Heading | Paragraph | Item | Table | Code | Rule


def parser() -> "MarkdownIt":
    """CommonMark with tables. Raw HTML stays text and pictures are not loaded: both could reach out."""
    from markdown_it import MarkdownIt  # loaded on first use: only written documents need it

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def blocks(markdown: str) -> list[Block]:
    return list(_Walk().blocks(parser().parse(markdown)))


@dataclass
class _Walk:
    """One pass over the parser's tokens; what is open decides what the next inline text is."""

    markers: list[int | None] = field(default_factory=list[int | None])
    """For each open list the number of its next entry; None for a list with bullets."""
    quotes: int = 0
    heading: int = 0
    fresh_item: bool = False
    """Whether the next paragraph is the first of a list entry."""
    rows: list[list[str]] = field(default_factory=list[list[str]])
    in_table: bool = False

    def blocks(self, tokens: Sequence["Token"]) -> Iterator[Block]:
        for token in tokens:
            match token.type:
                case "heading_open":
                    self.heading = int(token.tag[1:])
                case "heading_close":
                    self.heading = 0
                case "bullet_list_open":
                    self.markers.append(None)
                case "ordered_list_open":
                    self.markers.append(int(token.attrs.get("start", 1)))
                case "bullet_list_close" | "ordered_list_close":
                    self.markers.pop()
                case "list_item_open":
                    self.fresh_item = True
                case "blockquote_open" | "blockquote_close":
                    self.quotes += token.nesting
                case "table_open":
                    self.in_table, self.rows = True, []
                case "tr_open":
                    self.rows.append([])
                case "table_close":
                    self.in_table = False
                    yield Table(tuple(tuple(row) for row in self.rows))
                case "inline":
                    yield from self._inline(token)
                case "fence" | "code_block":
                    yield Code(token.content.rstrip("\n"))
                case "hr":
                    yield Rule()
                case _:
                    pass  # closing tokens and paragraphs, whose text is the inline token between them

    def _inline(self, token: "Token") -> Iterator[Block]:
        spans = tuple(_spans(token.children or []))
        if self.in_table:
            self.rows[-1].append("".join(span.text for span in spans))
        elif self.heading:
            yield Heading(self.heading, spans)
        elif self.markers:
            yield Item(spans, self._marker() if self.fresh_item else "", len(self.markers) - 1)
            self.fresh_item = False
        else:
            yield Paragraph(spans, quoted=self.quotes > 0)

    def _marker(self) -> str:
        number = self.markers[-1]
        if number is None:
            return "•"
        self.markers[-1] = number + 1
        return f"{number}."


def _spans(tokens: Sequence["Token"]) -> Iterator[Span]:
    """Styled runs; the address of a link follows its text in brackets, because paper has no links."""
    style = Span("")
    target, shown = "", ""
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                style = replace(style, bold=token.nesting == 1)
            case "em_open" | "em_close":
                style = replace(style, italic=token.nesting == 1)
            case "link_open":
                target, shown = str(token.attrs.get("href", "")), ""
            case "link_close":
                if target and target.removeprefix("mailto:") != shown:
                    yield replace(style, text=f" ({target})")
            case "softbreak" | "hardbreak":
                yield replace(style, text=" " if token.type == "softbreak" else "\n")
            case _:
                shown += token.content
                yield replace(style, text=token.content, code=token.type == "code_inline")
