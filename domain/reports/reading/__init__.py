"""Reading reports: any CSV, workbook or JSON becomes a Table of typed columns with spreadsheet row numbers."""

from pathlib import Path

from domain.reports.reading.table import Cell, Column, Grain, Kind, Table, Wide

__all__ = ["Cell", "Column", "Grain", "Kind", "Table", "Wide", "read_table"]


def read_table(path: Path) -> Table:
    """The largest table in a file: its data rows without totals, notes, preamble and blank lines.

    CSV with any of the usual delimiters and encodings, XLSX, JSON arrays and JSON lines are read.

    Raises:
        Invalid: the file cannot be read or holds no table; the sentence says which.
    """
    from domain.reports.reading.files import read_sheets  # on first use: it decides what else has to be loaded
    from domain.reports.reading.layout import table_of

    return table_of(path, read_sheets(path))
