"""Balances, stocks and populations are asked of a time: where none is named, of the last one."""

from collections.abc import Iterable
from datetime import datetime

from domain.reports.asking.names import Names
from domain.reports.asking.times import bounds
from domain.reports.asking.words import name_words
from domain.reports.facts.words import hints
from domain.reports.querying.query import STEPS, Condition, How, Is, Query
from domain.reports.reading import Column

_BALANCES = frozenset(name_words("balance saldo kontostand guthaben"))
_FORMS = {"year": "%Y", "month": "%Y-%m"}


def is_balance(names: Names, column: str) -> bool:
    """Whether a column says after each row what there is then."""
    if names.date() is None or not names.is_number(column):
        return False
    kind = names.role(column)
    return kind == "balance" or (kind != "level" and bool(_BALANCES & set(names.words(column))))


def is_level(names: Names, column: str, where: Iterable[Condition] = ()) -> bool:
    """Whether a column says what there is of many things at each date."""
    judged = names.judged_by(column, where)
    if judged != column:
        return hints(judged, "level") and not hints(judged, "value")
    if names.date() is None or not names.is_number(column) or is_balance(names, column):
        return False
    if hints(column, "flow") and not hints(column, "level"):
        return False
    return hints(column, "level") or (names.role(column) == "level" and not names.unsure(column))


def at_its_last(names: Names, query: Query, assumed: list[str]) -> Query:
    """The query of a level with the last date of its period, and of a balance with all that lies before its end."""
    date = names.date()
    if date is None or query.compare_to is not None or any(one in STEPS or one == date.name for one in query.by):
        return query
    if any(one.how is How.LAST and is_balance(names, one.column or "") for one in query.select):
        first = min(at for at in date.moments if at is not None)
        return query if query.period is None else query.model_copy(
            update={"period": (f"{first:%Y-%m-%d}", query.period[1])}
        )  # fmt: skip
    level = next(
        (one.column for one in query.select
         if one.column is not None and one.how in (How.SUM, How.SHARE) and is_level(names, one.column, query.where)),
        None,
    )  # fmt: skip
    if level is None or any(": " in one for one in query.by):
        return query
    there = _dates(names, date, level, query)
    if len(there) < 2:
        return query
    last = f"{max(there):{_FORMS.get(date.grain or '', '%Y-%m-%d')}}"
    assumed.append(f"{level} is what there is at a time; I took the last one, {last}.")
    return query.model_copy(update={"period": (last, last)})


def _dates(names: Names, date: Column, level: str, query: Query) -> set[datetime]:
    """The dates of the rows that a query is about, where the level is known."""
    numbers = names.columns[level].numbers
    places = [at for at, number in enumerate(numbers) if number is not None]
    for one in query.where:
        column = names.columns.get(one.column)
        if column is None or column.kind != "text" or one.is_ not in (Is.EQUAL, Is.IN):
            continue
        wanted = one.value if isinstance(one.value, tuple) else (one.value,)
        known = {" ".join(str(value).split()).casefold() for value in wanted}
        places = [at for at in places if " ".join(str(column.cells[at]).split()).casefold() in known]
    moments = {at for place in places if (at := date.moments[place]) is not None}
    if query.period is None:
        return moments
    first, end = bounds(query.period)
    return {at for at in moments if first.date() <= at.date() <= end.date()}
