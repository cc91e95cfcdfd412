"""Where values stand on an axis, and what is written beside it."""

import math
import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

__all__ = [
    "ACROSS",
    "Positions",
    "are_years",
    "cut_in_the_middle",
    "literal",
    "number_text",
    "positions_of",
    "with_unit",
]

_MAX_TICKS, _MAX_LONG_TICKS, _LONG_DATE = 13, 10, 10
"""Labels of a scale, fewer where dates have a day, which take so many letters."""
ACROSS = 92
"""Letters that fit side by side under an axis as wide as the picture."""
_WRAPPED_TICKS, _LONGEST_LABEL, _LONGEST_BESIDE = 9, 20, 42
_DATE = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2})?)?)?))?")
_CLOCK = re.compile(r"\d{2}:\d{2}")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EMOJI_MARKS = "\ufe0f\u200d\u20e3"
_YEARS = (1700, 2100)


@dataclass(frozen=True, slots=True)
class Positions:
    """``at`` is each point's place on the axis; ``ticks`` are the places that get a label."""

    at: tuple[float, ...]
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    slanted: bool = False
    numeric: bool = False
    """Whether the axis is a scale of numbers, which chooses its own ticks."""
    lying: bool = False
    """Whether the places stand one below the other, with their bars lying."""


def positions_of(x: Sequence[str | float], *, continuous: bool, bars: bool = False, room: int = ACROSS) -> Positions:
    """The axis for these places. On a continuous one numbers and dates stand at their distance from each other.

    ``bars`` are laid down where their names would not fit below them; ``room`` is how many letters fit there.
    """
    if continuous and all(isinstance(place, int | float) for place in x):
        return Positions(tuple(float(place) for place in x), (), (), numeric=True)
    moments = _moments(x)
    dates = moments if list(moments) == sorted(moments) else ()
    names = _date_names(x) if moments else [_label(place) for place in x]
    at = tuple(_days(day) for day in dates) if continuous and dates else tuple(map(float, range(len(x))))
    scale = bool(dates) or all(map(_CLOCK.fullmatch, names))
    if bars and not scale and _is_long(names, room):
        return Positions(at, at, _told_apart(names), lying=True)
    most = (
        max(4, _MAX_TICKS * room // ACROSS)
        if not dates or max(map(len, names)) < _LONG_DATE
        else max(3, _MAX_LONG_TICKS * room // ACROSS)
    )
    chosen = range(0, len(x), math.ceil(len(x) / most) if scale or not bars else 1)
    ticks = tuple(at[place] for place in chosen)
    if dates:
        return Positions(at, ticks, _date_labels([str(x[place]) for place in chosen]))
    labels, slanted = _fitted([names[place] for place in chosen], room)
    return Positions(at, ticks, labels, slanted=slanted)


def _is_long(names: Sequence[str], room: int) -> bool:
    """Whether names do not fit below their bars, each on two lines."""
    if len(names) < 2 or sum(len(name) + 2 for name in names) <= room:
        return False
    width = room // len(names) - 1
    return any(len(name) > 2 * width or max(map(len, name.split()), default=0) > width for name in names)


def _fitted(labels: Sequence[str], room: int) -> tuple[tuple[str, ...], bool]:
    """Labels that fit under the axis: side by side, else a few of them in lines, else cut and slanted."""
    if sum(len(label) + 2 for label in labels) <= room:
        return tuple(labels), False
    width = room // len(labels) - 1
    if len(labels) <= _WRAPPED_TICKS:
        return tuple("\n".join(textwrap.wrap(label, width, max_lines=3, placeholder="…")) for label in labels), False
    return tuple(cut_in_the_middle(label, _LONGEST_LABEL) for label in labels), True


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Names cut to one line, without the beginning that all have in common where they would look alike."""
    cut = tuple(cut_in_the_middle(name, _LONGEST_BESIDE) for name in names)
    if len(set(cut)) == len(set(names)):
        return cut
    common = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))
    return tuple(f"…{name[common:]}"[:_LONGEST_BESIDE] for name in names)


def cut_in_the_middle(label: str, most: int) -> str:
    """A name of at most so many letters, of which the end tells it from its neighbours."""
    end = most * 2 // 5
    return label if len(label) <= most else f"{label[: most - end - 1]}…{label[-end:]}"


def are_years(numbers: Sequence[float]) -> bool:
    """Whether whole numbers are years, which are written without a thousands comma."""
    return bool(numbers) and all(_YEARS[0] <= number <= _YEARS[1] and number == int(number) for number in numbers)


def number_text(value: float) -> str:
    """A number for an axis or a bar: thousands separated, millions and more abbreviated."""
    size = abs(value)
    for limit, name in ((1e12, "T"), (1e9, "B"), (1e7, "M")):
        if size >= limit:
            return f"{value / (1e6 if name == 'M' else limit):,.4g} {name}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.4g}" if size < 1_000 else f"{value:,.1f}" if size < 100_000 else f"{value:,.0f}"


def with_unit(what: str, unit: str) -> str:
    """What an axis measures, and in which unit, where its words do not say it."""
    return what if not unit or unit.casefold() in what.casefold().split() else f"{what}, {unit}" if what else unit


def literal(text: str) -> str:
    """One line of text in which a dollar sign is no mathematics, without the pictures that no typeface draws."""
    drawn = "".join(letter for letter in unicodedata.normalize("NFC", text) if not _is_picture(letter))
    return " ".join(drawn.split()).replace("$", r"\$")


def _is_picture(letter: str) -> bool:
    """Whether it is an emoji, or a mark that changes one."""
    return (letter >= "\U0001f000" and unicodedata.category(letter) in ("So", "Sk", "Cn")) or letter in _EMOJI_MARKS


def _label(place: str | float) -> str:
    return literal(place) or "·" if isinstance(place, str) else number_text(place)


def _moments(x: Sequence[str | float]) -> tuple[datetime, ...]:
    """The places as moments where all are written as ISO years, quarters, months, days or hours; else none."""
    found: list[datetime] = []
    for place in x:
        match = _DATE.fullmatch(place) if isinstance(place, str) else None
        if match is None:
            return ()
        year, quarter, month, day, hour, minute = match.groups()
        first = int(month) if month else 3 * int(quarter) - 2 if quarter else 1
        try:
            found.append(datetime(int(year), first, int(day or 1), int(hour or 0), int(minute or 0)))  # noqa: DTZ001
        except ValueError:
            return ()
    return tuple(found)


def _days(at: datetime) -> float:
    return at.toordinal() + at.hour / 24 + at.minute / 1440


def _date_labels(written: Sequence[str]) -> tuple[str, ...]:
    """The hour, or day and month, with the day or the year below where it begins."""
    labels: list[str] = []
    before = ""
    for short, below in map(_date_parts, written):
        labels.append(short if below == before or not below else f"{short}\n{below}")
        before = below
    return tuple(labels)


def _date_names(x: Sequence[str | float]) -> list[str]:
    """Each date for itself: “Sep 2024”, “5 Mar 2024”."""
    return [" ".join(filter(None, _date_parts(str(place)))) for place in x]


def _date_parts(written: str) -> tuple[str, str]:
    """What stands on the axis, and what it is part of: a month and its year, an hour and its day."""
    match = _DATE.fullmatch(written)
    assert match is not None
    year, quarter, month, day, hour, minute = match.groups()
    if not (quarter or month):
        return year, ""
    short = f"Q{quarter}" if quarter else _MONTHS[int(month) - 1]
    if day:
        short = f"{int(day)} {short}"
    return (f"{hour}:{minute}", f"{short} {year}") if hour else (short, year)
