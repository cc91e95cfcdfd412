"""A table on a telephone: aligned where its rows fit a line, and row by row where they would be broken."""

from collections.abc import Sequence
from dataclasses import replace

from rich.cells import cell_len

from bot.telegram.runs import Run
from bot.views.blocks import Table
from bot.views.columns import aligned

WIDTH = 40
"""Characters of one width that a telephone shows side by side, about; wider lines are broken in the middle."""

FEW = 3
"""Columns that can still be read one row after the other."""


def table(part: Table) -> list[Run]:
    drawn = aligned(part.columns, part.rows, part.right())
    if fits(part):
        header, rule, *rows = drawn.split("\n")
        head = Run(f"{header}\n{rule}", ("pre",), leads=bool(rows))
        return [head, *(Run(f"\n{row}", ("pre",), head=replace(head, leads=False)) for row in rows)]
    head = Run(_joined(part.columns), ("i",), leads=bool(part.rows))
    again = replace(head, text=f"{head.text}\n", leads=False)
    runs = [head]
    for row in part.rows:
        first, *others = [*row, *[""] * (len(part.columns) - len(row))][: len(part.columns)]
        named = [Run("\n\n", head=again), Run(_on_one_line(first), ("b",), head=again)]
        runs += [*named, *([Run(f"\n{_joined(others)}", head=again)] if others else [])]
    return runs


def fits(part: Table) -> bool:
    """Whether its rows fit the lines of a telephone."""
    drawn = aligned(part.columns, part.rows)
    return max(cell_len(line) for line in drawn.split("\n")) <= WIDTH


def has_room(part: Table) -> bool:
    """Whether a telephone shows it well: in lines, or row by row where there are few columns."""
    return len(part.columns) <= FEW or fits(part)


def _joined(cells: Sequence[str]) -> str:
    return " · ".join(_on_one_line(cell) for cell in cells)


def _on_one_line(cell: str) -> str:
    return " ".join(cell.split()) or "–"
