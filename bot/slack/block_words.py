"""The words of Slack's blocks, marked as in a message's ``text``, and the tables among them.

https://docs.slack.dev/reference/block-kit/blocks
"""

import re
from collections.abc import Iterator

from bot.slack.literal import escaped
from bot.slack.shapes import Json, lists, mapping, mappings, string

_DEEPEST = 8
_NESTED = ("blocks", "child_blocks")
Table = list[list[str]]
"""Rows of cells, marked as text is."""


def words(blocks: object) -> str:
    """What stands in the blocks, tables aside."""
    return "\n".join(_words(mappings(blocks), 0))


def words_besides(text: str, blocks: object) -> str:
    """What stands in the blocks and not in the text of the same message."""
    if not text.strip():
        return words(blocks)
    # of what a person types the text is made by Slack itself
    found = [block for block in mappings(blocks) if block.get("type") != "rich_text"]
    known = _letters(text)
    return "\n".join(part for part in _words(found, 0) if _letters(part) not in known)


def tables(blocks: object, depth: int = 0) -> Iterator[Table]:
    """Every table, its first row first."""
    if depth > _DEEPEST:
        return
    for block in mappings(blocks):
        if block.get("type") == "table":
            rows = [[_cell(mapping(cell)) for cell in row] for row in lists(block.get("rows"))]
            if any(any(cell.strip() for cell in row) for row in rows):
                yield rows
        for name in _NESTED:
            yield from tables(block.get(name), depth + 1)


def _words(blocks: list[Json], depth: int) -> list[str]:
    found: list[str] = []
    if depth > _DEEPEST:
        return found
    for block in blocks:
        match block.get("type"):
            case "rich_text":
                found.append(_rich(block, depth))
            case "section":
                found += [_text(block.get("text")), *(_text(field) for field in mappings(block.get("fields")))]
            case "header":
                found.append(_text(block.get("text")))
            case "context":
                found.append(" ".join(filter(None, map(_text, mappings(block.get("elements"))))))
            case "markdown":
                found.append(escaped(string(block.get("text"))))
            case "image" | "video":
                found.append(_text(block.get("title")) or escaped(string(block.get("alt_text"))))
            case _:
                pass
        for name in _NESTED:
            found += _words(mappings(block.get(name)), depth + 1)
    return [part for part in found if part.strip()]


def _text(value: object) -> str:
    """A text object: mrkdwn is marked already, plain text is literal."""
    of = mapping(value)
    text = string(of.get("text"))
    return text if of.get("type") == "mrkdwn" else escaped(text)


def _cell(cell: Json) -> str:
    if cell.get("type") == "rich_text":
        return _rich(cell, 0).strip()
    value = cell.get("text", cell.get("value"))
    return escaped(str(value)) if isinstance(value, (str, int, float)) else ""


def _rich(block: Json, depth: int) -> str:
    """https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""
    if depth > _DEEPEST:
        return ""
    parts: list[str] = []
    for element in mappings(block.get("elements")):
        match element.get("type"):
            case "rich_text_list":
                items = [_inline(item) for item in mappings(element.get("elements"))]
                parts += [f"{'  ' * min(_whole(element.get('indent')), _DEEPEST)}- {item}" for item in items]
            case "rich_text_quote":
                parts += [f"&gt; {line}" for line in _inline(element).splitlines()]
            case "rich_text_section" | "rich_text_preformatted":
                parts.append(_inline(element).rstrip("\n"))
            case _:
                pass
    return "\n".join(parts)


def _inline(of: Json) -> str:
    return "".join(_element(element) for element in mappings(of.get("elements")))


def _element(element: Json) -> str:
    match element.get("type"):
        case "text":
            return escaped(string(element.get("text")))
        case "link":
            return _mark(string(element.get("url")), string(element.get("text")))
        case "user":
            return _mark(f"@{string(element.get('user_id'))}")
        case "channel":
            return _mark(f"#{string(element.get('channel_id'))}")
        case "usergroup":
            return _mark(f"!subteam^{string(element.get('usergroup_id'))}")
        case "broadcast":
            return _mark(f"!{string(element.get('range'))}")
        case "date":
            return escaped(string(element.get("fallback")))
        case "emoji":
            return _emoji(element)
        case "color":
            return escaped(string(element.get("value")))
        case _:
            return ""


def _mark(target: str, label: str = "") -> str:
    safe = escaped(target).replace("|", "%7C")
    return f"<{safe}|{escaped(label)}>" if label else f"<{safe}>"


def _emoji(element: Json) -> str:
    points = string(element.get("unicode")).split("-")
    try:
        return "".join(chr(int(point, 16)) for point in points)
    except (ValueError, OverflowError):
        return f":{escaped(string(element.get('name')))}:"


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _letters(text: str) -> str:
    """What two ways to write the same have in common."""
    return re.sub(r"[\W_]+", "", text).casefold()
