"""Where values stand on an axis, and what is written beside it."""

import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

__all__ = ["Positions", "literal", "number_text", "positions_of"]

_MAX_TICKS = 13
_ROOM = 92
"""Letters that fit side by side under the axis."""
_WRAPPED_TICKS, _LONGEST_LABEL = 9, 20
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Positions:
    """``at`` is each point's place on the axis; ``ticks`` are the places that get a label."""

    at: tuple[float, ...]
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    slanted: bool
    numeric: bool
    """Whether the axis is a scale of numbers, which chooses its own ticks."""


def positions_of(x: Sequence[str | float], *, continuous: bool) -> Positions:
    """The axis for these places. On a continuous one numbers and dates stand at their distance from each other."""
    if continuous and all(isinstance(place, int | float) for place in x):
        return Positions(tuple(float(place) for place in x), (), (), slanted=False, numeric=True)
    dates = _dates(x)
    at = tuple(float(day.toordinal()) for day in dates) if continuous and dates else tuple(map(float, range(len(x))))
    chosen = range(0, len(x), math.ceil(len(x) / _MAX_TICKS))
    ticks = tuple(at[place] for place in chosen)
    if dates:
        return Positions(at, ticks, _date_labels([str(x[place]) for place in chosen]), slanted=False, numeric=False)
    labels, slanted = _fitted([_label(x[place]) for place in chosen])
    return Positions(at, ticks, labels, slanted=slanted, numeric=False)


def _fitted(labels: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Labels that fit under the axis: side by side, else a few of them in lines, else cut and slanted."""
    if sum(len(label) + 2 for label in labels) <= _ROOM:
        return tuple(labels), False
    width = _ROOM // len(labels) - 1
    if len(labels) <= _WRAPPED_TICKS:
        return tuple("\n".join(textwrap.wrap(label, width, max_lines=3, placeholder="…")) for label in labels), False
    return tuple(label if len(label) <= _LONGEST_LABEL else f"{label[:11]}…{label[-8:]}" for label in labels), True


def number_text(value: float) -> str:
    """A number for an axis or a bar: thousands separated, millions and more abbreviated."""
    size = abs(value)
    for limit, name in ((1e12, "T"), (1e9, "B"), (1e7, "M")):
        if size >= limit:
            return f"{value / (1e6 if name == 'M' else limit):,.4g} {name}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.4g}" if size < 1_000 else f"{value:,.1f}"


def literal(text: str) -> str:
    """One line of text in which a dollar sign is no mathematics."""
    return " ".join(text.split()).replace("$", r"\$")


def _label(place: str | float) -> str:
    return literal(place) if isinstance(place, str) else number_text(place)


def _dates(x: Sequence[str | float]) -> tuple[date, ...]:
    """The places as dates where all are ISO dates or months in a rising order; else none."""
    found: list[date] = []
    for place in x:
        match = _DATE.fullmatch(str(place))
        if match is None:
            return ()
        try:
            found.append(date(int(match[1]), int(match[2]), int(match[3] or 1)))
        except ValueError:
            return ()
    return tuple(found) if found == sorted(found) else ()


def _date_labels(written: Sequence[str]) -> tuple[str, ...]:
    """Day and month, with the year below where it begins."""
    labels: list[str] = []
    year = ""
    for text in written:
        match = _DATE.fullmatch(text)
        assert match is not None
        month = _MONTHS[int(match[2]) - 1]
        short = f"{int(match[3])} {month}" if match[3] else month
        labels.append(short if match[1] == year else f"{short}\n{match[1]}")
        year = match[1]
    return tuple(labels)
