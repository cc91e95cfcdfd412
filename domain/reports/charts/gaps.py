"""Steps of time without a row: a line breaks there, and does not run on as if nothing were missing."""

import re
from dataclasses import replace

from domain.reports.charts.grouped import Grouped
from domain.reports.charts.spec import MOST_POINTS, Series

__all__ = ["with_gaps"]

_STEP = re.compile(r"(\d{4})(?:-(Q?)(\d{1,2}))?")


def with_gaps(layout: Grouped) -> Grouped:
    """The layout with every year, quarter or month between the first and the last; as it is for other steps, and where
    most of them are missing, as in a table of every fifth year."""
    matches = [match for place in layout.x if (match := _STEP.fullmatch(str(place)))]
    forms = {"quarter" if match[2] else "month" if match[3] else "year" for match in matches}
    if not layout.follows or len(matches) < len(layout.x) or len(forms) != 1:
        return layout
    form = forms.pop()
    numbers = [_number(int(match[1]), int(match[3] or 1), form) for match in matches]
    first, last = min(numbers), max(numbers)
    if not len(numbers) <= last - first < min(2 * len(numbers), MOST_POINTS):
        return layout
    index = {number: at for at, number in enumerate(numbers)}
    every = range(first, last + 1)
    return replace(
        layout,
        x=tuple(layout.x[index[number]] if number in index else _written(number, form) for number in every),
        series=tuple(
            Series(one.name, tuple(one.values[index[number]] if number in index else None for number in every))
            for one in layout.series
        ),
    )


def _number(year: int, part: int, form: str) -> int:
    """A step as a number, which that of the next one follows."""
    return year if form == "year" else year * (4 if form == "quarter" else 12) + part - 1


def _written(number: int, form: str) -> str:
    if form == "year":
        return f"{number:04}"
    year, part = divmod(number, 4 if form == "quarter" else 12)
    return f"{year:04}-Q{part + 1}" if form == "quarter" else f"{year:04}-{part + 1:02}"
