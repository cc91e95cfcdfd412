"""How an OpenDocument spreadsheet shows its numbers: it says so of each cell.

Format: OpenDocument 1.3, part 3, sections 19.385 (``office:value-type``) and 19.369 (``office:currency``).
"""

import importlib
import io
import zipfile
from collections import Counter
from typing import Any

from domain.reports.reading.table import Format, Sheet

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_LOOK = 120
_MOST_REPEATED = 1000
_MOST = 300 * 1024 * 1024


def put_formats(content: bytes, sheets: list[Sheet]) -> None:
    """Fill in which columns are percentages or amounts of a currency."""
    etree: Any = importlib.import_module("lxml.etree")  # it ships no types
    by_name = {sheet.name: sheet for sheet in sheets}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.getinfo("content.xml").file_size > _MOST:
            return
        page = archive.read("content.xml")
    tables: Any = etree.iterparse(io.BytesIO(page), tag=f"{_TABLE}table", resolve_entities=False, no_network=True)
    for _, table in tables:
        sheet = by_name.get(table.get(f"{_TABLE}name"))
        if sheet is not None:
            sheet.formats.update(_shown(table))
        table.clear()


def _shown(table: Any) -> dict[int, Format]:
    found: dict[int, Counter[Format]] = {}
    for number, row in enumerate(table.iter(f"{_TABLE}table-row")):
        if number >= _LOOK:
            break
        place = 0
        for cell in row:
            times = int(cell.get(f"{_TABLE}number-columns-repeated") or 1)
            kind = cell.get(f"{_OFFICE}value-type")
            if kind in ("float", "percentage", "currency"):
                shown = Format(kind == "percentage", cell.get(f"{_OFFICE}currency") if kind == "currency" else None)
                for at in range(place, place + min(times, _MOST_REPEATED)):
                    found.setdefault(at, Counter())[shown] += 1
            place += times
    usual = {place: counts.most_common(1)[0] for place, counts in found.items()}
    return {
        place: shown for place, (shown, count) in usual.items()
        if shown != Format() and count > 0.6 * found[place].total()
    }  # fmt: skip
