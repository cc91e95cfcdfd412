"""What was found on reading that whoever uses the numbers has to be told: what was left out, and what was assumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

RemarkKind = Literal[
    "unread cells", "rows left out", "read as", "doubtful rows", "formulas without values", "elsewhere"
]

_NAMED = 3
"""So many cells are named one by one."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One such finding. ``rows`` are the row numbers it is about, ``column`` the column where it is about one."""

    kind: RemarkKind
    text: str
    rows: tuple[int, ...] = ()
    column: str | None = None


def unread(column: str, cells: Sequence[tuple[int, str]], *, what: str) -> Remark:
    """Filled cells of a column, ``(row, text)``, that are no ``what`` (“numbers”, “dates”)."""
    count = len(cells)
    named = ", ".join(f"“{_short(text)}” in row {row}" for row, text in cells[:_NAMED])
    more = f" and {count - _NAMED:,} more" if count > _NAMED else ""
    cells_are = "1 cell is" if count == 1 else f"{count:,} cells are"
    kind = what.removesuffix("s") if count == 1 else what
    text = f"{column}: {cells_are} no {kind} and not counted: {named}{more}."
    return Remark("unread cells", text, tuple(row for row, _ in cells), column)


def left_out(rows: Sequence[int], why: str) -> Remark:
    """Lines under the header that are no data; ``why`` ends the sentence “2 rows are left out: …”."""
    rows_are = "1 row is" if len(rows) == 1 else f"{len(rows):,} rows are"
    return Remark("rows left out", f"{rows_are} left out: {why} ({listed(rows)}).", tuple(rows))


def listed(rows: Sequence[int]) -> str:
    """“row 7”, “rows 3, 7 and 2 more”."""
    named = ", ".join(map(str, rows[:_NAMED]))
    more = f" and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else ""
    return f"row{'s' if len(rows) > 1 else ''} {named}{more}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 30 else f"{line[:29]}…"
