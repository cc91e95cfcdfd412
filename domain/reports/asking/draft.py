"""What has been read of a question so far, before it is made a query."""

from dataclasses import dataclass, field

from domain.reports.asking.items import Item
from domain.reports.asking.times import Time
from domain.reports.asking.understood import Export
from domain.reports.querying.query import ChartWish, Condition, How, Is, Order, Value


@dataclass(slots=True)
class Measure:
    """A number asked for. ``columns`` are those its words may name; none where it is of the rows themselves.

    ``how`` is none where the words leave it open. ``which``: it was asked for as one of several (“which meal”).
    """

    how: How | None
    columns: tuple[str, ...]
    said: str
    of: str | None = None
    verb: bool = False
    rank: bool = False
    exact: bool = True
    which: bool = False


@dataclass(slots=True)
class Draft:
    """``rank``: top or bottom of an order, ``limit`` of them, by a measure, by what was sold, or (``counted``) by how
    often a value occurs. ``part``: the column whose value a share is asked of. ``gaps``: missing cells were asked for
    by that word; ``every_gap``: of all columns. ``side``: what was spent or earned of an amount with signs; ``flows``:
    columns that hold one side each, which adds up; ``ending``: the end of a time is meant.
    ``change``: what went up, down, or either; ``fast``: by what part of itself;
    ``good``: the best or the worst is asked for, whatever its number.
    """

    measures: list[Measure] = field(default_factory=list[Measure])
    groups: list[str] = field(default_factory=list[str])
    subject: str | None = None
    plural: bool = False
    where: list[Condition] = field(default_factory=list[Condition])
    times: list[tuple[str, Time]] = field(default_factory=list[tuple[str, Time]])
    compare: bool = False
    order: list[Order] = field(default_factory=list[Order])
    sort: Measure | None = None
    descending: bool | None = None
    limit: int | None = None
    rank: str | None = None
    edge: str | None = None
    how: list[How] = field(default_factory=list[How])
    many: bool = False
    counted: bool = False
    most: bool = False
    much: bool = False
    share: bool = False
    part: str | None = None
    gaps: bool = False
    every_gap: bool = False
    when: bool = False
    who: bool = False
    trend: bool = False
    listing: bool = False
    rows: bool = False
    noun: str | None = None
    entity: str | None = None
    people: bool = False
    persons: str | None = None
    which: bool = False
    distinct: bool = False
    about: bool = False
    only: bool = False
    instead: bool = False
    behind: bool = False
    drop: bool = False
    added: bool = False
    also: bool = False
    every: bool = False
    them: bool = False
    table: bool = False
    headers: bool = False
    chart: ChartWish | None = None
    anychart: bool = False
    export: Export | None = None
    exported: bool = False
    assumed: list[str] = field(default_factory=list[str])
    strange: list[str] = field(default_factory=list[str])
    left: list[Item] = field(default_factory=list[Item])
    facts: bool = False
    side: str | None = None
    flows: set[str] = field(default_factory=set[str])
    ending: bool = False
    change: str | None = None
    fast: bool = False
    good: bool = False


def condition(column: str, sign: Is, value: Value | tuple[Value, ...] | None = None) -> Condition:
    return Condition.model_validate({"column": column, "is": sign, "value": value})
