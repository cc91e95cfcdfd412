"""The neutral parts a message is made of: what a person sees, in no platform's dress.

Only ``Text`` holds Markdown. Every other string is literal: a renderer shows it as written, whatever
marks it contains.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from domain.conversations.said import Button, StepState

Tone = Literal["plain", "title", "quiet", "good", "bad", "ask"]
ChartKind = Literal["line", "bar", "stacked", "scatter"]

_LARGEST = 1e15  # beyond it a number on an axis is a mistake; not-a-number is not below it either
_KINDS: tuple[ChartKind, ...] = ("line", "bar", "stacked", "scatter")


@dataclass(frozen=True, slots=True)
class Text:
    """Running text in Markdown."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Line:
    """A literal statement; it may hold line breaks."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Points:
    """A few literal statements under one word."""

    label: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values, one pair a line."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; a row may be shorter than the columns, its rest is empty."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def right(self) -> frozenset[int]:
        """The columns that hold only numbers, which read best aligned to the right."""
        return frozenset(
            column
            for column in range(len(self.columns))
            if (cells := [row[column] for row in self.rows if column < len(row) and row[column].strip()])
            and all(_is_number(cell) for cell in cells)
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan. ``number`` counts from 1."""

    number: int
    label: str
    state: StepState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    items: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of bars; None where there is no value."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The numbers of a chart, for faces that draw it themselves."""

    kind: ChartKind
    title: str
    x_label: str
    y_label: str
    x: tuple[str | float, ...]
    series: tuple[Series, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file handed over. ``size`` is in bytes; ``key`` is its place in storage."""

    key: str
    name: str
    mime_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Buttons:
    items: tuple[Button, ...]


Block = Text | Line | Points | Fields | Table | Steps | Chart | File | Buttons
View = tuple[Block, ...]


def chart(spec: Mapping[str, Any]) -> Chart | None:
    """The chart a stored specification describes; None where it cannot be drawn (its picture still can be shown)."""
    kind = spec.get("kind")
    x = _sequence(spec.get("x"))
    named = [cast(Mapping[str, Any], item) for item in _sequence(spec.get("series")) if isinstance(item, Mapping)]
    series = tuple(_series(item, len(x)) for item in named)
    if kind not in _KINDS or not any(value is not None for one in series for value in one.values):
        return None
    return Chart(
        kind=kind,
        title=str(spec.get("title") or ""),
        x_label=str(spec.get("x_label") or ""),
        y_label=str(spec.get("y_label") or ""),
        x=tuple(_position(place) for place in x),
        series=series,
        unit=str(spec.get("unit") or ""),
    )


def _series(item: Mapping[str, Any], length: int) -> Series:
    values = [_number(value) for value in _sequence(item.get("values"))][:length]
    missing = [None] * (length - len(values))
    return Series(str(item.get("name") or ""), (*values, *missing))


def _sequence(value: object) -> list[Any]:
    return list(cast(list[Any], value)) if isinstance(value, list | tuple) else []


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return float(value)


def _position(value: object) -> str | float:
    number = _number(value)
    return str(value) if number is None else number


def _is_number(cell: str) -> bool:
    digits = sum(letter.isdigit() for letter in cell)
    letters = sum(letter.isalpha() for letter in cell)
    return digits > 0 and letters <= 2 and cell.strip()[0] in "+-−–$€£0123456789.,(" and ":" not in cell
