"""What a number of a column would mean: sums of temperatures, means of ids and totals of two currencies are none."""

from domain.core.errors import Invalid
from domain.reports.querying.measures import Measure
from domain.reports.querying.query import How, Select
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.querying.source import Source

_OF_NUMBERS = frozenset((How.SUM, How.MEAN, How.MEDIAN, How.SHARE, How.CORRELATION))
_OF_ORDERED = frozenset((How.MIN, How.MAX))


def measure_of(source: Source, select: Select) -> Measure:
    """A selection that means something.

    Raises:
        Invalid: it means nothing; the sentence says why, the remedy what can be asked instead.
    """
    if select.column is None:
        return Measure(select, "share of rows" if select.how is How.SHARE else "rows")
    origin = source.columns[select.column]
    column, how = origin.column, select.how
    if how in _OF_NUMBERS and column.kind != "number":
        what = "dates" if column.kind == "date" else "words"
        raise meaningless(
            f"{select.column} holds {what}, so it has no {how.value}.",
            f"Ask for how many different values {select.column} has, or group by it.",
        )
    if how in _OF_ORDERED and column.kind == "text":
        raise meaningless(
            f"{select.column} holds words, so none of them is the largest or the smallest.",
            f"Ask for how often each {select.column} occurs.",
        )
    name = f"{how.value} of {select.column}"
    return Measure(select, name, column, origin.side)


def meaningless(sentence: str, remedy: str | None = None) -> Invalid:
    return Invalid(sentence, remedy=remedy, code=UNANSWERABLE)
