"""A query with every name found: which columns, steps, rows and numbers are meant."""

from dataclasses import dataclass, field

import polars as pl

from domain.core.errors import Invalid
from domain.reports.querying import guards, names, spans
from domain.reports.querying.conditions import Filter, filters
from domain.reports.querying.counted import weighted
from domain.reports.querying.grouping import Key, key_of
from domain.reports.querying.measures import Measure
from domain.reports.querying.query import Condition, How, Query, Select, Step
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.querying.source import Source
from domain.reports.querying.values import MOST_KEPT

_NAMELESS = frozenset((How.ROWS, How.COUNT, How.SHARE))
"""What may be asked of the rows themselves."""
_WORDS = {"mean": ("average", "avg", "mean"), "sum": ("total", "sum"), "min": ("min", "minimum", "smallest", "lowest"),
          "max": ("max", "maximum", "largest", "highest"), "count": ("count", "number"), "missing": ("missing",),
          "distinct": ("distinct", "different"), "share": ("share",), "median": ("median",), "first": ("first",),
          "last": ("last", "latest"), "correlation": ("correlation",)}  # fmt: skip


_LENGTHS: dict[Step, int] = {"hour": 0, "day": 1, "weekday": 1, "week": 2, "month": 3, "quarter": 4, "year": 5}


@dataclass(slots=True)
class Asked:
    """What is to be computed. ``query`` has columns and values as the table writes them."""

    source: Source
    query: Query
    measures: list[Measure]
    keys: list[Key]
    filters: list[Filter]
    date: str | None
    period: spans.Reach | None
    compared: spans.Reach | None
    notes: list[str] = field(default_factory=list[str])
    currency: Key | None = None
    most: int = MOST_KEPT
    """Rows of the result that are kept."""

    @property
    def listing(self) -> bool:
        """Whether the rows themselves are asked for."""
        return not self.measures

    def mask(self) -> pl.Series:
        """The rows that fulfil all conditions; the period is apart."""
        mask = pl.Series([True], dtype=pl.Boolean).new_from_index(0, self.source.height)
        for one in self.filters:
            mask = mask & one.mask
        return mask

    def within(self, reach: spans.Reach) -> pl.Series:
        """The rows of a time."""
        assert self.date is not None
        series = self.source.series(self.date)
        return ((series >= reach.start) & (series < reach.end)).fill_null(value=False)


class Reading:
    """Finds what the names of a query stand for, and keeps what was assumed."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.notes: list[str] = []

    def column(self, wanted: str) -> str:
        """Raises Invalid where there is no such column."""
        found = names.find(wanted, self.source.columns)
        if found is None:
            raise names.no_column(wanted, list(self.source.columns), self.source.file)
        if found.guessed:
            self._note(f"I took {found.name} for “{wanted}”.")
        return found.name

    def place(self, wanted: str) -> tuple[str, str, Step | None]:
        """What ``by`` or a condition names: what it is called, its column, and the step, if it is one of a date."""
        if wanted in self.source.columns:
            return wanted, wanted, None
        step, about = spans.step_named(wanted), None
        if step is None and ":" in wanted:
            about, _, behind = wanted.rpartition(":")
            step = spans.step_named(behind)
        found = names.find(wanted, self.source.columns)
        if found is not None and not found.guessed:
            return found.name, found.name, None
        if step is None:
            name = self.column(wanted)
            return name, name, None
        date = self.column(about) if about is not None else self.date(f"There is no “{step}” to group by")
        if self.source.column(date).kind != "date":
            raise unusable(f"{date} holds no dates, so it has no {step}.", self._dates_there())
        self._fine_enough(date, step)
        return (f"{date}: {step}" if about is not None else step), date, step

    def _fine_enough(self, date: str, step: Step) -> None:
        grain = self.source.column(date).grain or "day"
        if _LENGTHS[step] < _LENGTHS[grain]:
            what = "no times of day" if grain == "day" else f"one date a {grain}"
            raise unusable(f"{date} has {what}, so nothing is known by {step}.", f"Ask by {grain} instead.")

    def date(self, why: str) -> str:
        """The date column that counts. Raises Invalid where there is none."""
        name = self.source.date
        if name is None:
            raise unusable(f"{why}: {self.source.file} has no column of dates.", "Ask for one of its columns instead.")
        if len(self.source.dates) > 1:
            others = [other for other in self.source.dates if other != name]
            self._note(f"Dates are those of {name}; there is also {names.listed(others)}.")
        return name

    def _dates_there(self) -> str:
        dates = self.source.dates
        return f"{names.listed(dates)} {'do' if len(dates) > 1 else 'does'}." if dates else "No column of it does."

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def select(self, select: Select) -> Select:
        if select.column is None:
            if select.how not in _NAMELESS:
                raise unusable(
                    f"It is not said of which column the {select.how.value} is asked.", self._numbers_there()
                )
            return select
        name = self.column(select.column)
        other = None
        if select.how is How.CORRELATION:
            if select.of is None:
                raise unusable(f"It is not said with what {name} is to be correlated.", self._numbers_there())
            other = self.column(select.of)
        return Select(how=select.how, column=name, of=other)

    def _numbers_there(self) -> str | None:
        numbers = [name for name, origin in self.source.columns.items() if origin.column.kind == "number"]
        return f"Name one of {names.listed(numbers)}." if numbers else None

    def condition(self, condition: Condition) -> tuple[Condition, tuple[str, Step] | None]:
        name, column, step = self.place(condition.column)
        if step is None and self.source.column(column).kind == "date":
            step = spans.returning(condition.value)
        return condition.model_copy(update={"column": name}), (column, step) if step is not None else None


def asked(source: Source, query: Query) -> Asked:
    """What a query asks of a source.

    Raises:
        Invalid: a column, a value or a date cannot be found, or the number asked for would mean nothing.
    """
    reading = Reading(source)
    placed = [reading.place(name) for name in query.by]
    keys = [key_of(source, name, column, step) for name, column, step in placed]
    steps: dict[str, tuple[str, Step]] = {}
    conditions: list[Condition] = []
    for condition in query.where:
        found, step = reading.condition(condition)
        conditions.append(found)
        if step is not None:
            steps[found.column] = step
    chosen = filters(source, tuple(conditions), steps)
    notes = [note for one in chosen for note in one.notes]
    selects = [reading.select(select) for select in query.select]
    columns = tuple(reading.column(name) for name in query.columns)
    if query.by or query.compare_to:
        selects = [Select(how=How.COUNT) if one.how is How.ROWS else one for one in selects] or [Select(how=How.COUNT)]
    elif selects and all(one.how is How.ROWS for one in selects):
        columns = columns or tuple(one.column for one in selects if one.column is not None)
        selects = []
    else:
        selects = [one for one in selects if one.how is not How.ROWS]
    selects, said = weighted(source, selects)
    period = spans.reach(query.period) if query.period else None
    compared = spans.reach(query.compare_to) if query.compare_to else None
    if compared is not None and period is None:
        raise unusable("A second period is named, and no first one to compare it with.", "Name both.")
    date = None
    if period is not None:
        first = next((column for _, column, step in placed if step is not None), None)
        date = first or reading.date("No time can be chosen")
    query = query.model_copy(
        update={
            "select": tuple(selects), "by": tuple(name for name, _, _ in placed), "columns": columns,
            "where": tuple(one.condition for one in chosen),
        }
    )  # fmt: skip
    made = Asked(source, query, [], keys, chosen, date, period, compared, [*reading.notes, *notes, *said])
    made.measures = [guards.measure_of(source, select) for select in selects]
    return made


def unusable(sentence: str, remedy: str | None = None) -> Invalid:
    return Invalid(sentence, remedy=remedy, code=UNANSWERABLE)


def ordering_of(wanted: str, headings: list[str], measures: list[Measure]) -> int | None:
    """The heading that an order names: by its name, its column, or how it is computed."""
    found = names.find(wanted, headings)
    if found is not None:
        return headings.index(found.name)
    plain = names.plain(wanted)
    before = len(headings) - len(measures)
    for place, measure in enumerate(measures):
        how, column = measure.select.how.value, measure.select.column
        words = _WORDS.get(how, (how,))
        forms = {
            *words,
            *(f"{word} {column}" for word in words),
            *(f"{word} of {column}" for word in words),
            column or how,
        }
        if plain in {names.plain(form) for form in forms}:
            return before + place
    return None
