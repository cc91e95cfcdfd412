"""A chart as Slack draws it itself, where its numbers fit.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block: lines and bars, up to six series of up
to twenty points, every series with a value at each of them; pies of up to six parts above nought.
"""

from collections.abc import Sequence
from typing import Any

from bot.views.blocks import Chart
from bot.views.plain import number

Json = dict[str, Any]

_KINDS = {"line": "line", "bar": "bar", "histogram": "bar"}
_SERIES, _POINTS, _PARTS, _NAME, _TITLE = 6, 20, 6, 20, 50


def block(chart: Chart) -> Json | None:
    """The block; None where only a picture can show the chart."""
    categories = [place if isinstance(place, str) else number(place) for place in chart.x]
    if chart.kind == "pie":
        return _pie(chart, categories)
    names = [series.name or chart.y_label or "value" for series in chart.series]
    if (
        chart.kind not in _KINDS
        or not _fit(categories, _POINTS)
        or not _fit(names, _SERIES)
        or any(value is None for series in chart.series for value in series.values)
    ):
        return None
    axis: Json = {"categories": categories}
    for name, label in (("x_label", chart.x_label), ("y_label", _with_unit(chart))):
        if label.strip():
            axis[name] = _cut(label)
    series = [
        {"name": name, "data": _labelled(categories, one.values)} for name, one in zip(names, chart.series, strict=True)
    ]
    return _block(chart, {"type": _KINDS[chart.kind], "series": series, "axis_config": axis})


def _pie(chart: Chart, parts: list[str]) -> Json | None:
    values = chart.series[0].values
    if not _fit(parts, _PARTS) or any(value is None or value <= 0 for value in values):
        return None
    return _block(chart, {"type": "pie", "segments": _labelled(parts, values)})


def _block(chart: Chart, drawn: Json) -> Json:
    title = _cut(chart.title) if chart.title.strip() else "Chart"
    return {"type": "data_visualization", "title": title, "chart": drawn}


def _cut(text: str) -> str:
    """As much of a title as is taken, and that there was more."""
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 1].rstrip()}…"


def _labelled(labels: Sequence[str], values: Sequence[float | None]) -> list[Json]:
    return [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]


def _fit(labels: list[str], most: int) -> bool:
    """Whether there are few enough labels, each short enough, not blank and given once."""
    return (
        0 < len(labels) <= most
        and len(set(labels)) == len(labels)
        and all(label.strip() and len(label) <= _NAME for label in labels)
    )


def _with_unit(chart: Chart) -> str:
    return f"{chart.y_label} ({chart.unit})" if chart.unit and chart.y_label else chart.y_label or chart.unit
