"""Rows for a table from whatever a plan hands over: objects, lists, or text that holds a table."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, cast

from domain.core.errors import Invalid
from domain.tools.builtin.characters import clean

__all__ = ["Cell", "Content", "is_formula", "markdown", "neutral", "rows_of"]

Cell = str | int | float | bool | None
Content = str | Sequence[Any] | Mapping[str, Any]

_MAX_CELLS = 500_000
_NUMBER = re.compile(r"[+-]?\d[\d.,  ]*(?:[eE][+-]?\d+)?\s?%?")
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")


def rows_of(content: Content, *, typed: bool = False) -> list[list[Cell]]:
    """The rows, a header first where the content has one; all of one width.

    Objects give a header of their keys in the order met. Text is read as JSON, else as the first Markdown
    table in it, else as separated values; with ``typed`` its plain numbers become numbers.

    Raises:
        Invalid: there is no row, or far too many cells.
    """
    rows = _text_rows(clean(content)) if isinstance(content, str) else _listed_rows(content)
    rows = [row for row in rows if row]
    if typed and isinstance(content, str):
        rows = [[_typed(cell) for cell in row] for row in rows]
    width = max((len(row) for row in rows), default=0)
    if not width:
        raise Invalid(
            "There are no rows to write.", remedy="Give a list of objects, a list of lists or a Markdown table."
        )
    if width * len(rows) > _MAX_CELLS:
        raise Invalid("The table is too large to write.", remedy=f"Keep it under {_MAX_CELLS:,} cells.")
    return [[*row, *[None] * (width - len(row))] for row in rows]


def is_formula(cell: Cell) -> bool:
    """Whether a spreadsheet would take a text for a formula (OWASP, CSV injection); a signed number is none."""
    return (
        isinstance(cell, str)
        and cell.lstrip(" \0")[:1] in tuple("=+-@\t\r\n＝＋－＠")
        and not _NUMBER.fullmatch(cell.strip())
    )


def neutral(cell: Cell) -> Cell:
    """A cell for formats that cannot mark text as text: an apostrophe keeps a formula from running."""
    return f"'{cell}" if is_formula(cell) else cell


def markdown(rows: list[list[Cell]]) -> str:
    """The rows as a Markdown table whose first row is the header."""
    lines = ["| " + " | ".join(_inline(cell) for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)


def _inline(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split()).replace("|", "\\|")


def _listed_rows(content: Sequence[Any] | Mapping[str, Any]) -> list[list[Cell]]:
    if isinstance(content, Mapping):
        return _listed_rows([dict(content)])
    if not content:
        return []
    if all(isinstance(item, dict) for item in content):
        objects = cast(Sequence[dict[str, Any]], content)
        names = list(dict.fromkeys(str(name) for item in objects for name in item))
        return [[clean(name) for name in names], *([_cell(item.get(name)) for name in names] for item in objects)]
    if all(isinstance(item, list | tuple) for item in content):
        return [[_cell(value) for value in cast(Sequence[Any], item)] for item in content]
    if any(isinstance(item, dict | list | tuple) for item in content):
        raise Invalid("The rows are of different kinds.", remedy="Give all rows as objects or all as lists.")
    return [[_cell(item)] for item in content]


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, int | float | bool):
        return value
    return clean(json.dumps(value, ensure_ascii=False, default=str))


def _typed(cell: Cell) -> Cell:
    """A number written plainly as a number; 007 and other codes stay text."""
    if not isinstance(cell, str) or not _PLAIN_NUMBER.fullmatch(cell.strip()):
        return cell
    return float(cell) if "." in cell else int(cell)


def _text_rows(text: str) -> list[list[Cell]]:
    listed = _json_list(text)
    if listed is not None:
        return _listed_rows(listed)
    lines = text.strip().splitlines()
    for at, line in enumerate(lines[1:], start=1):
        if "-" in line and "|" in line and _RULE.fullmatch(line.strip()) and "|" in lines[at - 1]:
            return _markdown_rows(lines[at - 1 :])
    sample = lines[0] if lines else ""
    delimiter = max(",;\t", key=sample.count)
    return [list(row) for row in csv.reader(StringIO(text.strip(), newline=""), delimiter=delimiter)]


def _json_list(text: str) -> list[Any] | None:
    if not text.lstrip().startswith("["):
        return None
    try:
        return cast(list[Any], json.loads(text))
    except (ValueError, RecursionError):
        return None  # a text that merely begins with a bracket


def _markdown_rows(lines: list[str]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for at, line in enumerate(lines):
        if "|" not in line:
            break
        if at != 1:  # the rule under the header
            inner = line.strip().removeprefix("|").removesuffix("|")
            rows.append([cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)])
    return rows
