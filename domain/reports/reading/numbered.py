"""Dates that are written as numbers: 202403, a workbook's serial numbers, seconds since 1970, and years with decimals.

Only under a name that speaks of time: any of them may as well be an amount.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.reports.reading.months import fold
from domain.reports.reading.table import Cell, Grain

_NAMES_WORDS = (
    "date datum day tag time timestamp zeit zeitpunkt zeitstempel when ts created updated modified month monat "
    "mois mes mese maand period periode zeitraum yearmonth yyyymm fecha data giorno jour dato paivays fecha_hora "
    "datetime epoch unix week woche year jahr annee at on start end begin beginn ende"
)
_NAMES = frozenset(_NAMES_WORDS.split())
_SERIAL_ORIGIN = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a workbook; reports say no zone
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
_ENOUGH = 0.98
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Numbered:
    """``assumed`` says in half a sentence as what the numbers were read."""

    moments: list[datetime | None]
    grain: Grain
    assumed: str


def from_numbers(name: str, cells: Sequence[Cell], present: Sequence[Cell]) -> Numbered | None:
    """The dates of a column of plain numbers whose name speaks of time; None where they can be none."""
    if len(present) < _FEWEST or not speaks_of_time(name):
        return None
    known = {cell: _number(cell) for cell in set(present)}
    if sum(number is not None for number in known.values()) < _ENOUGH * len(known) / 2:
        return None
    numbers = list(map(known.get, cells))
    there = [number for number in numbers if number is not None]
    if len(there) < _ENOUGH * len(present) or len(set(there)) < _FEWEST:
        return None
    kinds: tuple[tuple[Callable[[float], datetime | None], Grain, str], ...] = (
        (_year_month, "month", "whole numbers such as {0} are read as year and month"),
        (_seconds, "hour", "{0} and its like are read as seconds since 1970 (UTC)"),
        (_milliseconds, "hour", "{0} and its like are read as milliseconds since 1970 (UTC)"),
        (_serial, "day", "{0} and its like are read as a workbook's numbers of days"),
    )
    for read, grain, assumed in kinds:
        moments = _moments(numbers, read)
        if sum(moment is not None for moment in moments) >= _ENOUGH * len(there):
            return Numbered(moments, _grain(moments, grain), assumed.format(f"{there[0]:.15g}"))
    return _decimal_years(name, numbers, there)


def speaks_of_time(name: str) -> bool:
    """Whether a header says that what stands under it is a date: ``created_at``, ``Monat``."""
    return any(word in _NAMES for word in re.split(r"[\W_]+", fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))))


def _number(cell: Cell) -> float | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    text = cell.strip() if isinstance(cell, str) else ""
    return float(text) if re.fullmatch(r"\d{4,13}(?:\.\d{1,9})?", text) else None


def _moments(numbers: Sequence[float | None], read: Callable[[float], datetime | None]) -> list[datetime | None]:
    return [None if number is None else read(number) for number in numbers]


def _year_month(number: float) -> datetime | None:
    year, month = divmod(number, 100)
    whole = number == int(number) and 1500 <= year <= 2200 and 1 <= month <= 12
    return datetime(int(year), int(month), 1) if whole else None  # noqa: DTZ001


def _seconds(number: float) -> datetime | None:
    return _EPOCH + timedelta(seconds=number) if 3e8 <= number < 4e9 else None


def _milliseconds(number: float) -> datetime | None:
    return _EPOCH + timedelta(milliseconds=number) if 3e11 <= number < 4e12 else None


def _serial(number: float) -> datetime | None:
    """Days 20,000 to 60,000: 1954 to 2064."""
    if not 20_000 <= number <= 60_000:
        return None
    at = _SERIAL_ORIGIN + timedelta(days=number)
    return at.replace(microsecond=0)


def _grain(moments: Sequence[datetime | None], finest: Grain) -> Grain:
    if finest == "month":
        return "month"
    return "hour" if any(at and (at.hour or at.minute or at.second) for at in moments) else "day"


def _decimal_years(name: str, numbers: Sequence[float | None], there: Sequence[float]) -> Numbered | None:
    """1749.042: where the years' parts are twelfths or quarters; a column of whole years is left to others."""
    fractions = {round(number % 1, 3) for number in there}
    if not all(1000 <= number <= 2200 for number in there) or fractions <= {0.0} or len(fractions) > 24:
        return None
    # written at the beginning or in the middle of each part, to the nearest hundredth or so
    steps = next((steps for steps in (4, 12) if all(_off(part * steps) <= 0.07 for part in fractions)), None)
    if steps is None:
        return None
    moments = [None if number is None else _part(number, steps) for number in numbers]
    grain: Grain = "quarter" if steps == 4 else "month"
    return Numbered(moments, grain, f"{there[0]:.15g} and its like are read as years with their parts ({grain}s)")


def _off(part: float) -> float:
    """How far a number is from a whole or half one."""
    return min(part % 0.5, 0.5 - part % 0.5)


def _part(number: float, steps: int) -> datetime:
    year = int(number)
    part = min(steps - 1, int((number - year) * steps + 0.1))
    return datetime(year, 1 + part * 12 // steps, 1)  # noqa: DTZ001
