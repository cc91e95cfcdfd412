"""A data_visualization block as Slack draws it: lines or bars, with axes and a legend."""

import math
from collections.abc import Sequence
from typing import Any

from tests.fakes.viewer.html import Html, div, span, tag

Json = dict[str, Any]

WIDTH, HEIGHT = 620, 250
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 46
COLOURS = ("#1264a3", "#e8912d", "#2bac76", "#cd2553", "#7c3085", "#5b8ff9")


def drawn(block: Json) -> Html:
    """The chart under its title. Raises AssertionError for kinds Legwork does not send."""
    chart: Json = block["chart"]
    series: list[Json] = chart["series"]
    values = [[float(point["value"]) for point in one["data"]] for one in series]
    ticks = _ticks(min(0.0, *(min(each) for each in values)), max(max(each) for each in values))
    categories: list[str] = chart["axis_config"]["categories"]
    match chart["type"]:
        case "bar":
            marks = _bars(values, ticks)
        case "line":
            marks = [_line(each, ticks, COLOURS[number]) for number, each in enumerate(values)]
        case other:
            raise AssertionError(f"the viewer cannot draw a chart of type {other}")
    size = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "width": "100%"}
    picture = tag("svg", *_grid(ticks), *_labels(categories), *_names(chart["axis_config"]), *marks, attributes=size)
    keys = [span("key", _dot(number), one["name"]) for number, one in enumerate(series)]
    return div("chart", div("title", block["title"]), picture, div("legend", *keys))


def _ticks(low: float, high: float) -> list[float]:
    step = 10 ** math.floor(math.log10((high - low) or 1))
    step = next(step * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2) if (high - low) / (step * part) <= 5)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, last + 1)]


def _y(value: float, ticks: Sequence[float]) -> float:
    return HEIGHT - BOTTOM - (value - ticks[0]) / (ticks[-1] - ticks[0]) * (HEIGHT - TOP - BOTTOM)


def _x(place: float, count: int) -> float:
    """The middle of a category."""
    return LEFT + (place + 0.5) * (WIDTH - LEFT - RIGHT) / count


def _grid(ticks: Sequence[float]) -> list[Html]:
    drawn: list[Html] = []
    for tick in ticks:
        y = round(_y(tick, ticks), 1)
        drawn.append(tag("line", attributes={"x1": LEFT, "x2": WIDTH - RIGHT, "y1": y, "y2": y, "stroke": "#e3e3e3"}))
        drawn.append(_word(f"{tick:,g}", LEFT - 8, y + 4, "end"))
    return drawn


def _labels(categories: Sequence[str]) -> list[Html]:
    every = math.ceil(len(categories) * max(map(len, categories)) * 7.5 / (WIDTH - LEFT - RIGHT))
    return [
        _word(label, _x(place, len(categories)), HEIGHT - BOTTOM + 18, "middle")
        for place, label in enumerate(categories)
        if place % every == 0
    ]


def _names(axis: Json) -> list[Html]:
    middle = (HEIGHT - BOTTOM + TOP) / 2
    turned = {"transform": f"rotate(-90 12 {middle})"}
    return [
        _word(axis.get("x_label", ""), (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle"),
        _word(axis.get("y_label", ""), 12, middle, "middle", turned),
    ]


def _line(values: Sequence[float], ticks: Sequence[float], colour: str) -> Html:
    points = " ".join(f"{_x(at, len(values)):.1f},{_y(value, ticks):.1f}" for at, value in enumerate(values))
    return tag("polyline", attributes={"points": points, "fill": "none", "stroke": colour, "stroke-width": 2})


def _bars(values: Sequence[Sequence[float]], ticks: Sequence[float]) -> list[Html]:
    count = len(values[0])
    room = 0.7 * (WIDTH - LEFT - RIGHT) / count / len(values)
    drawn: list[Html] = []
    for number, each in enumerate(values):
        for at, value in enumerate(each):
            left = _x(at, count) + (number - len(values) / 2) * room
            top, foot = sorted((_y(value, ticks), _y(max(ticks[0], 0.0), ticks)))
            size = {"x": round(left, 1), "y": round(top, 1), "width": round(room, 1), "height": round(foot - top, 1)}
            drawn.append(tag("rect", attributes=size | {"fill": COLOURS[number], "rx": 2}))
    return drawn


def _word(words: str, x: float, y: float, anchor: str, more: Json | None = None) -> Html:
    place = {"x": round(x, 1), "y": round(y, 1), "text-anchor": anchor, "font-size": 12, "fill": "#616061"}
    return tag("text", words, attributes=place | (more or {}))


def _dot(number: int) -> Html:
    return tag("i", attributes={"style": f"background:{COLOURS[number]}"})
