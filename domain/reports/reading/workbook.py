"""Workbooks (XLSX, XLS, XLSB, ODS), by calamine: values as last calculated, every sheet.

How numbers are shown, and which formulas have no value, is looked up in the first lines of XLSX by openpyxl.
"""

import importlib
import io
import re
import zipfile
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.core.errors import Invalid
from domain.reports.reading.errors import put_errors
from domain.reports.reading.numerals import CODES, CURRENCIES, LARGEST_EXACT
from domain.reports.reading.table import Cell, Format, Line, Sheet, blank

MOST_LINES = 1_000_000
MOST_UNPACKED = 600 * 1024 * 1024
_LOOK = 120  # lines whose formats are looked at
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream in which Office keeps a workbook that has a password: [MS-OFFCRYPTO]."""
_SUMS = re.compile(r"=(?:SUM|SUBTOTAL)\((?:1?0?9,)?\$?([A-Z]+)\$?\d+:\$?([A-Z]+)\$?\d+\)", re.IGNORECASE)
_SIGNS = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]|\"([^\"]*)\"|([€$£¥₹₩₦])")


def read_workbook(name: str, content: bytes) -> list[Sheet]:
    """The sheets that hold anything, hidden ones last.

    Raises:
        Invalid: it is no workbook, a damaged one, or one with a password.
    """
    _check(name, content)
    if _ENCRYPTED in content:
        raise _locked(name)
    calamine: Any = importlib.import_module("python_calamine")
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except calamine.PasswordError:
        raise _locked(name) from None
    except Exception as error:
        raise _broken(name) from error
    sheets: list[Sheet] = []
    try:
        for meta in book.sheets_metadata:
            if meta.typ == calamine.SheetTypeEnum.WorkSheet:
                sheet = _sheet(name, book.get_sheet_by_name(meta.name), meta.name)
                sheet.hidden = meta.visible != calamine.SheetVisibleEnum.Visible
                if any(line.size() for line in sheet.lines):
                    sheets.append(sheet)
    except Invalid:
        raise
    except Exception as error:
        raise _broken(name) from error
    if content.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in content:
        _look_up(content, sheets)
        put_errors(content, sheets)
    return sorted(sheets, key=lambda sheet: sheet.hidden)


def _locked(name: str) -> Invalid:
    return Invalid(f"{name} is protected by a password.", remedy="Remove the password and send it again.")


def _broken(name: str) -> Invalid:
    return Invalid(f"{name} is damaged or no workbook.", remedy="Open it, save it again as .xlsx and send that.")


def _check(name: str, content: bytes) -> None:
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise Invalid(f"{name} unpacks to more than 600 MB.", remedy="Send a smaller extract.")
    except zipfile.BadZipFile:
        raise _broken(name) from None


def _sheet(name: str, page: Any, title: str) -> Sheet:
    start = page.start
    if start is None:
        return Sheet(title, [])
    if page.total_height > MOST_LINES:
        raise Invalid(f"{name} has more than a million lines.", remedy="Send a smaller extract.")
    before, left = start
    lines = [
        Line(number, [None] * left + [_cell(value) for value in row])
        for number, row in enumerate(page.to_python(skip_empty_area=True), before + 1)
    ]
    sheet = Sheet(title, lines)
    for (top, first), (bottom, last) in page.merged_cell_ranges or ():
        _fill(lines, top - before, bottom - before, first, last)
    return sheet


def _fill(lines: list[Line], top: int, bottom: int, first: int, last: int) -> None:
    """A merged cell counts for each of its rows, and over a header for each of its columns; a title counts once."""
    if not 0 <= top < len(lines) or first >= len(lines[top].cells):
        return
    value = lines[top].cells[first]
    if blank(value):
        return
    across = last > first and lines[top].size() > 1
    for line in lines[top : bottom + 1]:
        for place in range(first, (last if across else first) + 1):
            if place < len(line.cells) and blank(line.cells[place]):
                line.cells[place] = value


def _cell(value: object) -> Cell:
    if value is None or (isinstance(value, str) and (not value or value.isspace())):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_EXACT:
        return int(value)
    if isinstance(value, str | int | float | bool | datetime | date | time | timedelta):
        return value
    return str(value)


def _look_up(content: bytes, sheets: list[Sheet]) -> None:
    """Fill in how columns show their numbers, and which of them hold formulas that were never calculated."""
    openpyxl: Any = importlib.import_module("openpyxl")  # it ships no types
    by_name = {sheet.name: sheet for sheet in sheets}
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    except Exception:  # noqa: BLE001 - what one reader can read another may not: nothing is known of formats then
        return
    for page in book.worksheets:
        if page.title in by_name:
            _formats(page, by_name[page.title])
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
