"""The marks of a chart on its axes: lines, points, bars upright and lying, stacks, bins and the parts of a pie.

matplotlib's functions leave their keyword arguments without types, so axes are Any.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from domain.reports.charts.axes import Positions, literal, number_text
from domain.reports.charts.spec import REST, ChartKind, ChartSpec, Series, is_open

__all__ = ["GRID", "INK", "MUTED", "OTHER_NAME", "draw_marks", "legend_width", "percent_of"]

_MAX_SERIES = 12
OTHER_NAME = "other ("
_LABELLED_BARS, _LABELLED_LINES = 12, 31
"""Bars of one series that get their number, upright and lying."""
_MARKED = 40
"""Points of a line up to which each is marked."""
_LONGEST_NAME, _LONGEST_PART = 26, 34
_SMALLEST_WRITTEN = 0.07
"""The share of a pie that has room for its number."""
_FULL_DOTS = 400
"""Points of a scatter up to which each is drawn large."""

_PALETTE: tuple[str, ...] = (
    "#2f6db5", "#e8833a", "#3a9d6e", "#c9485b", "#7d62b8", "#8c6a4f",
    "#d16ba5", "#2ca3b8", "#b5a82e", "#4b4f9e", "#94591f", "#5c6b7a",
)  # fmt: skip
INK, MUTED, GRID, _OTHER = "#1f2733", "#667282", "#e3e7ec", "#b4bcc6"


def draw_marks(axes: Any, spec: ChartSpec, places: Positions) -> None:
    shown, rest = _largest(spec.series)
    match spec.kind:
        case ChartKind.LINE:
            _draw_lines(axes, places.at, shown, rest)
        case ChartKind.SCATTER:
            _draw_points(axes, places.at, shown, rest)
        case ChartKind.BAR:
            _draw_bars(axes, places, _coloured(shown, rest), spec)
        case ChartKind.STACKED:
            _draw_stacks(axes, places, _coloured(shown, rest))
        case ChartKind.PIE:
            _draw_pie(axes, spec)
        case ChartKind.HISTOGRAM:
            _draw_bins(axes, spec)


def percent_of(spec: ChartSpec) -> str:
    """What stands behind each number of the chart."""
    return " %" if spec.percent else ""


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
    return f"{OTHER_NAME}{len(rest)})"


def _behind(shown: Sequence[Series], rest: Sequence[Series]) -> list[tuple[Series, str, str | None]]:
    """Each series with its colour and its name in the legend; the others come first, in grey, named once."""
    grey = [(one, _OTHER, _other_name(rest) if at == 0 else None) for at, one in enumerate(rest)]
    return [*grey, *((one, colour, _name(one)) for one, colour in zip(shown, _PALETTE, strict=False))]


def _draw_lines(axes: Any, at: Sequence[float], shown: Sequence[Series], rest: Sequence[Series]) -> None:
    for one, colour, label in _behind(shown, rest):
        values = [math.nan if value is None else value for value in one.values]
        front = colour != _OTHER
        axes.plot(
            at, values, color=colour, linewidth=2.0 if front else 1.0, label=label, zorder=2 + front,
            marker="o" if len(at) <= _MARKED else None, markersize=3.6, solid_capstyle="round",
        )  # fmt: skip
        alone = _alone(one.values) if len(at) > _MARKED else []
        axes.plot([at[place] for place in alone], [values[place] for place in alone], "o", color=colour, markersize=3)


def _alone(values: Sequence[float | None]) -> list[int]:
    """The places of values without a neighbour, of which a line would show nothing."""
    there = [False, *(value is not None for value in values), False]
    return [at - 1 for at in range(1, len(there) - 1) if there[at] and not there[at - 1] and not there[at + 1]]


def _draw_points(axes: Any, at: Sequence[float], shown: Sequence[Series], rest: Sequence[Series]) -> None:
    few = len(at) <= _FULL_DOTS
    for one, colour, label in _behind(shown, rest):
        values = [math.nan if value is None else value for value in one.values]
        axes.scatter(
            at,
            values,
            s=26 if few else 9,
            color=colour,
            alpha=0.75 if few else 0.4,
            linewidths=0,
            label=label,
            zorder=3,
        )


def _draw_bars(axes: Any, places: Positions, coloured: Sequence[tuple[Series, str]], spec: ChartSpec) -> None:
    width = 0.78 / len(coloured)
    added = [str(place).startswith(REST) and at == len(spec.x) - 1 >= 1 for at, place in enumerate(spec.x)]
    for number, (one, colour) in enumerate(coloured):
        offset = (number - (len(coloured) - 1) / 2) * width
        at = [place + offset for place in places.at]
        values = [value or 0 for value in one.values]
        across = axes.barh if places.lying else axes.bar
        colours = [_OTHER if rest and len(coloured) == 1 else colour for rest in added]
        bars = across(at, values, width * 0.94, color=colours, label=_name(one), zorder=3)
        if len(coloured) == 1 and len(at) <= (_LABELLED_LINES if places.lying else _LABELLED_BARS):
            texts = ["" if value is None else number_text(value) + percent_of(spec) for value in one.values]
            axes.margins(**{"x" if places.lying else "y": 0.1})
            axes.bar_label(bars, texts, padding=3, fontsize=8 if len(at) <= 18 else 6.5, color=INK)


def _draw_stacks(axes: Any, places: Positions, coloured: Sequence[tuple[Series, str]]) -> None:
    """Positive values grow away from zero on one side and negative ones on the other."""
    tops, bottoms = [0.0] * len(places.at), [0.0] * len(places.at)
    across = axes.barh if places.lying else axes.bar
    for one, colour in coloured:
        values = [value or 0.0 for value in one.values]
        bases = [top if value >= 0 else bottom for value, top, bottom in zip(values, tops, bottoms, strict=True)]
        across(places.at, values, 0.72, bases, color=colour, label=_name(one), zorder=3)
        tops = [top + max(value, 0) for top, value in zip(tops, values, strict=True)]
        bottoms = [bottom + min(value, 0) for bottom, value in zip(bottoms, values, strict=True)]


def _draw_bins(axes: Any, spec: ChartSpec) -> None:
    """Bars as wide as their bins; a bin that is open to one side is grey."""
    values = [value or 0.0 for value in spec.series[0].values]
    edges = spec.edges or tuple(at - 0.5 for at in range(len(values) + 1))
    widths = [after - before for before, after in pairwise(edges)]
    colours = [_OTHER if is_open(str(name)) else _PALETTE[0] for name in spec.x]
    axes.bar(
        edges[:-1], values, widths, align="edge", color=colours, edgecolor="white", linewidth=0.8, zorder=3,
    )  # fmt: skip


def _draw_pie(axes: Any, spec: ChartSpec) -> None:
    """Clockwise from the top, in the order given; what each part is called and holds stands beside it."""
    values = [value or 0.0 for value in spec.series[0].values]
    whole = math.fsum(values)
    colours = [_PALETTE[at % len(_PALETTE)] for at in range(len(values))]
    wedges, _ = axes.pie(
        [value / whole for value in values], colors=colours, startangle=90, counterclock=False, radius=1.15,
        wedgeprops={"edgecolor": "white", "linewidth": 1.5},
    )  # fmt: skip
    for wedge, value in zip(wedges, values, strict=True):
        if value / whole >= _SMALLEST_WRITTEN:
            middle = math.radians((wedge.theta1 + wedge.theta2) / 2)
            axes.text(
                0.8 * math.cos(middle), 0.8 * math.sin(middle), _share(value / whole), color="white", fontsize=9,
                fontweight="bold", ha="center", va="center",
            )  # fmt: skip
    axes.set_aspect("equal")
    for wedge, place, value in zip(wedges, spec.x, values, strict=True):
        number = _share(value / whole) if spec.percent else f"{number_text(value)} ({_share(value / whole)})"
        wedge.set_label(f"{_short(_place(place), _LONGEST_PART)}\n{number}")


def _share(part: float) -> str:
    percent = part * 100
    return f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.1f} %" if percent >= 0.05 or not part else "< 0.1 %"


def _place(place: str | float) -> str:
    return literal(place) if isinstance(place, str) else number_text(place)


def _name(series: Series) -> str:
    """A series' name for the legend, which leaves out names that begin with an underscore."""
    return _short(literal(series.name), _LONGEST_NAME)


def legend_width(series: Sequence[Series]) -> int:
    """How many letters of the picture's width the names of series take."""
    return max(len(_name(one)) for one in series) + 4


def _short(name: str, most: int) -> str:
    name = name.lstrip("_") or "–"
    return name if len(name) <= most else name[: most - 1] + "…"
