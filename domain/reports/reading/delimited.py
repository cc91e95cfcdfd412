"""Delimited text in any of its dialects: which mark stands between the fields, what quotes mean, and lines that do not
have the width of the others.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from domain.core.errors import Invalid
from domain.reports.reading.decoding import Decoded
from domain.reports.reading.moments import read_moment
from domain.reports.reading.numerals import is_nothing, read_numeral
from domain.reports.reading.remarks import Remark, listed
from domain.reports.reading.table import Cell, Line, Sheet

DELIMITERS = (",", ";", "\t", "|")
SPACES = " "
MOST_FIELD = 1_000_000
_SAMPLE = 100_000
_MOST_QUOTES = 20
_MOST_KNOWN = 200_000
"""Different cells that are looked for among those read."""
_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class _Dialect:
    delimiter: str
    escape: bool = False
    """Quotes inside of quotes stand behind a backslash instead of being doubled."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a text, one at a time: a long file has room in memory once."""

    text: str

    def __iter__(self) -> Iterator[str]:
        at = 0
        for found in _BREAK.finditer(self.text):
            yield self.text[at : found.start()]
            at = found.end()
        if at < len(self.text):
            yield self.text[at:]


@dataclass(slots=True)
class _Read:
    """Records, and at which of them (from 0) quotes or widths were in doubt."""

    rows: list[list[str]]
    doubtful: list[int]


def read_delimited(name: str, decoded: Decoded) -> Sheet:
    """The one sheet of a delimited text.

    Raises:
        Invalid: there is no table in it.
    """
    csv.field_size_limit(MOST_FIELD)
    dialect = _dialect(decoded.text)
    if dialect is None:
        raise Invalid(f"There is no table in {name}.", remedy="A table has a header and at least two columns.")
    read = _fitted(_records(decoded.text, dialect), dialect.delimiter)
    remarks: list[Remark] = []
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


# -- which dialect -------------------------------------------------------------------------------------


def _dialect(text: str) -> _Dialect | None:
    """The dialect in which most lines have one width, the larger width among those."""
    sample = text[:_SAMPLE]
    best: _Dialect | None = None
    best_key = (False, 0, 0.0)
    for delimiter in DELIMITERS:
        dialect, rows = _escaping(sample, delimiter)
        found = _regularity(rows)
        if found is None:
            continue
        share, width = found
        key = (share >= 0.5, width if share >= 0.5 else 0, share)
        if key > best_key:
            best, best_key = dialect, key
    if best is None and _in_spaces(sample):
        return _Dialect(SPACES)
    return best


def _escaping(sample: str, delimiter: str) -> tuple[_Dialect, list[list[str]]]:
    """Whether a backslash escapes quotes, by which way more lines have the width of the first; and the records."""
    plain = _Dialect(delimiter)
    rows = _records(sample, plain).rows
    if '\\"' not in sample:
        return plain, rows
    escaping = _Dialect(delimiter, escape=True)
    others = _records(sample, escaping).rows
    return (escaping, others) if _as_first(others) > _as_first(rows) else (plain, rows)


def _as_first(rows: list[list[str]]) -> float:
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows) if rows else 0.0


def _regularity(rows: list[list[str]]) -> tuple[float, int] | None:
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return None
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]))
    return count / max(1, sum(bool(row) for row in rows)), width


def _in_spaces(sample: str) -> bool:
    """Whether spaces stand between fields: lines of one width, with numbers in a column of their own. Prose is none."""
    rows = [row for row in _split_spaces(sample) if row]
    if len(rows) < 4:
        return False
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2 or count < 0.9 * (len(rows) - 1):
        return False
    usual = [row for row in rows[1:] if len(row) == width]
    return any(sum(read_numeral(row[at], ".") is not None for row in usual) >= 0.8 * len(usual) for at in range(width))


def _split_spaces(text: str) -> list[list[str]]:
    """Fields by runs of spaces, or where that gives no even lines by runs of at least two; quoted ones are whole."""
    lines = _BREAK.split(text)
    filled = [line for line in lines if line.strip()]
    rows = _by_runs(lines, r'"([^"]*)"|(\S+)')
    usual = Counter(len(row) for row in rows if row)
    if usual and usual.most_common(1)[0][1] < 0.9 * (len(filled) - 1):
        rows = _by_runs(lines, r'"([^"]*)"|((?:(?!\s{2,}).)+)')
    widths = Counter(len(row) for row in rows if row)
    first = next((place for place, row in enumerate(rows) if row), None)
    if first is not None and len(rows[first]) + 1 == widths.most_common(1)[0][0]:
        rows[first] = ["", *rows[first]]  # as R writes tables: the names of rows have no header
    return rows


def _by_runs(lines: list[str], fields: str) -> list[list[str]]:
    pattern = re.compile(fields)
    rows = [[quoted or bare.strip() for quoted, bare in pattern.findall(line.strip())] for line in lines]
    return [[cell for cell in row if cell] for row in rows]


# -- records -------------------------------------------------------------------------------------------


def _records(text: str, dialect: _Dialect) -> _Read:
    """The records of a text. A quote that never closes, or that would swallow lines which by themselves have the usual
    width, is read as a sign like any other."""
    if dialect.delimiter == SPACES:
        return _Read(_split_spaces(text), [])
    if '"' not in text:
        return _Read(_parse(_Lines(text), dialect), [])
    lines = list(_Lines(text))
    odd = [place for place, line in enumerate(lines) if '"' in line and _quotes(line, dialect) % 2]
    if not odd:
        return _Read(_parse(lines, dialect), [])
    whole = _parse([line for place, line in enumerate(lines) if place not in set(odd)][:2000], dialect)
    found = _regularity(whole)
    return _around(lines, odd, dialect, found[1] if found else 0)


def _quotes(line: str, dialect: _Dialect) -> int:
    return (line.replace('\\"', "") if dialect.escape else line).count('"')


def _around(lines: list[str], odd: list[int], dialect: _Dialect, width: int) -> _Read:
    """Records between and at the lines with a quote that does not close in its line."""
    read = _Read([], [])
    at = 0
    for place, start in enumerate(odd):
        if start < at:
            continue  # it closed a field that is read already
        read.rows += _parse(lines[at:start], dialect)
        end = next(iter(odd[place + 1 :]), None)
        swallowed = lines[start : end + 1] if end is not None else lines[start:]
        alone = [line for line in swallowed[1:] if _width(line, dialect) == width]
        if end is None or (width > 1 and len(alone) >= max(1, 0.5 * (len(swallowed) - 1))):
            read.doubtful.append(len(read.rows))
            read.rows.append(_unquoted(lines[start], dialect, width))
            at = start + 1
        else:
            read.rows += _parse(swallowed, dialect)
            at = end + 1
    read.rows += _parse(lines[at:], dialect)
    return read


def _width(line: str, dialect: _Dialect) -> int:
    """How many fields a line has by itself."""
    return (
        line.count(dialect.delimiter) + 1
        if line.count('"') % 2
        else len(next(iter(_parse([line], dialect)), list[str]()))
    )


def _unquoted(line: str, dialect: _Dialect, width: int) -> list[str]:
    """A line with one quote too many: without the one whose absence gives the usual width, or with none that means
    anything."""
    quotes = [place for place, letter in enumerate(line) if letter == '"']
    for place in quotes[:_MOST_QUOTES]:
        rows = _parse([line[:place] + line[place + 1 :]], dialect)
        if len(rows) == 1 and len(rows[0]) == width:
            return rows[0]
    return [cell.strip().removeprefix('"').removesuffix('"') for cell in line.split(dialect.delimiter)]


class _Cells(dict[str, str]):
    """Each cell as it is kept: without spaces where it holds nothing else, and those that are written alike as one
    object, or a long file would not fit into memory."""

    def __missing__(self, written: str) -> str:
        cell = "" if written.isspace() else written.removesuffix("\n")
        if len(self) < _MOST_KNOWN:
            self[written] = cell
        return cell


def _parse(lines: Iterable[str], dialect: _Dialect) -> list[list[str]]:
    """Records as the csv module reads them; from a line it cannot read on, fields are split without quoting."""
    given = (f"{line}\n" for line in lines)
    cells = _Cells()
    try:
        read = csv.reader(given, delimiter=dialect.delimiter, escapechar="\\" if dialect.escape else None)
        return [[cells[cell] for cell in row] for row in read]
    except csv.Error:
        return [[cells[cell] for cell in line.split(dialect.delimiter)] for line in lines]


# -- widths --------------------------------------------------------------------------------------------


def _fitted(read: _Read, delimiter: str) -> _Read:
    """The records with those that are wider than the others brought to their width: empty fields cut off, and fields
    that a bare separator has cut in two put together where the kinds of the columns say so."""
    wide = [row for row in read.rows if len(row) > 1]
    if not wide or delimiter == SPACES:
        return read
    width = _usual(wide)
    if all(len(row) <= width for row in read.rows):
        return read
    kinds = _kinds([row for row in wide if len(row) == width], width)
    for place, row in enumerate(read.rows):
        if len(row) <= width:
            continue
        if not any(cell.strip() for cell in row[width:]):
            read.rows[place] = row[:width]
            continue
        read.rows[place] = _joined(row, width, kinds, delimiter)
        read.doubtful.append(place)
    return read


def _usual(rows: list[list[str]]) -> int:
    """The width of most lines."""
    return Counter(map(len, rows)).most_common(1)[0][0]


def _kinds(rows: list[list[str]], width: int) -> list[Callable[[str], bool]]:
    """What a cell of each column has to be, by nine in ten of the lines that have the usual width."""
    sample = rows[:: len(rows) // 300 + 1]
    kinds: list[Callable[[str], bool]] = []
    for place in range(width):
        cells = [row[place] for row in sample if not is_nothing(row[place])]
        fits = next(
            (test for test in (_is_number, _is_date) if cells and sum(map(test, cells)) >= 0.85 * len(cells)), _is_text
        )
        kinds.append(fits)
    return kinds


def _is_number(cell: str) -> bool:
    return is_nothing(cell) or read_numeral(cell, ".") is not None or read_numeral(cell, ",") is not None


def _is_date(cell: str) -> bool:
    return is_nothing(cell) or read_moment(cell) is not None


def _is_text(cell: str) -> bool:
    return not _is_number(cell)


def _joined(row: list[str], width: int, kinds: list[Callable[[str], bool]], delimiter: str) -> list[str]:
    """The row with the fields that one separator too many has cut put together; where nothing fits, its first ones."""
    surplus = len(row) - width
    ways = [[*row[:at], delimiter.join(row[at : at + surplus + 1]), *row[at + surplus + 1 :]] for at in range(width)]
    scores = [sum(fits(cell) for fits, cell in zip(kinds, way, strict=True)) for way in ways]
    best = max(scores)
    return ways[scores.index(best)] if best > 0 else row[:width]
