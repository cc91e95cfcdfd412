"""Steps of time without a row: a line breaks there, and does not run on as if nothing were missing."""

import re
from dataclasses import replace

from domain.reports.charts.grouped import Grouped
from domain.reports.charts.spec import MOST_POINTS, Series

__all__ = ["with_gaps"]

_STEP = re.compile(r"(\d{4})(?:-(Q?)(\d{1,2}))?")


def with_gaps(layout: Grouped) -> Grouped:
    """The layout with every year, quarter or month between the first and the last; as it is for other steps."""
    if layout.step not in ("year", "quarter", "month"):
        return layout
    numbers = [_number(str(place), layout.step) for place in layout.x]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or not known or max(known) - min(known) >= MOST_POINTS:
        return layout
    index = {number: at for at, number in enumerate(known)}
    every = range(min(known), max(known) + 1)
    example = str(layout.x[0])
    return replace(
        layout,
        x=tuple(layout.x[index[n]] if n in index else _written(n, example, layout.step) for n in every),
        series=tuple(
            Series(one.name, tuple(one.values[index[n]] if n in index else None for n in every))
            for one in layout.series
        ),
    )


def _number(place: str, step: str) -> int | None:
    """A step as a number, which the one after it follows; None where it is not written as one."""
    match = _STEP.fullmatch(place)
    if match is None or (step == "year") != (match[3] is None):
        return None
    year, part = int(match[1]), int(match[3] or 1)
    if step == "year":
        return year
    return year * 4 + (part if match[2] else (part + 2) // 3) - 1 if step == "quarter" else year * 12 + part - 1


def _written(number: int, example: str, step: str) -> str:
    """A step in the form of another one."""
    if step == "year":
        return f"{number:04}"
    year, part = divmod(number, 4 if step == "quarter" else 12)
    if "Q" in example:
        return f"{year:04}-Q{part + 1}"
    return f"{year:04}-{(part * 3 if step == 'quarter' else part) + 1:02}"
