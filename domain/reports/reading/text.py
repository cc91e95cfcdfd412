"""Text files: their encoding, then CSV in any of its dialects or JSON."""

import json
from collections.abc import Iterator
from typing import Any, cast

from domain.reports.reading.decoding import decode
from domain.reports.reading.delimited import read_delimited
from domain.reports.reading.table import Cell, Line, Sheet


def read_text(name: str, content: bytes) -> list[Sheet]:
    """The one sheet of a text file.

    Raises:
        Invalid: it is no text, or text without a table.
    """
    decoded = decode(name, content)
    start = decoded.text.lstrip()[:1]
    if start in ("{", "[") and (sheet := _json(decoded.text)) is not None:
        return [sheet]
    return [read_delimited(name, decoded)]


def _json(text: str) -> Sheet | None:
    """JSON lines (numbered by line), an array (numbered from 1) or an object that holds one; None for neither."""
    records = list(_lines(text))
    if not records:
        try:
            whole: Any = json.loads(text)
        except (ValueError, RecursionError):
            return None
        found = _array(whole)
        records = list(enumerate(found, 1)) if found else []
    rows = [(number, dict(_flat(record))) for number, record in records]
    header = list(dict.fromkeys(key for _, row in rows for key in row))
    if not header:
        return None
    lines = [Line(0, list(header))]
    lines += [Line(number, [row.get(key) for key in header]) for number, row in rows]
    return Sheet(None, lines)


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of JSON lines; lines that are none are passed over where most are."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    found: list[tuple[int, dict[str, Any]]] = []
    for number, line in lines:
        try:
            value: Any = json.loads(line)
        except (ValueError, RecursionError):
            if not found and number > 20:
                return
            continue
        if isinstance(value, dict):
            found.append((number, cast("dict[str, Any]", value)))
    if len(found) > 1 and len(found) >= 0.8 * len(lines):
        yield from found


def _array(whole: Any) -> list[dict[str, Any]]:
    """The longest list of objects in a document, at its top or one level below."""
    places: list[Any] = [whole, *cast("dict[str, Any]", whole).values()] if isinstance(whole, dict) else [whole]
    lists = [cast("list[Any]", place) for place in places if isinstance(place, list)]
    objects = [[cast("dict[str, Any]", item) for item in items if isinstance(item, dict)] for items in lists]
    return max(objects, key=len) if objects else []


def _flat(record: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Cell]]:
    for key, value in record.items():
        if isinstance(value, dict) and depth < 8:
            yield from _flat(cast("dict[str, Any]", value), f"{prefix}{key}.", depth + 1)
        elif value is None or isinstance(value, str | int | float | bool):
            yield prefix + key, value
        else:
            yield prefix + key, json.dumps(value, ensure_ascii=False)
