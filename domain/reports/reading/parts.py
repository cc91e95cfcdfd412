"""A date that stands in several columns: year, month and perhaps day; and columns that only repeat parts of one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from domain.reports.reading.months import MONTHS, fold
from domain.reports.reading.remarks import Remark
from domain.reports.reading.table import Cell, Column, Grain

_YEAR_WORDS = "year jahr annee ano anno jaar aar ar rok vuosi fy yr yyyy"
_YEAR = frozenset(_YEAR_WORDS.split())
_MONTH_WORDS = "month monat mois mes mese maand maned manad miesiac kuukausi mth mm mon mo"
_MONTH = frozenset(_MONTH_WORDS.split())
_DAY_WORDS = "day tag jour dia giorno dag dzien paiva dom dd mday"
_DAY = frozenset(_DAY_WORDS.split())
_OTHERS: tuple[tuple[frozenset[str], Callable[[datetime], int]], ...] = (
    (frozenset(["hour", "stunde", "heure", "hora", "ora", "uur", "hr", "hh"]), lambda at: at.hour),
    (frozenset(["minute", "min"]), lambda at: at.minute),
    (frozenset(["quarter", "quartal", "trimestre", "qtr", "kwartaal"]), lambda at: (at.month + 2) // 3),
    (frozenset(["week", "woche", "kw", "semaine", "semana", "settimana", "wk"]), lambda at: at.isocalendar().week),
)
_SAME = 0.98


def with_joined_dates(columns: list[Column], remarks: list[Remark]) -> list[Column]:
    """The columns with year and month (and day) made one date where no other tells it, and parts of dates marked."""
    year, month, day = (_named(columns, names) for names in (_YEAR, _MONTH, _DAY))
    whole = [column for column in columns if column.kind == "date" and column.grain != "year"]
    if not whole and year is not None and month is not None:
        joined = _join(year, month, day)
        if joined is not None:
            parts = [column for column in (year, month, day) if column is not None and column.name in joined.name]
            remarks.append(Remark("read as", f"{_and(parts)} are read as one date.", (), joined.name))
            place = min(columns.index(part) for part in parts)
            rest = [column for column in columns if all(column is not part for part in parts)]
            return [*rest[:place], joined, *rest[place:]]
    if whole:
        date = max(whole, key=lambda column: sum(at is not None for at in column.moments))
        return [_marked(column, date) for column in columns]
    return columns


def _and(parts: Sequence[Column]) -> str:
    return f"{', '.join(part.name for part in parts[:-1])} and {parts[-1].name}"


def _named(columns: list[Column], names: frozenset[str]) -> Column | None:
    return next((column for column in columns if fold(column.name) in names), None)


def _join(year: Column, month: Column, day: Column | None) -> Column | None:
    """One date column of the parts; the day counts only where it makes real dates."""
    years = [at.year for at in year.moments if at] if year.kind == "date" else []
    listed = [at.year if at else None for at in year.moments] if year.kind == "date" else _whole(year)
    months = _months(month)
    if not years and not any(listed):
        return None
    days = _whole(day) if day is not None else [1] * len(listed)
    moments = [_at(*parts) for parts in zip(listed, months, days, strict=True)]
    known = sum(moment is not None for moment in moments)
    if day is not None and known < _SAME * len(moments):
        return _join(year, month, None)
    if known < _SAME * len(moments) or known < 2:
        return None
    grain: Grain = "day" if day is not None else "month"
    parts = [column for column in (year, month, day) if column is not None]
    cells: list[Cell] = [
        "-".join(f"{part:02}" for part in cell if part is not None)
        for cell in zip(listed, months, days if day is not None else [None] * len(listed), strict=True)
    ]
    return Column("-".join(part.name for part in parts), "date", cells, moments=moments, grain=grain)


def _at(year: int | None, month: int | None, day: int | None) -> datetime | None:
    if year is None or month is None or day is None or not 1000 <= year <= 2200:
        return None
    try:
        return datetime(year, month, day)  # noqa: DTZ001 - reports say no zone
    except ValueError:
        return None


def _whole(column: Column) -> list[int | None]:
    if column.kind != "number":
        return [None] * len(column.cells)
    return [int(number) if number is not None and number == int(number) else None for number in column.numbers]


def _months(column: Column) -> list[int | None]:
    """Numbers 1 to 12, or names."""
    if column.kind == "number":
        return [number if number is not None and 1 <= number <= 12 else None for number in _whole(column)]
    return [MONTHS.get(fold(cell)) if isinstance(cell, str) else None for cell in column.cells]


def _marked(column: Column, date: Column) -> Column:
    """The column, marked where it only repeats a part of the date."""
    if column.kind != "number" or column is date:
        return column
    name = fold(column.name)
    parts: list[Callable[[datetime], int]] = [read for names, read in _OTHERS if name in names]
    if name in _YEAR:
        parts.append(lambda at: at.year)
    if name in _MONTH:
        parts.append(lambda at: at.month)
    if name in _DAY:
        parts.append(lambda at: at.day)
    if name in frozenset(["weekday", "wochentag", "dow", "dayofweek", "jour_semaine"]):
        return replace(column, part=True)
    pairs = [(n, at) for n, at in zip(column.numbers, date.moments, strict=True) if n is not None and at is not None]
    same = (
        any(sum(read(at) == number for number, at in pairs) >= _SAME * len(pairs) for read in parts) if pairs else False
    )
    return replace(column, part=True) if same else column
