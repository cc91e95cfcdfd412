"""Delimited text in any of its dialects: which mark stands between the fields, and what quotes mean."""

import csv
from collections import Counter
from typing import cast

from domain.core.errors import Invalid
from domain.reports.reading.decoding import Decoded
from domain.reports.reading.numerals import read_numeral
from domain.reports.reading.records import MOST_FIELD, SPACES, Dialect, records_of, regularity, split_spaces
from domain.reports.reading.remarks import Remark, listed
from domain.reports.reading.table import Cell, Line, Sheet
from domain.reports.reading.widths import fitted

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 100_000


def read_delimited(name: str, decoded: Decoded) -> Sheet:
    """The one sheet of a delimited text.

    Raises:
        Invalid: there is no table in it.
    """
    csv.field_size_limit(MOST_FIELD)
    dialect = _dialect(decoded.text)
    if dialect is None:
        raise Invalid(f"There is no table in {name}.", remedy="A table has a header and at least two columns.")
    read = records_of(decoded.text, dialect)
    if dialect.delimiter == "|":
        read.rows = [[] if _is_rule(row) else row for row in read.rows]
    read = fitted(read, dialect.delimiter)
    remarks = [Remark("read as", text) for text in read.told]
    if read.doubtful:
        rows = sorted({place + 1 for place in read.doubtful})
        text = f"Quotes or separators are out of place in {listed(rows)}; read by the width that the other rows have."
        remarks.append(Remark("doubtful rows", text, tuple(rows)))
    if decoded.mended:
        text = (
            f"Letters in {listed(decoded.mended)} are in another encoding than the rest, and were read by themselves."
        )
        remarks.append(Remark("doubtful rows", text, decoded.mended))
    lines = [Line(number, cast("list[Cell]", row)) for number, row in enumerate(read.rows, 1)]
    return Sheet(None, lines, delimiter=dialect.delimiter, remarks=remarks)


def _is_rule(row: list[str]) -> bool:
    """Whether a line only rules off the names of a Markdown table."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return bool(filled) and all(len(cell) > 1 and set(cell) <= set("-:") for cell in filled)


def _dialect(text: str) -> Dialect | None:
    """The dialect in which most lines have one width, the larger width among those."""
    sample = text[:_SAMPLE]
    best: Dialect | None = None
    best_key = (False, 0, 0.0)
    for delimiter in DELIMITERS:
        dialect, rows = _escaping(sample, delimiter)
        found = regularity(rows)
        if found is None:
            continue
        share, width = found
        key = (share >= 0.5, width if share >= 0.5 else 0, share)
        if key > best_key:
            best, best_key = dialect, key
    if best is None and _in_spaces(sample):
        return Dialect(SPACES)
    return best


def _escaping(sample: str, delimiter: str) -> tuple[Dialect, list[list[str]]]:
    """Whether a backslash escapes quotes, by which way more lines have the width of the first; and the records."""
    plain = Dialect(delimiter)
    rows = records_of(sample, plain).rows
    if '\\"' not in sample:
        return plain, rows
    escaping = Dialect(delimiter, escape=True)
    others = records_of(sample, escaping).rows
    return (escaping, others) if _as_first(others) > _as_first(rows) else (plain, rows)


def _as_first(rows: list[list[str]]) -> float:
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows) if rows else 0.0


def _in_spaces(sample: str) -> bool:
    """Whether spaces stand between fields: lines of one width, with numbers in a column of their own. Prose is none."""
    rows = [row for row in split_spaces(sample) if row]
    if len(rows) < 4:
        return False
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2 or count < 0.9 * (len(rows) - 1):
        return False
    usual = [row for row in rows[1:] if len(row) == width]
    return any(sum(read_numeral(row[at], ".") is not None for row in usual) >= 0.8 * len(usual) for at in range(width))
