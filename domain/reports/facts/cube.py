"""Numbers by combination and step, and the segments that can be summed from them."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import NO_VALUE, Dimension, Floats, Frame, Ints, Mask
from domain.reports.facts.measure import ROWS, role_of

MOST_LEAVES = 3000
MOST_CELLS = 3_000_000  # combinations x steps that are held: 24 MB for each array of them
MOST_SEGMENTS = 400
_FEWEST = 4  # cases a step: with fewer, sums of cases say nothing about a single step
_AROUND = 10  # steps on each side by which a dip in the number of rows is seen


@dataclass(slots=True)
class Cube:
    """For one metric: ``above`` (and ``below``, where it is divided) as combinations x steps.

    ``members`` says which combinations each segment is made of. ``gaps`` marks steps at which a segment
    has no number, or fewer rows than around them: low only because rows are missing.
    """

    metric: str
    segments: list[Segment]
    members: Floats
    above: Floats
    below: Floats | None
    offset: float
    gaps: Mask
    counts: Floats
    leaf: Ints

    def series(self) -> Floats:
        """Segments x steps; NaN where there is no number."""
        top = self.members @ self.above
        if self.below is not None:
            under = self.members @ self.below
            with np.errstate(divide="ignore", invalid="ignore"):
                top = np.where(under > 0, top / under, np.nan) + self.offset
        return np.where(self.gaps, np.nan, top)


def cube_dimensions(frame: Frame) -> list[Dimension]:
    """The dimensions worth looking into, those with the fewest values first, as far as their combinations stay few,
    and those that have rows fit beside the steps."""
    chosen: list[Dimension] = []
    size, steps = 1, max(1, len(frame.starts))
    for one in sorted(frame.dimensions, key=lambda one: len(one.values)):
        larger = size * len(one.values)
        fits = larger <= MOST_LEAVES and min(larger, len(frame.rows)) * steps <= MOST_CELLS
        if one.name != frame.currency and len(chosen) < 3 and fits:
            chosen.append(one)
            size = larger
    return [one for one in frame.dimensions if one in chosen]


def _merged(frame: Frame, dimension: Dimension) -> Ints:
    """Codes in which a category that was renamed keeps its first name."""
    codes = dimension.codes.copy()
    for column, old, new in frame.renames:
        if column == dimension.name:
            codes[codes == dimension.values.index(new)] = dimension.values.index(old)
    return codes


def build_cube(frame: Frame, metric: str, chosen: Mask, left_out: Mask) -> Cube:
    """The cube of the rows chosen. Cells to be left out (suspect values) take the middle of their own series."""
    dimensions = cube_dimensions(frame)
    codes = [_merged(frame, one) for one in dimensions]
    key = np.zeros(len(frame.rows), dtype=np.int64)
    for one, code in zip(dimensions, codes, strict=True):
        key = key * len(one.values) + code
    _, first, leaf = np.unique(key, return_index=True, return_inverse=True)
    leaf = leaf.astype(np.int64)
    size, steps = len(first), len(frame.starts)
    rows = chosen & (frame.place >= 0)

    def spread(values: Floats) -> Floats:
        flat = leaf[rows] * steps + frame.place[rows]
        sums = np.bincount(flat, weights=np.nan_to_num(values[rows]), minlength=size * steps)
        return sums.astype(np.float64).reshape(size, steps)

    role = role_of(frame, metric)
    counts = spread(np.ones(len(frame.rows)))
    below = None
    if metric == ROWS:
        above = counts.copy()
    elif role.kind == "rate":
        above, below = spread(frame.numbers[role.above]), spread(frame.numbers[role.below])
    else:
        values = _mended(frame.numbers[metric], left_out, leaf)
        above = spread(values)
        if role.kind == "value":
            below = spread((~np.isnan(values)).astype(np.float64))
    segments, members = _segments(frame, dimensions, codes, first)
    gaps = _gaps(frame, members @ counts, zero_is_number=not frame.panel and role.kind in ("flow", "rows"))
    return Cube(metric, segments, members, above, below, role.offset, gaps, counts, leaf)


def _mended(values: Floats, left_out: Mask, leaf: Ints) -> Floats:
    out = values.copy()
    for place in np.flatnonzero(left_out):
        out[place] = np.nanmedian(values[(leaf == leaf[place]) & ~left_out])
    return out


def _segments(
    frame: Frame, dimensions: list[Dimension], codes: list[Ints], first: Ints
) -> tuple[list[Segment], Floats]:
    """The whole table, each value, and each pair of values of two columns, as sums of combinations."""
    renamed = {(column, value) for column, old, new in frame.renames for value in (old, new)}
    segments: list[Segment] = [()]
    rows: list[Mask] = [np.ones(len(first), dtype=np.bool_)]
    singles: list[list[tuple[Segment, Mask]]] = []
    for one, code in zip(dimensions, codes, strict=True):
        own = [
            (((one.name, value),), code[first] == place)
            for place, value in enumerate(one.values)
            if value != NO_VALUE and (one.name, value) not in renamed and (code[first] == place).any()
        ]  # fmt: skip
        singles.append(own)
        segments += [segment for segment, _ in own]
        rows += [mask for _, mask in own]
    for left, right in combinations(singles, 2):
        if len(left) * len(right) + len(segments) > MOST_SEGMENTS:
            continue
        for (a, in_a), (b, in_b) in ((x, y) for x in left for y in right):
            if (in_a & in_b).any():
                segments.append(a + b)
                rows.append(in_a & in_b)
    return segments, np.array(rows, dtype=np.float64)


def _gaps(frame: Frame, counts: Floats, *, zero_is_number: bool) -> Mask:
    absent = np.ones(len(frame.starts), dtype=np.bool_)
    absent[frame.present] = False
    if zero_is_number:
        sparse = np.median(counts[:, ~absent], axis=1) < _FEWEST
        return sparse[:, None] | absent
    gaps = (counts == 0) | absent
    uneven = [place for place, row in enumerate(counts) if frame.panel and len(np.unique(row[row > 0])) > 1]
    for segment in uneven:
        row = counts[segment]
        for place in np.flatnonzero((row > 0) & (row < row.max())):
            window = row[max(0, place - _AROUND) : place + _AROUND + 1]
            gaps[segment, place] |= bool(row[place] < np.median(window[window > 0]) - 0.5)
    return gaps
