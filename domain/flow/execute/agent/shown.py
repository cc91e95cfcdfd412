"""What a model reads of what a call put out: all of it, or its head and tail and how to see the rest.

An output is one text, the same on every worker: what is in memory and what came back from the database are worded
alike. Places in it are counted in bytes of UTF-8.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import orjson

from domain.core.text import storable, storable_json
from domain.llm.wording import fenced

LOOK_AGAIN = "look_again"
"""The tool that shows a stored output once more."""

HEAD, TAIL = 8_000, 4_000
"""Bytes of a fresh output that are shown, where it is longer than both."""

SMALL = 1_000
"""Bytes up to which the words about what is left out count as shown."""

SHORT = 200
"""Characters up to which a text of one line stands among the other values."""

_MARK = 120
"""Bytes that are kept free for those."""

_ODD = re.compile(rb"[0-9]e\+?[0-9]|-0\.0|\\u0000")
"""In JSON: what may be a number that the database writes otherwise, or a sign that it does not hold."""

_LARGEST_WHOLE = 2**64
"""Of whole numbers the first that is read back as a float."""


def text_of(output: Mapping[str, Any]) -> str:
    """An output as text: its values as JSON on one line, then a longer ``text`` by itself, which would cost more and
    read worse within that."""
    text = output.get("text")
    if not isinstance(text, str) or ("\n" not in text and len(text) <= SHORT):
        return written(output)
    return f"{written({name: part for name, part in output.items() if name != 'text'})}\n{storable(text)}"


def shown(output: Mapping[str, Any], call: str, name: str, room: int) -> str:
    """An output in at most ``room`` bytes and a mark, fenced. ``call``: what the model knows it by, as “3.c0”.

    Of one that lies in storage there are ``head``, ``tail`` and the ``bytes`` of its text.
    """
    if "stored" in output and "head" in output:
        head, tail, size = str(output["head"]), str(output.get("tail") or ""), int(output.get("bytes") or 0)
    else:
        head = tail = text_of(output)
        size = size_of(head)
    return fenced(_cut(head, tail, size, call, room), f"{call} {name}")


def _cut(head: str, tail: str, size: int, call: str, room: int) -> str:
    if head == tail and size <= room:
        return head
    room = max(room - _MARK, 0) if room <= SMALL else room
    before = first(head, room * 2 // 3)
    after = last(tail, room - room * 2 // 3)
    seen = size_of(before)
    left = size - seen - size_of(after)
    if left <= 0:  # head and tail of what lies in storage hold all of it
        return before + last(tail, size - seen)
    mark = f'[{left:,} bytes left out; {LOOK_AGAIN}(call="{call}", from={seen}) reads on]'
    return f"{before}\n… {mark} …\n{after}"


def first(text: str, size: int) -> str:
    """As much of the text's beginning as ``size`` bytes hold."""
    return text if len(text) * 4 <= size else text.encode()[:size].decode(errors="ignore")


def last(text: str, size: int) -> str:
    """As much of the text's end as ``size`` bytes hold."""
    if size <= 0:
        return ""
    return text if len(text) * 4 <= size else text.encode()[-size:].decode(errors="ignore")


def after(text: str, place: int, size: int) -> str:
    """At most ``size`` bytes of the text from a place on."""
    return text.encode()[max(place, 0) :][: max(size, 0)].decode(errors="ignore")


def size_of(text: str) -> int:
    """Bytes."""
    return len(text.encode())


def written(value: Any) -> str:
    """Compact JSON of a value, its keys in order, as it is after it was stored and read again: the database keeps
    another order than a tool gave, and writes some numbers otherwise."""
    return _bytes(value).decode()


def canonical(value: Any) -> Any:
    """The same as a value."""
    return orjson.loads(_bytes(value))


def _bytes(value: Any) -> bytes:
    try:
        plain = _dumped(value)
    except TypeError:  # a half of a surrogate pair, which no column holds
        plain = _dumped(storable_json(value))
    if not _ODD.search(plain):
        return plain
    return _dumped(json.loads(_dumped(storable_json(value)), parse_float=_float))


def _dumped(value: Any) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS)


def _float(text: str) -> float | int:
    value = float(text)
    if "e" in text.lower() and value.is_integer() and abs(value) >= 1:
        whole = int(Decimal(text))
        return whole if -(_LARGEST_WHOLE // 2) <= whole < _LARGEST_WHOLE else value
    return value + 0.0  # the database knows no negative zero


def shortened_arguments(arguments: Mapping[str, Any], room: int) -> dict[str, Any]:
    """A call's arguments in at most ``room`` bytes of JSON: long texts and lists are cut, with a mark."""
    value = cast("dict[str, Any]", canonical(arguments))
    if size_of(written(value)) <= room:
        return value
    for longest, most in ((room // 4, 50), (room // 10, 20), (60, 8), (20, 3)):
        cut = cast("dict[str, Any]", _shortened(value, longest, most))
        if size_of(written(cut)) <= room:
            return cut
    return {}


def _shortened(value: Any, longest: int, most: int) -> Any:
    if isinstance(value, str):
        return _shortened_text(value, longest)
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        return {_shortened_text(key, 60): _shortened(named[key], longest, most) for key in list(named)[:most]}
    if isinstance(value, list):
        entries = cast("list[Any]", value)
        rest = [f"… {len(entries) - most:,} more"] if len(entries) > most else []
        return [*(_shortened(entry, longest, most) for entry in entries[:most]), *rest]
    return value


def _shortened_text(text: str, longest: int) -> str:
    size = size_of(text)
    return text if size <= longest else f"{first(text, longest)}… {size - longest:,} bytes more"
