"""OpenDocument spreadsheets made by hand: OpenDocument 1.3, part 3."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from xml.sax.saxutils import escape

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
_MANIFEST = (
    '<?xml version="1.0"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
Cell = str | int | float | date | None | tuple[str, float]
"""A pair is a number and how it is shown: ``("%", 0.5)``, ``("EUR", 12.0)``."""


def ods(sheets: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """A spreadsheet; cells that are alike side by side are written once, with how often they repeat."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0"?><office:document-content {_SPACES}>{body}</office:document-content>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", content)
    return out.getvalue()


def _row(cells: Sequence[Cell]) -> str:
    written = "".join(_cell(cell, len(list(same))) for cell, same in groupby(cells))
    return f"<table:table-row>{written}</table:table-row>"


def _cell(cell: Cell, times: int) -> str:
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    match cell:
        case None:
            return f"<table:table-cell{repeated}/>"
        case ("%", number):
            kind, text = f'office:value-type="percentage" office:value="{number}"', f"{number:.1%}"
        case (str(code), number):
            kind = f'office:value-type="currency" office:currency="{code}" office:value="{number}"'
            text = f"{number} {code}"
        case date():
            kind, text = f'office:value-type="date" office:date-value="{cell.isoformat()}"', cell.isoformat()
        case int() | float():
            kind, text = f'office:value-type="float" office:value="{cell}"', str(cell)
        case _:
            kind, text = 'office:value-type="string"', escape(str(cell))
    return f"<table:table-cell{repeated} {kind}><text:p>{text}</text:p></table:table-cell>"
