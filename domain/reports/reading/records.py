"""The records of a delimited text: lines cut into fields, whatever its quotes do."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from domain.reports.reading.fixed import by_columns

SPACES = " "
MOST_FIELD = 1_000_000
_MOST_QUOTES = 20
_MOST_KNOWN = 200_000
"""Different cells that are looked for among those read."""
_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Dialect:
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
class Records:
    """Records, at which of them (from 0) quotes or widths were in doubt, and what else has to be told of them."""

    rows: list[list[str]]
    doubtful: list[int]
    told: list[str] = field(default_factory=list[str])


def records_of(text: str, dialect: Dialect) -> Records:
    """The records of a text. A quote that never closes, or that would swallow lines which by themselves have the usual
    width, is read as a sign like any other."""
    if dialect.delimiter == SPACES:
        return Records(split_spaces(text), [])
    if '"' not in text:
        return Records(_parse(_Lines(text), dialect), [])
    lines = list(_Lines(text))
    odd = [place for place, line in enumerate(lines) if '"' in line and _quotes(line, dialect) % 2]
    if not odd:
        return Records(_parse(lines, dialect), [])
    whole = _parse([line for place, line in enumerate(lines) if place not in set(odd)][:2000], dialect)
    found = regularity(whole)
    return _around(lines, odd, dialect, found[1] if found else 0)


def _quotes(line: str, dialect: Dialect) -> int:
    return (line.replace('\\"', "") if dialect.escape else line).count('"')


def _around(lines: list[str], odd: list[int], dialect: Dialect, width: int) -> Records:
    """Records between and at the lines with a quote that does not close in its line."""
    read = Records([], [])
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


def _width(line: str, dialect: Dialect) -> int:
    """How many fields a line has by itself."""
    return (
        line.count(dialect.delimiter) + 1
        if line.count('"') % 2
        else len(next(iter(_parse([line], dialect)), list[str]()))
    )


def _unquoted(line: str, dialect: Dialect, width: int) -> list[str]:
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


def _parse(lines: Iterable[str], dialect: Dialect) -> list[list[str]]:
    """Records as the csv module reads them; from a line it cannot read on, fields are split without quoting."""
    given = (f"{line}\n" for line in lines)
    cells = _Cells()
    try:
        read = csv.reader(given, delimiter=dialect.delimiter, escapechar="\\" if dialect.escape else None)
        return [[cells[cell] for cell in row] for row in read]
    except csv.Error:
        return [[cells[cell] for cell in line.split(dialect.delimiter)] for line in lines]


def regularity(rows: list[list[str]]) -> tuple[float, int] | None:
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return None
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]))
    return count / max(1, sum(bool(row) for row in rows)), width


def split_spaces(text: str) -> list[list[str]]:
    """Fields by runs of spaces, or where that gives no even lines by runs of at least two; quoted ones are whole."""
    lines = _BREAK.split(text)
    filled = [line for line in lines if line.strip()]
    rows = _by_runs(lines, r'"([^"]*)"|(\S+)')
    names = next((len(row) for row in rows if row), 0)
    if any(len(row) != names for row in rows if row) and (found := by_columns(lines)) is not None:
        return found
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
