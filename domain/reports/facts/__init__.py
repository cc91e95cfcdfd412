"""Facts from any report: what a table says, computed from its cells, each with the rows it rests on."""

from pathlib import Path

from domain.core.budget import MEGABYTES, SECONDS, Budget
from domain.reports.facts.fact import ALARMS, NO_COLUMN, Analysis, ColumnNote, Fact, Focus, Period, Segment

__all__ = ["ALARMS", "NO_COLUMN", "Analysis", "ColumnNote", "Fact", "Focus", "Period", "Segment", "analyse"]


def analyse(
    path: Path, *, focus: Focus | None = None, name: str = "", seconds: float = SECONDS, megabytes: float = MEGABYTES
) -> Analysis:
    """The facts of the table in a file, the most important first; those a focus asks for come before all others.

    It holds the interpreter for as long as it takes (about a second for 20,000 rows): run it in another
    process. Arguments and result can be pickled. ``name`` is what people know the file by. After ``seconds``, or with
    ``megabytes`` in use, no further part of the work is begun; the notes say which ones were not.

    Raises:
        Invalid: the file holds no table, or the focus names a column it does not have (with the code NO_COLUMN).
    """
    from domain.reports.facts.analysis import analyse_table  # numpy and the readers are loaded on first use
    from domain.reports.reading import read_table

    budget = Budget(seconds, megabytes)
    return analyse_table(read_table(path, name), focus, budget)
