"""Whether a query holds all that was read of a question: the rest would be answered with something else."""

from collections.abc import Iterator

from domain.core.errors import Invalid
from domain.reports.asking.draft import Draft
from domain.reports.querying.query import STEPS, How, Query
from domain.reports.querying.result import UNANSWERABLE

_SUMMED = frozenset((How.COUNT, How.DISTINCT, How.MISSING, How.SHARE))
_OVER_ROWS = frozenset((How.COUNT, How.SUM, How.DISTINCT, How.MISSING))
_OF_STEPS = frozenset((How.COUNT, How.DISTINCT, How.SHARE))
_ENDS = frozenset((How.MIN, How.MAX, How.FIRST, How.LAST))


def fitted(draft: Draft, query: Query) -> Query:
    """The query itself. Raises Invalid where it leaves out a part of the question."""
    lost = list(dict.fromkeys(_lost(draft, query)))
    if lost:
        listed = ", ".join(f"“{one}”" for one in lost)
        raise Invalid(
            f"I read each word of that, but not how {listed} goes with the rest.",
            remedy="Ask for less at once, or in two questions.",
            code=UNANSWERABLE,
        )
    return query


def _lost(draft: Draft, query: Query) -> Iterator[str]:
    named = {one.column for one in query.where} | {*query.by, *query.columns}
    named |= {name for one in query.select for name in (one.column, one.of) if name is not None}
    named |= {name for one in query.order for name in (one.by, one.by.partition(" of ")[2])}
    hows = {one.how for one in query.select}
    yield from draft.strange
    yield from (group for group in draft.groups if group not in {*query.by, *query.columns})
    yield from (one.said for one in draft.measures if one.columns and not (one.verb or named & set(one.columns)))
    asked = [*draft.how, *(one.how for one in draft.measures if one.how is not None)]
    yield from (how for how in asked if how not in hows and not _held(how, hows, query))
    if draft.subject is not None and draft.subject not in named and draft.subject not in STEPS:
        yield draft.subject
    stepped = draft.subject in STEPS and draft.subject not in query.by and not hows & (_OF_STEPS | _ENDS)
    if stepped and not (draft.subject == "day" and (query.where or not query.select)):
        yield draft.subject or ""
    if draft.limit is not None and query.limit != draft.limit:
        yield str(draft.limit)
    if (draft.rank or draft.edge) and not (query.order or query.limit or hows & _ENDS):
        yield draft.rank or draft.edge or ""
    if draft.change and query.compare_to is None and not any(step in STEPS for step in query.by):
        yield "change"
    if draft.ending and How.LAST not in hows and query.period is None:
        yield "the end"
    if draft.sort is not None and not query.order:
        yield draft.sort.said
    if draft.share and How.SHARE not in hows:
        yield "share"
    if draft.many and not hows & _OVER_ROWS:
        yield "how many"
    if draft.times and query.period is None and not query.where:
        yield "the time"
    if draft.trend and not any(step in STEPS for step in query.by):
        yield "over time"
    if draft.compare and query.compare_to is None and not query.by and max(len(query.select), len(query.columns)) < 2:
        yield "compare"


def _held(how: How, hows: set[How], query: Query) -> bool:
    """Whether a count or a share is the sum that was asked for, or an order the highest."""
    return bool(hows & _SUMMED) if how is How.SUM else how in _ENDS and bool(query.order)
