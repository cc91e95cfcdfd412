"""Markdown, read once for every face: raw HTML is text like any other, links show where they lead."""

from typing import TYPE_CHECKING

from bot.views import grammar
from bot.views.blocks import Table
from bot.views.clean import visible
from bot.views.columns import aligned

if TYPE_CHECKING:
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode


def nodes(text: str) -> "list[SyntaxTreeNode]":
    """The top level of the parsed text; what its character references stand for is made visible too."""
    from markdown_it.tree import SyntaxTreeNode  # loaded with the first message, not with the process

    parsed = grammar.parser().parse(text)
    for token in parsed:
        _clean(token)
    return SyntaxTreeNode(parsed).children


def plain(text: str) -> str:
    """Markdown without its marks: lists keep their dashes and numbers, tables become aligned columns."""
    return _blocks(nodes(text))


def words(node: "SyntaxTreeNode") -> str:
    """One block without its marks."""
    return _block(node)


def number(item: "SyntaxTreeNode") -> str:
    """What stands before an item of an ordered list, as it was written: ``7.``, ``a list's 3)``."""
    return f"{item.info}{item.markup}"


def address(node: "SyntaxTreeNode") -> str:
    """Where a link or a picture leads, with its title."""
    target = visible(str(node.attrs.get("href") or node.attrs.get("src") or ""))
    title = visible(str(node.attrs.get("title") or ""))
    return f'{target} "{title}"' if title else target


def table(node: "SyntaxTreeNode") -> Table:
    """A table's cells in plain words."""
    header, *rows = [
        tuple(_inline(cell.children) for cell in row.children) for part in node.children for row in part.children
    ]
    sides = [str(cell.attrs.get("style", "")) for cell in node.children[0].children[0].children]
    asked = frozenset(at for at, side in enumerate(sides) if side.endswith("right"))
    return Table(header, tuple(rows), asked)


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
            return "\n".join(_item(f"{number(item)} ", item) for item in node.children)
        case "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).split("\n"))
        case "fence" | "code_block":
            return node.content.rstrip("\n")
        case "table":
            drawn = table(node)
            return aligned(drawn.columns, drawn.rows, drawn.right())
        case "hr":
            return "---"
        case _:
            return _inline([node])


def _item(mark: str, item: "SyntaxTreeNode") -> str:
    lines = _blocks(item.children, between="\n").split("\n")
    return f"\n{' ' * len(mark)}".join([mark + lines[0], *lines[1:]])


def _inline(nodes: "list[SyntaxTreeNode]") -> str:
    return "".join(_span(node) for node in nodes)


def _span(node: "SyntaxTreeNode") -> str:
    match node.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            label, target = _inline(node.children), address(node)
            return label if label == target else f"{label} ({target})"
        case "image":
            return f"{node.content} ({address(node)})"
        case "s":
            return f"~~{_inline(node.children)}~~"  # without a line through it the words would say the opposite
        case _:
            return _inline(node.children) if node.children else node.content
