"""A table on a telephone: aligned where its rows fit a line, and row by row where they would be broken."""

from collections.abc import Sequence

from rich.cells import cell_len

from bot.telegram.runs import Run
from bot.views.blocks import Table
from bot.views.columns import aligned

WIDTH = 40
"""Characters of one width that a telephone shows side by side, about; wider lines are broken in the middle."""


def table(part: Table) -> list[Run]:
    drawn = aligned(part.columns, part.rows, part.right())
    if max(cell_len(line) for line in drawn.split("\n")) <= WIDTH:
        return [Run(drawn, ("pre",))]
    runs = [Run(_joined(part.columns), ("i",))]
    for row in part.rows:
        first, *others = [*row, *[""] * (len(part.columns) - len(row))][: len(part.columns)]
        runs += [Run("\n\n"), Run(_on_one_line(first), ("b",)), *([Run(f"\n{_joined(others)}")] if others else [])]
    return runs


def _joined(cells: Sequence[str]) -> str:
    return " · ".join(_on_one_line(cell) for cell in cells)


def _on_one_line(cell: str) -> str:
    return " ".join(cell.split()) or "–"
