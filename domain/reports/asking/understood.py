"""What a person's question came to."""

from dataclasses import dataclass
from typing import Literal

from domain.reports.querying.query import ChartWish, Query

Export = Literal["pdf", "xlsx", "docx", "csv"]


@dataclass(frozen=True, slots=True)
class Understood:
    """``left``: words that were not understood, as written, neighbours together; the answer holds without them.

    ``assumed``: sentences about what the question left open and was taken. ``facts``: the question is about what
    changed, what stands out or what the table says altogether, so that its facts (``analyse_table``) answer it;
    ``query`` then holds the conditions and the period it is asked about.
    """

    query: Query
    left: tuple[str, ...] = ()
    chart: ChartWish | None = None
    export: Export | None = None
    assumed: tuple[str, ...] = ()
    facts: bool = False
