"""Tables whose rows are combinations with how often each occurs: what is counted of them is that, not the rows."""

import numpy as np

from domain.reports.facts.frame import Frame
from domain.reports.facts.roles import leaves
from domain.reports.facts.words import called
from domain.reports.querying.query import How, Select
from domain.reports.querying.source import Source

_FEWEST_DIMENSIONS = 2


def count_column(source: Source) -> str | None:
    """The column that says how often each row's combination occurs: Freq, Anzahl, n; None in all other tables."""
    if len(source.sides) > 1 or source.date or not any(called(name, "count") for name in source.columns):
        return None
    frame = source.sides[0].frame
    if frame is None or frame.starts or len(frame.dimensions) < _FEWEST_DIMENSIONS:
        return None
    if not _unique(frame):
        return None
    return next((name for name in frame.numbers if called(name, "count") and frame.roles[name].kind == "flow"), None)


def _unique(frame: Frame) -> bool:
    leaf = leaves(frame)
    return len(np.unique(leaf)) == len(leaf)


def weighted(source: Source, selects: list[Select]) -> tuple[list[Select], list[str]]:
    """Counts and shares of rows as those of what the rows stand for, and what is said of it."""
    if not any(select.column is None and select.how in _OF_ROWS for select in selects):
        return selects, []
    column = count_column(source)
    if column is None:
        return selects, []
    note = (
        f"Each row stands for as many as {column} says, so these are counted; "
        f"the table itself has {source.height:,} rows."
    )
    return [_OF_ROWS[select.how](column) if select.column is None and select.how in _OF_ROWS else select
            for select in selects], [note]  # fmt: skip


def _sum(column: str) -> Select:
    return Select(how=How.SUM, column=column)


def _share(column: str) -> Select:
    return Select(how=How.SHARE, column=column)


_OF_ROWS = {How.COUNT: _sum, How.SHARE: _share}
