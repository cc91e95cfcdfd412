"""Telegram's HTML, read as strictly as its server reads it, with the server's words for what is wrong.

https://core.telegram.org/bots/api#html-style; the messages are those of tdlib's ``parse_html``.
"""

import re
from dataclasses import dataclass
from typing import Any

_TYPES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));")
_PLAIN = re.compile(r"[^<&>]+")
_ATTRIBUTE = re.compile(r'\s*([^\s=>]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\'|([^\s>"\']+))')


class Unreadable(Exception):
    """The text cannot be parsed; the message is the server's."""


@dataclass
class Parsed:
    text: str
    entities: list[dict[str, Any]]
    careless: list[str]
    """What the server lets pass although the documentation forbids it."""


@dataclass
class _Open:
    tag: str
    start: int
    attributes: dict[str, str]


def units(text: str) -> int:
    """Length as Telegram counts: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> Parsed:
    """Raises Unreadable."""
    text: list[str] = []
    length = 0
    entities: list[dict[str, Any]] = []
    careless: list[str] = []
    opened: list[_Open] = []
    at = 0
    while at < len(source):
        letter = source[at]
        if letter == "<":
            at = _tag(source, at, length, opened, entities)
            continue
        reference = _REFERENCE.match(source, at) if letter == "&" else None
        plain = _PLAIN.match(source, at)
        if plain is not None:
            shown, at = plain.group(), plain.end()
        elif reference is not None:
            shown, at = _referred(reference), reference.end()
        else:
            if letter in "&>":
                careless.append(f"a bare {letter} at {at}")
            shown, at = letter, at + 1
        text.append(shown)
        length += units(shown)
    if opened:
        raise Unreadable(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    return _trimmed("".join(text), entities, careless)


def _referred(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _tag(source: str, at: int, length: int, opened: list[_Open], entities: list[dict[str, Any]]) -> int:
    """Read the tag that begins here. Returns where it ends."""
    begin = len(source[:at].encode())
    if source[at + 1 : at + 2] == "/":
        return _end_tag(source, at, begin, length, opened, entities)
    end = next((place for place in range(at + 1, len(source)) if source[place].isspace() or source[place] == ">"), -1)
    if end < 0:
        raise Unreadable(f"Unclosed start tag at byte offset {begin}")
    tag = source[at + 1 : end].lower()
    if tag not in _TYPES:
        raise Unreadable(f'Unsupported start tag "{tag}" at byte offset {begin}')
    attributes: dict[str, str] = {}
    while found := _ATTRIBUTE.match(source, end):
        attributes[found[1].lower()] = next((part for part in found.groups()[1:] if part is not None), "")
        end = found.end()
    while source[end : end + 1].isspace():
        end += 1
    if source[end : end + 1] != ">":
        raise Unreadable(f"Unclosed start tag at byte offset {begin}")
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise Unreadable(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
    opened.append(_Open(tag, length, attributes))
    return end + 1


def _end_tag(source: str, at: int, begin: int, length: int, opened: list[_Open], entities: list[dict[str, Any]]) -> int:
    if not opened:
        raise Unreadable(f"Unexpected end tag at byte offset {begin}")
    end = source.find(">", at)
    if end < 0:
        raise Unreadable(f"Unclosed end tag at byte offset {begin}")
    name = source[at + 2 : end].strip().lower()
    last = opened.pop()
    if name and name != last.tag:
        raise Unreadable(f'Unmatched end tag at byte offset {begin}, expected "</{last.tag}>", found "</{name}>"')
    if length > last.start:
        entity: dict[str, Any] = {"type": _TYPES[last.tag], "offset": last.start, "length": length - last.start}
        if last.tag == "a":
            if "href" not in last.attributes:
                return end + 1
            entity["url"] = last.attributes["href"]
        entities.append(entity)
    return end + 1


def _trimmed(text: str, entities: list[dict[str, Any]], careless: list[str]) -> Parsed:
    """Blank space around a message is cut off by the server."""
    front = units(text) - units(text.lstrip())
    kept = text.strip()
    total = units(kept)
    moved: list[dict[str, Any]] = []
    for entity in entities:
        start = max(0, entity["offset"] - front)
        end = min(total, entity["offset"] - front + entity["length"])
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    moved.reverse()  # of two that cover the same the outer one, which ended last, comes first
    moved.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Parsed(kept, moved, careless)
