"""Charts in characters, from the numbers a chart message carries: plotext draws them, short bars are written out."""

import importlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

from rich.cells import cell_len, set_cell_size

from bot.views.blocks import Chart, Series
from bot.views.plain import number

_COLOURS = ("cyan", "magenta", "green", "orange", "blue", "red")
_SHAPES = ("●", "×", "○", "+", "▲", "◆")  # tell series apart where no colour can
_FILLS = ("█", "▒", "░", "▓", "#", "=")
_TALLEST = 18
_WIDEST = 100
_FEW = 24  # bars that are written out, each with its value
_SHORTEST = 8  # characters the longest written bar must have room for
_BARS = ("bar", "stacked", "pie", "histogram")
_TENTH = 9.95  # per cent; smaller parts of a pie are told to one decimal
_BAR = 0.8  # of its place, for the bars of one x
_DRAWING = Lock()  # plotext draws on the one figure of its module


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the height of a chart stands for."""

    bottom: float
    top: float
    levels: list[float]

    def share(self, value: float) -> float:
        """Where a value stands between bottom and top, from 0 to 1."""
        return min(max((value - self.bottom) / (self.top - self.bottom), 0.0), 1.0)


def draw(chart: Chart, *, width: int, height: int, coloured: bool) -> str:
    """The chart in at most ``width`` characters, as tall as suits the terminal; no trailing line break."""
    width = min(width, _WIDEST)
    parts = [_heading(chart, width)]
    if len(chart.series) > 1:
        parts.append(_legend(chart, width, coloured))
    bars = _written_bars(chart, width, coloured) if _writable(chart) else None
    parts.append(bars or _plotted(chart, width, min(_TALLEST, max(height - 6, 8)), coloured))
    return "\n".join(part for part in parts if part)


def _heading(chart: Chart, width: int) -> str:
    told = chart.title.casefold().startswith(chart.y_label.casefold())  # “Q1 by Region (Q1)”
    measure = ", ".join(part for part in ("" if told else chart.y_label, chart.unit) if part)
    heading = f"{chart.title} ({measure})" if chart.title and measure else chart.title or measure
    return _cut(heading, width)


def _legend(chart: Chart, width: int, coloured: bool) -> str:
    """The series' signs and names, as many to a line as fit."""
    signs = _FILLS if chart.kind in _BARS else _SHAPES
    lines: list[list[str]] = [[]]
    room = width
    for index, series in enumerate(chart.series):
        name = _cut(series.name or "value", width - 2)
        taken = cell_len(name) + 4
        if lines[-1] and taken - 2 > room:
            lines.append([])
            room = width
        room -= taken
        lines[-1].append(f"{_paint('■', index) if coloured else signs[index % len(signs)]} {name}")
    return "\n".join("  ".join(line) for line in lines)


def _paint(text: str, series: int) -> str:
    return f"\x1b[{(36, 35, 32, 33, 34, 31)[series % 6]}m{text}\x1b[0m"


# -- bars that are written out ------------------------------------------------------------------------


def _writable(chart: Chart) -> bool:
    values = [value for series in chart.series for value in series.values if value is not None]
    apart = chart.kind in _BARS and chart.kind != "stacked"
    return apart and len(chart.x) * len(chart.series) <= _FEW and min(values) >= 0 and max(values) > 0


def _written_bars(chart: Chart, width: int, coloured: bool) -> str | None:
    """One line a bar, its length in proportion; None where the terminal is too narrow for that."""
    places = [_place(place) for place in chart.x]
    label = min(max(cell_len(place) for place in places), width // 3)
    shares = chart.kind == "pie" and chart.unit != "%"  # the parts are told as such already
    whole = math.fsum(value or 0 for value in chart.series[0].values) if shares else None
    value = max(len(_valued(value, whole)) for series in chart.series for value in series.values)
    most = max(value for series in chart.series for value in series.values if value is not None)
    room = width - label - value - 2
    if room < _SHORTEST:
        return None
    lines: list[str] = []
    for at, place in enumerate(places):
        for index, series in enumerate(chart.series):
            name = set_cell_size(_cut(place, label) if index == 0 else "", label)
            lines.append(f"{name} {_bar(series, at, index, room, most, coloured, whole)}".rstrip())
    return "\n".join(lines)


def _valued(value: float | None, whole: float | None) -> str:
    """The number behind a bar, and which part of a pie it is."""
    if value is None:
        return ""
    share = value / whole * 100 if whole else None
    return number(value) if share is None else f"{number(value)} ({share:.{0 if share >= _TENTH else 1}f} %)"


def _bar(series: Series, at: int, index: int, room: int, most: float, coloured: bool, whole: float | None) -> str:
    value = series.values[at]
    if value is None:
        return ""
    length = round(value / most * room) or (1 if value else 0)
    fill = "█" if coloured else _FILLS[index % len(_FILLS)]
    bar = fill * length
    return f"{_paint(bar, index) if coloured and bar else bar} {_valued(value, whole)}".lstrip()


# -- everything else ----------------------------------------------------------------------------------


def _plotted(chart: Chart, width: int, height: int, coloured: bool) -> str:
    """Drawn by plotext, which is given places between 0 and 1 only: its compiled part aborts on extreme ones."""
    plotext: Any = importlib.import_module("plotext")  # loaded with the first chart: it takes a fifth of a second
    scale = _scale(*_span(chart))
    with _DRAWING:
        figure = plotext.figure
        figure.clear()
        figure.theme("colorless")
        figure.canvas("default")
        if chart.kind in _BARS:
            across = _draw_bars(plotext, figure, chart, scale, coloured)
        else:
            across = _draw_points(plotext, figure, chart, scale, coloured)
        figure.ruler("y").lim(0, 1)
        figure.ruler("y").ticks(
            [scale.share(level) for level in scale.levels], labels=_level_labels(scale.levels, width)
        )
        shown = _thinned(len(chart.x), width, max(cell_len(_place(place)) for place in chart.x))
        figure.ruler("x").ticks([across[at] for at in shown], labels=[_short(chart.x[at], width) for at in shown])
        figure.label(_cut(chart.x_label, width - 2) or None, "x")
        figure.plot_size(width, height)
        drawn: str = figure.build().string(colorless=not coloured)
    return "\n".join(line.rstrip() for line in drawn.rstrip("\n").split("\n"))


def _draw_points(plotext: Any, figure: Any, chart: Chart, scale: _Scale, coloured: bool) -> list[float]:
    """One signal a series; returns where each x stands."""
    across = _places(chart)
    figure.ruler("x").lim(0, 1)
    for index, series in enumerate(chart.series):
        known = [(across[at], scale.share(value)) for at, value in enumerate(series.values) if value is not None]
        if not known:
            continue
        sign = _SHAPES[index % len(_SHAPES)]
        if coloured:
            sign = plotext.marker("braille" if chart.kind == "line" else "●", pixel=_pixel(plotext, index))
        elif chart.kind == "line" and len(chart.series) == 1:
            sign = "braille"
        signal = figure.signal([place for place, _ in known], [share for _, share in known], marker=sign)
        figure.draw(signal.lines(True) if chart.kind == "line" else signal)
    return across


def _draw_bars(plotext: Any, figure: Any, chart: Chart, scale: _Scale, coloured: bool) -> list[float]:
    """One signal a series, side by side or one on the other; returns where each x stands."""
    slot = 1 / len(chart.x)
    across = [slot * (at + 0.5) for at in range(len(chart.x))]
    beside = 1 if chart.kind == "stacked" else len(chart.series)
    figure.ruler("x").lim(0, 1)
    for index, (lows, highs) in enumerate(_bar_ends(chart)):
        sign = _FILLS[index % len(_FILLS)]
        marker = plotext.marker("█", pixel=_pixel(plotext, index)) if coloured else sign
        shift = ((index % beside + 0.5) / beside - 0.5) * _BAR * slot
        bottoms, tops = ([scale.share(end) for end in ends] for ends in (lows, highs))
        places = [place + shift for place in across]
        figure.draw(figure.bar(places, bottoms, tops, marker=marker, width=_BAR / beside))
    return across


def _bar_ends(chart: Chart) -> Iterator[tuple[list[float], list[float]]]:
    """Where each series' bars begin and end: at nought, or at the end of the last one of the same sign."""
    above, below = [0.0] * len(chart.x), [0.0] * len(chart.x)
    for series in chart.series:
        values = [value or 0.0 for value in series.values]
        begin = [above[at] if value > 0 else below[at] for at, value in enumerate(values)]
        end = [first + value for first, value in zip(begin, values, strict=True)]
        if chart.kind == "stacked":
            above = [max(total, last) for total, last in zip(above, end, strict=True)]
            below = [min(total, last) for total, last in zip(below, end, strict=True)]
        yield begin, end


def _pixel(plotext: Any, series: int) -> Any:
    return plotext.pixel(foreground=_COLOURS[series % len(_COLOURS)])


def _span(chart: Chart) -> tuple[float, float]:
    """The lowest and highest value drawn; bars stand on nought, and so do lines that come near it."""
    if chart.kind in _BARS:
        ends = [end for begins_ends in _bar_ends(chart) for part in begins_ends for end in part]
        low, high = min(*ends, 0.0), max(*ends, 0.0)
    else:
        values = [value for series in chart.series for value in series.values if value is not None]
        low, high = min(values), max(values)
        low = 0.0 if 0 < low <= high / 2 else low
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-9):
        return low - 1, high + 1  # a flat line, in the middle
    return low, high


def _scale(low: float, high: float) -> _Scale:
    """Three to seven round levels (a step of 1, 2 or 5 times a power of ten) on a scale that holds the whole span.

    It is extended to the next level where that is near; far from one, a small negative value would cost much room.
    """
    power = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(factor * power for factor in (1, 2, 5, 10, 20) if (high - low) / (factor * power) <= 5)
    first, last = math.floor(low / step) * step, math.ceil(high / step) * step
    bottom = first if low - first <= step / 2 else low
    top = last if last - high <= step / 2 else high
    levels = [at * step for at in range(round(first / step), round(last / step) + 1)]
    return _Scale(bottom, top, [level for level in levels if bottom <= level <= top])


def _level_labels(levels: list[float], width: int) -> list[str]:
    """The levels as they are read; ``1.5e+06`` where the plain numbers would take more than a quarter of the chart."""
    labels = [number(level) for level in levels]
    if max(len(label) for label in labels) <= width // 4:
        return labels
    return [f"{level:.3g}" for level in levels]


def _places(chart: Chart) -> list[float]:
    """Where each x stands, from 0 to 1: by its value where all are numbers, else one after the other."""
    numbers = [place for place in chart.x if not isinstance(place, str)]
    places = numbers if len(numbers) == len(chart.x) else [float(at) for at in range(len(chart.x))]
    first, last = min(places), max(places)
    if last - first <= 1e-9 * max(abs(first), abs(last), 1e-9):
        return [0.5] * len(places)
    return [(place - first) / (last - first) for place in places]


def _thinned(count: int, width: int, label: int) -> list[int]:
    """Which of ``count`` places get a label, so that the labels do not touch."""
    room = max((width - 12) // (min(label, width // 4) + 2), 1)
    step = math.ceil(count / room)
    return list(range(0, count, step))


def _place(place: str | float) -> str:
    return " ".join(place.split()) if isinstance(place, str) else number(place)


def _short(place: str | float, width: int) -> str:
    """A label of at most a quarter of the chart; a blank one would be taken for none."""
    return _cut(_place(place), width // 4) or "·"


def _cut(text: str, width: int) -> str:
    text = " ".join(text.split())
    return text if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"
