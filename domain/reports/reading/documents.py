"""JSON documents: the table in one, however deep it lies and whichever way round it is written."""

import json
from collections.abc import Iterator
from typing import Any, cast

from domain.reports.reading.remarks import Remark, listed
from domain.reports.reading.table import Cell, Line, Sheet

_DEPTH = 6
"""So many levels below its top a table is looked for."""
Record = dict[str, Any]


def read_json(text: str) -> Sheet | None:
    """JSON lines (numbered by line), or the longest table in a document (numbered from 1); None for neither.

    A table is a list of objects, a list of lists of which the first holds the names, or an object of columns.
    """
    remarks: list[Remark] = []
    records = list(_lines(text, remarks))
    if not records:
        try:
            whole: Any = json.loads(text)
        except (ValueError, RecursionError):
            return None
        records = list(enumerate(max(_tables(whole), key=len, default=list[Record]()), 1))
    rows = [(number, dict(_flat(record))) for number, record in records]
    header = list(dict.fromkeys(key for _, row in rows for key in row))
    if not header:
        return None
    lines = [Line(0, list(header))]
    lines += [Line(number, [row.get(key) for key in header]) for number, row in rows]
    return Sheet(None, lines, remarks=remarks)


def _lines(text: str, remarks: list[Remark]) -> Iterator[tuple[int, Record]]:
    """The objects of JSON lines; single lines that are none are told."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    found: list[tuple[int, Record]] = []
    none: list[int] = []
    for number, line in lines:
        try:
            value: Any = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            found.append((number, cast("Record", value)))
        else:
            none.append(number)
            if not found and number > _FIRST_LINES:
                return
    if len(found) > 1 and len(found) >= _MOSTLY * len(lines):
        if none:
            are = "line is no record" if len(none) == 1 else f"{len(none):,} lines are no records"
            one = "1 " if len(none) == 1 else ""
            text = f"{one}{are} and left out ({listed(none)})."
            remarks.append(Remark("doubtful rows", text, tuple(none)))
        yield from found


_FIRST_LINES = 20
_MOSTLY = 0.8


def _tables(value: Any, depth: int = 0) -> Iterator[list[Record]]:
    """Every table in a document, from its top on."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        yield [cast("Record", item) for item in items if isinstance(item, dict)]
        if len(items) > 1 and all(isinstance(item, list) for item in items):
            names, *rows = cast("list[list[Any]]", items)
            if names and all(isinstance(name, str) for name in names):
                yield [dict(zip(names, row, strict=False)) for row in rows]
        return
    if not isinstance(value, dict) or depth > _DEPTH:
        return
    parts = cast("Record", value)
    names, data = parts.get("columns"), parts.get("data", parts.get("rows"))
    if isinstance(names, list) and isinstance(data, list):
        called = [str(name) for name in cast("list[Any]", names)]
        rows = [cast("list[Any]", row) for row in cast("list[Any]", data) if isinstance(row, list)]
        yield [dict(zip(called, row, strict=False)) for row in rows]
    columns = {name: cast("list[Any]", column) for name, column in parts.items() if isinstance(column, list)}
    even = len(columns) == len(parts) > 1 and len({len(column) for column in columns.values()}) == 1
    if even and not any(isinstance(cell, dict | list) for column in columns.values() for cell in column):
        yield [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    for part in parts.values():
        yield from _tables(part, depth + 1)


def _flat(record: Record, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Cell]]:
    for key, value in record.items():
        if isinstance(value, dict) and depth < _DEPTH + 2:
            yield from _flat(cast("Record", value), f"{prefix}{key}.", depth + 1)
        elif value is None or isinstance(value, str | int | float | bool):
            yield prefix + key, None if isinstance(value, str) and value.isspace() else value
        else:
            yield prefix + key, json.dumps(value, ensure_ascii=False)
