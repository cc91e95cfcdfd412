"""What a number of a column would mean: a sum of temperatures, a mean of ids, a level added over dates are nothing."""

from statistics import median

import polars as pl

from domain.core.errors import Invalid
from domain.reports.facts.frame import Frame, Role
from domain.reports.facts.words import hints
from domain.reports.querying import spans
from domain.reports.querying.grouping import Groups
from domain.reports.querying.meanings import meaning_of
from domain.reports.querying.measures import Measure
from domain.reports.querying.names import either
from domain.reports.querying.query import How, Select
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.querying.source import Source
from domain.reports.querying.values import written_date
from domain.reports.reading import Column
from domain.reports.reading.wide import is_indicator

_OF_NUMBERS = frozenset((How.SUM, How.MEAN, How.MEDIAN, How.SHARE, How.CORRELATION))
_OF_ORDERED = frozenset((How.MIN, How.MAX))
_ADDED = frozenset((How.SUM, How.SHARE))
_AVERAGED = frozenset((How.MEAN, How.MEDIAN, How.CORRELATION))
_CALLED = {How.MEAN: "average", How.SHARE: "parts of their sum"}


def measure_of(source: Source, select: Select) -> Measure:
    """A selection that means something.

    Raises:
        Invalid: it means nothing; the sentence says why, the remedy what can be asked instead.
    """
    if select.column is None:
        return Measure(select, "share of rows" if select.how is How.SHARE else "rows")
    origin = source.columns[select.column]
    column, how = origin.column, select.how
    _of_its_kind(select.column, column, how)
    if select.of is not None:
        _of_its_kind(select.of, source.column(select.of), how)
    name = f"{how.value} of {select.column}"
    if column.kind != "number" or how not in _ADDED | _AVERAGED:
        return Measure(select, name, column, origin.side)
    frame = source.sides[origin.side].frame
    meaning = meaning_of(select.column, column, frame)
    if how in _ADDED and not meaning.added:
        raise meaningless(f"{meaning.why}, and those do not add up.", meaning.offered)
    if how in _AVERAGED and not meaning.averaged:
        raise meaningless(f"{meaning.why}, so {_ending(how)} of them says nothing.", meaning.offered)
    role = _rate(source, origin.side, column, frame) if how is How.MEAN else None
    scale = _scale(column, role, frame) if role is not None and frame is not None else 1.0
    return Measure(select, name, column, origin.side, role, scale)


def _ending(how: How) -> str:
    return {How.MEAN: "an average", How.MEDIAN: "a median"}.get(how, "a correlation")


def _of_its_kind(name: str, column: Column, how: How) -> None:
    if how in _OF_NUMBERS and column.kind != "number":
        what = "dates" if column.kind == "date" else "words"
        raise meaningless(
            f"{name} holds {what}, so it has no {_CALLED.get(how, how.value)}.",
            f"Ask for how many different values {name} has, or group by it.",
        )
    if how in _OF_ORDERED and column.kind == "text":
        raise meaningless(
            f"{name} holds words, so none of them is the largest or the smallest.",
            f"Ask for how often each {name} occurs.",
        )


def _rate(source: Source, side: int, column: Column, frame: Frame | None) -> Role | None:
    """The parts of a rate, where the table has them under names that the query can load."""
    role = frame.roles.get(column.name) if frame is not None else None
    if role is None or role.kind != "rate":
        return None
    known = {origin.column.name: name for name, origin in source.columns.items() if origin.side == side}
    if role.above not in known or role.below not in known:
        return None
    return Role("rate", known[role.above], known[role.below], role.offset)


def _scale(column: Column, role: Role, frame: Frame) -> float:
    """100 where the column writes its rates in per cent without saying so."""
    mine = frame.roles[column.name]
    above, below = frame.numbers[mine.above], frame.numbers[mine.below]
    pairs = [
        (value, a / b + role.offset)
        for value, a, b in zip(frame.numbers[column.name].tolist(), above.tolist(), below.tolist(), strict=True)
        if b and value == value and a == a and b == b
    ]
    if not pairs:
        return 1.0
    written, parts = median(value for value, _ in pairs), median(part for _, part in pairs)
    return 100.0 if abs(written - 100 * parts) < abs(written - parts) else 1.0


def check_dates(source: Source, groups: Groups, measure: Measure, notes: list[str]) -> None:
    """A level is not added over dates.

    Raises:
        Invalid: a group holds it of several dates.
    """
    name, side = measure.select.column, source.sides[measure.side]
    if name is None or measure.column is None or measure.select.how not in _ADDED or side.frame is None:
        return
    date = source.date if measure.side == 0 else None
    if date is None or date == name:
        return
    unsure = measure.column.name in side.frame.unsure and not hints(measure.column.name, "flow")
    if not unsure and not meaning_of(name, measure.column, side.frame).level:
        return
    rows = groups.rows["row"]
    dated = groups.rows.select("group").with_columns(
        source.series(date).gather(rows).alias("date"), source.series(name).gather(rows).alias("value")
    )
    known = dated.filter(pl.col("value").is_not_null() & pl.col("date").is_not_null())
    most = known.group_by("group").agg(pl.col("date").n_unique())["date"].max()
    if not isinstance(most, int) or most < 2:
        return
    if unsure:
        notes.append(f"If {name} is what there was at each {date}, its numbers of several dates do not add up.")
        return
    raise meaningless(
        f"{name} is what there is at a date, and its numbers of several dates do not add up.",
        f"Ask for it {_last(source, date)}, which is the last date, by {date}, or for its average.",
    )


def _last(source: Source, date: str) -> str:
    """“in December 2024”."""
    column = source.column(date)
    latest = max(at for at in column.moments if at is not None)
    return spans.told(spans.one(written_date(column, latest)).period)


def check_indicators(source: Source, groups: Groups, measure: Measure) -> None:
    """Numbers of several indicators are not computed together.

    Raises:
        Invalid: a group holds more than one of them.
    """
    table, name = source.sides[measure.side].table, measure.select.column
    if measure.side or name is None or table.wide is None or measure.column is None or (
        measure.column.name != table.wide.metric or measure.select.how in _OF_ANY
    ):  # fmt: skip
        return
    by = next((one for one in source.columns if is_indicator(one) and source.column(one).kind == "text"), None)
    if by is None:
        return
    rows = groups.rows["row"]
    known = groups.rows.select("group").with_columns(source.series(by).gather(rows).alias("indicator"))
    most = known.group_by("group").agg(pl.col("indicator").n_unique())["indicator"].max()
    if isinstance(most, int) and most > 1:
        raise meaningless(
            f"The numbers of {name} are of {len(source.words(by).names)} different kinds, told by {by}.",
            f"Name one: {either(source.words(by).names[:6])}.",
        )


_OF_ANY = frozenset((How.COUNT, How.MISSING))


def simple_mean(measure: Measure) -> str | None:
    """What is said beside the mean of percentages whose parts are not known."""
    if measure.select.how is not How.MEAN or measure.column is None or measure.role is not None:
        return None
    if not measure.column.percent:
        return None
    return f"The average of {measure.select.column} is that of its rows: what they are parts of is not in the table."


def meaningless(sentence: str, remedy: str | None = None) -> Invalid:
    return Invalid(sentence, remedy=remedy, code=UNANSWERABLE)
