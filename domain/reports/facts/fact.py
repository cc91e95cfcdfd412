"""A fact, what it is asked for by, and what is known of a whole table. Nothing heavy is imported here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

FactType = Literal[
    "total", "average", "trend", "share", "ranking", "change", "anomaly", "data_quality", "value", "correlation"
]  # fmt: skip
ALARMS: tuple[FactType, ...] = ("anomaly", "change", "data_quality")

NO_COLUMN = "no_column"
"""The code of an error about a column that was named and is not there."""


@dataclass(frozen=True, slots=True)
class Period:
    """Both ends inclusive, as ``2024``, ``2024-03``, ``2024-03-09`` or ``2024-03-09T05:00``."""

    start: str
    end: str

    def as_json(self) -> dict[str, str]:
        return {"from": self.start, "to": self.end}


Segment = tuple[tuple[str, str], ...]
"""Column and value, from the outermost to the one a share or ranking compares; empty for the whole table."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of a report, with what it is about and the rows it rests on.

    ``value`` is unrounded: shares, rates and relative changes are ratios, differences of rates are in
    percentage points (``pp``), ranks start at 1. ``score`` is the importance, 0 to 100. ``rows`` are row
    numbers as a spreadsheet shows them, as inclusive ranges. ``baseline`` belongs to changes alone.
    """

    type: FactType
    metric: str
    segment: Segment
    period: Period | None
    value: float
    unit: str | None
    score: float
    rows: tuple[tuple[int, int], ...]
    text: str
    baseline: Period | None = None

    def as_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "type": self.type,
            "metric": self.metric,
            "segment": dict(self.segment) or None,
            "period": self.period.as_json() if self.period else None,
            "value": self.value,
            "unit": self.unit,
            "score": self.score,
            "rows": [first if first == last else f"{first}-{last}" for first, last in self.rows],
            "text": self.text,
        }
        if self.baseline is not None:
            out["baseline"] = self.baseline.as_json()
        return out


@dataclass(frozen=True, slots=True)
class Focus:
    """What a follow-up asks for: “and by region?”, “only the last month”, “revenue by region and channel”.

    ``by`` and ``metric`` are column names as a person says them. ``period`` restricts the facts to a time.
    ``words`` is the question itself: columns, values and times it names are looked for in it.
    """

    by: tuple[str, ...] = ()
    metric: str | None = None
    period: Period | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """How a column was understood.

    ``role`` is flow, level, value, rate, balance, id, date, category or text; derived or unknown where nothing is
    stated about it.
    """

    name: str
    role: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a table says.

    ``rows`` counts its data rows, repeated ones included; ``step`` is what one date stands for; ``notes`` say in a
    sentence each what of the file was left out, and how it was read where it left that open.
    """

    file: str
    rows: int
    columns: tuple[ColumnNote, ...]
    step: str | None
    period: Period | None
    facts: tuple[Fact, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    def as_json(self, limit: int | None = None) -> dict[str, Any]:
        """The object that ``legwork facts --json`` prints; ``limit`` cuts the facts to the first so many."""
        return {
            "file": self.file,
            "rows": self.rows,
            "columns": [{"name": note.name, "role": note.role, "unit": note.unit} for note in self.columns],
            "step": self.step,
            "period": self.period.as_json() if self.period else None,
            "notes": list(self.notes),
            "facts": [fact.as_json() for fact in self.facts[:limit]],
        }


def ranges(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Row numbers as sorted inclusive ranges: 1, 2, 3, 7 are (1, 3), (7, 7)."""
    out: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if out and out[-1][1] == number - 1:
            out[-1] = (out[-1][0], number)
        else:
            out.append((number, number))
    return tuple(out)
