"""Markdown as rich text: the one form of Slack's in which text is never interpreted.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bot.slack.literal import pieces
from bot.views import markdown
from bot.views.clean import visible

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

Json = dict[str, Any]

PART = 2_800
"""Characters one element holds; a message is cut between elements."""

_LINKS = ("http://", "https://", "mailto:")
_ADDRESS = re.compile(r"(https?://[^\s<>\"]{1,2000}[^\s<>\".,;:!?)\]'])")
_LISTS = ("bullet_list", "ordered_list")
_DEEPEST = 8
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}


def text(words: str, *styles: str) -> Json:
    """A run of literal text."""
    return {"type": "text", "text": words} | ({"style": dict.fromkeys(styles, True)} if styles else {})


def paragraph(words: str, *styles: str) -> list[Json]:
    """A literal statement of any length, as sections."""
    return [section(text(piece, *styles)) for piece in pieces(words, PART)]


def section(*parts: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(parts)}


def preformatted(words: str) -> Json:
    return {"type": "rich_text_preformatted", "elements": [text(words)]}


def code(words: str) -> list[Json]:
    """Literal lines in letters of one width."""
    return [preformatted(piece) for piece in pieces(words, PART) if piece]


def bullets(items: Sequence[str]) -> list[Json]:
    """Literal statements, one under the other."""
    parts = [section(text(piece)) for item in items if item.strip() for piece in pieces(item, PART)]
    return [{"type": "rich_text_list", "style": "bullet", "elements": [part]} for part in parts]


def nodes(words: str) -> "list[SyntaxTreeNode]":
    """The top level of a Markdown text."""
    from markdown_it.tree import SyntaxTreeNode  # loaded with the first message, not with the process

    return SyntaxTreeNode(markdown.tokens(words)).children


def elements(node: "SyntaxTreeNode") -> list[Json]:
    """One paragraph, list, quote or piece of code as elements of a rich text block; none for an empty one."""
    match node.type:
        case "bullet_list" | "ordered_list":
            return _lists(node)
        case "blockquote":
            parts = [part for child in node.children for part in [*_words(child), text("\n")]][:-1]
            return [{"type": "rich_text_quote", "elements": piece} for piece in _cut(parts)]
        case "fence" | "code_block":
            return code(node.content.rstrip("\n"))
        case "heading":
            return [section(*piece) for piece in _cut(_styled(_words(node), "bold"))]
        case _:
            return [section(*piece) for piece in _cut(_words(node))]


def _lists(node: "SyntaxTreeNode") -> list[Json]:
    """A list as lists of one level each, since those of Slack do not nest."""
    lists: list[Json] = []
    length = 0
    for kind, item in _items(node, 0):
        length += sum(len(part["text"]) for part in item["elements"])
        if lists and length <= PART and all(lists[-1][name] == kind[name] for name in ("style", "indent")):
            lists[-1]["elements"].append(item)
        else:
            lists.append(kind | {"elements": [item]})
            length = sum(len(part["text"]) for part in item["elements"])
    return lists


def _items(node: "SyntaxTreeNode", indent: int) -> Iterator[tuple[Json, Json]]:
    """Every item with the kind of list it needs; what is nested comes right after the item that holds it."""
    ordered = node.type == "ordered_list"
    for number, item in enumerate(node.children, start=int(node.attrs.get("start", 1))):
        kind: Json = {"type": "rich_text_list", "style": "ordered" if ordered else "bullet", "indent": indent}
        if ordered and number > 1:
            kind["offset"] = number - 1
        own = [child for child in item.children if child.type not in _LISTS]
        words = [part for child in own for part in [*_words(child), text("\n")]][:-1]
        for piece in _cut(words):
            yield kind, section(*piece)
        for child in item.children:
            if child.type in _LISTS:
                yield from _items(child, min(indent + 1, _DEEPEST))


def _words(node: "SyntaxTreeNode", *styles: str) -> list[Json]:
    """What a node says, as runs of text and links."""
    match node.type:
        case "text" | "html_inline":
            return _linked(node.content, *styles)
        case "code_inline":
            return [text(node.content, *styles, "code")] if node.content else []
        case "fence" | "code_block":
            return [text(node.content.rstrip("\n"), *styles, "code")] if node.content.strip() else []
        case "softbreak" | "hardbreak":
            return [text("\n")]
        case "link":
            return _link(node, visible(str(node.attrs.get("href", ""))), styles)
        case "image":
            return [text(f"{node.content} ({visible(str(node.attrs.get('src', '')))})", *styles)]
        case _ if node.type in _STYLES:
            return [part for child in node.children for part in _words(child, *styles, _STYLES[node.type])]
        case _:
            return [part for child in node.children for part in _words(child, *styles)]


def _linked(words: str, *styles: str) -> list[Json]:
    """Text in which addresses can be followed."""
    parts = _ADDRESS.split(words)  # every second one is an address
    return [
        ({"type": "link", "url": part, "text": part} if number % 2 else text(part, *styles))
        for number, part in enumerate(parts)
        if part
    ]


def _link(node: "SyntaxTreeNode", address: str, styles: tuple[str, ...]) -> list[Json]:
    """A link whose address can be read beside its label."""
    words = [part for child in node.children for part in _words(child, *styles)]
    label = "".join(str(part["text"]) for part in words if "text" in part)
    shown: Json = {"type": "link", "url": address, "text": label or address}
    if styles:
        shown["style"] = dict.fromkeys(styles, True)
    if not address.lower().startswith(_LINKS) or len(address) > PART:
        return [*words, text(f" ({address})", *styles)]
    return [shown] if label in ("", address) else [shown, text(f" ({address})", *styles)]


def _styled(parts: list[Json], style: str) -> list[Json]:
    return [part | {"style": part.get("style", {}) | {style: True}} for part in parts]


def _cut(parts: list[Json]) -> list[list[Json]]:
    """The runs in groups of at most ``PART`` characters."""
    groups: list[list[Json]] = []
    room = 0
    for part in (smaller for run in parts for smaller in _smaller(run)):
        length = len(part["text"])
        if length > room:
            groups.append([])
            room = PART
        groups[-1].append(part)
        room -= length
    return groups


def _smaller(part: Json) -> list[Json]:
    return [part | {"text": piece} for piece in pieces(part["text"], PART)] if part["type"] == "text" else [part]


def plain(cell: "SyntaxTreeNode") -> str:
    """The words of a table's cell."""
    return "".join(part["text"] for part in _words(cell))
