"""Facts stated: each function computes one number by its definition and words it. None where there is none."""

import math
from dataclasses import replace

from domain.reports.facts import wording
from domain.reports.facts.events import Event
from domain.reports.facts.fact import Fact, FactType, Period, Segment
from domain.reports.facts.frame import Frame, Mask
from domain.reports.facts.measure import (
    ROWS,
    amount,
    at_last_date,
    compared,
    difference,
    in_currency,
    is_flag,
    per_step,
    role_of,
    steps_within,
    surely_adds_up,
    total,
)  # fmt: skip

Window = tuple[int, int]


def named(frame: Frame, metric: str) -> str:
    """A metric as sentences call it."""
    return "rows" if metric == ROWS else metric


def unit_of(frame: Frame, metric: str, segment: Segment = ()) -> str | None:
    """A metric's unit; in a table of several currencies, that of the segment."""
    for column, value in segment:
        if column == frame.currency and in_currency(frame, metric):
            return value
    return None if metric == ROWS else frame.units.get(metric)


def fact_of(
    frame: Frame, kind: FactType, metric: str, segment: Segment, window: Window | None, value: float | None,
    unit: str | None, score: float, mask: Mask, text: str, baseline: Period | None = None,
) -> Fact | None:  # fmt: skip
    """The fact, or None where there is no number or no row."""
    if value is None or not math.isfinite(value) or not mask.any():
        return None
    period = frame.period(*window) if window else None
    if kind in _COUNTING:
        text = f"{text.removesuffix('.')}{_without(frame, metric, mask if kind in ('total', 'average') else None)}."
    return Fact(kind, metric, segment, period, value, unit, score, frame.row_ranges(mask), text, baseline)


_COUNTING: frozenset[FactType] = frozenset(("total", "average", "share", "ranking"))


def reworded(frame: Frame, fact: Fact, text: str) -> Fact:
    """A fact in other words, which still say what its number leaves out."""
    return replace(fact, text=f"{text.removesuffix('.')}{_without(frame, fact.metric, frame.mask(fact.segment))}.")


def _without(frame: Frame, metric: str, mask: Mask | None) -> str:
    """What such a number leaves out: the filled cells of its columns that are no numbers."""
    role = role_of(frame, metric)
    unread = [frame.unread[name] for name in (metric, role.above, role.below) if name in frame.unread]
    count = sum(int((one if mask is None else one & mask).sum()) for one in unread)
    cells = "1 cell that is no number" if count == 1 else f"{count:,} cells that are no numbers"
    return f", without {cells}" if count else ""


def _rows(frame: Frame, segment: Segment, window: Window | None) -> Mask:
    mask = frame.mask(segment)
    return mask & frame.within(*window) if window else mask


def _when(frame: Frame, window: Window | None) -> str:
    return f" {wording.period(frame.period(*window))}" if window else ""


def last_window(frame: Frame, segment: Segment, window: Window | None = None) -> Window:
    """The last step that a segment has rows in."""
    last = int(frame.place[_rows(frame, segment, window)].max(initial=0))
    return last, last


def state_total(frame: Frame, metric: str, segment: Segment, score: float, window: Window | None = None) -> Fact | None:
    """A sum, a number of rows, or a level at its last date."""
    kind = role_of(frame, metric).kind
    mask = _rows(frame, segment, window)
    if not mask.any():
        return None
    if kind == "level" and frame.starts:
        window = last_window(frame, segment, window)
        mask = at_last_date(frame, _rows(frame, segment, window))
    value, unit = total(frame, metric, mask), unit_of(frame, metric, segment)
    if value is None:
        return None
    about, when = wording.segment(segment), _when(frame, window)
    if kind == "rows":
        text = f"There are {wording.number(value)} rows{about}{when}."
    elif kind == "level":
        text = f"{metric}{about} stands at {wording.number(value, unit)}{when}."
    elif kind == "balance":
        text = f"{metric}{about} ends at {wording.number(value, unit)}{when}."
    else:
        text = f"{metric}{about} adds up to {wording.number(value, unit)}{when}."
    return fact_of(frame, "total", metric, segment, window, value, unit, score, mask, text)


def state_average(
    frame: Frame, metric: str, segment: Segment, score: float, window: Window | None = None, note: str = ""
) -> Fact | None:
    """The mean of a value, a rate of sums, or the mean per date of what adds up."""
    role, mask = role_of(frame, metric), _rows(frame, segment, window)
    about, when = wording.segment(segment), _when(frame, window)
    if role.kind == "rate":
        value = amount(frame, metric, mask)
        ratio = is_ratio(frame, metric)
        unit = "ratio" if ratio else frame.units.get(metric)
        shown = "" if value is None else wording.percent(value) if ratio else wording.number(value, unit)
        less = f" less {-role.offset:g}" if role.offset else ""
        text = f"{metric}{about} is {shown}{note}{when}: the sum of {role.above} over that of {role.below}{less}."
    elif role.kind == "value":
        value, unit = amount(frame, metric, mask), frame.units.get(metric)
        text = f"{metric}{about} is {wording.number(value or 0.0, unit)} on average{note}{when}."
        if value is not None and is_flag(frame, metric):
            text = f"{metric} is 1 in {wording.percent(value)} of rows{about}{note}{when}."
    else:
        if not frame.starts:
            return None
        value, unit = (
            per_step(frame, metric, frame.mask(segment), *(window or (0, len(frame.starts) - 1))),
            unit_of(frame, metric, segment),
        )
        text = (
            f"{named(frame, metric)}{about} is {wording.number(value or 0.0, unit)} per {frame.step} on average{when}."
        )
    return fact_of(frame, "average", metric, segment, window, value, unit, score, mask, text)


def is_ratio(frame: Frame, metric: str) -> bool:
    """Whether a rate is of a kind with per cent, rather than an amount by a number (a price, a basket)."""
    column = frame.table.column(metric)
    if column.percent:
        return True
    value = amount(frame, metric, frame.mask(()))
    return value is not None and abs(value) <= 1.5 and not column.currencies


def state_share(frame: Frame, metric: str, segment: Segment, score: float, window: Window | None = None) -> Fact | None:
    """A segment's part of the whole that its last column is compared in."""
    if role_of(frame, metric).kind == "level":
        window = last_window(frame, segment[:-1], window)
    mask = _rows(frame, (), window)
    order = compared(frame, metric, segment, mask)
    whole, mine = math.fsum(number for _, number in order), dict(order).get(segment[-1][1])
    if mine is None or whole <= 0 or any(number < 0 for _, number in order):
        return None
    within = wording.segment(segment[:-1], " within ")
    rank = 1 + sum(number > mine for _, number in order)
    place = f", the most of {len(order)}" if rank == 1 else f", number {rank} of {len(order)}"
    if len(order) <= 2:
        place = ""
    text = (
        f"{segment[-1][0]} {segment[-1][1]} makes up {wording.percent(mine / whole)} of "
        f"{named(frame, metric)}{within}{_when(frame, window)}{place}."
    )
    inside = mask & frame.mask(segment)
    return fact_of(frame, "share", metric, segment, window, mine / whole, "ratio", score, inside, text)


def state_rank(
    frame: Frame, metric: str, segment: Segment, score: float, window: Window | None = None, note: str = ""
) -> Fact | None:
    """The place of a segment among the values of its last column, 1 for the largest."""
    stated = window
    if role_of(frame, metric).kind == "level":
        window = last_window(frame, segment[:-1], window)
        stated = window if metric in frame.unsure else stated  # a level's rank is that of its last date anyway
    mask = _rows(frame, (), window)
    order = compared(frame, metric, segment, mask)
    mine = dict(order).get(segment[-1][1])
    if mine is None or len(order) < 2:
        return None
    rank = 1 + sum(number > mine for _, number in order)
    summed = role_of(frame, metric).kind in ("flow", "level", "rows")
    unit = unit_of(frame, metric, segment)
    shown = wording.percent(mine) if in_percent(frame, metric) else wording.number(mine, unit)
    whole = math.fsum(number for _, number in order)
    if summed and whole > 0 and all(number >= 0 for _, number in order):
        shown += f" ({wording.percent(mine / whole)} of all)" if len(segment) == 1 else ""
    within = wording.segment(segment[:-1], " within ")
    text = (
        f"{segment[-1][0]} {segment[-1][1]} is number {rank} of {len(order)} by {'' if summed else 'average '}"
        f"{named(frame, metric)}{within}{_when(frame, window)}, with {shown}{note}."
    )
    return fact_of(
        frame, "ranking", metric, segment, stated, float(rank), "rank", score, mask & frame.mask(segment), text
    )


def in_percent(frame: Frame, metric: str) -> bool:
    """Whether numbers of a metric are shown in per cent."""
    kind = role_of(frame, metric).kind
    return (kind == "rate" and is_ratio(frame, metric)) or (kind == "value" and is_flag(frame, metric))


def state_change(frame: Frame, event: Event, segment: Segment, score: float, before: int, last: int) -> Fact | None:
    """A new level: the mean from its first step to ``last`` against the mean of the level just before it, which began
    at ``before``. None where the numbers went the other way than the event (another one hides it)."""
    mask = frame.mask(segment)
    value = difference(frame, event.metric, mask, event.first, last, before)
    was = per_step(frame, event.metric, mask, before, event.first - 1) or 0.0
    if value is None or (was > 0 and value * event.effect <= 0):
        return None
    window, role = (event.first, last), role_of(frame, event.metric)
    now = per_step(frame, event.metric, mask, *window) or 0.0
    over = last < len(frame.starts) - 1
    has_been, since = ("was", wording.period(frame.period(*window))) if over else (
        "has been", wording.since(frame.period(*window))
    )  # fmt: skip
    usual = "usual just before" if before else "usual before"
    about, baseline = wording.segment(segment), frame.period(before, event.first - 1)
    inside = mask & frame.within(before, last)
    if role.kind == "rate" and is_ratio(frame, event.metric):
        points = wording.number(abs(round(value * 100, 2)))
        text = (
            f"{event.metric}{about} {has_been} {wording.percent(now)} {since}, {points} points "
            f"{'more' if value > 0 else 'less'} than the {wording.percent(was)} {'just ' if before else ''}before, "
            "which was to be expected."
        )
        return fact_of(frame, "change", event.metric, segment, window, value * 100, "pp", score, inside, text, baseline)
    each = f" a {frame.step}" if role.kind in ("flow", "rows") else ""
    unit = unit_of(frame, event.metric, segment)
    if role.kind == "rate":
        text = (
            f"{event.metric}{about} {has_been} {wording.number(now, unit)} {since}; "
            f"{wording.number(was, unit)} was {usual}."
        )
        return fact_of(frame, "change", event.metric, segment, window, value, unit, score, inside, text, baseline)
    text = (
        f"{named(frame, event.metric)}{about} {has_been} {wording.percent(abs(value))} {_direction(value, was)} "
        f"{since}: "
        f"{wording.number(now, unit)}{each} on average, where {wording.number(was, unit)} was {usual}."
    )
    return fact_of(frame, "change", event.metric, segment, window, value, "ratio", score, inside, text, baseline)


def _direction(change: float, was: float) -> str:
    if was < 0:
        return "larger" if change > 0 else "smaller"
    return "higher" if change > 0 else "lower"


def state_anomaly(frame: Frame, event: Event, segment: Segment, score: float) -> Fact | None:
    """What was observed in a passing oddity, beside what was expected."""
    window = (event.first, event.last)
    inside, role = _rows(frame, segment, window), role_of(frame, event.metric)
    summed = role.kind in ("flow", "rows") and surely_adds_up(frame, event.metric)
    expected, value = event.expected, amount(frame, event.metric, inside)
    if not summed and role.kind in ("flow", "level"):
        value = per_step(frame, event.metric, frame.mask(segment), *window)
    if not summed and role.kind == "flow":
        expected /= max(1, steps_within(frame, event.metric, *window))
    if value is None:
        return None
    unit = unit_of(frame, event.metric, segment)
    ratio = value / expected if expected else 0.0
    mean = "" if summed or event.first == event.last else " on average"
    text = (
        f"{named(frame, event.metric)}{wording.segment(segment)} was {wording.number(value, unit)}{mean}"
        f"{_when(frame, window)}, "
        f"where about {wording.about(expected, unit)} was to be expected{_beside(ratio)}."
    )
    return fact_of(frame, "anomaly", event.metric, segment, window, value, unit, score, inside, text)


def _beside(ratio: float) -> str:
    return f" ({wording.times(ratio)}{'' if ratio < 2 else ' that'})" if ratio > 0 else ""
