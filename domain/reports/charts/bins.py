"""How the numbers of a column are spread: bins of a round width, and one for what lies far outside at either end."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from domain.reports.charts.axes import number_text
from domain.reports.charts.spec import ABOVE, BELOW

__all__ = ["Bins", "binned"]

Floats = NDArray[np.float64]

_SINGLE = 25
"""Whole numbers up to so many apart have a bin each."""
_FEWEST, _MOST = 7, 30
_FAR = 3.0
"""Quartile distances beyond the quartiles from where on a number is far outside (Tukey's outer fences)."""
_WORTH = 0.5
"""By how much of their width the bins would have to be stretched before far numbers get a bin of their own."""
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Bins:
    """``edges``, one more than ``counts``; a number on an edge counts above it, in the last bin at its end.

    ``names`` say what a bin holds. ``above`` and ``below`` count what lies far outside and has the last and the first
    bin for itself, which are then as wide as the others and open.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    names: tuple[str, ...]
    below: int = 0
    above: int = 0


def binned(values: Sequence[float], *, whole: bool) -> Bins:
    """The bins of at least one number. ``whole``: the numbers have no decimals."""
    there = np.sort(np.array(values, dtype=np.float64))
    low, high = float(there[0]), float(there[-1])
    if low == high:
        half = 0.5 if whole else abs(low) * 0.05 or 0.5
        return Bins((low - half, low + half), (len(there),), (number_text(low),))
    if whole and high - low < _SINGLE:
        edges = [at - 0.5 for at in range(int(low), int(high) + 2)]
        return _counted(there, edges, [number_text(at) for at in range(int(low), int(high) + 1)])
    first, last = _inside(there)
    step = _step(there, first, last, whole=whole)
    edges = _edges(first, last, step)
    names = _names(edges, whole=whole)
    return _opened(there, edges, names, step)


def _inside(there: Floats) -> tuple[float, float]:
    """From where to where the bins reach: to the ends, unless few numbers far outside would stretch them."""
    low, high = float(there[0]), float(there[-1])
    lower, upper = (float(quarter) for quarter in np.quantile(there, (0.25, 0.75)))
    reach = _FAR * (upper - lower)
    if not reach:  # most numbers are the same: what is usual lies between the hundredth parts
        lower, upper = (float(end) for end in np.quantile(there, (0.01, 0.99)))
        if lower == upper:
            return low, high
    inside = there[(there >= lower - reach) & (there <= upper + reach)]
    first, last = float(inside[0]), float(inside[-1])
    if first == last:
        return low, high
    room = _WORTH * (last - first)
    return (low if first - low <= room else first), (high if high - last <= room else last)


def _step(there: Floats, first: float, last: float, *, whole: bool) -> float:
    """A round width near that of Freedman and Diaconis (1981), for a number of bins that can be read."""
    lower, upper = (float(quarter) for quarter in np.quantile(there, (0.25, 0.75)))
    ideal = 2 * (upper - lower) / len(there) ** (1 / 3) or (last - first) / _FEWEST
    width = min(max(ideal, (last - first) / _MOST), (last - first) / _FEWEST)
    power = 10.0 ** math.floor(math.log10(width))
    steps = [step for factor in _ROUND if (step := factor * power).is_integer() or not whole]
    return min(steps or [1.0], key=lambda step: abs(math.log(step / width)))


def _edges(first: float, last: float, step: float) -> list[float]:
    start = math.floor(first / step + 1e-9)
    count = max(1, math.ceil(last / step - 1e-9) - start)
    digits = max(0, 2 - math.floor(math.log10(step)))
    return [round((start + at) * step, digits) for at in range(count + 1)]


def _names(edges: Sequence[float], *, whole: bool) -> list[str]:
    ends = [(start, end - 1 if whole else end) for start, end in pairwise(edges)]
    write = number_text if len({number_text(edge) for edge in edges}) == len(edges) else _exactly
    return [write(start) if whole and start == end else f"{write(start)} to {write(end)}" for start, end in ends]


def _exactly(value: float) -> str:
    return f"{value:,.15g}"


def _opened(there: Floats, edges: list[float], names: list[str], step: float) -> Bins:
    """The bins with one more at each end beyond which something lies."""
    below, above = int((there < edges[0]).sum()), int((there > edges[-1]).sum())
    counts = list(_counted(there[(there >= edges[0]) & (there <= edges[-1])], edges, names).counts)
    if above:  # what lies on the edge is no less than it
        on_edge = int((there == edges[-1]).sum())
        counts[-1] -= on_edge
        above += on_edge
        names, counts = [*names, f"{number_text(edges[-1])}{ABOVE}"], [*counts, above]
        edges = [*edges, edges[-1] + step]
    if below:
        names, counts = [f"{BELOW}{number_text(edges[0])}", *names], [below, *counts]
        edges = [edges[0] - step, *edges]
    return Bins(tuple(edges), tuple(counts), tuple(names), below, above)


def _counted(there: Floats, edges: Sequence[float], names: Sequence[str]) -> Bins:
    counts = np.histogram(there, bins=np.array(edges))[0]
    return Bins(tuple(edges), tuple(int(count) for count in counts), tuple(names))
