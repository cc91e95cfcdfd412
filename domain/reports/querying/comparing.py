"""Two periods side by side: the number of each, the difference, and by how much it is of the earlier one."""

import math
from dataclasses import replace
from functools import partial

import polars as pl

from domain.reports.querying import spans
from domain.reports.querying.asked import Asked, ordering_of, unusable
from domain.reports.querying.changes import Pair, State, View, difference_of, four_of
from domain.reports.querying.grouping import Groups, Key, part_label
from domain.reports.querying.measures import Measure, Number
from domain.reports.querying.names import listed
from domain.reports.querying.query import How, Step
from domain.reports.querying.result import FEWEST_SHOWN, Heading, Result
from domain.reports.querying.saying import About, joined, named, said, what_of
from domain.reports.querying.values import MOST_KEPT
from domain.reports.reading import Cell

_EMPTY_IS_NOTHING = frozenset((How.SUM, How.COUNT, How.MISSING, How.DISTINCT, How.SHARE))
"""Of no rows, these are 0; all others have no value."""


_MOST_CURRENCIES = 4


def in_order(question: Asked) -> tuple[spans.Reach, spans.Reach]:
    """The two periods, the earlier one first."""
    assert question.period is not None
    assert question.compared is not None
    first, second = sorted((question.period, question.compared), key=lambda reach: (reach.start, reach.end))
    return first, second


def comparable(keys: list[Key]) -> list[Key]:
    """Keys that both periods have values of: months of a year instead of those of one year."""
    return [_returning(key) if key.lasting else key for key in keys if key.step != "year"]


def _returning(key: Key) -> Key:
    parts: dict[Step, pl.Series] = {
        "month": key.codes.dt.month(), "quarter": key.codes.dt.quarter(), "week": key.codes.dt.week(),
        "day": key.codes.dt.day(),
    }  # fmt: skip
    step = key.step
    if step not in parts:
        raise unusable(f"Two periods cannot be compared by {key.name}.", "Compare them by month, quarter, week or day.")
    return replace(key, codes=parts[step].cast(pl.Int32), label=partial(part_label, step), lasting=False, kind="text")


def paired(
    question: Asked, groups: tuple[Groups, Groups], columns: tuple[list[list[Number]], list[list[Number]]],
    places: tuple[list[list[int]], list[list[int]]],
) -> list[Pair]:  # fmt: skip
    """The groups of both periods, those of the later one first."""
    at = [{code: place for place, code in enumerate(one.codes)} for one in groups]
    out: list[Pair] = []
    for code in dict.fromkeys([*groups[1].codes, *groups[0].codes]):
        here = [one[code] if code in one and side[one[code]] else None for one, side in zip(at, places, strict=True)]
        numbers = [
            [_nothing(measure) if place is None else column[place]
             for measure, column in zip(question.measures, side, strict=True)]
            for place, side in zip(here, columns, strict=True)
        ]  # fmt: skip
        rows = [[] if place is None else side[place] for place, side in zip(here, places, strict=True)]
        known = groups[1] if here[1] is not None else groups[0]
        labels = known.labels[here[1] if here[1] is not None else here[0] or 0]
        out.append(Pair(labels, numbers[0], numbers[1], rows[0], rows[1]))
    return out


def _nothing(measure: Measure) -> Number:
    return Number(0 if measure.select.how in _EMPTY_IS_NOTHING else None, 0)


def compared(question: Asked, pairs: list[Pair], about: About, notes: list[str], matched: int, state: State) -> Result:
    """The result of a comparison: a row for each period where nothing groups, else one for each group."""
    first, second = in_order(question)
    order = _ordered(question, pairs, _names(question))
    kept = order[: min(question.query.limit or MOST_KEPT, MOST_KEPT)]
    view = View(question, about, first, second, state)
    if not question.keys:
        return _of_all(view, pairs[0], notes, matched)
    leaders = order[:_MOST_CURRENCIES] if question.currency is not None else _leaders(order)
    leaders = order[:1] if _ranked(question) else leaders
    facts = [view.facts(pair) for pair in kept]
    leading = [fact for pair in leaders if pair not in kept[:FEWEST_SHOWN] for fact in view.facts(pair)[:4]]
    return Result(
        query=question.query,
        headings=(*_key_headings(question), *_headings(question)),
        rows=tuple((*(label.cell for label in pair.labels), *view.cells(pair)) for pair in kept),
        count=len(order),
        matched=matched,
        sentence=_sentence(view, leaders, len(order)),
        facts=(*leading, *(fact for row in facts for fact in row)),
        leading=len(leading),
        notes=tuple(dict.fromkeys(notes)),
        shown=tuple((*(label.text for label in pair.labels), *view.shown(pair)) for pair in kept),
    )


def _of_all(view: View, pair: Pair, notes: list[str], matched: int) -> Result:
    question = view.question
    sentences = [view.went(measure, pair, at) for at, measure in enumerate(question.measures)]
    facts = view.facts(pair)
    each = [facts[4 * at : 4 * at + 4] for at in range(len(question.measures))]
    numbers = [_heading(one, one.name, at) for at, one in enumerate(question.measures)]
    sides = [(view.first, pair.before), (view.second, pair.now)]
    return Result(
        query=question.query,
        headings=(Heading("period", "text"), *numbers),
        rows=tuple((spans.called(reach.period), *(one.value for one in numbers)) for reach, numbers in sides),
        count=2,
        matched=matched,
        sentence=f"{joined(sentences)}.",
        facts=(
            *(fact for four in each for fact in four[2:]), *(four[0] for four in each), *(four[1] for four in each)
        ),
        leading=2 * len(each),
        notes=tuple(dict.fromkeys(notes)),
        shown=tuple(
            (spans.called(reach.period),
             *(said(one, number.value, number.unit) for one, number in zip(question.measures, numbers, strict=True)))
            for reach, numbers in sides
        ),
    )  # fmt: skip


# -- columns -------------------------------------------------------------------------------------------


def _key_headings(question: Asked) -> list[Heading]:
    return [Heading(key.name, "number" if key.kind == "number" else "text") for key in question.keys]


def _heading(measure: Measure, name: str, at: int) -> Heading:
    return Heading(name, "number", measure.unit, measure.percent, measure.decimals, at)


def _headings(question: Asked) -> list[Heading]:
    """Four for each selection. The last two, which are computed of the others, belong to no selection's place."""
    out: list[Heading] = []
    beyond = len(question.measures)
    for at, (measure, names) in enumerate(zip(question.measures, _names(question), strict=True)):
        unit = "pp" if measure.percent else measure.unit
        out += [_heading(measure, names[0], at), _heading(measure, names[1], at),
                Heading(names[2], "number", unit, False, measure.decimals, beyond + at),
                Heading(names[3], "number", "%", True, 0, beyond + at)]  # fmt: skip
    return out


def _names(question: Asked) -> list[tuple[str, str, str, str]]:
    first, second = in_order(question)
    several = len(question.measures) > 1
    return [
        (f"{one.name} {spans.called(first.period)}", f"{one.name} {spans.called(second.period)}",
         f"difference of {one.name}" if several else "difference", f"change of {one.name}" if several else "change")
        for one in question.measures
    ]  # fmt: skip


def _ordered(question: Asked, pairs: list[Pair], names: list[tuple[str, str, str, str]]) -> list[Pair]:
    if not question.keys:
        return pairs
    wanted = question.query.order
    if not wanted:
        ordered = [place for place, key in enumerate(question.keys) if key.ordered]
        if ordered:
            return sorted(pairs, key=lambda pair: [_sortable(pair, place) for place in ordered])
        return sorted(pairs, key=lambda pair: -_size(pair.now[0].value))
    keys = [key.name for key in question.keys]
    flat = [name for four in names for name in four]
    for order in reversed(wanted):
        place = ordering_of(order.by, [*keys, *flat], [])
        if place is None:
            found = ordering_of(order.by, [one.name for one in question.measures], question.measures)
            place = None if found is None else len(keys) + 4 * found + 1
        if place is None:
            raise unusable(f"The result has no column “{order.by}” to sort by.", f"It has {listed([*keys, *flat])}.")
        pairs = _sorted(question, pairs, place, order.descending)
    return pairs


def _sorted(question: Asked, pairs: list[Pair], place: int, descending: bool) -> list[Pair]:
    keys = len(question.keys)
    if place < keys:
        return sorted(pairs, key=lambda pair: _sortable(pair, place), reverse=descending)
    at, which = divmod(place - keys, 4)
    measure = question.measures[at]

    def value(pair: Pair) -> Cell:
        return four_of(measure, pair, at)[which]

    known = [pair for pair in pairs if value(pair) is not None]
    ordered = sorted(known, key=lambda pair: _size(value(pair)), reverse=descending)
    return [*ordered, *(pair for pair in pairs if value(pair) is None)]


def _sortable(pair: Pair, place: int) -> tuple[float, str]:
    label = pair.labels[place]
    return (label.rank if label.rank is not None else math.inf, label.text.casefold())


def _size(value: Cell) -> float:
    return float(value) if isinstance(value, int | float) else -math.inf


def _ranked(question: Asked) -> str:
    """How the first of the groups changes, where they are ordered by their change; else nothing."""
    order = question.query.order[:1]
    if not order or order[0].by not in ("change", "difference"):
        return ""
    return "most" if order[0].by == "difference" else "most for its size"


def _leaders(pairs: list[Pair]) -> list[Pair]:
    """The groups that rose and fell most, by their first number."""
    known = [
        (now - before, pair) for pair in pairs
        for before, now in [(pair.before[0].value, pair.now[0].value)]
        if isinstance(before, int | float) and isinstance(now, int | float)
    ]  # fmt: skip
    if not known:
        return []
    most = max(known, key=lambda one: one[0])
    least = min(known, key=lambda one: one[0])
    chosen = [pair for change, pair in (most,) if change > 0] + [pair for change, pair in (least,) if change < 0]
    return chosen or [most[1]]


def _sentence(view: View, leaders: list[Pair], count: int) -> str:
    """What rose and what fell most."""
    measure, told = view.question.measures[0], list[str]()
    for pair in leaders:
        difference = difference_of(measure, pair, 0)
        if count == 1 or not difference or view.question.currency is not None:
            told.append(view.went(measure, pair, 0))
        else:
            way = "rose" if difference > 0 else "fell"
            most = _ranked(view.question) or "most"
            told.append(f"{named(pair.labels)} {way} {most}, {view.way(measure, pair, 0)}")
    what, by = what_of(measure), listed([key.name for key in view.question.keys])
    if not told:
        return f"{what[:1].upper()}{what[1:]} has no number in both periods."
    lead = f"{what[:1].upper()}{what[1:]} by {by}{view.about.text}: "
    if count == 1 or view.question.currency is not None:
        lead = ""
    return f"{lead}{'; '.join(told)}."
