"""A query in a few words: what was read of a question."""

from collections.abc import Sequence

from domain.reports.querying.query import Condition, How, Is, Query

_HOW = {
    How.SUM: "the sum of", How.MEAN: "the average of", How.MEDIAN: "the median of", How.MIN: "the lowest",
    How.MAX: "the highest", How.COUNT: "the count of", How.MISSING: "the missing", How.DISTINCT: "the different",
    How.SHARE: "the share of", How.FIRST: "the first", How.LAST: "the last",
}  # fmt: skip


def told(query: Query) -> str:
    """“the sum of Sales by Category, where Region is West, in 2015”."""
    parts: list[str] = []
    for one in query.select:
        if one.how is How.CORRELATION:
            parts.append(f"the correlation of {one.column} and {one.of}")
        else:
            parts.append(f"{_HOW.get(one.how, one.how)} {one.column or 'rows'}")
    text = " and ".join(parts) or "the rows"
    if query.by:
        text += f" by {' and '.join(query.by)}"
    if query.where:
        text += f", where {' and '.join(map(_condition, query.where))}"
    if query.period is not None:
        text += f", {_span(query.period)}"
    if query.compare_to is not None:
        text += f" beside {_span(query.compare_to)}"
    if query.order:
        text += f", sorted by {query.order[0].by}"
    return text


def told_where(where: Sequence[Condition]) -> str:
    """“has Region West and Category Technology”."""
    return f"fulfils “{' and '.join(map(_condition, where))}”"


def _condition(one: Condition) -> str:
    if one.is_ is Is.MISSING:
        return f"{one.column} is missing"
    if one.is_ is Is.FILLED:
        return f"{one.column} is filled"
    value = " or ".join(map(str, one.value)) if isinstance(one.value, tuple) else one.value
    sign = {Is.EQUAL: "is", Is.UNEQUAL: "is not", Is.IN: "is", Is.CONTAINS: "contains"}.get(one.is_, one.is_.value)
    return f"{one.column} {sign} {value}"


def _span(span: tuple[str, str]) -> str:
    return f"in {span[0]}" if span[0] == span[1] else f"from {span[0]} to {span[1]}"
