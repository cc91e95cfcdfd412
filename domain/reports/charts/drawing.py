"""Drawing a chart with matplotlib, which is imported here and nowhere else: it takes tens of megabytes.

Only its objects are used; pyplot, which keeps global state, is never imported. Its functions leave their keyword
arguments without types, so axes and figures are Any.
"""

import io
import math
import textwrap
import warnings
from collections.abc import Sequence
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from domain.reports.charts.axes import Positions, literal, number_text, positions_of
from domain.reports.charts.spec import ChartKind, ChartSpec, Series

__all__ = ["draw"]

_WIDTH, _HEIGHT, _DPI = 1200, 675, 150
"""Pixels, 16 to 9, which the chat platforms show without cropping; dots an inch set the size of the letters."""
_MAX_SERIES = 12
_OTHER_NAME = "other ("
_LABELLED_BARS = 12
_STEPS = (1, 2, 2.5, 5, 10)
_LONGEST_NAME = 26

_PALETTE: tuple[str, ...] = (
    "#2f6db5", "#e8833a", "#3a9d6e", "#c9485b", "#7d62b8", "#8c6a4f",
    "#d16ba5", "#2ca3b8", "#b5a82e", "#4b4f9e", "#94591f", "#5c6b7a",
)  # fmt: skip
_INK, _MUTED, _GRID, _OTHER = "#1f2733", "#667282", "#e3e7ec", "#b4bcc6"


def draw(spec: ChartSpec) -> bytes:
    """The chart as a PNG."""
    figure: Any = Figure(figsize=(_WIDTH / _DPI, _HEIGHT / _DPI), dpi=_DPI, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.13, h_pad=0.13)  # inches
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    places = positions_of(spec.x, continuous=spec.kind in (ChartKind.LINE, ChartKind.SCATTER))
    _draw(axes, spec, places)
    _finish_axes(axes, spec, places)
    _write_texts(figure, axes, spec)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # letters the typeface lacks are drawn as boxes
        canvas.print_png(out)
    return out.getvalue()


def _draw(axes: Any, spec: ChartSpec, places: Positions) -> None:
    shown, rest = _largest(spec.series)
    match spec.kind:
        case ChartKind.LINE | ChartKind.SCATTER:
            _draw_points(axes, spec.kind, places.at, shown, rest)
        case ChartKind.BAR:
            _draw_bars(axes, places.at, _coloured(shown, rest))
        case ChartKind.STACKED:
            _draw_stacks(axes, places.at, _coloured(shown, rest))


def _largest(series: Sequence[Series]) -> tuple[list[Series], list[Series]]:
    """The series that get a colour, in their order, and those that become “other”."""
    if len(series) <= _MAX_SERIES:
        return list(series), []
    by_size = sorted(series, key=lambda one: -sum(abs(value or 0) for value in one.values))
    kept = by_size[: _MAX_SERIES - 1]
    return [one for one in series if one in kept], [one for one in series if one not in kept]


def _coloured(shown: Sequence[Series], rest: Sequence[Series]) -> list[tuple[Series, str]]:
    coloured: list[tuple[Series, str]] = list(zip(shown, _PALETTE, strict=False))
    if rest:
        sums = tuple(
            math.fsum(value or 0 for value in column) for column in zip(*(one.values for one in rest), strict=True)
        )
        coloured.append((Series(_other_name(rest), sums), _OTHER))
    return coloured


def _other_name(rest: Sequence[Series]) -> str:
    return f"{_OTHER_NAME}{len(rest)})"


def _draw_points(
    axes: Any, kind: ChartKind, at: Sequence[float], shown: Sequence[Series], rest: Sequence[Series]
) -> None:
    few = len(at) <= 40
    for number, (one, colour) in enumerate([*((one, _OTHER) for one in rest), *zip(shown, _PALETTE, strict=False)]):
        values = [math.nan if value is None else value for value in one.values]
        label = _name(one) if colour != _OTHER else _other_name(rest) if number == 0 else None
        if kind is ChartKind.SCATTER:
            axes.scatter(at, values, s=26, color=colour, alpha=0.75, linewidths=0, label=label, zorder=3)
        else:
            width = 1.0 if colour == _OTHER else 2.0
            axes.plot(
                at, values, color=colour, linewidth=width, label=label, zorder=2 + (colour != _OTHER),
                marker="o" if few else None, markersize=3.6, solid_capstyle="round",
            )  # fmt: skip


def _draw_bars(axes: Any, at: Sequence[float], coloured: Sequence[tuple[Series, str]]) -> None:
    width = 0.78 / len(coloured)
    for number, (one, colour) in enumerate(coloured):
        offset = (number - (len(coloured) - 1) / 2) * width
        places = [place + offset for place in at]
        bars = axes.bar(
            places, [value or 0 for value in one.values], width * 0.94, color=colour, label=_name(one), zorder=3
        )
        if len(coloured) == 1 and len(at) <= _LABELLED_BARS:
            texts = ["" if value is None else number_text(value) for value in one.values]
            axes.margins(y=0.1)
            axes.bar_label(bars, texts, padding=3, fontsize=8, color=_INK)


def _draw_stacks(axes: Any, at: Sequence[float], coloured: Sequence[tuple[Series, str]]) -> None:
    """Positive values grow upwards from zero and negative ones downwards."""
    tops, bottoms = [0.0] * len(at), [0.0] * len(at)
    for one, colour in coloured:
        values = [value or 0.0 for value in one.values]
        bases = [top if value >= 0 else bottom for value, top, bottom in zip(values, tops, bottoms, strict=True)]
        axes.bar(at, values, 0.72, bases, color=colour, label=_name(one), zorder=3)
        tops = [top + max(value, 0) for top, value in zip(tops, values, strict=True)]
        bottoms = [bottom + min(value, 0) for bottom, value in zip(bottoms, values, strict=True)]


def _finish_axes(axes: Any, spec: ChartSpec, places: Positions) -> None:
    suffix = " %" if spec.unit.strip() == "%" else ""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=_STEPS))
    axes.yaxis.set_major_formatter(_formatter(suffix))
    if places.numeric:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=10, steps=_STEPS))
        axes.xaxis.set_major_formatter(_formatter())
    else:
        slant = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if places.slanted else {}
        axes.set_xticks(places.ticks, places.labels, **slant)
    if spec.kind in (ChartKind.BAR, ChartKind.STACKED):
        axes.set_xlim(places.at[0] - 0.6, places.at[-1] + 0.6)
    _scale_values(axes, spec)
    axes.grid(visible=True, axis="both" if spec.kind is ChartKind.SCATTER else "y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8.5, labelcolor=_MUTED, pad=5)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#9aa5b1")


def _formatter(suffix: str = "") -> FuncFormatter:
    def text(value: float, _: int | None) -> str:
        return number_text(value) + suffix

    return FuncFormatter(text)


def _scale_values(axes: Any, spec: ChartSpec) -> None:
    """Bars stand on zero; so do lines, unless all their values lie far above it."""
    low, high = axes.get_ylim()
    values = [value for one in spec.series for value in one.values if value is not None]
    if values and min(values) >= 0 and (spec.kind is not ChartKind.SCATTER) and min(values) <= max(values) / 2:
        axes.set_ylim(0, high)
    if values and min(values) < 0 < max(values):
        axes.axhline(0, color="#9aa5b1", linewidth=1, zorder=2.5)
    if low == high:
        axes.margins(y=0.2)


def _write_texts(figure: Any, axes: Any, spec: ChartSpec) -> None:
    title = "\n".join(textwrap.wrap(literal(spec.title), 72, max_lines=2, placeholder=" …"))
    figure.suptitle(title, x=0.015, ha="left", fontsize=13, fontweight="bold", color=_INK)
    measure = ", ".join(part for part in (literal(spec.y_label), literal(spec.unit)) if part)
    axes.set_title(measure, loc="left", fontsize=9, color=_MUTED, pad=8)
    axes.set_xlabel(literal(spec.x_label), fontsize=9, color=_MUTED, labelpad=6)
    if spec.source:
        source = textwrap.shorten(f"Source: {literal(spec.source)}", 150, placeholder=" …")
        figure.supxlabel(source, x=0.015, ha="left", fontsize=7.5, color=_MUTED)
    if len(spec.series) > 1:
        handles, names = axes.get_legend_handles_labels()
        in_order = sorted(zip(handles, names, strict=True), key=lambda pair: pair[1].startswith(_OTHER_NAME))
        figure.legend(
            *zip(*in_order, strict=True),
            loc="outside right upper", fontsize=8.5, frameon=False, labelcolor=_INK, handlelength=1.1, handleheight=0.9,
            labelspacing=0.6, borderaxespad=0.8,
        )  # fmt: skip


def _name(series: Series) -> str:
    """A series' name for the legend, which leaves out names that begin with an underscore."""
    name = literal(series.name).lstrip("_") or "–"
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
