"""XLSX workbooks, by openpyxl: values as last calculated, every sheet."""

import importlib
import io
import zipfile
from datetime import date, datetime, time
from typing import Any

from domain.core.errors import Invalid
from domain.reports.reading.table import Cell, Line, Sheet

MOST_LINES = 1_000_000
MOST_UNPACKED = 600 * 1024 * 1024


def read_workbook(name: str, content: bytes) -> list[Sheet]:
    """The sheets that hold anything, hidden ones last.

    Raises:
        Invalid: it is no workbook, or a damaged one.
    """
    broken = Invalid(f"{name} is damaged or no workbook.", remedy="Open it, save it again as .xlsx and send that.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise Invalid(f"{name} unpacks to more than 600 MB.", remedy="Send a smaller extract.")
    except zipfile.BadZipFile:
        raise broken from None
    openpyxl: Any = importlib.import_module("openpyxl")  # it ships no types
    sheets: list[Sheet] = []
    hidden: list[Sheet] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
        for page in book.worksheets:
            page.reset_dimensions()  # some writers declare a wrong size
            lines: list[Line] = []
            for number, row in enumerate(page.iter_rows(values_only=True), 1):
                if number > MOST_LINES:
                    raise Invalid(f"{name} has more than a million lines.", remedy="Send a smaller extract.")
                lines.append(Line(number, [_cell(value) for value in row]))
            if any(line.filled() for line in lines):
                (sheets if page.sheet_state == "visible" else hidden).append(Sheet(str(page.title), lines))
        book.close()
    except Invalid:
        raise
    except Exception as error:
        raise broken from error
    return sheets + hidden


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float | bool | datetime | date | time):
        return value
    return str(value)
