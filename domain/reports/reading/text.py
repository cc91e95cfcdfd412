"""Text files: their encoding, then CSV in any of its dialects or JSON."""

from domain.reports.reading.decoding import decode
from domain.reports.reading.delimited import read_delimited
from domain.reports.reading.documents import read_json
from domain.reports.reading.table import Sheet


def read_text(name: str, content: bytes) -> list[Sheet]:
    """The one sheet of a text file.

    Raises:
        Invalid: it is no text, or text without a table.
    """
    decoded = decode(name, content)
    start = decoded.text.lstrip()[:1]
    if start in ("{", "[") and (sheet := read_json(decoded.text)) is not None:
        return [sheet]
    return [read_delimited(name, decoded)]
