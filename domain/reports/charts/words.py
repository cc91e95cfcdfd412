"""What is written on a chart of a query: its title, its measure, and where its numbers come from."""

from collections.abc import Sequence

from domain.reports.facts import wording
from domain.reports.querying.query import STEPS, Condition, How, Is, Query, Select, Span
from domain.reports.querying.result import Result

__all__ = ["capital", "group_word", "is_listing", "measure", "source", "title"]

_MEASURES = {
    How.SUM: "{}",
    How.MEAN: "average {}",
    How.MEDIAN: "median {}",
    How.MIN: "lowest {}",
    How.MAX: "highest {}",
    How.COUNT: "number of {}",
    How.MISSING: "rows without {}",
    How.DISTINCT: "number of different {}",
    How.SHARE: "share of {}",
    How.FIRST: "first {}",
    How.LAST: "last {}",
}
_COMPARED = {
    Is.EQUAL: "{1}",
    Is.UNEQUAL: "without {1}",
    Is.LESS: "{0} below {1}",
    Is.AT_MOST: "{0} up to {1}",
    Is.MORE: "{0} above {1}",
    Is.AT_LEAST: "{0} from {1}",
    Is.IN: "{1}",
    Is.CONTAINS: "{0} with “{1}”",
    Is.MISSING: "without {0}",
    Is.FILLED: "with {0}",
}


def measure(select: Select) -> str:
    """What a selection computes, in words: “average leads”, “number of rows”; a sum is called as its column."""
    if select.how is How.MISSING and select.column is None:
        return "rows with empty cells"
    return _MEASURES.get(select.how, "{}").format(select.column or "rows")


def group_word(by: str) -> str:
    """A group as a title names it: “Category”, “month”, “month of Ship Date”."""
    column, _, step = by.rpartition(": ")
    return f"{step} of {column}" if column and step in STEPS else by


def title(query: Query, what: str, by: Sequence[str], *, cut: bool = False) -> str:
    """“Sales by Category, West, 2015”. ``what`` is the measure in words, ``by`` are the groups that are drawn.

    ``cut``: the result was cut at the limit of the query.
    """
    grouped = f" by {' and '.join(map(group_word, by))}" if by else ""
    parts = [f"{capital(what)}{grouped}", *map(_condition, query.where), *_periods(query), _limit(query) if cut else ""]
    return ", ".join(part for part in parts if part)


def is_listing(query: Query) -> bool:
    """Whether the rows themselves were asked for."""
    return not query.by and not query.compare_to and all(select.how is How.ROWS for select in query.select)


def source(result: Result, file: str) -> str:
    """The file as people know it, its sheet where one was asked for, and how many rows the numbers rest on."""
    query = result.query
    name = f"{file} ({query.table})" if query.table else file
    joined = f" with {query.join.file}" if query.join else ""
    return f"{name}{joined}, {result.matched:,} row{'s' if result.matched != 1 else ''}"


def span(over: Span) -> str:
    """A period in words: “2015”, “January to March 2015”, “since 4 May 2026”."""
    first, last = (_moment(end) for end in over)
    if first == last:
        return first
    if first.split()[-1] == last.split()[-1] and len(first.split()) == len(last.split()) == 2:
        return f"{first.split()[0]} to {last}"
    return f"{first} to {last}"


def _periods(query: Query) -> list[str]:
    spans = [span(one) for one in (query.period, query.compare_to) if one is not None]
    return [" and ".join(spans)] if spans else []


def _limit(query: Query) -> str:
    word = "first" if not query.order else "top" if query.order[0].descending else "lowest"
    return f"{word} {query.limit}"


def _moment(text: str) -> str:
    if "-Q" in text:
        year, _, quarter = text.partition("-")
        return f"{quarter} {year}"
    try:
        return wording.moment(text)
    except ValueError:
        return text


def _condition(condition: Condition) -> str:
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    shown = " or ".join(_value(value) for value in values if value is not None)
    return _COMPARED[condition.is_].format(condition.column, shown)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{int(value)}" if value == int(value) else f"{value:g}"
    return " ".join(str(value).split())


def capital(text: str) -> str:
    """A text with a capital where the first word is a plain one: “eBay” and “reply_hours” stay."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.islower() and first.isalpha() else text
