"""What is pasted in a long text, and what the person says of it: their words stand before it, or after."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import orjson

WORDS = 1_000
"""Characters around a paste, on either side, that may be the person's own."""

_LINES = 5
"""Lines that they may take there, blank ones aside."""

_SAMPLE = 400
"""Lines that show how a table is delimited."""

_ALIKE, _WITHOUT_NAMES = 0.9, 0.98
"""Share of a table's rows that have as many fields as most: where its columns have names, and where they have none."""

_LONGEST_NAME = 80
"""Characters of a column's name."""

_LONGEST_CELL = 40
"""Characters of a cell, on average, where no column holds numbers."""

_DELIMITED = {"\t": (".tsv", "text/tab-separated-values"), ";": (".csv", "text/csv"), ",": (".csv", "text/csv"),
              "|": (".csv", "text/csv")}  # fmt: skip

_EACH_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_FENCED = re.compile(
    rf"(?P<before>(?:(?!```).){{0,{WORDS}}})"
    r"```(?:(?:csv|tsv|json|jsonl|te?xt|log|plain)[ \t]*\r?\n|\r?\n)?(?P<block>.*)"
    rf"```(?P<after>(?:(?!```).){{0,{WORDS}}})",
    re.DOTALL | re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]\s*$|^[^(){}\[\]=;<>]*[:：]\s*$|^(?:please|pls|can|could|would|will|what|which|who|whose|how|why|when|where|is|are|was|were|do|does"
    r"|did|summari[sz]e|sum up|tl;?dr|translate|explain|analy[sz]e|find|list|extract|count|compare|check|tell|give|show"
    r"|make|write|rewrite|read|turn|convert|draw|plot|chart|save|bitte|was|wie|welche[rsnm]?|wer|warum|wann|wo|ist|sind"
    r"|kannst|fass|fasse|übersetze|erkläre?|zähle|liste|vergleiche?|prüfe?|zeige?|mach|schreib|lies|quel(?:le)?s?|qui"
    r"|combien|pourquoi|comment|quand|résume[zr]?|traduis|traduisez|explique[zr]?|compte[zr]?|montre[zr]?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """``words`` are the person's, ``block`` is what was pasted, as it stands there; both make up the text."""

    words: str
    block: str
    suffix: str
    mime_type: str


def excerpt(text: str) -> Excerpt:
    """The words and the paste of a long text. Where nothing sets them apart it is all paste."""
    if (fenced := _FENCED.fullmatch(text)) is not None:
        return Excerpt(_joined(fenced["before"], fenced["after"]), fenced["block"], *_kind(fenced["block"]))
    lines: list[str] = _EACH_LINE.findall(text)
    found = _json(lines) or _table(lines)
    if found is None and "\t" not in text and (found := _table(tabbed := [_tabs(line) for line in lines])) is not None:
        lines = tabbed
    if found is not None:
        start, end, kind = found
    else:
        start, end = _prose(lines)
        kind = _TEXT
    before, block, after = ("".join(part) for part in (lines[:start], lines[start:end], lines[end:]))
    return Excerpt(_joined(before, after), block.strip("\r\n"), *kind)


_TEXT = (".txt", "text/plain")
_Found = tuple[int, int, tuple[str, str]]
"""The lines of a paste, and what it is."""


def _kind(block: str) -> tuple[str, str]:
    lines: list[str] = _EACH_LINE.findall(block)
    found = _json(lines) or _table(lines)
    return found[2] if found is not None and (found[0], found[1]) == _trimmed(lines) else _TEXT


def _joined(before: str, after: str) -> str:
    return "\n\n".join(part for part in (before.strip(), after.strip()) if part)


def _trimmed(lines: Sequence[str]) -> tuple[int, int]:
    """The lines without blank ones around them."""
    filled = [place for place, line in enumerate(lines) if line.strip()]
    return (filled[0], filled[-1] + 1) if filled else (0, 0)


def _is_brief(lines: Sequence[str]) -> bool:
    """Whether the lines may be what a person says of a paste."""
    return sum(1 for line in lines if line.strip()) <= _LINES and sum(map(len, lines)) <= WORDS


# -- objects ------------------------------------------------------------------------------------------


def _tabs(line: str) -> str:
    """Some apps send two spaces for a tab."""
    return line.replace("  ", "\t")


def _json(lines: Sequence[str]) -> _Found | None:
    """One JSON value from a line to another, or an object a line."""
    first, last = _trimmed(lines)
    opening = (place for place in range(first, last) if lines[place].lstrip()[:1] in ("{", "["))
    closing = (place + 1 for place in range(last - 1, first - 1, -1) if lines[place].rstrip()[-1:] in ("}", "]"))
    ends = list(islice(closing, _LINES + 1))
    for start in islice(opening, _LINES + 1):
        if not _is_brief(lines[:start]):
            break
        for end in ends:
            if end <= start or not _is_brief(lines[end:]):
                break
            if _is_object("".join(lines[start:end])):
                return start, end, (".json", "application/json")
            if end - start > 1 and all(_is_object(line) for line in lines[start:end] if line.strip()):
                return start, end, (".jsonl", "application/jsonl")
    return None


def _is_object(text: str) -> bool:
    try:
        return isinstance(orjson.loads(text), dict | list)
    except orjson.JSONDecodeError:
        return False


# -- tables -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """One record, and the lines it stands on."""

    first: int
    end: int
    cells: Sequence[str]

    @property
    def blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


def _table(lines: Sequence[str]) -> _Found | None:
    """The rows of one delimited table, without what is said above and below it."""
    delimiter = max(_DELIMITED, key=lambda mark: _share(_rows(lines[:_SAMPLE], mark)))
    rows = [row for row in _rows(lines, delimiter) if not row.blank]
    wide = _usual(rows)
    if wide < 2 or len(rows) < 3:
        return None
    numbers = _numbered(rows, wide)
    start = _after_words(rows, wide, numbers, lines)
    end = _before_words(rows, wide, numbers, lines)
    table = rows[start:end]
    if not table or not _is_table(table, wide, numbers):
        return None
    return table[0].first, table[-1].end, _DELIMITED[delimiter]


def _rows(lines: Sequence[str], delimiter: str) -> list[_Row]:
    reader, found, first = csv.reader(lines, delimiter=delimiter), list[_Row](), 0
    try:
        for cells in reader:
            found.append(_Row(first, reader.line_num, cells))
            first = reader.line_num
    except csv.Error:  # a field that is longer than one can be
        return []
    return found


def _share(rows: Sequence[_Row]) -> float:
    filled = [row for row in rows if not row.blank]
    wide = _usual(filled)
    return sum(len(row.cells) == wide for row in filled) / len(filled) if wide > 1 else 0.0


def _usual(rows: Sequence[_Row]) -> int:
    return Counter(len(row.cells) for row in rows).most_common(1)[0][0] if rows else 0


def _numbered(rows: Sequence[_Row], wide: int) -> list[int]:
    """The columns that nearly always hold a digit."""
    sample = [row.cells for row in islice((row for row in rows if len(row.cells) == wide), _SAMPLE)]
    return [place for place in range(wide) if sum(map(_digit, (row[place] for row in sample))) >= 0.8 * len(sample)]


def _digit(cell: str) -> bool:
    return any(letter.isdigit() for letter in cell)


def _holds_data(row: _Row, numbers: Sequence[int]) -> bool:
    return any(place < len(row.cells) and _digit(row.cells[place]) for place in numbers)


def _after_words(rows: Sequence[_Row], wide: int, numbers: Sequence[int], lines: Sequence[str]) -> int:
    """The first row that is none of the person's words: those have another width, or stand above the names."""
    for place, row in enumerate(rows[: _LINES + 1]):
        above = lines[: row.end]
        names_follow = place + 1 < len(rows) and bool(numbers) and not _holds_data(rows[place + 1], numbers)
        said = len(row.cells) != wide or (_asks("".join(lines[row.first : row.end])) and names_follow)
        if not said or not _is_brief(above):
            return place if _is_brief(lines[: row.first]) else 0
    return 0


def _before_words(rows: Sequence[_Row], wide: int, numbers: Sequence[int], lines: Sequence[str]) -> int:
    end = len(rows)
    while end:
        row = rows[end - 1]
        asked = bool(numbers) and not _holds_data(row, numbers) and _asks("".join(lines[row.first : row.end]))
        if (len(row.cells) == wide and not asked) or not _is_brief(lines[row.first :]):
            break
        end -= 1
    return end


def _is_table(rows: Sequence[_Row], wide: int, numbers: Sequence[int]) -> bool:
    share = sum(len(row.cells) == wide for row in rows) / len(rows)
    if not numbers and sum(len(cell) for row in rows for cell in row.cells) > _LONGEST_CELL * wide * len(rows):
        return False  # sentences with commas
    names = [cell.strip() for cell in rows[0].cells]
    named = len(names) == wide and not _holds_data(rows[0], numbers)
    named = named and all(len(name) <= _LONGEST_NAME for name in names) and len(set(filter(None, names))) > wide / 2
    return share >= _ALIKE if named else wide > 2 and share >= _WITHOUT_NAMES


# -- prose --------------------------------------------------------------------------------------------


def _prose(lines: Sequence[str]) -> tuple[int, int]:
    """The lines of a text without the paragraph, or the line, that asks something of it."""
    first, last = _trimmed(lines)
    start = next((end for end in _ends(lines[first:last]) if _is_asked(lines[first : first + end])), 0) + first
    backwards = list(reversed(lines[start:last]))
    size = next((end for end in _ends(backwards) if _is_asked(backwards[:end][::-1])), 0)
    return start, last - size


def _ends(lines: Sequence[str]) -> tuple[int, ...]:
    """Where the first paragraph ends, and the first line."""
    blank = next((place for place, line in enumerate(lines) if not line.strip()), len(lines))
    return (blank, 1) if blank > 1 else (blank,)


def _is_asked(lines: Sequence[str]) -> bool:
    return _is_brief(lines) and _asks("".join(lines))


def _asks(text: str) -> bool:
    return _ASKS.search(text.strip()) is not None
