"""The first and the last step of time where the table covers only a part of them: their sums look like a fall."""

from datetime import datetime, timedelta

from domain.reports.charts.grouped import Grouped
from domain.reports.facts.frame import dates_of
from domain.reports.facts.steps import Step, after, floor
from domain.reports.facts.wording import moment
from domain.reports.querying.query import Query
from domain.reports.reading import Table

__all__ = ["partly_covered"]

_MISSING = 0.2
"""The share of a step without dates from which on it is told."""
_FINER = ("day", "hour")
_STEPS: tuple[Step, ...] = ("week", "month", "quarter", "year")


def partly_covered(query: Query, layout: Grouped, table: Table) -> list[str]:
    """A sentence on each end that stands for less time than the others: of what adds up along time, by steps larger
    than the dates of the table."""
    over: list[tuple[str, Step]] = [
        (by.rpartition(": ")[0], step) for by in query.by for step in _STEPS if by.rpartition(": ")[2] == step
    ]
    if not over or not layout.follows or not layout.adds or layout.unit == "%":
        return []
    column, step = over[0]
    date = next((one for one in table.columns if one.name == column), None) if column else dates_of(table.columns)
    days = [at.replace(tzinfo=None) for at in date.moments if at is not None] if date is not None else []
    if date is None or date.grain not in _FINER or not days:
        return []
    return [*_first(min(days), step, layout), *_last(max(days), step, layout)]


def _first(day: datetime, step: Step, layout: Grouped) -> list[str]:
    start = floor(day, step)
    late = (floor(day, "day") - start) / (after(start, step) - start)
    return [f"The first {step} has rows only from {_said(day)}."] if late > _MISSING and _stands(start, layout) else []


def _last(day: datetime, step: Step, layout: Grouped) -> list[str]:
    start = floor(day, step)
    end = after(start, step)
    early = (end - floor(day, "day") - timedelta(days=1)) / (end - start)
    return [f"The last {step} has rows only up to {_said(day)}."] if early > _MISSING and _stands(start, layout) else []


def _stands(start: datetime, layout: Grouped) -> bool:
    """Whether the step has a place in the picture, however it is written there."""
    quarter = f"{start.year}-Q{(start.month + 2) // 3}"
    return not {f"{start:%Y-%m-%d}", f"{start:%Y-%m}", f"{start:%Y}", quarter}.isdisjoint(map(str, layout.x))


def _said(day: datetime) -> str:
    return moment(f"{day:%Y-%m-%d}")
