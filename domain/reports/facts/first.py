"""The order in which facts are told: no two of the first say one thing; what moves together is one with its companions.

What only repeats another fact comes last, for each number is to be found; where fewer than ten things are to be said, a
group is not told in other words to fill them up.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from domain.reports.facts import wording
from domain.reports.facts.fact import Fact, Period, Segment
from domain.reports.facts.frame import NO_VALUE, Frame
from domain.reports.facts.measure import ROWS, per_step, role_of
from domain.reports.facts.state import named

FIRST = 10
_REPEATED = 0.4  # of its score is left to what another fact says already: less than 40, which all others have
_MOST_NAMED = 3
_PLAIN = ("total", "average", "share", "ranking")


def arranged(frame: Frame, facts: Iterable[Fact]) -> list[Fact]:
    """The facts by importance, each thing said once before anything is said again."""
    ordered = sorted(facts, key=lambda fact: -fact.score)
    leaders, parts = _ends(frame, ordered)
    repeated: list[Fact] = []
    for gather in (_moving, _of_one_group, partial(_leading, leaders, parts), _of_two):
        ordered, again = gather(frame, ordered)
        repeated += again
    said = {(fact.type, fact.metric, fact.segment, fact.period, fact.unit) for fact in ordered}
    behind = [
        replace(fact, score=_REPEATED * fact.score)
        for fact in repeated
        if (fact.type, fact.metric, fact.segment, fact.period, fact.unit) not in said
        and (len(ordered) >= FIRST or fact.type not in _PLAIN)
    ]
    return sorted([*ordered, *behind], key=lambda fact: -fact.score)


# -- what moves together ---------------------------------------------------------------------------------


def _moving(frame: Frame, facts: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Events and trends of several metrics in the very same segment at the same time are one."""
    return _gathered(
        facts,
        lambda fact: fact.type in ("change", "anomaly", "trend"),
        lambda head, fact: _together(frame, head, fact),
        lambda members: _told_as_one(members, _first_of(frame, members)),
    )


def _together(frame: Frame, head: Fact, fact: Fact) -> bool:
    if (fact.type, fact.segment) != (head.type, head.segment) or fact.metric == head.metric:
        return False
    if fact.type == "trend":
        return fact.unit == head.unit and fact.value * head.value > 0
    return _shared(frame, head.period, fact.period) and _sign(frame, head) == _sign(frame, fact)


def _shared(frame: Frame, one: Period | None, other: Period | None) -> bool:
    """Whether two periods share at least half of the shorter one."""
    if one is None or other is None:
        return one == other
    starts = [frame.period(place, place).start for place in range(len(frame.starts))]
    inside = [{place for place, start in enumerate(starts) if of.start <= start <= of.end} for of in (one, other)]
    return 2 * len(inside[0] & inside[1]) >= max(1, min(len(own) for own in inside))


def _sign(frame: Frame, fact: Fact) -> int:
    """Up or down: of a passing event, against what the segment brings on average."""
    if fact.type == "change":
        return 1 if fact.value > 0 else -1
    usual = per_step(frame, fact.metric, frame.mask(fact.segment), 0, len(frame.starts) - 1) or 0.0
    places = [place for place in frame.present.tolist() if fact.period and _covers(frame, fact.period, place)]
    flow = fact.metric == ROWS or role_of(frame, fact.metric).kind == "flow"
    each = fact.value / max(1, len(places)) if flow else fact.value
    return 1 if each > usual else -1


def _covers(frame: Frame, period: Period, place: int) -> bool:
    return period.start <= frame.period(place, place).start <= period.end


def _first_of(frame: Frame, members: Sequence[Fact]) -> Fact:
    """The one that the others follow: a rate; else the largest count, for money follows it. Of the whole table's
    course the main metric."""
    head = members[0]
    if head.type == "trend" and not head.segment:
        return head
    if head.metric != ROWS and role_of(frame, head.metric).kind not in ("flow", "level"):
        return head
    counts = [fact for fact in members if _is_count(frame, fact.metric)]
    return max(counts, key=lambda fact: _size(frame, fact), default=head)


def _is_count(frame: Frame, metric: str) -> bool:
    if metric == ROWS:
        return True
    column = frame.table.column(metric)
    return role_of(frame, metric).kind in ("flow", "level") and column.decimals == 0 and not column.currencies


def _size(frame: Frame, fact: Fact) -> float:
    inside = frame.mask(fact.segment)
    return float(inside.sum()) if fact.metric == ROWS else float(np.nansum(np.abs(frame.numbers[fact.metric][inside])))


def _told_as_one(members: Sequence[Fact], head: Fact) -> Fact:
    """The head with its companions named, as important as the most important of them."""
    others = [f"{_name(fact)} ({_brief(fact)})" for fact in members if fact is not head]
    text = f"{head.text.removesuffix('.')}; with it, {_listed(others)}."
    return replace(head, score=max(fact.score for fact in members), text=text)


def _name(fact: Fact) -> str:
    return "the number of rows" if fact.metric == ROWS else fact.metric


def _brief(fact: Fact) -> str:
    if fact.type == "anomaly":
        return wording.number(fact.value, fact.unit)
    if fact.type == "trend":
        return f"{wording.percent(abs(fact.value))} a {str(fact.unit).rpartition('/')[2]}"
    if fact.unit == "pp":
        return f"{wording.number(abs(round(fact.value, 2)))} points {'more' if fact.value > 0 else 'less'}"
    if fact.unit != "ratio":
        return f"{wording.number(abs(fact.value), fact.unit)} {'more' if fact.value > 0 else 'less'}"
    return f"{wording.percent(abs(fact.value))} {'higher' if fact.value > 0 else 'lower'}"


def _listed(parts: Sequence[str]) -> str:
    shown = list(parts[:_MOST_NAMED])
    if len(parts) > _MOST_NAMED:
        shown.append(f"{len(parts) - _MOST_NAMED} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


# -- who leads -------------------------------------------------------------------------------------------


_Group = tuple[str, Segment]
"""A metric and the rows it is about."""


def _ends(frame: Frame, facts: Sequence[Fact]) -> tuple[dict[_Group, str], dict[_Group, float]]:
    """Who is first or last in what, and the part that each makes up where one is stated."""
    ends: dict[_Group, str] = {}
    for fact in facts:
        if fact.type == "ranking" and _single(frame, fact.segment):
            column = frame.dimension(fact.segment[-1][0])
            last = len(np.unique(column.codes)) - (NO_VALUE in column.values)
            if fact.value in (1, last):
                ends[fact.metric, fact.segment] = "first" if fact.value == 1 else "last"
    return ends, {(fact.metric, fact.segment): fact.value for fact in facts if fact.type == "share"}


def _leading(
    ends: dict[_Group, str], parts: dict[_Group, float], frame: Frame, facts: list[Fact]
) -> tuple[list[Fact], list[Fact]]:
    """The same value at the top, or at the bottom, of several metrics is one fact that names them."""

    def leads(fact: Fact) -> bool:
        return (
            (fact.metric, fact.segment) in ends
            if fact.type == "ranking"
            else fact.type == "share" and _single(frame, fact.segment)
        )

    def end(fact: Fact) -> str:
        return ends.get((fact.metric, fact.segment), "between")

    def alike(head: Fact, fact: Fact) -> bool:
        return (
            fact.segment == head.segment
            and fact.metric != head.metric
            and end(fact) == end(head)
            and _summed(frame, fact.metric) == _summed(frame, head.metric)
            and "by its mix alone" not in head.text + fact.text
        )

    def as_one(members: list[Fact]) -> Fact:
        head, names = members[0], list(dict.fromkeys(fact.metric for fact in members[1:]))
        others: list[str] = []
        for name in names:
            part = parts.get((name, head.segment))
            shown = "" if part is None else wording.percent(part)
            if head.type == "share":
                others.append(f"{shown or 'the most'} of {named(frame, name)}")
            else:
                others.append(f"by {named(frame, name)}{f' ({shown})' if shown else ''}")
        return replace(head, text=f"{head.text.removesuffix('.')}; also {_listed(others)}.")

    return _gathered(facts, leads, alike, as_one)


def _summed(frame: Frame, metric: str) -> bool:
    return metric == ROWS or role_of(frame, metric).kind in ("flow", "level")


def _single(frame: Frame, segment: Segment) -> bool:
    """Whether a segment is one value of one column, within a currency at most."""
    return len([column for column, _ in segment if column != frame.currency]) == 1


# -- what says the same ----------------------------------------------------------------------------------


def _of_one_group(_: Frame, facts: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """A group's total, average, share and place in one metric are one thing."""
    return _first_by(facts, lambda fact: (fact.metric, fact.segment) if _of_group(fact) else None)


def _of_two(frame: Frame, facts: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Where a column has two values, what one of them makes up or averages says the other's too."""

    def key(fact: Fact) -> tuple[object, ...] | None:
        if not _of_group(fact):
            return None
        *outer, (column, _) = fact.segment
        if column == frame.currency:
            return None
        filled = [value for value in frame.dimension(column).values if value != NO_VALUE]
        return (fact.metric, tuple(outer), column) if len(filled) == 2 else None

    return _first_by(facts, key)


def _of_group(fact: Fact) -> bool:
    return fact.type in _PLAIN and bool(fact.segment)


def _first_by(facts: Sequence[Fact], key: Callable[[Fact], tuple[object, ...] | None]) -> tuple[list[Fact], list[Fact]]:
    seen: set[tuple[object, ...]] = set()
    kept: list[Fact] = []
    again: list[Fact] = []
    for fact in facts:
        of = key(fact)
        (again if of is not None and of in seen else kept).append(fact)
        if of is not None:
            seen.add(of)
    return kept, again


def _gathered(
    facts: Sequence[Fact],
    chosen: Callable[[Fact], bool],
    alike: Callable[[Fact, Fact], bool],
    as_one: Callable[[list[Fact]], Fact],
) -> tuple[list[Fact], list[Fact]]:
    """Facts with those that are alike told as one, at the place of the first; and the others of each group."""
    groups: list[list[Fact]] = []
    for fact in facts:
        group = next((one for one in groups if chosen(one[0]) and alike(one[0], fact)), None) if chosen(fact) else None
        if group is None:
            groups.append([fact])
        elif all(fact.metric != other.metric for other in group):
            group.append(fact)
        else:
            groups.append([fact])
    kept: list[Fact] = []
    again: list[Fact] = []
    for group in groups:
        if len(group) == 1:
            kept.append(group[0])
            continue
        one = as_one(group)
        kept.append(one)
        again += [fact for fact in group if fact.metric != one.metric]
    return kept, again
