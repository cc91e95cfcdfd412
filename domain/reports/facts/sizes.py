"""How much a sparse column is where it is more than nothing, and since when that is otherwise."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.certainty import asked
from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import NO_VALUE, Frame, spread_out
from domain.reports.facts.shifts import CERTAIN, best_shift
from domain.reports.facts.sparse import is_sparse

FEWEST = 24
MOST = 20_000
LEAST = 0.3  # of a shift, on the logarithmic scale
PLACES = 120


@dataclass(frozen=True, slots=True)
class Size:
    """From step ``first`` on, what is above zero in a segment is ``now`` on average, where it was ``usual`` before."""

    segment: Segment
    first: int
    now: float
    usual: float
    strength: float


def find_size(frame: Frame, metric: str, columns: int) -> Size | None:
    """The clearest lasting change in how much a sparse column is, of the whole table and each value of its columns."""
    if not frame.starts or not is_sparse(frame, metric):
        return None
    values = frame.numbers[metric]
    above = (np.nan_to_num(values) > 0) & (frame.place >= 0)
    segments: list[Segment] = [(), *(
        ((one.name, value),) for one in frame.dimensions if one.name != frame.currency
        for value in one.values if value != NO_VALUE
    )]  # fmt: skip
    years = (frame.starts[-1] - frame.starts[0]).days / 365.25
    best: Size | None = None
    for segment in segments:
        rows = np.flatnonzero(above & frame.mask(segment))
        if not FEWEST <= len(rows) <= MOST:
            continue
        rows = rows[np.argsort(frame.stamps[rows], kind="stable")]
        sizes = np.log(values[rows])
        middle = float(np.median(sizes))
        limit = 3 * 1.4826 * float(np.median(np.abs(sizes - middle))) + 0.3
        places = spread_out(6, len(rows) - 6, PLACES)
        calm = np.clip(sizes, middle - limit, middle + limit)
        shift = best_shift(calm, np.ones(len(rows), dtype=np.bool_), places, years)
        if shift is None or abs(shift[1]) < LEAST:
            continue
        certain = max(CERTAIN, asked(columns * len(segments) * PLACES, float(len(rows) - 4)))
        first = int(frame.place[rows[shift[0]]])
        before, after = values[rows[frame.place[rows] < first]], values[rows[frame.place[rows] >= first]]
        if shift[2] < certain or not len(before) or (best is not None and shift[2] / certain <= best.strength):
            continue
        now, usual = float(after.mean()), float(before.mean())
        if (now - usual) * shift[1] > 0 and abs(now / usual - 1) >= 0.5 * abs(float(np.expm1(shift[1]))):
            best = Size(segment, first, now, usual, shift[2] / certain)
    return best
