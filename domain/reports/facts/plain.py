"""Plain facts: totals, averages, shares, ranks and trends, scored by how much a reader wants them."""

import numpy as np

from domain.reports.facts.details import details
from domain.reports.facts.fact import Fact, Segment
from domain.reports.facts.frame import NO_VALUE, Dimension, Frame, Mask
from domain.reports.facts.groups import FEWEST, Difference, differences, stands_out
from domain.reports.facts.measure import ROWS, compared, counted_by, in_currency, is_flag, role_of
from domain.reports.facts.orders import Reversal, far_groups, find_reversals
from domain.reports.facts.state import last_window, state_average, state_rank, state_share, state_total
from domain.reports.facts.trends import trends

_HEADLINES = (97.0, 86.0, 82.0, 76.0)
_FEW = 5  # metrics whose headline comes before what tells them apart
_MANY = 6
_EVEN = 1.5  # times the even part: with less, the first of many does not stand out
_WORTH_A_WORD = 0.05  # of the whole: a second one that makes up less is no fact
_COMPOSITION = 57.0  # of the rows, where numbers differ by what they are made up of


def plain_facts(frame: Frame, metrics: list[str], alarms: list[Fact], outcomes: list[Fact]) -> list[Fact]:
    """All plain facts beside the alarms told. In a table without events, steady growth is the news.

    ``outcomes`` are told already: a column of grades by which one is told is a group rather than a number.
    """
    facts: list[Fact | None] = []
    reversals: list[Reversal] = []
    differing = differences(frame, metrics)
    graded = {column for fact in outcomes for column, _ in fact.segment} & {one.name for one in frame.grades}
    graded -= {*metrics[:1]}
    counter = counted_by(frame, metrics)
    rates = {fact.segment[-1][0] for fact in outcomes if fact.type == "share"}
    averages = 0
    for place, metric in enumerate(metrics):
        averaged = role_of(frame, metric).kind in ("rate", "value")
        if averaged and counter:
            continue  # rows that stand for many cases have no average of their own
        headline = _HEADLINES[place] if place < len(_HEADLINES) else 64.0 - place
        if averaged and place:
            averages += 1
            headline = 74.0 - 0.8 * averages
        if place >= _FEW or metric in graded:
            headline = min(headline, 56.0 - 0.1 * place)
        facts += _headlines(frame, metric, headline)
        if metric in graded or not frame.budget.allows("groups and course of", metric):
            continue
        misleading: set[tuple[str, str]] = set()
        if averaged:
            mine = [one for one in differing if one.metric == metric]
            found = find_reversals(frame, metric, _all(frame), {one.column for one in mine})
            reversals += found
            misleading = {(one.column, one.leader) for one in found}
            echoes = {one.column for one in mine if one.echo}
            facts += _far(frame, metric, place, misleading, echoes)
            facts += _apart(frame, metric, mine, misleading)
        else:
            facts += _leaders(frame, metric, place, rates, counts=not differing)
    bases = {metric: base_segments(frame, metric)[0] for metric in metrics}
    facts += trends(frame, metrics, bases, alarms)
    if frame.budget.short_of() is None:
        facts += details(frame, metrics, bases)
    facts += [fact for place, one in enumerate(reversals) for fact in _reversed(frame, one, first=place == 0)]
    return [fact for fact in facts if fact is not None]


def base_segments(frame: Frame, metric: str) -> list[Segment]:
    """Within what amounts may be added up: the whole table, or each currency by itself, the main one first."""
    if frame.currency is None or not in_currency(frame, metric) or role_of(frame, metric).kind not in ("flow", "level"):
        return [()]
    values = [value for value in frame.dimension(frame.currency).values if value != NO_VALUE]
    ordered = sorted(values, key=lambda value: value != frame.main_currency)
    return [((frame.currency, value),) for value in ordered]


def _all(frame: Frame) -> Mask:
    return np.ones(len(frame.rows), dtype=np.bool_)


def _usable(frame: Frame, metric: str) -> bool:
    """Rates and balances across currencies mean nothing."""
    return role_of(frame, metric).kind not in ("rate", "balance") or not in_currency(frame, metric)


def _headlines(frame: Frame, metric: str, score: float) -> list[Fact | None]:
    if not _usable(frame, metric):
        return []
    kind = role_of(frame, metric).kind
    if kind in ("rate", "value"):
        same = (
            kind == "value"
            and len(frame.rows) > 1
            and np.nanmin(frame.numbers[metric]) == np.nanmax(frame.numbers[metric])
        )
        return [] if same else [state_average(frame, metric, (), score)]
    return [
        state_total(frame, metric, segment, score if place == 0 else 60.0 - place)
        for place, segment in enumerate(base_segments(frame, metric))
    ]


def _grouping(frame: Frame) -> list[Dimension]:
    return [one for one in frame.dimensions if one.name != frame.currency]


def _order(frame: Frame, metric: str, base: Segment, dimension: Dimension) -> list[tuple[str, float]]:
    window = last_window(frame, base) if role_of(frame, metric).kind == "level" and frame.starts else None
    rows = frame.within(*window) if window else _all(frame)
    found = compared(frame, metric, (*base, (dimension.name, dimension.values[0])), rows)
    return [item for item in found if item[0] != NO_VALUE]


def _leaders(frame: Frame, metric: str, place: int, rates: set[str], *, counts: bool) -> list[Fact | None]:
    """Who has most of what adds up, as a part of all; for the main metric and the first of several columns, as a place
    among all."""
    if not _usable(frame, metric) or role_of(frame, metric).kind == "balance":
        return []
    base = base_segments(frame, metric)[0]
    facts: list[Fact | None] = []
    columns = _grouping(frame)
    for behind, dimension in enumerate(columns):
        order = _order(frame, metric, base, dimension)
        if len(order) < 2 or order[0][1] == order[1][1] or dimension.name in rates:
            continue  # of equal groups none leads, and how often an outcome comes about is told
        top_score = _COMPOSITION if metric == ROWS and not counts else 71.0 - 2 * place
        whole = sum(number for _, number in order)
        uneven = len(order) <= _MANY or whole <= 0 or order[0][1] * len(order) >= _EVEN * whole
        clear = uneven and stands_out(frame, metric, base, dimension)
        score = max(41.0, top_score - 3 * behind if clear else 45.0 - place)
        placed = behind == 0 and place == 0 and len(columns) > 1
        top: Segment = (*base, (dimension.name, order[0][0]))
        facts.append(state_rank(frame, metric, top, score if placed else score - 1))
        facts.append(state_share(frame, metric, top, score - 1 if placed else score))
        second: Segment = (*base, (dimension.name, order[1][0]))
        if order[1][1] >= _WORTH_A_WORD * whole:
            facts.append(state_share(frame, metric, second, max(40.0, (45.0 if clear else 42.0) - place)))
    return facts


def _apart(frame: Frame, metric: str, found: list[Difference], misleading: set[tuple[str, str]]) -> list[Fact | None]:
    """Who is first and who is last in an average, in the columns by which it truly differs."""
    if not _usable(frame, metric) or (role_of(frame, metric).kind == "value" and is_flag(frame, metric)):
        return []
    facts: list[Fact | None] = []
    grades = {one.name for one in frame.grades}
    for behind, one in enumerate(found):
        order = _order(frame, metric, (), frame.dimension(one.column))
        if len(order) < 2 or any(frame.mask(((one.column, value),)).sum() < FEWEST for value, _ in order):
            continue
        if (one.column, order[0][0]) not in misleading:
            score = 58.0 + 8 * one.explains - min(8, 2 * behind) - (8.0 if one.column in grades or one.echo else 0.0)
            facts.append(state_rank(frame, metric, ((one.column, order[0][0]),), score))
        facts.append(state_rank(frame, metric, ((one.column, order[-1][0]),), max(40.0, 50.0 - behind)))
    return facts


def _far(
    frame: Frame, metric: str, place: int, misleading: set[tuple[str, str]], echoes: set[str]
) -> list[Fact | None]:
    """The one group far from the rest: of the main metric its number, of others its place."""
    if not _usable(frame, metric) or (role_of(frame, metric).kind == "value" and is_flag(frame, metric)):
        return []
    facts: list[Fact | None] = []
    for segment, errors in far_groups(frame, metric, _all(frame)):
        if segment[0] in misleading or segment[0][0] in echoes:
            continue
        order = _order(frame, metric, (), frame.dimension(segment[0][0]))
        note = f", the {'highest' if order[0][0] == segment[0][1] else 'lowest'} of {len(order)}"
        score = 90.0 + min(1.0, errors / 100)
        facts.append(state_average(frame, metric, segment, score - place, note=note))
        facts.append(state_rank(frame, metric, segment, score - 0.5 if place else 75.0))
    return facts


def _reversed(frame: Frame, reversal: Reversal, *, first: bool) -> list[Fact | None]:
    """The clearest reversal with its groups; of others only that the leader leads by its mix alone."""
    note = f", though {reversal.leader} leads overall: the mix of {reversal.within} reverses the order"
    if not first:
        score = 48.0
    elif len(reversal.groups) == 2:  # both sides are worth a place
        score = 91.0
    else:
        score = 60.0
    facts: list[Fact | None] = []
    for place, group in enumerate(reversal.groups):
        segment: Segment = ((reversal.within, group), (reversal.column, reversal.inside))
        shown = 91.0 if first and place == 0 else score
        facts.append(state_rank(frame, reversal.metric, segment, shown, note=note if place == 0 else ""))
    leader: Segment = ((reversal.column, reversal.leader),)
    facts.append(state_rank(frame, reversal.metric, leader, 55.0 if first else 40.0, note=", by its mix alone"))
    return facts
