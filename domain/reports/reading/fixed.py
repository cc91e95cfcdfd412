"""Text in columns of a fixed width, where names and cells may have spaces in them."""

from collections.abc import Sequence

_FEWEST_FILLED = 0.5


def by_columns(lines: Sequence[str]) -> list[list[str]] | None:
    """The fields of each line, cut where every line has a space and below a name; None where that gives no table.

    What stands under no name belongs to the column before it.
    """
    filled = [line for line in lines if line.strip()]
    if len(filled) < 3:
        return None
    width = max(map(len, filled))
    blank = [all(at >= len(line) or line[at] == " " for line in filled) for at in range(width)]
    starts = [at for at in range(width) if not blank[at] and (at == 0 or blank[at - 1])]
    ends = [*starts[1:], width]
    named = [start for start, end in zip(starts, ends, strict=True) if filled[0][start:end].strip()]
    if len(named) < 2 or not starts or named[0] != starts[0]:
        return None
    spans = list(zip(named, [*named[1:], width], strict=True))
    rows = [[line[start:end].strip() for start, end in spans] if line.strip() else [] for line in lines]
    there = [row for row in rows if row]
    if any(sum(bool(row[at]) for row in there) < _FEWEST_FILLED * len(there) for at in range(len(spans))):
        return None
    return rows
