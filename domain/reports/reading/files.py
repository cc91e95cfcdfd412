"""What kind of file it is, told from its first bytes, and its sheets."""

from pathlib import Path

from domain.core.errors import Invalid, NotFound
from domain.reports.reading.table import Sheet

MOST_BYTES = 200 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_sheets(path: Path, name: str) -> list[Sheet]:
    """Every sheet of a file that people know by a ``name``; text files have one sheet, without a name.

    Raises:
        Invalid: empty, encrypted, damaged, or not a kind of file that holds tables.
        NotFound: there is no such file.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Invalid(f"{name} is larger than 200 MB.", remedy="Send a part of it, such as one year.")
        content = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"There is no file called {name}.") from None
    except OSError as error:
        raise Invalid(f"{name} cannot be opened: {error.strerror or error}.", remedy="Send the file again.") from error
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Invalid(f"{name} is empty.", remedy="Send a file with a header and rows.")
    if content.startswith((b"PK\x03\x04", _OLE)):
        from domain.reports.reading.workbook import read_workbook  # its readers are loaded only for workbooks

        return read_workbook(name, content)
    if content.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF")
    ):
        raise Invalid(f"{name} holds no table.", remedy="Send it as CSV, XLSX or JSON.")
    from domain.reports.reading.text import read_text

    return read_text(name, content)
