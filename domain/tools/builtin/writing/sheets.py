"""Tables as CSV, TSV and Excel, in which no cell of text can run as a formula."""

import csv
import math
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

from domain.core.errors import Invalid
from domain.tools.builtin.writing.rows import Cell, is_formula, neutral

__all__ = ["separated", "workbook"]

_MAX_ROWS, _MAX_COLUMNS, _MAX_CELL = 1_048_576, 16_384, 32_767
"""The limits of an Excel sheet (Microsoft, Excel specifications and limits)."""
_EXACT = 2**53


def separated(rows: list[list[Cell]], delimiter: str) -> bytes:
    """Separated values, UTF-8 with the mark that makes Excel read accents."""
    out = StringIO()
    csv.writer(out, delimiter=delimiter).writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def workbook(rows: list[list[Cell]], formats: Sequence[str | None] = ()) -> bytes:
    """One sheet: a bold, frozen header with filters, columns as wide as what they hold. ``formats``: for each column
    Excel's format of its numbers, or None."""
    from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs]  # loaded on first use

    if len(rows) > _MAX_ROWS or len(rows[0]) > _MAX_COLUMNS:
        raise Invalid("The table is larger than an Excel sheet.", remedy="Write it as CSV.")
    out = BytesIO()
    book: Any = Workbook(out, {"in_memory": True})
    with book:
        sheet = book.add_worksheet("Data")
        header = book.add_format({"bold": True, "bottom": 1})
        literal = book.add_format({"quote_prefix": True})
        numbers = [book.add_format({"num_format": one}) if one else None for one in formats]
        numbers += [None] * (len(rows[0]) - len(numbers))
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, bool):
                    sheet.write_boolean(at, column, cell)
                elif isinstance(cell, int | float) and math.isfinite(cell) and abs(cell) <= _EXACT:
                    sheet.write_number(at, column, cell, numbers[column])
                elif cell is not None:
                    style = header if at == 0 else literal if is_formula(cell) else None
                    sheet.write_string(at, column, str(cell)[:_MAX_CELL], style)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
        sheet.autofit(400)
    return out.getvalue()
