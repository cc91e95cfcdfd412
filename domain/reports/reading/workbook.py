"""Workbooks (XLSX, XLS, XLSB, ODS), by calamine: values as last calculated, every sheet.

How their numbers are shown is looked up besides (see ``shown``).
"""

import importlib
import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.core.errors import Invalid
from domain.reports.reading.numerals import LARGEST_EXACT
from domain.reports.reading.shown import look_up
from domain.reports.reading.table import Cell, Line, Sheet, blank

MOST_LINES = 1_000_000
MOST_UNPACKED = 600 * 1024 * 1024
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream in which Office keeps a workbook that has a password: [MS-OFFCRYPTO]."""


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
    look_up(content, sheets)
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
                raise Invalid(f"{name} holds more than 600 MB of cells.", remedy="Send one sheet of it as CSV.")
    except zipfile.BadZipFile:
        raise _broken(name) from None


def _sheet(name: str, page: Any, title: str) -> Sheet:
    start = page.start
    if start is None:
        return Sheet(title, [])
    if page.total_height > MOST_LINES:
        raise Invalid(f"{name} has more than a million rows.", remedy="Send a part of it, such as one year.")
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
