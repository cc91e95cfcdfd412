"""Markdown, read once for every face: raw HTML is text like any other, links show where they lead."""

from functools import cache
from typing import TYPE_CHECKING

from bot.views.clean import visible
from bot.views.columns import aligned

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode


def tokens(text: str) -> "list[Token]":
    """The parsed text; what its character references stand for is made visible too."""
    parsed = _parser().parse(text)
    for token in parsed:
        _clean(token)
    return parsed


def plain(text: str) -> str:
    """Markdown without its marks: lists keep their dashes and numbers, tables become aligned columns."""
    from markdown_it.tree import SyntaxTreeNode  # only needed where no richer form can be shown

    return _blocks(SyntaxTreeNode(tokens(text)).children)


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # loaded with the first message, not with the process

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _clean(token: "Token") -> None:
    token.content = visible(token.content)
    for child in token.children or ():
        _clean(child)


def _blocks(nodes: "list[SyntaxTreeNode]", between: str = "\n\n") -> str:
    return between.join(_block(node) for node in nodes)


def _block(node: "SyntaxTreeNode") -> str:
    match node.type:
        case "paragraph" | "heading" | "th" | "td":
            return _inline(node.children)
        case "bullet_list":
            return "\n".join(_item("- ", item) for item in node.children)
        case "ordered_list":
            first = int(node.attrs.get("start", 1))
            return "\n".join(_item(f"{number}. ", item) for number, item in enumerate(node.children, start=first))
        case "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).split("\n"))
        case "fence" | "code_block":
            return node.content.rstrip("\n")
        case "table":
            return _table(node)
        case "hr":
            return "---"
        case _:
            return _inline([node])


def _item(mark: str, item: "SyntaxTreeNode") -> str:
    lines = _blocks(item.children, between="\n").split("\n")
    return f"\n{' ' * len(mark)}".join([mark + lines[0], *lines[1:]])


def _table(node: "SyntaxTreeNode") -> str:
    rows = [[_block(cell) for cell in row.children] for part in node.children for row in part.children]
    return aligned(rows[0], rows[1:])


def _inline(nodes: "list[SyntaxTreeNode]") -> str:
    return "".join(_span(node) for node in nodes)


def _span(node: "SyntaxTreeNode") -> str:
    match node.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            label, address = _inline(node.children), visible(str(node.attrs.get("href", "")))
            return label if label == address else f"{label} ({address})"
        case "image":
            return f"{node.content} ({visible(str(node.attrs.get('src', '')))})"
        case _:
            return _inline(node.children) if node.children else node.content
