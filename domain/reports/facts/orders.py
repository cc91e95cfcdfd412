"""Orders among groups: those that reverse inside other groups, and groups far from the rest."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import NO_VALUE, Frame, Mask
from domain.reports.facts.measure import amount, compared, role_of

MOST_GROUPS = 8
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


def find_reversals(frame: Frame, metric: str, chosen: Mask) -> list[Reversal]:
    """Columns whose first value overall leads in no group of another column, while one other leads in all."""
    found: list[Reversal] = []
    for one in frame.dimensions:
        for other in frame.dimensions:
            groups = [value for value in other.values if value != NO_VALUE]
            if one is other or not 2 <= len(groups) <= MOST_GROUPS or frame.currency in (one.name, other.name):
                continue
            overall = compared(frame, metric, ((one.name, one.values[0]),), chosen)
            inner = [
                compared(frame, metric, ((other.name, group), (one.name, one.values[0])), chosen) for group in groups
            ]
            leaders = {order[0][0] for order in inner if order}
            if (
                len(leaders) == 1
                and overall
                and overall[0][0] not in leaders
                and all(len(order) > 1 for order in inner)
            ):
                found.append(Reversal(metric, one.name, other.name, overall[0][0], leaders.pop(), tuple(groups)))
    return found


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
