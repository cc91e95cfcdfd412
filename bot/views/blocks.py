"""The neutral parts a message is made of: what a person sees, in no platform's dress.

Only ``Text`` holds Markdown. Every other string is literal: a renderer shows it as written, whatever
marks it contains.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from domain.conversations.said import Button, StepState

Tone = Literal["plain", "title", "quiet", "good", "bad", "ask"]
ChartKind = Literal["line", "bar", "stacked", "scatter", "pie", "histogram"]

_NONE = frozenset({"", "-", "–", "—", "n/a", "na", "none", "null", "k. a.", "…"})
_CURRENCY = r"(?:[$€£¥₹₩₽]|[A-Z]{2,3}|[A-Z]{1,2}\$|kr|Fr\.)"
_NUMBER = re.compile(
    rf"[~≈<>≤≥±]?\s?[(]?[+\-−–±]?\s?(?:{_CURRENCY}\s?)?[+\-−–]?"
    r"(?:\d[\d.,'’\u00a0\u202f ]*|[.,]\d+)(?:[eE][+\-]?\d+)?"
    rf"\s?(?:[%‰°×x]|°[CF]|{_CURRENCY}|[A-Za-zµ²³]{{1,3}}|[a-z]{{1,3}}/[a-z]{{1,3}})?[)]?[*†]?"
)
"""A number as it stands in a table: signs, thousands apart, a currency, per cent or a short unit; no date, no time."""

_LARGEST = 1e15  # beyond it a number on an axis is a mistake; not-a-number is not below it either
_KINDS: tuple[ChartKind, ...] = ("line", "bar", "stacked", "scatter", "pie", "histogram")


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
    """Rows under columns; a row may be shorter than the columns, its rest is empty.

    ``asked`` are columns whose writer wants them aligned to the right.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    asked: frozenset[int] = frozenset()

    def right(self) -> frozenset[int]:
        """The columns aligned to the right: those that hold numbers, beside places where there is none."""
        return self.asked | {column for column in range(len(self.columns)) if self._is_numeric(column)}

    def _is_numeric(self, column: int) -> bool:
        cells = [row[column].strip() for row in self.rows if column < len(row)]
        filled = [cell for cell in cells if cell.lower() not in _NONE]
        return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan. ``number`` counts from 1; ``lines`` are what it did on its way, each with its mark."""

    number: int
    label: str
    state: StepState
    note: str = ""
    lines: tuple[str, ...] = ()


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
