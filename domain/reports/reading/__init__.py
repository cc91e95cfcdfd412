"""Reading reports: any CSV, workbook or JSON becomes a Table of typed columns with spreadsheet row numbers."""

import gc
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from domain.reports.reading.remarks import Remark
from domain.reports.reading.table import Cell, Column, Grain, Kind, Table, Wide

__all__ = ["Cell", "Column", "Grain", "Kind", "Remark", "Table", "Wide", "read_table"]


def read_table(path: Path, name: str = "", wanted: str | None = None) -> Table:
    """The largest table in a file, or the one ``wanted`` by its sheet or cells (``Costs``, ``Costs!A3:F40``): its data
    rows without totals, notes, preamble and blank lines, with remarks that say what was left out or assumed.

    Text with any of the usual delimiters and encodings, XLSX, XLS, XLSB, ODS, JSON arrays and JSON lines are read.
    ``name`` is what people know the file by, where it is kept under another.

    Raises:
        Invalid: the file cannot be read or holds no table; the sentence says which.
    """
    from domain.reports.reading.files import read_sheets  # on first use: it decides what else has to be loaded
    from domain.reports.reading.layout import table_of

    known_as = Path(Path(name or path.name).name)
    with _uncollected():
        return table_of(known_as, read_sheets(path, known_as.name), wanted)


@contextmanager
def _uncollected() -> Generator[None]:
    """Reading makes millions of objects, and none that hold one another: to look for those takes half of its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
