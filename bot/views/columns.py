"""Rows of text as aligned columns, by the width each character takes on a screen."""

from collections.abc import Sequence

from rich.cells import cell_len


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    """The header, a rule and the rows, two spaces apart; ``right`` names the columns aligned to the right."""
    count = len(header)
    cells = [[" ".join(cell.split()) for cell in (*row, *[""] * (count - len(row)))][:count] for row in (header, *rows)]
    widths = [max(cell_len(row[column]) for row in cells) for column in range(count)]
    lines = ["  ".join(_padded(cell, widths[at], at in right) for at, cell in enumerate(row)).rstrip() for row in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _padded(cell: str, width: int, right: bool) -> str:
    room = " " * (width - cell_len(cell))
    return room + cell if right else cell + room
