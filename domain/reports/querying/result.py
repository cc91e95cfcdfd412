"""What came out of a query: a small table, one sentence that answers, and the facts behind every number of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from domain.reports.facts.fact import Fact
from domain.reports.querying.query import Query
from domain.reports.querying.values import short
from domain.reports.reading import Cell

UNANSWERABLE = "unanswerable"
"""The code of an error about a question that this table cannot answer, or whose answer would mean nothing."""

MOST_SHOWN = 50
MOST_FACTS = 60
FEWEST_SHOWN = 10
"""So many rows are shown however many numbers each has."""
_MOST_RANGES = 12
_JSON = 2**63
"""Whole numbers beyond it do not go into stored JSON."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a result. ``select``: the place of the selection it shows; None for what is grouped by."""

    name: str
    kind: Literal["text", "number", "date"]
    unit: str | None = None
    percent: bool = False
    decimals: int = 0
    select: int | None = None

    @property
    def shown(self) -> str:
        """The name as people read it: “average of Sales” for “mean of Sales”."""
        how, of, column = self.name.partition(" of ")
        return f"{_CALLED[how]}{of}{column}" if self.select is not None and how in _CALLED else self.name


_CALLED = {"mean": "average", "distinct": "different values"}


@dataclass(frozen=True, slots=True)
class Result:
    """``query`` is what was computed, with columns and values as the table writes them.

    ``rows`` hold numbers unrounded, percentages and shares as ratios, dates as ISO text; ``count`` says how many
    there are where ``rows`` was cut. ``matched`` counts the rows of the table that fulfil the conditions.
    ``facts`` state each number of ``sentence`` and of the rows, with the rows of the file it rests on: first
    ``leading`` ones about all of them, then as many for each row as any other. ``shown`` are the rows as people read
    them.
    """

    query: Query
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    count: int
    matched: int
    sentence: str
    facts: tuple[Fact, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    shown: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    leading: int = 0

    def as_json(self) -> dict[str, Any]:
        """What goes on to the next step: the first rows as a table for people, and the facts behind them."""
        each = (len(self.facts) - self.leading) // len(self.rows) if self.rows else 0
        most = MOST_SHOWN if each <= 1 else max(FEWEST_SHOWN, min(MOST_SHOWN, MOST_FACTS // each))
        facts = self.facts[: self.leading + each * most]
        notes = list(self.notes)
        shown, wanted = min(most, len(self.rows)), min(self.count, self.query.limit or self.count)
        if shown < wanted:
            notes.append(f"The first {shown:,} of {wanted:,} are shown here.")
        return {
            "sentence": self.sentence,
            "columns": [{"name": heading.name, "unit": heading.unit} for heading in self.headings],
            "rows": [[_short(cell) for cell in row] for row in self.rows[:most]],
            "text": _markdown([heading.shown for heading in self.headings], self.shown[:most]),
            "count": self.count,
            "matched": self.matched,
            "facts": [_told(fact) for fact in facts],
            "notes": notes,
            "query": self.query.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        }


def _told(fact: Fact) -> dict[str, Any]:
    """A fact with the first of its rows, and how many there are where these are not all."""
    out = fact.as_json()
    if abs(fact.value) >= _JSON:
        out["value"] = float(fact.value)
    if len(fact.rows) > _MOST_RANGES:
        out["rows"] = out["rows"][:_MOST_RANGES]
        out["row_count"] = sum(last - first + 1 for first, last in fact.rows)
    return out


def _markdown(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(_in_a_cell(cell) for cell in line)} |" for line in lines)


def _in_a_cell(text: str) -> str:
    return str(_short(" ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")))


def _short(cell: Cell) -> Cell:
    if isinstance(cell, int) and abs(cell) >= _JSON:
        return str(cell)
    return short(cell) if isinstance(cell, str) else cell
