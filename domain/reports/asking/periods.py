"""The times of a question as the period of a query, and the second one it is compared with."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from domain.core.errors import Invalid
from domain.reports.asking.draft import condition
from domain.reports.asking.times import MONTH_NAMES, Calendar, Time, bounds
from domain.reports.querying.query import Condition, Is, Query, Span
from domain.reports.querying.result import UNANSWERABLE


@dataclass(slots=True)
class Periods:
    """``where`` holds a month or quarter of every year; ``group`` is the step that times told apart want."""

    period: Span | None = None
    compare_to: Span | None = None
    where: list[Condition] = field(default_factory=list[Condition])
    group: str | None = None
    assumed: list[str] = field(default_factory=list[str])


def periods_of(
    said: list[tuple[str, Time]], calendar: Calendar | None, previous: Query | None, *, compare: bool
) -> Periods:
    """Raises Invalid where the table has no such time, or there are more than two to compare."""
    out = Periods()
    if not said or calendar is None:
        return out
    times = _with_years(said, compare=compare)
    near = _year_of(previous)
    kinds = [kind for kind, _ in times]
    ranged = kinds == ["first", "end"] or kinds == ["since", "until"]
    if ranged and compare:
        kinds = ["in", "in"]  # “how did it change from May to July”
    if kinds == ["first", "end"] or kinds == ["since", "until"]:
        years = [time.year for _, time in times if time.year is not None]
        out.period = (
            _resolved(calendar, times[0][1], years[0] if years else near, out)[0],
            _resolved(calendar, times[1][1], years[-1] if years else near, out)[1],
        )
        return out
    if len(times) == 1:
        _single(times[0], calendar, near, previous, compare=compare, out=out)
        return out
    if any(kind != "in" for kind in kinds):
        raise Invalid("Several times are named that do not go together.", remedy="Name one period.", code=UNANSWERABLE)
    spans = [_resolved(calendar, time, near, out) for _, time in times]
    if compare:
        if len(spans) > 2:
            out.group = times[0][1].step
            out.where.append(condition(calendar.name, Is.IN, tuple(span[0] for span in spans)))
            return out
        out.period, out.compare_to = spans
        return out
    steps = {time.step for _, time in times}
    if steps & {"span", "half", "week", "day"} or len(steps) > 1:
        raise Invalid(
            "Several times are named that do not go together.",
            remedy="Name one period, or say “compare” and name two.",
            code=UNANSWERABLE,
        )
    out.group = steps.pop()
    if _contiguous(spans):
        out.period = spans[0][0], spans[-1][1]
    else:
        out.where.append(condition(calendar.name, Is.IN, tuple(span[0] for span in spans)))
    return out


def _with_years(said: list[tuple[str, Time]], *, compare: bool) -> list[tuple[str, Time]]:
    """A year beside months is theirs: “May and June 2015”, “for May in 2015”."""
    years = [time for _, time in said if time.step == "year"]
    finer = [(kind, time) for kind, time in said if time.step != "year"]
    bare = [time for _, time in finer if time.year is None and time.span is None]
    if len(years) == 1 and bare and len(bare) == len(finer):
        return [(kind, _in_year(time, years[0].year)) for kind, time in finer]
    named = [time.year for _, time in finer if time.year is not None]
    if len(set(named)) == 1 and bare and not years:
        return [(kind, time if time.year is not None else _in_year(time, named[0])) for kind, time in said]
    return said


def _in_year(time: Time, year: int | None) -> Time:
    return Time(time.step, year, time.number, time.day, time.span, time.assumed)


def _year_of(previous: Query | None) -> int | None:
    if previous is None or previous.period is None:
        return None
    first, last = previous.period
    return int(first[:4]) if first[:4] == last[:4] else None


def _resolved(calendar: Calendar, time: Time, near: int | None, out: Periods) -> Span:
    span, assumed = calendar.resolve(time, near)
    if assumed:
        out.assumed.append(assumed)
    return span


def _single(
    said: tuple[str, Time],
    calendar: Calendar,
    near: int | None,
    previous: Query | None,
    *,
    compare: bool,
    out: Periods,
) -> None:
    kind, time = said
    if kind == "in" and time.year is None and time.span is None and time.step in ("month", "quarter"):
        years = calendar.years_with(time)
        if len(years) > 1 and near not in years and not compare:
            value = MONTH_NAMES[time.number - 1] if time.step == "month" else f"Q{time.number}"
            out.where.append(Condition(column=time.step, value=value))
            out.assumed.append(f"{value} is taken of every year: {', '.join(map(str, years[:-1]))} and {years[-1]}.")
            return
    span = _resolved(calendar, time, near, out)
    if compare and previous is not None and previous.period is not None:
        out.period, out.compare_to = previous.period, span
    elif compare:
        raise Invalid(
            f"“{span[0]}” is to be compared, and the second period is missing.",
            remedy="Name two, as in “compare 2023 and 2024”.",
            code=UNANSWERABLE,
        )
    elif kind == "since":
        out.period = calendar.since(span)
    elif kind == "until":
        out.period = calendar.until(span)
    elif kind == "before":
        out.period = calendar.before(span)
    elif kind == "after":
        out.period = calendar.past(span)
    else:
        out.period = span


def _contiguous(spans: list[Span]) -> bool:
    ordered = sorted(spans)
    return ordered == spans and all(
        bounds(one)[1] + timedelta(days=1) == bounds(other)[0] for one, other in pairwise(ordered)
    )
