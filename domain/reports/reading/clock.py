"""Durations: ``37:15``, ``26:10:05``, or what a workbook shows as such, as hours."""

import re
from collections import Counter
from datetime import time, timedelta

from domain.reports.reading.months import fold
from domain.reports.reading.numerals import is_nothing
from domain.reports.reading.table import Cell, Column

_SPAN = re.compile(r"(-?)(\d{1,5}):([0-5]\d)(?::([0-5]\d(?:[.,]\d+)?))?")
_NAMES_WORDS = (
    "duration dauer elapsed length time_spent hours worked laufzeit duree durata duracion downtime uptime runtime "
    "arbeitszeit stunden overtime zeitaufwand"
)
_NAMES = frozenset(_NAMES_WORDS.split())
_ENOUGH = 0.9


def as_hours(name: str, cells: list[Cell], present: Counter[Cell]) -> Column | None:
    """The column as hours, where its cells are durations: some are longer than a day, or its name says so.

    What might as well be times of a day is none. ``present`` counts its filled cells.
    """
    spans = {cell: _hours(cell) for cell in present}
    there = [span for span in spans.values() if span is not None]
    if sum(present[cell] for cell, span in spans.items() if span is not None) < max(2, _ENOUGH * present.total()):
        return None
    named = any(word in _NAMES for word in re.split(r"[\W_]+", fold(name))) or fold(name) in _NAMES
    if max(there) < 24 and not named and not any(isinstance(cell, timedelta) for cell in present):
        return None
    numbers = [spans.get(cell) for cell in cells]
    unread = [at for at, cell in enumerate(cells) if numbers[at] is None and not is_nothing(cell)]
    return Column(name, "number", cells, numbers=numbers, unit="h", decimals=2, unread=unread)


def is_duration(cell: Cell) -> bool:
    """Whether a cell by itself may be a duration."""
    return _hours(cell) is not None


def _hours(cell: Cell) -> float | None:
    if isinstance(cell, timedelta):
        return cell.total_seconds() / 3600
    if isinstance(cell, time):
        return cell.hour + cell.minute / 60 + cell.second / 3600
    found = _SPAN.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    hours = int(found[2]) + int(found[3]) / 60 + float((found[4] or "0").replace(",", ".")) / 3600
    return -hours if found[1] else hours
