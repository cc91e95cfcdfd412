"""Which lines under a header are no data: totals, subtotals, repeated headers and notes."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from domain.reports.reading.moments import read_moments
from domain.reports.reading.months import fold
from domain.reports.reading.numerals import decide_mark, evidence, is_nothing, read_numeral
from domain.reports.reading.remarks import Remark, left_out
from domain.reports.reading.table import Line, written

_WORDS = re.compile(
    r"(?:(?:grand|sub|overall|zwischen|gesamt|end|sous|sub)[- ]?)?"
    r"(?:total|totals|totaal|totale|totali|totaux|totales|totalt|summe|sum|suma|somme|somma|soma|gesamt|"
    r"gesamtsumme|insgesamt|yhteensa|i alt|razem|ogolem|celkem|toplam|subtotal|all|alle|"
    r"gesamtergebnis|generale|general|geral|i ?alt|sammanlagt)"
    r"(?:[ :].*)?"
    r"|.{1,60}[ :-](?:sub)?(?:total|totals|totale|totales|totaal|summe|gesamt|ergebnis|zwischensumme)\s*:?"
)
"""Words for a total alone, before what it is of, and behind it (“North Total”, “Nord Ergebnis”)."""


_MAY_SAY = re.compile(r"tot|s[uo]m|g[eé]|al[lt]|insg|erg|yht|raz|og[oó]|cel|top|sub|sam", re.IGNORECASE)
"""Every word for a total has one of these in it; to look for them is quicker."""
_BARE = re.compile(
    r"(?:(?:grand|sub|overall|zwischen|gesamt|end|sous|sub)[- ]?)?"
    r"(?:total|totals|totaal|totale|totali|totaux|totales|totalt|summe|sum|suma|somme|somma|soma|gesamtsumme|"
    r"insgesamt|yhteensa|razem|ogolem|celkem|toplam|subtotal|gesamtergebnis)\s*:?"
)
_NOTE = re.compile(
    r"(?:sources?|notes?|quelle|hinweis|anmerkung|fuente|fonte|remarks?|stand|as of|last updated?|generated|created|"
    r"exported|printed|report|copyright|page|seite|data)\b.*"
    r"|(?:[*†‡§©¹²³]|\(\w{1,2}\)|\[\w{1,2}\]|\d{1,2}\)).*",
    re.IGNORECASE | re.DOTALL,
)
_WORDY = 4
"""So many words are a sentence rather than a name."""


def without_notes(header: list[str], lines: list[Line], dated: list[int], remarks: list[Remark]) -> list[Line]:
    """The lines that may be data; the others are told.

    A line is left out where it repeats the header, is a note (words in one cell, below the table or where numbers
    stand), or, in a table whose other rows have dates, is a short one without. ``dated`` are the places of columns
    that are dates themselves.
    """
    names = [name.casefold() for name in header]
    kept = [line for line in lines if not _repeats(line, names)]
    _tell(lines, kept, "the header again", remarks)
    told = _without_words(kept, len(header))
    _tell(kept, told, "notes", remarks)
    if dated:
        return told
    with_dates = _with_dates(told, len(header))
    _tell(told, with_dates, "no date where the others have one", remarks)
    return with_dates


def _tell(before: list[Line], after: list[Line], why: str, remarks: list[Remark]) -> None:
    if len(after) < len(before):
        there = {line.number for line in after}
        remarks.append(left_out([line.number for line in before if line.number not in there], why))


def _repeats(line: Line, names: list[str]) -> bool:
    """Whether a line is the header again."""
    first = written(line.cells[0]).casefold()
    return first == names[0] and [written(cell).casefold() for cell in line.cells] == names


def _without_words(lines: list[Line], width: int) -> list[Line]:
    """The lines without notes: a cell or two of words where the others are wide. A sparse row is a row."""
    if len(lines) < 2:
        return lines
    sizes = sorted(line.size() for line in lines)
    usual = sizes[len(sizes) // 2]
    if usual < 2:
        return lines
    return [line for place, line in enumerate(lines) if line.size() > 2 or not _is_note(line, lines, place, width)]


def _is_note(line: Line, lines: list[Line], place: int, width: int) -> bool:
    places = line.filled()
    words = line.cells[places[0]]
    if not isinstance(words, str) or (len(places) > 1 and width < 4):
        return False
    if read_numeral(words, ".") is not None or read_moments([words, words]) is not None:
        return False
    if _NOTE.fullmatch(words.strip()):
        return True
    if len(places) > 1:
        return False
    after_gap = place > 0 and line.number > lines[place - 1].number + 1
    ends = after_gap and all(other.size() <= 2 for other in lines[place:])
    if ends or len(words.split()) >= _WORDY or words.rstrip().endswith((".", ":")):
        return True
    column = [other.cells[places[0]] for other in lines[max(0, place - 20) : place + 20] if other is not line]
    numbers = sum(read_numeral(cell, ".") is not None or read_numeral(cell, ",") is not None for cell in column)
    return bool(column) and numbers > 0.7 * len(column)


def _with_dates(lines: list[Line], width: int) -> list[Line]:
    """Where one column holds dates in nearly every line, short lines without and those called totals are no data."""
    if len(lines) < 3:
        return lines
    for place in range(width):
        cells = [line.cells[place] for line in lines]
        numbers = sum(isinstance(cell, int | float) for cell in cells)
        found = read_moments(cells) if numbers < len(cells) * 0.5 else None
        if found is not None:
            undated = [at for at, moment in enumerate(found.moments) if moment is None]
            if undated and len(undated) <= max(3, 0.05 * len(lines)):
                left = {at for at in undated if _unlike(lines[at], width) and not _is_only_sparse(lines[at])}
                return [line for at, line in enumerate(lines) if at not in left]
    return lines


def _unlike(line: Line, width: int) -> bool:
    return line.size() <= 0.7 * width or _says_total(line)


def _is_only_sparse(line: Line) -> bool:
    """Whether a line without a date has nothing that could be left out of a sum, and no word of a total."""
    numbers = any(read_numeral(cell, ".") is not None or read_numeral(cell, ",") is not None for cell in line.cells)
    return not numbers and not _says_total(line)


def _says_total(line: Line) -> bool:
    return any(_MAY_SAY.search(cell) and says_total(cell) for cell in _texts(line))


def _is_bare_total(line: Line) -> bool:
    return any(_BARE.fullmatch(fold(written(text))) for text in _texts(line))


def _texts(line: Line) -> Iterator[str]:
    """Its first three cells with letters or digits in them."""
    return islice((cell for cell in line.cells if isinstance(cell, str) and cell), 3)


@lru_cache(maxsize=4096)
def says_total(text: str) -> bool:
    """Whether a text is a word for a total, or begins with one."""
    return bool(_WORDS.fullmatch(fold(written(text))))


def totals_among(lines: list[Line], numbers: list[list[float | None]], *, blocks: bool) -> dict[int, frozenset[int]]:
    """The places of lines that say they are totals and whose numbers add up to what they head or end, and of a last
    line that does so without a word; each with the places of the columns in which it is the sum.

    ``numbers`` are the number columns, aligned with the lines. With ``blocks``, a line of sums under each block
    of lines is found too, in whatever language.
    """
    if not numbers or len(lines) < 3:
        return {}
    out: dict[int, frozenset[int]] = {}
    said = [_says_total(line) for line in lines]
    whole = [sum(number or 0 for number in column) for column in numbers]
    above, since = [0.0] * len(numbers), [0.0] * len(numbers)
    for at, line in enumerate(lines):
        last = at == len(lines) - 1
        if said[at] or last:
            mine = [(place, column[at]) for place, column in enumerate(numbers) if column[at]]
            hits = {
                "above": [place for place, value in mine if _near(above[place], value)],
                "since": [place for place, value in mine if _near(since[place], value)],
                "below": [
                    place for place, value in mine if said[at] and _near(_below(numbers[place], said, at), value)
                ],
                "rest": [place for place, value in mine if at == 0 and _near(whole[place] - (value or 0), value)],
            }
            best, short = max(hits.values(), key=len), _fewer_names(lines, at)
            adds_up = len(best) >= 1 and len(best) >= 0.5 * len(mine)
            told = said[at] and (adds_up or (at > 0 and short and _is_bare_total(line)))
            if told or (last and ((len(hits["above"]) == len(mine) >= 2 and at >= 4) or (short and adds_up))):
                out[at] = frozenset(best) if adds_up else frozenset()
                since = [0.0] * len(numbers)
                continue
        for place, column in enumerate(numbers):
            above[place] += column[at] or 0
            since[place] += column[at] or 0
    start = 0
    for at in range(len(lines) if blocks else 0):
        if at in out or (at - start >= 2 and _block(numbers, start, at)):
            out.setdefault(at, frozenset(range(len(numbers))))
            start = at + 1
    return out


def _below(column: list[float | None], said: list[bool], at: int) -> float:
    """The sum of the lines that a line heads: those up to the next one that says it is a total."""
    total, place = 0.0, at + 1
    while place < len(column) and not said[place] and place <= at + _HEADED:
        total += column[place] or 0
        place += 1
    return total


_HEADED = 5_000
"""So many lines at most are looked at below one that may head them."""


def _fewer_names(lines: list[Line], at: int) -> bool:
    """Whether a line leaves cells empty that its neighbours fill."""
    around = lines[max(0, at - 3) : at] or lines[at + 1 : at + 4]
    return not around or lines[at].size() < min(line.size() for line in around)


def number_columns(lines: list[Line], places: list[int]) -> list[list[float | None]]:
    """What the cells at some places hold as numbers, by column."""
    elsewhere = evidence([cell for line in lines[:200] for cell in line.cells])
    columns: list[list[float | None]] = []
    for place in places:
        cells = [line.cells[place] for line in lines]
        mark = decide_mark(cells, elsewhere)
        read = [None if is_nothing(cell) else read_numeral(cell, mark) for cell in cells]
        columns.append([numeral.value if numeral else None for numeral in read])
    return columns


def _block(numbers: list[list[float | None]], start: int, at: int) -> bool:
    checked = [_near(sum(value or 0 for value in column[start:at]), column[at]) for column in numbers]
    return len(checked) >= 2 and all(checked) and any(column[at] for column in numbers)


def _near(total: float, value: float | None) -> bool:
    return value is not None and abs(total - value) <= 1e-6 * max(1.0, abs(total)) + 0.02
