"""What cells of a result look like: dates as ISO text, no more rows than a person or a chart can use."""

from datetime import datetime

from domain.reports.facts.steps import shown
from domain.reports.reading import Column

MOST_KEPT = 5_000
"""Rows that a result holds."""

_LONGEST = 120


def short(text: str) -> str:
    """A text as facts and tables for people hold it; the rows of a result hold it whole."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def written_date(column: Column, at: datetime) -> str:
    """A moment as its column writes it: “2024”, “2024-03”, “2024-03-09”, “2024-03-09T05:30:00”."""
    if column.grain in ("year", "month", "day", "week"):
        return shown(at, column.grain)
    if column.grain == "quarter":
        return f"{at.year}-Q{(at.month + 2) // 3}"
    return at.isoformat(timespec="seconds" if at.second else "minutes")
