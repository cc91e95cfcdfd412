"""A chart as Slack draws it itself, where its numbers fit.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block: lines and bars, up to six series of up
to twenty points, every series with a value at each of them.
"""

from typing import Any

from bot.views.blocks import Chart
from bot.views.plain import number

Json = dict[str, Any]

_KINDS = {"line": "line", "bar": "bar"}
_SERIES, _POINTS, _NAME, _TITLE = 6, 20, 20, 50


def block(chart: Chart) -> Json | None:
    """The block; None where only a picture can show the chart."""
    categories = [place if isinstance(place, str) else number(place) for place in chart.x]
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
            axis[name] = label[:_TITLE]
    return {
        "type": "data_visualization",
        "title": chart.title[:_TITLE] if chart.title.strip() else "Chart",
        "chart": {
            "type": _KINDS[chart.kind],
            "series": [
                {
                    "name": name,
                    "data": [
                        {"label": label, "value": value} for label, value in zip(categories, series.values, strict=True)
                    ],
                }
                for name, series in zip(names, chart.series, strict=True)
            ],
            "axis_config": axis,
        },
    }


def _fit(labels: list[str], most: int) -> bool:
    """Whether there are few enough labels, each short enough, not blank and given once."""
    return (
        0 < len(labels) <= most
        and len(set(labels)) == len(labels)
        and all(label.strip() and len(label) <= _NAME for label in labels)
    )


def _with_unit(chart: Chart) -> str:
    return f"{chart.y_label} ({chart.unit})" if chart.unit and chart.y_label else chart.y_label or chart.unit
