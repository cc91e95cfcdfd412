"""Which lines under a header are no data: totals, subtotals, repeated headers and notes."""

import re
from functools import lru_cache

from domain.reports.reading.moments import read_moments
from domain.reports.reading.months import fold
from domain.reports.reading.numerals import decide_mark, evidence, is_nothing, read_numeral
from domain.reports.reading.table import Line, blank, written

_WORDS = re.compile(
    r"(?:(?:grand|sub|overall|zwischen|gesamt|end|sous|sub)[- ]?)?"
    r"(?:total|totals|totaal|totale|totali|totaux|totales|totalt|summe|sum|suma|somme|somma|soma|gesamt|"
    r"gesamtsumme|insgesamt|yhteensa|i alt|razem|ogolem|celkem|toplam|subtotal|all|alle|"
    r"gesamtergebnis|generale|general|geral|i ?alt|sammanlagt)"
    r"(?:[ :].*)?"
)


def without_notes(header: list[str], lines: list[Line], dated: list[int]) -> list[Line]:
    """The lines that may be data.

    A line is left out where it repeats the header, is a note (one or two cells in a wide table), or carries no
    date in a table whose other rows do. ``dated`` are the places of columns that are dates themselves.
    """
    names = [name.casefold() for name in header]
    kept = [line for line in lines if not _repeats(line, names)]
    kept = _without_short(kept, len(header))
    return kept if dated else _with_dates(kept, len(header))


def _repeats(line: Line, names: list[str]) -> bool:
    """Whether a line is the header again."""
    first = written(line.cells[0]).casefold()
    return first == names[0] and [written(cell).casefold() for cell in line.cells] == names


def _without_short(lines: list[Line], width: int) -> list[Line]:
    """The lines with more than a note's one or two cells."""
    if width < 3:
        return lines
    sizes = [line.size() for line in lines]
    usual = sorted(sizes)[len(sizes) // 2] if sizes else 0
    return [line for line, size in zip(lines, sizes, strict=True) if size > max(1, 0.3 * usual) or size == usual]


def _with_dates(lines: list[Line], width: int) -> list[Line]:
    """Where one column holds dates in nearly every line, the lines without are no data."""
    if len(lines) < 3:
        return lines
    for place in range(width):
        cells = [line.cells[place] for line in lines]
        strings = sum(isinstance(cell, int | float) for cell in cells)
        found = read_moments(cells) if strings < len(cells) * 0.5 else None
        if found is not None:
            undated = [at for at, moment in enumerate(found[0]) if moment is None]
            if undated and len(undated) <= max(3, 0.05 * len(lines)):
                left_out = {at for at in undated if not blank(cells[at]) or _unlike(lines[at], width)}
                return [line for at, line in enumerate(lines) if at not in left_out]
    return lines


def _unlike(line: Line, width: int) -> bool:
    return line.size() <= 0.7 * width or _says_total(line)


def _says_total(line: Line) -> bool:
    texts = [cell for cell in line.cells if isinstance(cell, str) and cell]
    return any(_is_total(text) for text in texts[:3])


@lru_cache(maxsize=4096)
def _is_total(text: str) -> bool:
    return bool(_WORDS.fullmatch(fold(written(text))))


def totals_among(lines: list[Line], numbers: list[list[float | None]], *, blocks: bool) -> set[int]:
    """The places of lines that say they are totals, or whose numbers are the sums of the lines above them.

    ``numbers`` are the number columns, aligned with the lines. With ``blocks``, a line of sums under each block
    of lines is found too, in whatever language.
    """
    if not numbers or len(lines) < 3:
        return set()
    out: set[int] = set()
    for at, line in enumerate(lines):
        said, short, last = _says_total(line), _fewer_names(lines, at), at == len(lines) - 1
        if not said and not last:
            continue
        hits, filled = _added_up(numbers, at, out)
        everything = hits == filled >= 2 and at >= 4
        if (said and short) or everything or (short and hits and hits >= 0.5 * filled):
            out.add(at)
    start = 0
    for at in range(len(lines) if blocks else 0):
        if at in out or (at - start >= 2 and _block(numbers, start, at)):
            out.add(at)
            start = at + 1
    return out


def _fewer_names(lines: list[Line], at: int) -> bool:
    """Whether a line leaves cells empty that its neighbours fill."""
    around = [line for line in lines[max(0, at - 3) : at] if line is not lines[at]]
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


def _added_up(numbers: list[list[float | None]], at: int, totals: set[int]) -> tuple[int, int]:
    """How many of a line's numbers are the sums of all data lines above it, and how many it has."""
    mine = [(column, column[at]) for column in numbers if column[at]]
    hits = sum(
        _near(sum(value or 0 for place, value in enumerate(column[:at]) if place not in totals), value)
        for column, value in mine
    )
    return hits, len(mine)


def _near(total: float, value: float | None) -> bool:
    return value is not None and abs(total - value) <= 1e-6 * max(1.0, abs(total)) + 0.02
