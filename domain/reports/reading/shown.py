"""What a workbook tells beside its values: how numbers are shown, formulas without values, errors, and hidden rows.

XLSX tells all of it, ODS its percentages and currencies; what cannot be looked up is said.
"""

import importlib
import io
import re
from collections import Counter
from typing import Any

from domain.reports.reading.errors import put_errors
from domain.reports.reading.numerals import CODES, CURRENCIES
from domain.reports.reading.opened import put_formats
from domain.reports.reading.remarks import Remark
from domain.reports.reading.table import Format, Sheet, blank

_LOOK = 120  # lines whose formats are looked at
_SUMS = re.compile(r"=(?:SUM|SUBTOTAL)\((?:1?0?9,)?\$?([A-Z]+)\$?\d+:\$?([A-Z]+)\$?\d+\)", re.IGNORECASE)
_SIGNS = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]|\"([^\"]*)\"|([€$£¥₹₩₦])")
_UNKNOWN = (
    "How numbers are shown (per cent, currencies) cannot be told from this {kind}; if any are percentages or amounts, "
    "save it as .xlsx and send that."
)


def look_up(content: bytes, sheets: list[Sheet]) -> None:
    """Fill in how columns show their numbers, which of them hold formulas that were never calculated, error words, and
    what of that cannot be told."""
    kind = "old .xls" if not content.startswith(b"PK") else ".xlsb"
    try:
        if content.startswith(b"PK") and b"xl/workbook.xml" in content:
            kind = "damaged workbook"
            _of_xlsx(content, sheets)
            put_errors(content, sheets)
            return
        if content.startswith(b"PK") and b"opendocument.spreadsheet" in content[:200]:
            kind = "damaged document"
            put_formats(content, sheets)
            return
    except Exception:  # noqa: BLE001 - what one reader can read another may not: then it is said below
        kind = "damaged workbook"
    for sheet in sheets:
        if any(isinstance(cell, float) for line in sheet.lines[:_LOOK] for cell in line.cells):
            sheet.remarks.append(Remark("read as", _UNKNOWN.format(kind=kind)))


def _of_xlsx(content: bytes, sheets: list[Sheet]) -> None:
    openpyxl: Any = importlib.import_module("openpyxl")  # it ships no types
    by_name = {sheet.name: sheet for sheet in sheets}
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    try:
        for page in book.worksheets:
            if page.title in by_name:
                _formats(page, by_name[page.title])
    finally:
        book.close()


def _formats(page: Any, sheet: Sheet) -> None:
    shown: dict[int, Counter[Format]] = {}
    formulas: Counter[int] = Counter()
    summed = set[int]()
    page.reset_dimensions()  # some writers declare a wrong size
    values = {line.number: line for line in sheet.lines[:_LOOK]}
    rows: Any = page.iter_rows(max_row=_LOOK)
    for row in rows:
        for cell in row:
            if cell.value is None:
                continue
            place: int = cell.column - 1
            line = values.get(int(cell.row))
            if isinstance(cell.value, str):
                if (found := _SUMS.fullmatch(cell.value)) and {found[1], found[2]} == {cell.column_letter}:
                    summed.add(place)
                known = line is not None and place < len(line.cells) and not blank(line.cells[place])
                formulas[place] += cell.value.startswith("=") and not known
                continue
            if not isinstance(cell.value, int | float) or isinstance(cell.value, bool):
                continue
            shown.setdefault(place, Counter())[_format(str(cell.number_format or ""))] += 1
    for place, counts in shown.items():
        usual, count = counts.most_common(1)[0]
        if usual != Format() and count > 0.6 * counts.total():
            sheet.formats[place] = usual
    sheet.summed = frozenset(summed)
    sheet.uncalculated = frozenset(place for place, count in formulas.items() if count > 1)


def _format(code: str) -> Format:
    """``0.0%`` is a percentage, ``#,##0.00 [$€-407]`` an amount in euros."""
    positive = code.split(";")[0]
    if positive.rstrip(" _)").endswith("%") or "0%" in positive:
        return Format(percent=True)
    for found in _SIGNS.finditer(positive):
        sign = next((group for group in found.groups() if group), "").strip()
        if sign in CURRENCIES:
            return Format(currency=CURRENCIES[sign])
        if sign.upper() in CODES:
            return Format(currency=sign.upper())
    return Format()
