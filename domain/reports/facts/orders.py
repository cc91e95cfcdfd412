"""Orders among groups: those that reverse inside other groups, and groups far from the rest."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import NO_VALUE, Dimension, Floats, Frame, Mask
from domain.reports.facts.measure import amount, cases, compared, role_of

MOST_GROUPS = 8
FEWEST = 20  # rows on either side of an order, or the cases that their rates are of
_FEWEST_RATED = 8  # rows, where each stands for many cases
_SURE = 3.0  # standard errors, of all differences that make a reversal together
_FAR = 0.15  # relative
_CERTAIN = 7.0  # standard errors
_APART = 3.0  # times the spread of the other groups


@dataclass(frozen=True, slots=True)
class Reversal:
    """``leader`` is first overall by its mix alone: within every group of ``within`` it is ``inside`` that leads."""

    metric: str
    column: str
    within: str
    leader: str
    inside: str
    groups: tuple[str, ...]


def find_reversals(frame: Frame, metric: str, chosen: Mask, within: set[str]) -> list[Reversal]:
    """Columns whose first value overall leads in no group of another column, while one other leads in all.

    ``within``: the columns by which the metric differs; the mix of no other one turns an order round.
    """
    found: list[Reversal] = []
    values, weights = cases(frame, metric)
    counted = chosen & np.isfinite(values) & (weights > 0)
    columns = [one for one in frame.dimensions if one.name != frame.currency]
    for one in columns:
        for other in [column for column in columns if column.name in within]:
            groups = [value for value in other.values if value != NO_VALUE]
            if one is other or not 2 <= len(groups) <= MOST_GROUPS:
                continue
            means = _means(one, other, values, weights, counted)
            overall, inner = means[-1], means[[other.values.index(value) for value in groups]]
            several = (np.isfinite(inner).sum(axis=1) > 1).all() and np.isfinite(overall).any()
            if not several:
                continue
            leaders = {int(place) for place in np.nanargmax(inner, axis=1)}
            first = int(np.nanargmax(overall))
            if len(leaders) == 1 and first not in leaders:
                inside = one.values[leaders.pop()]
                reversal = Reversal(metric, one.name, other.name, one.values[first], inside, tuple(groups))
                if NO_VALUE not in (reversal.leader, inside) and _holds(frame, reversal, chosen):
                    found.append(reversal)
    return found


def _means(one: Dimension, other: Dimension, values: Floats, weights: Floats, counted: Mask) -> Floats:
    """The average of each value of a column (across) in each group of another one, and in all of them (last)."""
    shape = len(other.values), len(one.values)
    flat = other.codes[counted] * shape[1] + one.codes[counted]
    size = shape[0] * shape[1]
    under = np.bincount(flat, weights[counted], size).reshape(shape)
    over = np.bincount(flat, (values * weights)[counted], size).reshape(shape)
    under, over = np.vstack([under, under.sum(axis=0)]), np.vstack([over, over.sum(axis=0)])
    return np.where(under > 0, over / np.where(under > 0, under, 1.0), np.nan)


def _holds(frame: Frame, reversal: Reversal, chosen: Mask) -> bool:
    """Whether every group has enough rows of both sides, and their differences are no chance."""
    values, weights = cases(frame, reversal.metric)
    fewest = _FEWEST_RATED if role_of(frame, reversal.metric).kind == "rate" else FEWEST
    sure = 0.0
    for group in (None, *reversal.groups):
        around: Segment = () if group is None else ((reversal.within, group),)
        sides: list[tuple[float, float]] = []
        for value in (reversal.leader, reversal.inside):
            inside = chosen & frame.mask((*around, (reversal.column, value))) & np.isfinite(values)
            rows, stood_for = int(inside.sum()), float(weights[inside].sum())
            if rows < fewest or stood_for < FEWEST:
                return False
            middle = float(np.average(values[inside], weights=weights[inside]))
            spread = float(np.average((values[inside] - middle) ** 2, weights=weights[inside]))
            sides.append((middle, spread / rows))
        gap = abs(sides[0][0] - sides[1][0])
        if gap <= 0:
            return False
        error = (sides[0][1] + sides[1][1]) ** 0.5
        sure += (gap / error) ** 2 if error else np.inf
    return sure >= _SURE**2 * (1 + len(reversal.groups))


def far_groups(frame: Frame, metric: str, chosen: Mask) -> list[tuple[Segment, float]]:
    """The one group of a column that is far from all others in an average, and how many standard errors."""
    found: list[tuple[Segment, float]] = []
    for dimension in frame.dimensions:
        groups = [
            (((dimension.name, value),), number)
            for value, number in compared(frame, metric, ((dimension.name, dimension.values[0]),), chosen)
            if value != NO_VALUE
        ]
        if len(groups) < 3:
            continue
        for segment, number in groups:
            rest = np.array([other for own, other in groups if own != segment])
            middle = float(rest.mean())
            gap = abs(number - middle)
            if gap <= _FAR * abs(middle) or gap <= _APART * float(rest.max() - rest.min()) / 2:
                continue
            errors = _errors(frame, metric, chosen, segment, gap)
            if errors >= _CERTAIN:
                found.append((segment, errors))
    return found


def _errors(frame: Frame, metric: str, chosen: Mask, segment: Segment, gap: float) -> float:
    """How many standard errors a gap is, from the cases' own spread; of rates, from their course over time."""
    inside = frame.mask(segment) & chosen
    role = role_of(frame, metric)
    if role.kind == "value":
        values = frame.numbers[metric][inside]
        values = values[np.isfinite(values)]
    else:
        steps = [inside & (frame.place == step) for step in frame.present.tolist()[-60:]]
        found = [amount(frame, metric, mask) for mask in steps if mask.any()]
        values = np.array([number for number in found if number is not None])
    if len(values) < 8:
        return 0.0
    return gap / max(1e-12, float(values.std(ddof=1)) / float(np.sqrt(len(values))))
