"""Drawing a chart with matplotlib, which is imported here and nowhere else: it takes tens of megabytes.

Only its objects are used; pyplot, which keeps global state, is never imported. Its functions leave their keyword
arguments without types, so axes and figures are Any.
"""

import io
import textwrap
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from domain.reports.charts.axes import ACROSS, Positions, are_years, literal, number_text, positions_of, with_unit
from domain.reports.charts.letters import are_drawn
from domain.reports.charts.marks import GRID, INK, MUTED, OTHER_NAME, draw_marks, legend_width, percent_of
from domain.reports.charts.spec import ChartKind, ChartSpec, is_open

__all__ = ["draw", "figure_of"]

_WIDTH, _HEIGHT, _DPI = 1200, 675, 150
"""Pixels, 16 to 9, which the chat platforms show without cropping; dots an inch set the size of the letters."""
_STEPS = (1, 2, 2.5, 5, 10)
_AXIS = "#9aa5b1"
_STRANGE = "Some names are in letters that cannot be drawn here."
_EDGE = 0.015
"""Of the figure's width, left of its texts and right of them."""
_NAMED_BINS, _NUMBERED_BINS = 8, 12
"""Bins up to which each has its name below it, and numbers between more of them."""


def draw(spec: ChartSpec) -> bytes:
    """The chart as a PNG."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # letters the typeface lacks are drawn as boxes
        figure_of(spec).canvas.print_png(out)
    return out.getvalue()


def figure_of(spec: ChartSpec) -> Any:
    """The chart as matplotlib's figure, on a canvas of the size it is drawn at."""
    figure: Any = Figure(figsize=(_WIDTH / _DPI, _HEIGHT / _DPI), dpi=_DPI, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.13, h_pad=0.13)  # inches
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    places = positions_of(
        spec.x,
        continuous=spec.kind in (ChartKind.LINE, ChartKind.SCATTER),
        bars=spec.kind in (ChartKind.BAR, ChartKind.STACKED),
        room=ACROSS - (legend_width(spec.series) if len(spec.series) > 1 else 0),
    )
    draw_marks(axes, spec, places)
    if spec.kind is not ChartKind.PIE:
        _finish_axes(axes, spec, places)
    _write_texts(figure, axes, spec, places)
    return figure


def _finish_axes(axes: Any, spec: ChartSpec, places: Positions) -> None:
    measured, placed = (axes.xaxis, axes.yaxis) if places.lying else (axes.yaxis, axes.xaxis)
    counted = spec.kind is ChartKind.HISTOGRAM
    measured.set_major_locator(MaxNLocator(nbins=7, steps=_STEPS, integer=counted))
    measured.set_major_formatter(_formatter(percent_of(spec)))
    if spec.kind is ChartKind.HISTOGRAM:
        _name_bins(axes, spec)
    elif places.numeric:
        placed.set_major_locator(MaxNLocator(nbins=10, steps=_STEPS))
        placed.set_major_formatter(_formatter(years=are_years(places.at)))
    else:
        slant = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if places.slanted else {}
        placed.set_ticks(places.ticks, places.labels, **slant)
    if spec.kind in (ChartKind.BAR, ChartKind.STACKED):
        ends = (places.at[0] - 0.6, places.at[-1] + 0.6)
        axes.set_ylim(*reversed(ends)) if places.lying else axes.set_xlim(*ends)
    _scale_values(axes, spec, places)
    grid = "both" if spec.kind is ChartKind.SCATTER else "x" if places.lying else "y"
    axes.grid(visible=True, axis=grid, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8.5, labelcolor=MUTED, pad=5)
    if places.lying:
        axes.tick_params(axis="y", labelsize=_beside(len(places.at)), labelcolor=INK)
    base = "left" if places.lying else "bottom"
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side == base)
    axes.spines[base].set_color(_AXIS)


def _beside(names: int) -> float:
    """Points of the letters of names that stand one below the other."""
    return 8.5 if names <= 18 else 7.5 if names <= 24 else 6.2


def _name_bins(axes: Any, spec: ChartSpec) -> None:
    """Numbers between the bins, and the names of those that are open; names alone where there are no edges."""
    names = [literal(str(name)) for name in spec.x]
    if not spec.edges or len(names) <= _NAMED_BINS:
        middles = [sum(ends) / 2 for ends in pairwise(spec.edges or tuple(at - 0.5 for at in range(len(names) + 1)))]
        axes.set_xticks(middles, _wrapped(names))
        return
    every = -(-len(names) // _NUMBERED_BINS)
    ends = [(spec.edges[at], number_text(spec.edges[at])) for at in range(0, len(spec.edges), every)]
    for at, name in enumerate(names):
        low, high = spec.edges[at], spec.edges[at + 1]
        if is_open(name):
            room = (high - low) * every
            ends = [end for end in ends if not low - room < end[0] < high + room]
            ends.append(((low + high) / 2, f"≥ {number_text(low)}" if at else f"< {number_text(high)}"))
    axes.set_xticks([place for place, _ in ends], [text for _, text in ends])


def _wrapped(names: Sequence[str]) -> list[str]:
    width = max(6, ACROSS // len(names) - 1)
    return ["\n".join(textwrap.wrap(name, width)) for name in names]


def _formatter(suffix: str = "", *, years: bool = False) -> FuncFormatter:
    def text(value: float, _: int | None) -> str:
        return (f"{value:g}" if years else number_text(value)) + suffix

    return FuncFormatter(text)


def _scale_values(axes: Any, spec: ChartSpec, places: Positions) -> None:
    """Bars stand on zero; so do lines, unless all their values lie far above it."""
    low, high = axes.get_xlim() if places.lying else axes.get_ylim()
    values = [value for one in spec.series for value in one.values if value is not None]
    if values and min(values) >= 0 and (spec.kind is not ChartKind.SCATTER) and min(values) <= max(values) / 2:
        axes.set_xlim(0, high) if places.lying else axes.set_ylim(0, high)
    if values and min(values) < 0 < max(values):
        line = axes.axvline if places.lying else axes.axhline
        line(0, color=_AXIS, linewidth=1, zorder=2.5)
    if low == high:
        axes.margins(y=0.2)


def _fit(figure: Any, written: Any, text: str, letters: int, lines: int, end: float) -> str:
    """What is written there, in lines of at most so many letters that end before that part of the figure's width."""
    for most in range(letters, letters // 5, -4):
        shown = "\n".join(textwrap.wrap(literal(text), most, max_lines=lines, placeholder=" …"))
        written.set_text(shown)
        if written.get_window_extent(figure.canvas.get_renderer()).x1 <= end * figure.bbox.width:
            break
    return written.get_text()


def _write_texts(figure: Any, axes: Any, spec: ChartSpec, places: Positions) -> None:
    above = len(spec.series) > 1 and spec.kind is not ChartKind.PIE
    title = figure.suptitle("", x=_EDGE, ha="left", fontsize=13, fontweight="bold", color=INK)
    _fit(figure, title, spec.title, 72, 2, 1 - _EDGE - (legend_width(spec.series) / ACROSS if above else 0))
    measure = literal(with_unit(spec.y_label, spec.unit))
    axes.set_title(measure, loc="left", fontsize=9, color=MUTED, pad=8)
    if not places.lying and spec.kind is not ChartKind.PIE:
        axes.set_xlabel(literal(spec.x_label), fontsize=9, color=MUTED, labelpad=6)
    names = [
        spec.title,
        spec.y_label,
        spec.x_label,
        *(str(place) for place in spec.x),
        *(one.name for one in spec.series),
    ]
    strange = "" if are_drawn(map(literal, names)) else _STRANGE
    note = " ".join([spec.note, strange]).strip()
    source = [f"Source: {spec.source}"] if spec.source else []
    if note or source:
        below = figure.supxlabel("", x=_EDGE, ha="left", fontsize=7.5, color=MUTED)
        parts = [(note, 3), *((one, 1) for one in source)]
        lines = [_fit(figure, below, text, 150, most, 1 - _EDGE) for text, most in parts if text]
        below.set_text("\n".join(lines))
    if len(spec.series) > 1 or spec.kind is ChartKind.PIE:
        handles, names = axes.get_legend_handles_labels()
        if spec.kind is ChartKind.STACKED and not places.lying:
            handles, names = handles[::-1], names[::-1]  # as they lie on one another
        in_order = sorted(zip(handles, names, strict=True), key=lambda pair: pair[1].startswith(OTHER_NAME))
        figure.legend(
            *zip(*in_order, strict=True),
            loc="outside right center" if spec.kind is ChartKind.PIE else "outside right upper",
            fontsize=8.5, frameon=False, labelcolor=INK, handlelength=1.1, handleheight=0.9, labelspacing=0.6,
            borderaxespad=0.8,
        )  # fmt: skip
