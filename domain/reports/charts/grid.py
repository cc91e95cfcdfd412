"""A table as a picture, for chats whose screens are too narrow for its lines.

Drawn with matplotlib's plain objects, which are imported when the first picture is drawn.
"""

import io
import textwrap
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.core.errors import Invalid
from domain.reports.charts.letters import are_drawn

__all__ = ["Picture", "draw_table"]

_WIDTH, _HEIGHT = 1280, 1900
"""Pixels: what chats show without making it smaller."""
_DPI, _POINTS = 100, 15.5
_LINE, _GAP, _PAD, _MARGIN = 30, 26, 9, 28  # pixels
_MOST = 100  # columns
_LETTERS, _LINES = 24, 5  # of one cell
_REPEATED = 420  # pixels: a first column narrower than that stands in every band
_UNDRAWN = ("So", "Cf", "Sk", "Cc", "Co")
_INK, _HEAD, _RULE, _STRIPE = "#1f2733", "#e9eef5", "#c9d1da", "#f7f9fb"


@dataclass(frozen=True, slots=True)
class Picture:
    """``rows`` of the table, from its top, are on it."""

    png: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class _Cell:
    lines: tuple[str, ...]
    width: float


def draw_table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int]) -> Picture:
    """The table as a PNG at most 1,280 pixels wide: columns that do not fit beside the others go below them, with the
    first one beside them again. CPU-bound, for another process.

    Raises:
        Invalid: it is written in letters that cannot be drawn here, or nothing of it would fit.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    if len(columns) > _MOST:
        raise Invalid("The table has more columns than a picture can show.", code="wide")
    full = [[*row, *[""] * len(columns)][: len(columns)] for row in (columns, *rows)]
    table = [[_shown(cell) for cell in row] for row in full]
    if not are_drawn(cell for row in table for cell in row):
        raise Invalid("The table is written in letters that cannot be drawn.", code="letters")
    figure: Any = Figure(figsize=(_WIDTH / _DPI, 1), dpi=_DPI)
    renderer: Any = FigureCanvasAgg(figure).get_renderer()
    plain, bold = FontProperties(size=_POINTS), FontProperties(size=_POINTS, weight="bold")

    def measured(text: str, head: bool) -> _Cell:
        lines = _wrapped(text)
        font = bold if head else plain
        widths = [float(renderer.get_text_width_height_descent(line, font, False)[0]) for line in lines]
        return _Cell(lines, max(widths))

    cells = [[measured(cell, head=at == 0) for cell in row] for at, row in enumerate(table[: _HEIGHT // _LINE])]
    widths = [max(row[at].width for row in cells) for at in range(len(columns))]
    bands = list(_bands(widths))
    shown = _fitting(cells, bands)
    if shown == 0 and rows:
        raise Invalid("The table is too wide even for a picture.", code="wide")
    return Picture(_drawn(cells[: shown + 1], widths, bands, right, bold, plain), shown)


def _shown(cell: str) -> str:
    """A cell on one line, without what no typeface draws, such as emoji."""
    letters = unicodedata.normalize("NFC", " ".join(cell.split()))
    return "".join(letter for letter in letters if unicodedata.category(letter) not in _UNDRAWN)


def _wrapped(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, _LETTERS, max_lines=_LINES, placeholder=" …")) or (" ",)


def _bands(widths: Sequence[float]) -> Iterator[list[int]]:
    """The columns in groups that fit side by side."""
    room = _WIDTH - 2 * _MARGIN
    again = [0] if len(widths) > 1 and widths[0] <= _REPEATED else []
    band: list[int] = []
    for at in range(len(widths)):
        wider = sum(widths[column] + _GAP for column in [*band, at])
        if wider > room and len(band) > len(again):
            yield band
            band = [*again]
        band.append(at)
    yield band


def _tall(row: Sequence[_Cell], band: Sequence[int]) -> int:
    return max(len(row[at].lines) for at in band) * _LINE + 2 * _PAD


def _fitting(cells: Sequence[Sequence[_Cell]], bands: Sequence[Sequence[int]]) -> int:
    """How many rows have room below the heads of all bands."""
    room = _HEIGHT - 2 * _MARGIN - _LINE * (len(bands) - 1) - sum(_tall(cells[0], band) for band in bands)
    for rows, row in enumerate(cells[1:]):
        room -= sum(_tall(row, band) for band in bands)
        if room < 0:
            return rows
    return len(cells) - 1


def _drawn(
    cells: Sequence[Sequence[_Cell]],
    widths: Sequence[float],
    bands: Sequence[Sequence[int]],
    right: frozenset[int],
    bold: Any,
    plain: Any,
) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    wide = 2 * _MARGIN + max(sum(widths[at] + _GAP for at in band) for band in bands)
    high = 2 * _MARGIN + sum(_tall(row, band) for row in cells for band in bands) + (len(bands) - 1) * _LINE
    figure: Any = Figure(figsize=(wide / _DPI, high / _DPI), dpi=_DPI, facecolor="white")
    canvas: Any = FigureCanvasAgg(figure)

    def block(top: float, height: float, colour: str) -> None:
        place = (_MARGIN / wide, 1 - (top + height) / high)
        size = ((wide - 2 * _MARGIN) / wide, height / high)
        figure.add_artist(Rectangle(place, *size, transform=figure.transFigure, color=colour, linewidth=0))

    top = float(_MARGIN)
    for band in bands:
        for number, row in enumerate(cells):
            height = _tall(row, band)
            block(top, height, _HEAD if number == 0 else "white" if number % 2 else _STRIPE)
            block(top + height - 1, 1, _RULE)
            left = float(_MARGIN)
            for at in band:
                x = left + (widths[at] + _GAP / 2 if at in right else _GAP / 2)
                for line, words in enumerate(row[at].lines):
                    y = top + _PAD + line * _LINE + _LINE * 0.74
                    figure.text(
                        x / wide, 1 - y / high, words, fontproperties=plain if number else bold, color=_INK,
                        ha="right" if at in right else "left", va="baseline", parse_math=False,
                    )  # fmt: skip
                left += widths[at] + _GAP
            top += height
        top += _LINE
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        canvas.print_png(out)
    return out.getvalue()
