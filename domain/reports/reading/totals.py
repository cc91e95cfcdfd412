"""Which lines under a header are no data: totals, subtotals, repeated headers and notes."""

import re

from domain.reports.reading.moments import read_moments
from domain.reports.reading.months import fold
from domain.reports.reading.numerals import decide_mark, evidence, is_nothing, read_numeral
from domain.reports.reading.table import Cell, Line, blank, written

_WORDS = re.compile(
    r"(?:(?:grand|sub|overall|zwischen|gesamt|end|sous|sub)[- ]?)?"
    r"(?:total|totals|totaal|totale|totali|totaux|totales|totalt|summe|sum|suma|somme|somma|soma|gesamt|"
    r"gesamtsumme|insgesamt|yhteensa|i alt|razem|ogolem|celkem|toplam|subtotal|all|alle|"
    r"gesamtergebnis|generale|general|geral|i ?alt|sammanlagt)"
    r"(?:[ :].*)?"
)


def without_totals(header: list[str], lines: list[Line], dated: list[int]) -> list[Line]:
    """The data rows alone.

    A line is left out where it repeats the header, is a note (one or two cells in a wide table), carries no
    date in a table whose other rows do, or is the sum of lines above it by its words or its arithmetic.
    """
    names = [name.casefold() for name in header]
    kept = [line for line in lines if [written(cell).casefold() for cell in line.cells] != names]
    kept = _without_notes(kept, len(header))
    kept = _with_dates(kept, len(header), dated)
    return _without_sums(kept, len(header), dated)


def _without_notes(lines: list[Line], width: int) -> list[Line]:
    if width < 3:
        return lines
    sizes = sorted(len(line.filled()) for line in lines)
    usual = sizes[len(sizes) // 2] if sizes else 0
    return [line for line in lines if len(line.filled()) > max(1, 0.3 * usual) or len(line.filled()) == usual]


def _with_dates(lines: list[Line], width: int, dated: list[int]) -> list[Line]:
    """Where one column holds dates in nearly every line, the lines without are no data."""
    if dated or len(lines) < 3:
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
    return len(line.filled()) <= 0.7 * width or _says_total(line)


def _says_total(line: Line) -> bool:
    texts = [cell for cell in line.cells if isinstance(cell, str) and cell.strip()]
    return bool(texts) and any(_WORDS.fullmatch(fold(written(text))) for text in texts[:3])


def _without_sums(lines: list[Line], width: int, dated: list[int]) -> list[Line]:
    """Leave out lines that say they are totals, or whose numbers all are the sums of the lines above them."""
    numbers = _numbers(lines, width, dated)
    if not numbers:
        return lines
    suspects = [at for at, line in enumerate(lines) if _says_total(line)]
    out = {at for at in suspects if _fewer_names(lines, at) or _adds_up(numbers, at, suspects)}
    last = len(lines) - 1
    if last not in out and last > 2 and _adds_up(numbers, last, []):
        out.add(last)
    if dated:  # blocks with a line of sums under each, in whatever language
        start = 0
        for at in range(len(lines)):
            if at in out or (at - start >= 2 and _block(numbers, start, at)):
                out.add(at)
                start = at + 1
    return [line for at, line in enumerate(lines) if at not in out]


def _fewer_names(lines: list[Line], at: int) -> bool:
    """Whether a line leaves cells empty that its neighbours fill."""
    around = [line for line in lines[max(0, at - 3) : at] if line is not lines[at]]
    return not around or len(lines[at].filled()) < min(len(line.filled()) for line in around)


def _numbers(lines: list[Line], width: int, dated: list[int]) -> list[list[float | None]]:
    """The number columns, as columns."""
    columns: list[list[float | None]] = []
    everything: list[Cell] = [cell for line in lines[:200] for cell in line.cells]
    elsewhere = evidence(everything)
    for place in dated or range(width):
        cells = [line.cells[place] for line in lines]
        mark = decide_mark(cells, elsewhere)
        values = [
            None if is_nothing(cell) or (read := read_numeral(cell, mark)) is None else read.value for cell in cells
        ]
        if sum(value is not None for value in values) > 0.6 * len(lines):
            columns.append(values)
    return columns


def _block(numbers: list[list[float | None]], start: int, at: int) -> bool:
    checked = [_near(sum(value or 0 for value in column[start:at]), column[at]) for column in numbers]
    return len(checked) >= 2 and all(checked) and any(column[at] for column in numbers)


def _adds_up(numbers: list[list[float | None]], at: int, others: list[int]) -> bool:
    """Whether most of a line's numbers are the sums of all data lines above it."""
    skipped = set(others)
    hits = 0
    for column in numbers:
        above = sum(value or 0 for place, value in enumerate(column[:at]) if place not in skipped)
        mine = column[at]
        if mine is not None and mine != 0 and _near(above, mine):
            hits += 1
    filled = sum(column[at] is not None for column in numbers)
    return hits >= 1 and hits >= 0.5 * filled and (filled > 1 or at > 5)


def _near(total: float, value: float | None) -> bool:
    return value is not None and abs(total - value) <= 1e-6 * max(1.0, abs(total)) + 0.02
