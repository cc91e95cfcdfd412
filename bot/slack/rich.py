"""Markdown as rich text: the one form of Slack's in which text is never interpreted.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
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
_STEP = "    "
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


def elements(node: "SyntaxTreeNode") -> list[Json]:
    """One paragraph, list, quote or piece of code as elements of a rich text block; none for an empty one."""
    match node.type:
        case "bullet_list" | "ordered_list":
            return _lists(node)
        case "blockquote":
            return [{"type": "rich_text_quote", "elements": piece} for piece in _cut(_under(node.children))]
        case "fence" | "code_block":
            return code(node.content.rstrip("\n"))
        case "heading":
            return [section(*piece) for piece in _cut(_styled(_words(node), "bold"))]
        case _:
            return [section(*piece) for piece in _cut(_words(node))]


def _under(nodes: "Sequence[SyntaxTreeNode]") -> list[Json]:
    """Blocks one under the other, as runs of text: what holds them takes no blocks."""
    return [part for node in nodes for part in [*_words(node), text("\n")]][:-1]


def _lists(node: "SyntaxTreeNode") -> list[Json]:
    """A list as lists of one level each, since those of Slack do not nest."""
    lists: list[Json] = []
    length = 0
    following: int | None = None
    for entry in _entries(node, 0):
        own = sum(len(part["text"]) for part in entry.words["elements"])
        kind = entry.kind
        joins = bool(lists) and kind is not None and length + own <= PART and _is_like(lists[-1], kind)
        if kind is None:
            lists.append(entry.words)
        elif joins and (entry.number is None or entry.number == following):
            lists[-1]["elements"].append(entry.words)
        else:
            offset: Json = {"offset": entry.number - 1} if entry.number is not None and entry.number > 1 else {}
            lists.append(kind | offset | {"elements": [entry.words]})
            length = 0
        length += own
        following = entry.number + 1 if entry.number is not None else None
    return lists


def _is_like(one: Json, kind: Json) -> bool:
    return all(one.get(name) == value for name, value in kind.items())


@dataclass(frozen=True, slots=True)
class _Entry:
    """One item, or a further part of a long one. Without a ``kind`` it is a paragraph that holds its own number."""

    words: Json
    kind: Json | None = None
    number: int | None = None


def _entries(node: "SyntaxTreeNode", indent: int) -> Iterator[_Entry]:
    """Every item with the kind of list it needs; what is nested comes right after the item that holds it."""
    ordered = node.type == "ordered_list"
    kind: Json = {"type": "rich_text_list", "style": "ordered" if ordered else "bullet", "indent": indent}
    for item in node.children:
        own = list(takewhile(lambda child: child.type not in _LISTS, item.children))
        first, *rest = _cut(_under(own)) or [[text(" ")]]
        if ordered and (indent or item.markup != "." or item.info != str(int(item.info)) or item.info == "0"):
            # Slack would write a letter for it, or another number
            yield _Entry(section(text(f"{_STEP * indent}{markdown.number(item)} "), *first))
        else:
            yield _Entry(section(*first), kind, int(item.info) if ordered else None)
        yield from (_Entry(section(*piece)) for piece in rest)
        for child in item.children[len(own) :]:
            if child.type in _LISTS:
                yield from _entries(child, min(indent + 1, _DEEPEST))
            else:
                yield from (_Entry(section(text(_STEP * (indent + 1)), *piece)) for piece in _cut(_words(child)))


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
            return _link(node, styles)
        case "image":
            return _linked(f"{node.content} ({markdown.address(node)})", *styles)
        case "table" | "bullet_list" | "ordered_list" | "hr":
            return [text(markdown.words(node), *styles)]  # within another block
        case "blockquote":
            return _under(node.children)
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


def _link(node: "SyntaxTreeNode", styles: tuple[str, ...]) -> list[Json]:
    """A link whose address can be read beside its label."""
    address, beside = visible(str(node.attrs.get("href", ""))), markdown.address(node)
    words = [part for child in node.children for part in _words(child, *styles)]
    label = "".join(str(part["text"]) for part in words if "text" in part)
    shown: Json = {"type": "link", "url": address, "text": label or address}
    if styles:
        shown["style"] = dict.fromkeys(styles, True)
    if not address.lower().startswith(_LINKS) or len(address) > PART:
        return [*words, text(f" ({beside})", *styles)]
    return [shown] if beside in ("", label) else [shown, text(f" ({beside})", *styles)]


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
