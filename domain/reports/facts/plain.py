"""Plain facts: totals, averages, shares, ranks and trends, scored by how much a reader wants them."""

import numpy as np

from domain.reports.facts.fact import Fact, Segment
from domain.reports.facts.frame import NO_VALUE, Frame, Mask
from domain.reports.facts.measure import ROWS, compared, role_of, slope
from domain.reports.facts.orders import Reversal, far_groups, find_reversals
from domain.reports.facts.state import last_window, state_average, state_rank, state_share, state_total, state_trend
from domain.reports.facts.steps import Step, trend_step

_HEADLINES = (97.0, 86.0, 82.0, 76.0)
_STEADY = 0.5  # of the spread is explained by the straight line
_GROWTH = 0.12  # over the whole table
MOST_SEGMENT_TRENDS = 6


def plain_facts(frame: Frame, metrics: list[str], alarms: list[Fact]) -> list[Fact]:
    """All plain facts beside the alarms told. In a table without events, steady growth is the news."""
    facts: list[Fact | None] = []
    reversals: list[Reversal] = []
    averages = 0
    for place, metric in enumerate(metrics):
        kind = role_of(frame, metric).kind
        headline = _HEADLINES[place] if place < len(_HEADLINES) else 64.0 - place
        if kind in ("rate", "value") and place:
            averages += 1
            headline = 74.0 - 0.8 * averages
        facts += _headlines(frame, metric, headline)
        if not frame.budget.allows("groups and course of", metric):
            continue
        if kind in ("rate", "value"):
            found = find_reversals(frame, metric, _all(frame))
            reversals += found
        misleading = {(one.column, one.leader) for one in reversals if one.metric == metric}
        if kind in ("rate", "value"):
            facts += _far(frame, metric, misleading)
        facts += _orders(frame, metric, place, misleading)
        facts += _trends(frame, metric, place, alarms)
    facts += [fact for reversal in reversals for fact in _reversed(frame, reversal)]
    return [fact for fact in facts if fact is not None]


def base_segments(frame: Frame, metric: str) -> list[Segment]:
    """Within what amounts may be added up: the whole table, or each currency by itself, the main one first."""
    if frame.currency is None or metric == ROWS or role_of(frame, metric).kind not in ("flow", "level"):
        return [()]
    values = [value for value in frame.dimension(frame.currency).values if value != NO_VALUE]
    ordered = sorted(values, key=lambda value: value != frame.main_currency)
    return [((frame.currency, value),) for value in ordered]


def _all(frame: Frame) -> Mask:
    return np.ones(len(frame.rows), dtype=np.bool_)


def _usable(frame: Frame, metric: str) -> bool:
    """Rates and balances across currencies mean nothing."""
    return not (frame.currency and metric != ROWS and role_of(frame, metric).kind in ("rate", "balance"))


def _headlines(frame: Frame, metric: str, score: float) -> list[Fact | None]:
    if not _usable(frame, metric):
        return []
    kind = role_of(frame, metric).kind
    if kind in ("rate", "value"):
        return [state_average(frame, metric, (), score)]
    return [
        state_total(frame, metric, segment, score if place == 0 else 60.0 - place)
        for place, segment in enumerate(base_segments(frame, metric))
    ]


def _orders(frame: Frame, metric: str, place: int, misleading: set[tuple[str, str]]) -> list[Fact | None]:
    """Who is first (and, of averages, last), and how much of the whole that is."""
    if not _usable(frame, metric):
        return []
    kind = role_of(frame, metric).kind
    if kind == "balance":
        return []
    base = base_segments(frame, metric)[0]
    facts: list[Fact | None] = []
    for behind, dimension in enumerate(one for one in frame.dimensions if one.name != frame.currency):
        window = last_window(frame, base) if kind == "level" and frame.starts else None
        rows = frame.within(*window) if window else _all(frame)
        order = [
            value for value, _ in compared(frame, metric, (*base, (dimension.name, dimension.values[0])), rows)
            if value != NO_VALUE
        ]  # fmt: skip
        if len(order) < 2:
            continue
        top: Segment = (*base, (dimension.name, order[0]))
        if (dimension.name, order[0]) not in misleading:
            facts.append(state_rank(frame, metric, top, 70.0 - 2 * place - 3 * behind))
        if kind in ("rate", "value"):
            facts.append(state_rank(frame, metric, (*base, (dimension.name, order[-1])), 52.0 - place))
        else:
            facts.append(state_share(frame, metric, top, 71.0 - 2 * place - 3 * behind))
            facts.append(state_share(frame, metric, (*base, (dimension.name, order[1])), 45.0 - place))
    return facts


def _far(frame: Frame, metric: str, misleading: set[tuple[str, str]]) -> list[Fact | None]:
    """The one group far from the rest, with its place."""
    if not _usable(frame, metric):
        return []
    facts: list[Fact | None] = []
    for segment, errors in far_groups(frame, metric, _all(frame)):
        if segment[0] in misleading:
            continue
        facts.append(state_average(frame, metric, segment, 90.0 + min(1.0, errors / 100)))
        facts.append(state_rank(frame, metric, segment, 75.0))
    return facts


def _trends(frame: Frame, metric: str, place: int, alarms: list[Fact]) -> list[Fact | None]:
    if len(frame.present) < 3 or not _usable(frame, metric) or role_of(frame, metric).kind == "balance":
        return []
    step = trend_step(frame.starts[0], frame.starts[-1], frame.step)
    if metric in frame.unsure and step != frame.step:
        return []
    base = base_segments(frame, metric)[0]
    facts: list[Fact | None] = []
    if (found := _course(frame, metric, base, step)) is not None:
        steady = found[1] >= _STEADY and abs(found[0]) >= _GROWTH
        score = (
            90.0 - place
            if steady and not alarms and role_of(frame, metric).kind in ("flow", "level", "rows")
            else 66.0 - 2 * place
        )
        facts.append(state_trend(frame, metric, base, score if steady else min(score, 50.0), step))
    if role_of(frame, metric).kind not in ("flow", "level", "rows"):
        return facts
    strong: list[tuple[float, Segment]] = []
    for dimension in frame.dimensions:
        for value in dimension.values:
            segment: Segment = (*base, (dimension.name, value))
            if value == NO_VALUE or dimension.name == frame.currency or (dimension.name, value) in _renamed(frame):
                continue
            if any(alarm.type == "change" and alarm.metric == metric and alarm.segment == segment for alarm in alarms):
                continue  # a new level is no steady course
            found = _course(frame, metric, segment, step)
            if found is not None and found[1] >= 0.6 and abs(found[0]) >= 0.25:
                strong.append((abs(found[0]) * found[1], segment))
    strong.sort(key=lambda item: -item[0])
    for rank, (_, segment) in enumerate(strong[:MOST_SEGMENT_TRENDS]):
        facts.append(state_trend(frame, metric, segment, 72.5 - 3 * rank - place, step))
    return facts


def _renamed(frame: Frame) -> set[tuple[str, str]]:
    return {(column, value) for column, old, new in frame.renames for value in (old, new)}


def _course(frame: Frame, metric: str, segment: Segment, step: Step) -> tuple[float, float] | None:
    """How far a straight line rises over the whole table, relative, and how much of the spread it explains."""
    found = slope(frame, metric, frame.mask(segment), step)
    if found is None:
        return None
    days = (frame.starts[-1] - frame.starts[0]).total_seconds() / 86400
    return found[0] * days / {"month": 30.4, "week": 7.0}.get(step, 1.0), found[1]


def _reversed(frame: Frame, reversal: Reversal) -> list[Fact | None]:
    note = f", though {reversal.leader} leads overall: the mix of {reversal.within} reverses the order"
    facts: list[Fact | None] = [
        state_rank(
            frame, reversal.metric, ((reversal.within, group), (reversal.column, reversal.inside)), 91.0, note=note
        )
        for group in reversal.groups
    ]
    facts.append(
        state_rank(frame, reversal.metric, ((reversal.column, reversal.leader),), 63.0, note=", by its mix alone")
    )
    return facts
