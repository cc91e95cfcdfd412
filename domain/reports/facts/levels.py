"""The levels a series stands on, one after another: where the time is best cut, so that each part has one level."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.expected import median
from domain.reports.facts.frame import Floats, Ints

MOST_BINS = 160
SHORTEST = 3  # steps of a level
_PRICE = 8.0  # of one more level, in variances by the logarithm of the steps
LEAST = 0.12  # of the step from one level to the next, on the series' scale
_CLEAR = 0.7  # of the step between two levels shows at once, within three steps on each side
_NEAR = 6  # steps that a place may be wrong by, where a series has no clear levels
_BEYOND = 1.6  # times as large as the largest such difference anywhere else


@dataclass(frozen=True, slots=True)
class Level:
    """Steps ``first`` to ``last`` stand at ``mean`` (without missing ones)."""

    first: int
    last: int
    mean: float

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def levels_of(row: Floats, least: float = 0.012) -> list[Level]:
    """The levels of a series whose every step from one to the next shows at once; a single one where none does. Its
    noise is not believed to be less than ``least``.

    The cuts are those of least squares with a price for each (Jackson and others, 2005); a course that drifts, bends or
    swings has no levels.
    """
    known = np.isfinite(row)
    if known.sum() < 2 * SHORTEST + 1:
        return _cut(row, [])
    steps = np.diff(row[known])
    noise = max(least, 1.4826 * float(np.median(np.abs(steps - np.median(steps)))) / np.sqrt(2))
    cuts = _cheapest(row, noise)
    while cuts:
        doubtful = [cut for cut in cuts if not _clear(row, cuts, cut, noise)]
        if not doubtful:
            return _cut(row, cuts)
        cuts.remove(min(doubtful, key=lambda cut: abs(_jump(row, cuts, cut))))
    return _cut(row, [])


def steepest(row: Floats, place: int, effect: float) -> int:
    """Where near a place a step of about this effect shows at once; the place itself where none does."""
    steps = _at_once(row) * np.sign(effect)
    near = np.arange(max(SHORTEST, place - _NEAR), min(len(row) - SHORTEST, place + _NEAR) + 1)
    if not len(near):
        return place
    best = int(near[np.argmax(steps[near])])
    most = float(np.max(np.abs(np.delete(steps, near)), initial=0.0))
    return best if steps[best] >= max(_CLEAR * abs(effect), _BEYOND * most) else place


def _cheapest(row: Floats, noise: float) -> list[int]:
    """The cuts that leave the least squares, each at its price; between bins first, then to the step."""
    size = -(-len(row) // MOST_BINS)
    edges = [*range(0, len(row), size), len(row)]
    known = np.isfinite(row)
    counts = np.concatenate([[0], np.cumsum(known)])
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, row, 0.0))])
    at = np.array(edges, dtype=np.int64)
    least = -(-SHORTEST // size)
    price = _PRICE * noise**2 * np.log(len(row))
    best = np.full(len(edges), np.inf)
    best[0], back = -price, [0] * len(edges)
    for end in range(least, len(edges)):
        starts = at[: end - least + 1]
        # the squares of a part are the same for all ways to cut, less the square of its sum by its count
        gain = (sums[at[end]] - sums[starts]) ** 2 / np.maximum(counts[at[end]] - counts[starts], 1)
        cost = best[: end - least + 1] - gain + price
        back[end] = int(np.argmin(cost))
        best[end] = cost[back[end]]
    cuts: list[int] = []
    end = back[-1]
    while end > 0:
        cuts.insert(0, edges[end])
        end = back[end]
    return cuts if size == 1 else [_refined(counts, sums, cuts, place, size) for place in range(len(cuts))]


def _refined(counts: Ints, sums: Floats, cuts: list[int], place: int, size: int) -> int:
    low, high = ([0, *cuts][place], [*cuts, len(counts) - 1][place + 1])
    near = np.arange(max(low + SHORTEST, cuts[place] - size), min(high - SHORTEST, cuts[place] + size) + 1)
    if not len(near):
        return cuts[place]
    left = (sums[near] - sums[low]) ** 2 / np.maximum(counts[near] - counts[low], 1)
    right = (sums[high] - sums[near]) ** 2 / np.maximum(counts[high] - counts[near], 1)
    return int(near[np.argmax(left + right)])


def _cut(row: Floats, cuts: list[int]) -> list[Level]:
    ends = [*cuts, len(row)]
    return [Level(first, end - 1, _mean(row[first:end])) for first, end in zip([0, *cuts], ends, strict=True)]


def _mean(part: Floats) -> float:
    known = part[np.isfinite(part)]
    return float(known.mean()) if len(known) else 0.0


def _jump(row: Floats, cuts: list[int], cut: int) -> float:
    place = cuts.index(cut)
    low, high = ([0, *cuts][place], [*cuts, len(row)][place + 1])
    return _mean(row[cut:high]) - _mean(row[low:cut])


def _clear(row: Floats, cuts: list[int], cut: int, noise: float) -> bool:
    """Whether the step shows at once, and nothing like it is anywhere but at the other cuts."""
    jump, differences = _jump(row, cuts, cut), _at_once(row)
    elsewhere = np.ones(len(row), dtype=np.bool_)
    for other in cuts:
        elsewhere[max(0, other - SHORTEST) : other + SHORTEST + 1] = False
    most = float(np.max(np.abs(differences[elsewhere]), initial=0.0))
    near = float(np.max(differences[max(0, cut - 1) : cut + 2] * np.sign(jump)))
    usual = 1.4826 * float(np.median(np.abs(differences[elsewhere]))) if elsewhere.any() else 0.0
    return near >= _CLEAR * abs(jump) and near >= max(_BEYOND * most, 4 * noise, 5 * usual) and abs(jump) >= LEAST


def _at_once(row: Floats) -> Floats:
    """How far the middle of the three steps from each on is from that of the three before it; 0 without either."""
    padded = np.concatenate([np.full(SHORTEST, np.nan), row, np.full(SHORTEST, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, SHORTEST)
    middles, known = median(windows), np.isfinite(windows).sum(axis=1) > 0
    before, after = slice(0, len(row)), slice(SHORTEST, SHORTEST + len(row))
    return np.where(known[before] & known[after], middles[after] - middles[before], 0.0)
