"""A view as plain text: what is left where a face can show no more, or a richer form was rejected."""

from typing import assert_never

from bot.views import markdown, words
from bot.views.blocks import Block, Buttons, Chart, Fields, File, Line, Points, Step, Steps, Table, Text, View
from bot.views.columns import aligned


def plain(view: View) -> str:
    """The whole view, one block under the other, without marks, colours or trailing line break."""
    return "\n".join(block(part) for part in view)


def block(part: Block) -> str:
    """One block of it."""
    match part:
        case Text():
            return markdown.plain(part.markdown)
        case Line():
            return part.text
        case Points():
            return "\n".join([f"{part.label}:", *(f"- {item}" for item in part.items)])
        case Fields():
            return "\n".join(f"{name}: {value}".replace("\n", "\n  ") for name, value in part.rows)
        case Table():
            return aligned(part.columns, part.rows, part.right())
        case Steps():
            return "\n".join(step(item) for item in part.items)
        case Chart():
            return _numbers(part)
        case File():
            return f"{part.name} ({words.size(part.size)})"
        case Buttons():
            return " ".join(f"[{button.label}]" for button in part.items)
        case _:
            assert_never(part)


def step(item: Step) -> str:
    """``✓ 1 read the file - 1,204 rows``, and below it what it did on its way."""
    return "\n    ".join([words.marked(item.state, f"{item.number} {item.label}", item.note), *item.lines])


def number(value: float | None) -> str:
    """A chart's number as it is read: thousands apart, two decimals, more for small ones; empty for none."""
    if value is None:
        return ""
    if value and abs(value) < 0.001:
        return f"{value:.3g}"
    text = f"{value:,.{2 if abs(value) >= 1 else 4}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _numbers(chart: Chart) -> str:
    names = [series.name or "value" for series in chart.series]
    rows = [
        [place if isinstance(place, str) else number(place), *(number(series.values[at]) for series in chart.series)]
        for at, place in enumerate(chart.x)
    ]
    title = f"{chart.title} ({chart.unit})" if chart.unit else chart.title
    table = aligned([chart.x_label, *names], rows, frozenset(range(1, len(names) + 1)))
    return f"{title}\n{table}" if title else table
