"""What came out of a query: a small table, one sentence that answers, and the facts behind every number of it."""

from dataclasses import dataclass, field
from typing import Literal

from domain.reports.facts.fact import Fact
from domain.reports.querying.query import Query
from domain.reports.reading import Cell

UNANSWERABLE = "unanswerable"
"""The code of an error about a question that this table cannot answer, or whose answer would mean nothing."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a result. ``select``: the place of the selection it shows; None for what is grouped by."""

    name: str
    kind: Literal["text", "number", "date"]
    unit: str | None = None
    percent: bool = False
    decimals: int = 0
    select: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """``query`` is what was computed, with columns and values as the table writes them.

    ``rows`` hold numbers unrounded, percentages and shares as ratios, dates as ISO text; ``count`` says how many
    there are where ``rows`` was cut. ``matched`` counts the rows of the table that fulfil the conditions.
    ``facts`` state each number of ``sentence`` and of the rows, with the rows of the file it rests on.
    """

    query: Query
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    count: int
    matched: int
    sentence: str
    facts: tuple[Fact, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
