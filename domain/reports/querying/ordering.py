"""The columns of a result, and the order of its rows."""

from typing import Any

from domain.reports.querying.asked import Asked, ordering_of, unusable
from domain.reports.querying.grouping import Groups
from domain.reports.querying.measures import ONE_ROW, Measure, Number
from domain.reports.querying.names import listed
from domain.reports.querying.query import How
from domain.reports.querying.result import Heading
from domain.reports.querying.saying import named, said
from domain.reports.querying.source import NONE


def headings_of(question: Asked) -> tuple[Heading, ...]:
    """The columns of a result: what is grouped by, then each selection."""
    keys = [Heading(key.name, "date" if key.kind == "date" else "number" if key.kind == "number" else "text")
            for key in question.keys]  # fmt: skip
    measures = [
        Heading(
            one.name,
            "number" if not _is_one_cell(one) else one.column.kind if one.column else "number",
            one.unit, one.percent, one.decimals, place,
        )
        for place, one in enumerate(question.measures)
    ]  # fmt: skip
    return (*keys, *measures)


def _is_one_cell(measure: Measure) -> bool:
    return measure.select.how in ONE_ROW and measure.column is not None


def ordered(question: Asked, groups: Groups, columns: list[list[Number]]) -> tuple[list[int], str | None]:
    """The groups as asked for, else steps as they follow and categories by their first number, the largest first.

    Beside them a note, where a limit cuts between equals.
    """
    order = list(range(len(groups)))
    if not question.keys:
        return order, None
    headings = [heading.name for heading in headings_of(question)]
    wanted = [(_place(question, one.by, headings), one.descending) for one in question.query.order]
    if not wanted:
        own = [place for place, key in enumerate(question.keys) if key.ordered]
        wanted = [(place, False) for place in own] if own else [(len(question.keys), not smallest_first(question))]
        if own and len(question.keys) > len(own):
            wanted = [(place, False) for place in range(len(question.keys))]
    for place, descending in reversed(wanted):
        order = _sorted(question, groups, columns, order, place, descending)
    limit = question.query.limit
    first = wanted[0][0] - len(question.keys)
    if limit is None or limit >= len(order) or first < 0:
        return order, None
    edge = columns[first][order[limit - 1]].value
    equal = [group for group in order[limit:] if columns[first][group].value == edge]
    if not equal or edge is None:
        return order, None
    also = listed([named(groups.labels[group]) for group in equal], 3)
    shown = said(question.measures[first], edge)
    return order, f"{also} {'has' if len(equal) == 1 else 'have'} {shown} too, as the last one shown."


def leading_measure(question: Asked) -> int:
    """The place of the selection that an answer is about: that it is sorted by, else the first."""
    if not question.query.order:
        return 0
    headings = [heading.name for heading in headings_of(question)]
    place = ordering_of(question.query.order[0].by, headings, question.measures)
    return max(0, place - len(question.keys)) if place is not None else 0


def smallest_first(question: Asked) -> bool:
    """Whether the smallest number is what is asked for."""
    if any(key.ordered for key in question.keys):
        return False
    order = question.query.order[:1]
    if not order:
        return question.measures[0].select.how is How.MIN
    return not order[0].descending


def _place(question: Asked, wanted: str, headings: list[str]) -> int:
    place = ordering_of(wanted, headings, question.measures)
    if place is None:
        raise unusable(f"The result has no column “{wanted}” to sort by.", f"It has {listed(headings)}.")
    return place


def _sorted(
    question: Asked, groups: Groups, columns: list[list[Number]], order: list[int], place: int, descending: bool
) -> list[int]:
    keys = len(question.keys)
    values: list[Any]
    if place >= keys:
        values = [one.value for one in columns[place - keys]]
    elif question.keys[place].kind == "text" and not question.keys[place].ordered:
        values = [None if row[place].text == NONE else row[place].text.casefold() for row in groups.labels]
    else:
        values = [row[place] for row in groups.codes]
    known = [group for group in order if values[group] is not None]
    missing = [group for group in order if values[group] is None]
    return sorted(known, key=lambda group: values[group], reverse=descending) + missing
