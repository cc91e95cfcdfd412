"""Tables: the head of one as Markdown, and how much there is of it."""

import csv
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from domain.core.errors import Invalid
from domain.tools.builtin.characters import clean
from domain.tools.builtin.reading.archives import check_office_file
from domain.tools.builtin.reading.text import decoded
from domain.tools.registry import Output

__all__ = ["markdown_table", "read_csv", "read_workbook", "read_xlsx"]

_PREVIEW_ROWS = 20
_PREVIEW_COLUMNS = 50
_CELL_CHARS = 200
_COUNTED_ROWS = 100_000
"""Rows beyond these, blank ones included, are not looked at; ``rows_counted`` says so."""
_UNPACKED_MB = 300
_DELIMITERS = ",;\t|"

Row = Sequence[Any]


def read_csv(path: Path, name: str, max_chars: int) -> Output:
    """Comma, semicolon, tab or bar separated values, whatever the suffix says."""
    text = decoded(path, name)
    sample = text[:65_536].splitlines()[:_PREVIEW_ROWS]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(sample)
    csv.field_size_limit(10_000_000)
    try:
        return _preview(csv.reader(StringIO(text, newline=""), delimiter=delimiter), name, max_chars)
    except csv.Error as error:
        raise Invalid(f"{name} cannot be read as a table: {error}.", remedy="Export it again as CSV.") from error


def read_xlsx(path: Path, name: str, max_chars: int, sheet: str | None) -> Output:
    """One sheet of a workbook, the first unless one is named, with the values its formulas last had."""
    check_office_file(path, name, unpacked_mb=_UNPACKED_MB)
    from openpyxl import load_workbook  # loaded on first use: it takes many megabytes

    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of every extension it does not keep, and nothing is written back
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            names = [worksheet.title for worksheet in workbook.worksheets]
            chosen = _sheet(names, sheet, name)
            worksheet = workbook[chosen]
            worksheet.reset_dimensions()  # what the file says of its size is often wrong
            return {
                **_preview(worksheet.iter_rows(values_only=True), name, max_chars),
                "sheet": chosen,
                "sheets": names,
            }
        finally:
            workbook.close()


def read_workbook(path: Path, name: str, max_chars: int, sheet: str | None) -> Output:
    """The same of a workbook in the formats that only calamine reads: XLS, XLSB, ODS."""
    with path.open("rb") as file:
        packed = file.read(2) == b"PK"
    if packed:
        check_office_file(path, name, unpacked_mb=_UNPACKED_MB)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # loaded on first use

    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
    except PasswordError as error:
        raise Invalid(f"{name} is protected by a password.", remedy="Remove the password and send it again.") from error
    except CalamineError as error:
        raise Invalid(f"{name} is damaged or no workbook.", remedy="Save it as .xlsx and send it again.") from error
    names = workbook.sheet_names
    chosen = _sheet(names, sheet, name)
    rows = workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    return {**_preview(rows, name, max_chars), "sheet": chosen, "sheets": names}


def _sheet(names: list[str], wanted: str | None, name: str) -> str:
    if not names:
        raise Invalid(f"{name} holds no sheet with cells.", remedy="Send a workbook with a table.")
    if wanted is None:
        return names[0]
    found = next((each for each in names if each.casefold() == wanted.strip().casefold()), None)
    if found is None:
        raise Invalid(f"{name} has no sheet “{wanted}”.", remedy=f"It has: {', '.join(names[:20])}.")
    return found


def _delimiter(sample: list[str]) -> str:
    """The mark that splits the first lines into the same number of parts, the more parts the better."""

    def fit(mark: str) -> tuple[bool, int]:
        counts = [len(row) for row in csv.reader(sample, delimiter=mark) if row]
        return len(set(counts[:-1])) <= 1 and min(counts, default=1) > 1, min(counts, default=0)

    return max(_DELIMITERS, key=fit)


def _preview(rows: Iterable[Row], name: str, max_chars: int) -> Output:
    unread = iter(rows)
    filled = (row for row in islice(unread, _COUNTED_ROWS) if any(_shown(cell) for cell in row))
    header = next(filled, None)
    if header is None:
        raise Invalid(f"{name} holds no rows.", remedy="Send a table with content.")
    columns = [_shown(cell) or f"column {number}" for number, cell in enumerate(_trimmed(header), start=1)]
    head = list(islice(filled, _PREVIEW_ROWS))
    count = len(head) + sum(1 for _ in filled)
    complete = next(unread, None) is None
    text, shown = _fitting(columns, head, max_chars)
    return {
        "text": text,
        "truncated": shown < count or not complete or len(columns) > _PREVIEW_COLUMNS,
        "rows": count,
        "rows_shown": shown,
        "rows_counted": "all" if complete else f"the first {_COUNTED_ROWS:,}",
        "columns": columns[:_PREVIEW_COLUMNS],
        "column_count": len(columns),
    }


def _trimmed(row: Row) -> list[Any]:
    """A header without the empty cells at its end."""
    cells = list(row)
    while cells and not _shown(cells[-1]):
        cells.pop()
    return cells


def _fitting(columns: list[str], head: list[Row], max_chars: int) -> tuple[str, int]:
    """As many whole rows as the space allows, and their number."""
    lines: list[str] = []
    size = 0
    for line in markdown_table(columns[:_PREVIEW_COLUMNS], head):
        if size + len(line) + 1 > max_chars and len(lines) >= 2:
            break
        lines.append(line)
        size += len(line) + 1
    return "\n".join(lines), max(0, len(lines) - 2)


def markdown_table(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a Markdown table; each row is cut or filled to the columns."""
    yield _line(columns, len(columns))
    yield _line(["---"] * len(columns), len(columns))
    for row in rows:
        yield _line([_shown(cell) for cell in row], len(columns))


def _line(cells: Sequence[str], width: int) -> str:
    padded = [*cells[:width], *[""] * (width - len(cells))]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in padded) + " |"


def _shown(cell: Any) -> str:
    """A cell in one line: dates in ISO form, whole numbers without a fraction."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    text = " ".join(clean(str(cell)).split())
    return text if len(text) <= _CELL_CHARS else text[: _CELL_CHARS - 1] + "…"
