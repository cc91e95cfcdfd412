"""Passing oddities: single steps, or short runs of steps, far from what was expected."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.expected import Expected
from domain.reports.facts.frame import Floats, Frame, as_list

CERTAIN = 6.0  # standard deviations of a whole run
STEP = 2.6  # standard deviations that every step of a run shows
LEAST = 0.28  # on the logarithmic scale: a third more, a quarter less


@dataclass(frozen=True, slots=True)
class Spike:
    """Steps ``first`` to ``last`` of series ``segment`` stray by ``effect`` on average (on its scale).

    ``strength`` is in multiples of the certainty that is asked for.
    """

    segment: int
    first: int
    last: int
    effect: float
    strength: float


def find_spikes(frame: Frame, expected: Expected) -> list[Spike]:
    """Every run of one sign that is neither noise nor small, the strongest first."""
    found: list[Spike] = []
    longest = _longest(frame)
    for segment in range(len(expected.rest)):
        rest, z = expected.rest[segment], expected.strays(segment)
        for first, last in _runs(z):
            first, last = _trimmed(rest, first, last)
            part = z[first : last + 1]
            length = int(np.count_nonzero(part))  # at least one: a run begins beyond the limit
            strength = abs(float(part.sum())) / float(np.sqrt(length))
            peak = max(float(part.max()), -float(part.min()))
            strays: Floats = rest[first : last + 1]
            effect = float(np.nanmean(strays))
            if length <= longest and strength >= CERTAIN and peak >= 4.5 and abs(effect) >= LEAST:
                found.append(Spike(segment, first, last, effect, strength / CERTAIN))
    return sorted(found, key=lambda spike: -spike.strength)


def _longest(frame: Frame) -> int:
    """Beyond this many steps a run is no passing thing."""
    return {"hour": 36, "day": 10, "week": 4}.get(frame.step, 2 if len(frame.starts) < 40 else 3)


def _trimmed(rest: Floats, first: int, last: int) -> tuple[int, int]:
    """A run without ends that stray far less than its middle does: they are noise beside it."""
    typical = abs(float(np.nanmedian(rest[first : last + 1])))
    while first < last and not abs(rest[first]) >= 0.35 * typical:
        first += 1
    while last > first and not abs(rest[last]) >= 0.35 * typical:
        last -= 1
    return first, last


def _runs(z: Floats) -> list[tuple[int, int]]:
    """Neighbouring steps beyond the limit on one side."""
    runs: list[tuple[int, int]] = []
    for place in as_list(np.nonzero(np.abs(z) >= STEP)[0]):
        if runs and place - runs[-1][1] <= 1 and np.sign(z[place]) == np.sign(z[runs[-1][1]]):
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
