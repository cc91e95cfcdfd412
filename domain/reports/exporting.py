"""A query's result as a file: all of its rows, numbers as numbers where the format has them. CPU-bound."""

import math
from pathlib import PurePath
from typing import Literal

from domain.core.errors import Invalid
from domain.reports.charts.words import title
from domain.reports.querying.result import Heading, Result
from domain.reports.reading import Cell
from domain.tools.builtin.writing import rows as writing
from domain.tools.builtin.writing.content import Written, write_content
from domain.tools.builtin.writing.sheets import separated, workbook

Format = Literal["xlsx", "csv", "pdf", "docx"]

MOST_ON_PAGES = 2_000
"""Rows that a document holds: to lay out more takes minutes, and nobody reads it."""
_DIGITS = 15
"""Significant digits of a stored number; what comes behind them is not computed but left over."""
_LONGEST_NAME = 80


def title_of(result: Result) -> str:
    """“Sum of Sales by Region, North, 2015”, and “Rows” where those of the table are listed."""
    shown = [heading.shown for heading in result.headings if heading.select is not None]
    groups = [heading.name for heading in result.headings if heading.select is None] if shown else []
    listed = f"rows of {', '.join(result.query.columns)}" if result.query.columns else "rows"
    said = title(result.query, ", ".join(shown) or listed, groups, cut=(result.query.limit or math.inf) < result.count)
    return f"{said[:1].upper()}{said[1:]}"


def name_of(result: Result, file: str) -> str:
    """What the file is called, without its ending."""
    name = f"{PurePath(file).stem} - {title_of(result)}"
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


def written(result: Result, kind: Format, file: str) -> Written:
    """The bytes. Raises Invalid where the rows do not fit the format."""
    if kind == "csv":
        return Written(separated(_rows(result, percent=100.0), ","))
    if kind == "xlsx":
        return Written(workbook(_rows(result, percent=1.0), [_format(result, place) for place in _places(result)]))
    if len(result.shown) > MOST_ON_PAGES:
        raise Invalid(
            f"{len(result.shown):,} rows are too many for a document.", remedy="Ask for them as Excel or CSV."
        )
    return write_content(kind, title_of(result), _page(result, file))


def _places(result: Result) -> range:
    return range(len(result.headings))


def _rows(result: Result, *, percent: float) -> list[list[writing.Cell]]:
    """The header, with units, and every row; ratios times ``percent``."""
    scales = [percent if heading.percent else 1.0 for heading in result.headings]
    header: list[writing.Cell] = [
        _header(heading, scale) for heading, scale in zip(result.headings, scales, strict=True)
    ]
    return [header, *([_cell(cell, scale) for cell, scale in zip(row, scales, strict=True)] for row in result.rows)]


def _header(heading: Heading, scale: float) -> str:
    unit = "%" if heading.percent and scale != 1.0 else heading.unit if not heading.percent else None
    return f"{heading.shown} ({unit})" if unit else heading.shown


def _cell(cell: Cell, scale: float) -> writing.Cell:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell if cell is None or isinstance(cell, str | bool) else str(cell)
    if isinstance(cell, int) and scale == 1.0:
        return cell
    value = float(f"{cell * scale:.{_DIGITS}g}")
    return None if not math.isfinite(value) else value


def _format(result: Result, place: int) -> str | None:
    """How Excel shows a column's numbers."""
    heading = result.headings[place]
    cells = (row[place] for row in result.rows)
    numbers = [float(cell) for cell in cells if isinstance(cell, int | float)]
    if heading.kind != "number" or not numbers:
        return None
    if heading.percent:
        return "0.0%"
    if heading.select is None:
        return None  # what is grouped by is a name
    whole = all(number.is_integer() for number in numbers)
    return "#,##0" if whole and not heading.decimals else f"#,##0.{'0' * max(heading.decimals, 2)}"


def _page(result: Result, file: str) -> str:
    """A heading, the sentence, the table as people read it, and the notes."""
    names = [heading.shown for heading in result.headings]
    table = writing.markdown([[*names], *([*row] for row in result.shown)]) if result.shown else ""
    notes = "\n".join(f"- {note}" for note in result.notes)
    parts = [f"# {title_of(result)}", f"From {file}.", result.sentence, table, notes]
    return "\n\n".join(part for part in parts if part)
