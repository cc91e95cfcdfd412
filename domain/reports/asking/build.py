"""What a question left open, filled in: which column, what is computed of it, in which order."""

from datetime import timedelta

from domain.core.errors import Invalid
from domain.reports.asking.draft import Draft, Measure
from domain.reports.asking.levels import is_balance, is_level
from domain.reports.asking.names import Names
from domain.reports.asking.periods import Periods, periods_of
from domain.reports.asking.times import Calendar
from domain.reports.asking.walk import main_measure
from domain.reports.asking.words import name_words
from domain.reports.facts.steps import trend_step
from domain.reports.facts.words import hints
from domain.reports.querying.query import STEPS, Condition, How, Is, Order, Query, Select
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.querying.spans import reach

_EACH = frozenset(name_words("salary gehalt wage lohn pay age alter price preis score note"))
_A_MONTH = timedelta(days=31)
_WHO = ("name", "employee", "mitarbeiter", "person", "customer", "kunde", "seller", "verkaufer", "player", "student")


def label(select: Select) -> str:
    """A selection as the columns of a result are called: “sum of Sales”, “count”."""
    return f"{select.how} of {select.column}" if select.column is not None else str(select.how)


class Builder:
    """What is read of one question, the table it is put to, and what has to be said of it."""

    def __init__(self, draft: Draft, names: Names, calendar: Calendar | None, previous: Query | None) -> None:
        self.draft, self.names, self.calendar, self.previous = draft, names, calendar, previous
        self.assumed = draft.assumed

    def base(self) -> tuple[Query, Periods]:
        """The conditions and the period alone."""
        draft = self.draft
        values = any(one.is_ is Is.IN for one in draft.where) or len(draft.measures) > 1
        changed = bool(draft.change) and len(draft.times) == 2
        periods_compared = changed or (draft.compare and not (values and len(draft.times) == 1))
        periods = periods_of(draft.times, self.calendar, self.previous, compare=periods_compared)
        self.assumed += periods.assumed
        query = Query(
            file=self.names.table.file,
            table=self.names.table.sheet,
            where=(*draft.where, *periods.where),
            period=periods.period,
            compare_to=periods.compare_to,
        )
        return query, periods

    def measures(self) -> list[Measure]:
        draft = self.draft
        if draft.measures:
            for how in draft.how:
                draft.measures[-1].how = draft.measures[-1].how or how
            return draft.measures
        if draft.counted and not draft.measures:
            return [Measure(None, (), "")]
        if (draft.noun or draft.rows) and set(draft.how) <= {How.SUM}:
            return [Measure(None, (), "")]
        return self.main()

    def main(self) -> list[Measure]:
        """The main number of the table, where none was named, which is said."""
        column = main_measure(self.names)
        self.assumed.append(f"No number was named; I took {column}.")
        return [Measure(how, (column,), column) for how in self.draft.how or [None]]

    def select(self, measure: Measure) -> Select:
        if not measure.columns:
            return Select(how=How.COUNT)
        column = self.number(measure)
        return Select(how=measure.how or self.default(column), column=column)

    def number(self, measure: Measure) -> str:
        """The column of a measure. Raises Invalid where several may be meant."""
        first, *others = columns = self._extremes(measure)
        if others:
            raise Invalid(
                f"“{measure.said}” may be {', '.join(columns[:-1])} or {columns[-1]}.",
                remedy="Which of them is meant?",
                code=UNANSWERABLE,
            )
        if measure.verb:
            self.assumed.append(f"I took “{measure.said}” for {first}.")
        return first

    def _extremes(self, measure: Measure) -> tuple[str, ...]:
        """Of temp_max and temp_min, the one that the highest or the lowest is asked of."""
        draft = self.draft
        wanted = "max" if draft.rank == "top" or measure.how is How.MAX else ""
        wanted = "min" if draft.rank == "bottom" or measure.how is How.MIN else wanted
        words = {"max": {"max", "maximum", "high", "hoch"}, "min": {"min", "minimum", "low", "tief"}}.get(
            wanted, set[str]()
        )
        found = tuple(name for name in measure.columns if set(name_words(name)) & words)
        return found if len(found) == 1 else measure.columns

    def default(self, column: str) -> How:
        """Added where it adds up, else averaged; words have their different values counted. What was open is said."""
        if not self.names.is_number(column):
            return How.DISTINCT
        if self.draft.chart == "pie":
            return How.SUM  # the parts of a whole
        if is_balance(self.names, column):
            return How.LAST
        if is_level(self.names, column, self.draft.where) and not self._over_times():
            return How.SUM  # at the last time
        judged = self.names.judged_by(column, self.draft.where)
        if judged != column:
            return How.MEAN if hints(judged, "value") or not hints(judged, "flow") else How.SUM
        adds = column in self.draft.flows or self.adds_up(column)
        flow, value = hints(column, "flow"), hints(column, "value")
        if flow is value or set(name_words(column)) & _EACH:
            self.assumed.append(f"I took the {'sum' if adds else 'average'} of {column}.")
        return How.SUM if adds else How.MEAN

    def adds_up(self, column: str) -> bool:
        """Whether its numbers are added where it is not said what is computed."""
        if self.names.columns[column].summed and not hints(column, "level"):
            return True
        flow, value = hints(column, "flow"), hints(column, "value")
        if set(name_words(column)) & _EACH or "unit" in column.casefold().replace("_", " ").split():
            return False
        if flow is not value:
            return flow
        return self.names.role(column) == "flow"

    def _over_times(self) -> bool:
        """Whether a stock or a population is asked by a step that has several of its dates."""
        steps = {self.grain(), self.date_name()}
        groups = {*self.draft.groups, self.draft.subject, *([self.trend()] if self.draft.trend else [])}
        return bool(groups & set(STEPS)) and not groups & steps

    def ordered(self, query: Query) -> Query:
        """With the order that was asked for, if one was, and the limit."""
        draft = self.draft
        order: tuple[Order, ...] = ()
        if draft.sort is not None:
            query, order = self.sorted(query, draft.sort)
        elif draft.descending is not None and (query.select or query.by):
            by = label(query.select[0]) if query.select else query.by[0]
            order = (Order(by=by, descending=draft.descending),)
        return query.model_copy(update={"order": order or query.order, "limit": draft.limit or query.limit})

    def sorted(self, query: Query, sort: Measure) -> tuple[Query, tuple[Order, ...]]:
        """The query with its order; a column that it does not hold yet is computed as well."""
        column = sort.columns[0]
        down = self.draft.descending
        if not query.select and not query.by:
            return query, (Order(by=column, descending=bool(down)),)
        if column in query.by:
            return query, (Order(by=column, descending=bool(down)),)
        known = next((one for one in query.select if one.column == column), None)
        if known is None:
            known = self.select(sort) if self.names.columns.get(column) else None
            if known is None:
                raise Invalid(f"The result has no “{sort.said}” to sort by.", remedy=None, code=UNANSWERABLE)
            query = query.model_copy(update={"select": (*query.select, known)})
        return query, (Order(by=label(known), descending=True if down is None else down),)

    def date_name(self) -> str | None:
        date = self.names.date()
        return date.name if date is not None else None

    def grain(self) -> str:
        """The step that one date of the table stands for."""
        date = self.names.date()
        return (date.grain if date is not None else None) or "day"

    def day(self) -> str | None:
        """The date column, where each row has a date of its own, so that a row stands for one."""
        date = self.names.date()
        return date.name if date is not None and self.unique(date.name) else None

    def unique(self, name: str) -> bool:
        cells = self.names.columns[name].cells
        return len(set(cells)) == len(cells)

    def unique_rows(self, name: str) -> bool:
        """Whether each row is one of what a column names: its own ticket, its own order."""
        column = self.names.columns.get(name)
        return column is not None and self.unique(name) and not column.empty()

    def trend(self) -> str:
        if self.calendar is None:
            raise Invalid("The table has no dates, so nothing develops over time.", remedy=None, code=UNANSWERABLE)
        date = self.names.date()
        grain = date.grain if date is not None and date.grain is not None else "day"
        finest = "day" if grain == "hour" else grain
        period = self.base()[0].period
        if period is not None and (said := reach(period)).end - said.start <= _A_MONTH:
            return finest  # one month has no development by months
        return trend_step(self.calendar.first, self.calendar.last, finest)

    def entity(self) -> str | None:
        """The column that names the rows which are spoken of, each by its own: of orders their id, of people."""
        if self.draft.entity is not None:
            return self.draft.entity
        try:
            name = self.who() if self.draft.people or self.draft.noun else None
        except Invalid:
            return None
        return name if name is not None and self.unique(name) else None

    def who(self) -> str:
        for wanted in _WHO:
            for name, column in self.names.columns.items():
                if column.kind == "text" and set(name_words(wanted)) & set(name_words(name)):
                    return name
        raise Invalid(
            "“Who” asks for a person, and the table has no column of names.",
            remedy=f"There are: {', '.join(self.names.columns)}.",
            code=UNANSWERABLE,
        )

    def compared_values(self, groups: list[str]) -> list[str]:
        """The columns of which several values are compared."""
        return [one.column for one in self.draft.where if one.is_ is Is.IN and one.column not in groups]


def conditions_over(query: Query, fresh: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions of a query with those that are new; one of the same column takes the place of the old one."""
    columns = {one.column for one in fresh}
    return (*(one for one in query.where if one.column not in columns), *fresh)
