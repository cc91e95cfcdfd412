"""What tells rows apart: how much of a number's differences each grouping explains, beyond chance."""

from dataclasses import dataclass, replace

import numpy as np

from domain.reports.facts.chance import chi_tail
from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import NO_VALUE, Dimension, Floats, Frame, Mask
from domain.reports.facts.measure import ROWS, cases, role_of
from domain.reports.facts.words import called

CHANCE = 0.0005  # of one such difference among all pairs looked at
FEWEST = 5  # rows of a group whose average is compared
LEAST = 0.01  # of the spread: less is nothing a reader would see
MOST_GRADES = 8
_NO_CHANCE = 0.00001  # of sums so far apart
_ECHO = 0.25  # of each other's spread: what differs by one differs by the other
_TWINS = 0.8  # of each other's spread: groupings that say the same


@dataclass(frozen=True, slots=True)
class Difference:
    """``explains`` is the share of the spread of ranks, 0 to 1; ``echo`` that a column that explains more of it is much
    like this one."""

    metric: str
    column: str
    explains: float
    echo: bool = False


def differences(frame: Frame, metrics: list[str]) -> list[Difference]:
    """The groupings by which averages of metrics truly differ, those that explain most first."""
    averaged = [name for name in metrics if name != ROWS and role_of(frame, name).kind in ("value", "rate")]
    columns = [one for one in (*frame.dimensions, *frame.grades) if one.name != frame.currency]
    pairs = max(1, len(averaged) * len(columns))
    found: list[Difference] = []
    for metric in averaged:
        ranks = _ranks(cases(frame, metric)[0])
        for one in columns:
            if one.name == metric:
                continue
            explains, chance = _explained(ranks, one)
            if explains >= LEAST and chance * pairs < CHANCE:
                found.append(Difference(metric, one.name, explains))
    return _with_echoes(frame, sorted(found, key=lambda one: -one.explains))


def _with_echoes(frame: Frame, found: list[Difference]) -> list[Difference]:
    every, same = np.ones(len(frame.rows)), dict[tuple[str, str], bool]()
    out: list[Difference] = []
    for place, one in enumerate(found):
        own = frame.dimension(one.column)
        for better in [other for other in found[:place] if other.metric == one.metric]:
            pair = (better.column, one.column)
            if pair not in same:
                beside = frame.dimension(better.column)
                same[pair] = association(own, beside, every, filled(own) & filled(beside))[0] >= _ECHO
            if same[pair]:
                one = replace(one, echo=True)
        out.append(one)
    return out


def _ranks(values: Floats) -> Floats:
    """Places in order, equal numbers sharing theirs; NaN without a number. Outliers count no more than others."""
    out = np.full(len(values), np.nan)
    known = np.isfinite(values)
    _, index, counts = np.unique(values[known], return_inverse=True, return_counts=True)
    upto = np.cumsum(counts)
    out[known] = (upto - (counts - 1) / 2)[index]
    return out


def _explained(ranks: Floats, dimension: Dimension) -> tuple[float, float]:
    """The share of the ranks' spread between groups of at least five rows, and the chance of so much (Kruskal and
    Wallis)."""
    known = np.isfinite(ranks)
    if NO_VALUE in dimension.values:
        known &= dimension.codes != dimension.values.index(NO_VALUE)
    size = np.bincount(dimension.codes[known], minlength=len(dimension.values))
    known &= size[dimension.codes] >= FEWEST
    codes, mine = dimension.codes[known], ranks[known]
    size = np.bincount(codes, minlength=len(dimension.values)).astype(np.float64)
    groups = int((size > 0).sum())
    if groups < 2:
        return 0.0, 1.0
    middle = np.bincount(codes, mine, len(size)) / np.maximum(size, 1)
    spread = float(((mine - mine.mean()) ** 2).sum())
    if spread <= 0:
        return 0.0, 1.0
    between = float((size * (middle - mine.mean()) ** 2).sum())
    return between / spread, chi_tail((len(mine) - 1) * between / spread, groups - 1)


def grades(frame: Frame) -> list[Dimension]:
    """Number columns with a few whole numbers, each of several rows (a class of 1 to 3), as groups."""
    found: list[Dimension] = []
    for name, values in frame.numbers.items():
        known = values[np.isfinite(values)]
        distinct = np.unique(known)
        role = frame.roles[name].kind
        if role not in ("value", "part", "unknown") or not 2 <= len(distinct) <= MOST_GRADES or np.any(distinct % 1):
            continue
        if len(known) >= 4 * FEWEST * len(distinct) / 2:
            labels = [f"{number:g}" for number in distinct]
            codes = np.searchsorted(distinct, np.nan_to_num(values, nan=float(distinct[0])))
            codes[np.isnan(values)] = len(labels)
            found.append(Dimension(name, [*labels, NO_VALUE], codes.astype(np.int64)))
    return found


def association(one: Dimension, other: Dimension, weights: Floats, chosen: Mask) -> tuple[float, float]:
    """How much two groupings tell about each other (Cramér's V squared, 0 to 1), and the chance of so much."""
    shape = len(one.values), len(other.values)
    pairs = one.codes[chosen] * shape[1] + other.codes[chosen]
    table = np.bincount(pairs, weights[chosen], shape[0] * shape[1]).reshape(shape)
    for axis, of in ((0, one), (1, other)):
        if NO_VALUE in of.values:
            table = np.delete(table, of.values.index(NO_VALUE), axis)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape, default=0) < 2:
        return 0.0, 1.0
    whole = table.sum()
    usual = np.outer(table.sum(axis=1), table.sum(axis=0)) / whole
    value = float(((table - usual) ** 2 / usual).sum())
    rows, columns = table.shape
    return value / (whole * (min(rows, columns) - 1)), chi_tail(value, (rows - 1) * (columns - 1))


def twins(one: Dimension, other: Dimension, weights: Floats, chosen: Mask) -> bool:
    """Whether two groupings say nearly the same."""
    return association(one, other, weights, chosen)[0] >= _TWINS


def filled(one: Dimension) -> Mask:
    """The rows that have a value."""
    missing = one.values.index(NO_VALUE) if NO_VALUE in one.values else -1
    return one.codes != missing


def stands_out(frame: Frame, metric: str, base: Segment, dimension: Dimension) -> bool:
    """Whether the sums of a column's values differ by more than chance makes them."""
    inside = frame.mask(base) & filled(dimension) & ((frame.place >= 0) | (not frame.panel))
    values = np.ones(len(frame.rows)) if metric == ROWS else np.nan_to_num(frame.numbers[metric])
    size = len(dimension.values)
    if frame.panel:  # by what each date brings
        dates = len(frame.starts)
        flat = dimension.codes[inside] * dates + frame.place[inside]
        each = np.bincount(flat, values[inside], size * dates).reshape(size, dates)[:, frame.present]
        sums, spread = each.sum(axis=1), each.var(axis=1) * each.shape[1]
    else:
        sums = np.bincount(dimension.codes[inside], values[inside], size)
        spread = np.bincount(dimension.codes[inside], values[inside] ** 2, size)
        if not frame.starts and called(metric, "count"):
            spread = np.abs(sums)  # each row stands for as many cases
    there = np.bincount(dimension.codes[inside], minlength=size) > 0
    sums, spread = sums[there], np.maximum(spread[there], 1e-12 * float(np.max(sums**2, initial=1.0)))
    middle = float(np.average(sums, weights=1 / spread))
    return chi_tail(float(((sums - middle) ** 2 / spread).sum()), len(sums) - 1) < _NO_CHANCE
