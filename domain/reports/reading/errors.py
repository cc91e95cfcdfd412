"""The error words of an XLSX workbook (``#DIV/0!``), which its reader leaves empty: put back where they stand.

Format: ECMA-376, part 1, section 18.3.1.4 (a cell whose ``t`` is ``e``).
"""

import importlib
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from domain.reports.reading.remarks import Remark, listed
from domain.reports.reading.table import Sheet, blank

_ERROR = re.compile(
    rb'<c\s(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:(?!</c>).){0,2000}?<v>([^<]{1,30})</v>', re.S
)
_HIDDEN = re.compile(rb'<row\s[^>]*\bhidden="(?:1|true)"[^>]*>')
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def put_errors(content: bytes, sheets: list[Sheet]) -> None:
    """Write each error word into its cell."""
    by_name = {sheet.name: sheet for sheet in sheets}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name, path in _pages(archive):
            if name not in by_name:
                continue
            page = archive.read(path)
            if b't="e"' in page:
                _put(page, by_name[name])
            _tell_hidden(page, by_name[name])


def _tell_hidden(page: bytes, sheet: Sheet) -> None:
    """Rows that a filter or a person has hidden are read like all others, and that is said."""
    hidden = [int(number) for row in _HIDDEN.findall(page) for number in _NUMBER.findall(row)]
    there = {line.number for line in sheet.lines if line.size()}
    if rows := [number for number in hidden if number in there]:
        are = "1 row is" if len(rows) == 1 else f"{len(rows):,} rows are"
        text = f"{are} hidden in the sheet, and read like the others ({listed(rows)})."
        sheet.remarks.append(Remark("read as", text, tuple(rows)))


def _pages(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The sheets' names and where in the archive they stand."""
    there = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= there:
        return
    relations = _tree(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in _tree(archive.read("xl/workbook.xml")).iter():
        target = targets.get(element.get(_RELATION)) if element.tag.endswith("}sheet") else None
        path = "" if not target else target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in there:
            yield element.get("name", ""), path


def _tree(content: bytes) -> Any:
    etree: Any = importlib.import_module("lxml.etree")  # loaded only for workbooks with errors in them; ships no types
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


def _put(page: bytes, sheet: Sheet) -> None:
    if not sheet.lines:
        return
    top = sheet.lines[0].number
    for letters, row, word in _ERROR.findall(page):
        line, place = int(row) - top, _place(letters)
        if 0 <= line < len(sheet.lines):
            cells = sheet.lines[line].cells
            if place < len(cells) and blank(cells[place]):
                cells[place] = word.decode("utf-8", errors="replace")


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1
