"""Passing oddities: single steps, or short runs of steps, far from what was expected."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.certainty import asked
from domain.reports.facts.expected import LONG, Expected
from domain.reports.facts.frame import Floats, Frame, as_list
from domain.reports.facts.shifts import alike, passing

CERTAIN = 6.0  # standard deviations of a whole run, at least
APART = 2.2  # times the third of what strays at other times: only what is farther is no manner of the series
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


def find_spikes(frame: Frame, expected: Expected, places: float) -> list[Spike]:
    """Every run of one sign that is neither noise nor small, the strongest first. ``places`` are all steps of all
    series of the table that are looked at."""
    found: list[Spike] = []
    longest = passing(frame.step, len(frame.starts))
    strays = np.array([expected.strays(segment) for segment in range(len(expected.rest))])
    short = strays.shape[1] < LONG
    for segment in range(len(expected.rest)):
        rest, z = expected.rest[segment], strays[segment]
        certain = max(CERTAIN, asked(places, float(expected.freedom[segment])))
        for first, last in _runs(z):
            first, last = _trimmed(rest, first, last)
            part = z[first : last + 1]
            length = int(np.count_nonzero(part))  # at least one: a run begins beyond the limit
            strength = abs(float(part.sum())) / float(np.sqrt(length * _together(z, first, last)))
            peak = max(float(part.max()), -float(part.min()))
            away: Floats = rest[first : last + 1]
            effect = float(np.nanmean(away))
            own = np.abs(strays if short else strays[segment : segment + 1]).max(axis=0)
            own[max(0, first - 1) : last + 2] = 0.0
            apart = peak >= APART * _third(own)
            if length <= longest and strength >= certain and peak >= 4.5 and apart and abs(effect) >= LEAST:
                found.append(Spike(segment, first, last, effect, strength / certain))
    return sorted(found, key=lambda spike: -spike.strength)


def _together(z: Floats, first: int, last: int) -> float:
    """By how much the variance of a run's sum grows because neighbours are alike at other times."""
    if first == last:
        return 1.0
    others = np.concatenate([z[:first], z[last + 1 :]])
    return 1.0 + 2.0 * max(0.0, alike(others)) * (1 - 1 / (last - first + 1))


def _third(strays: Floats) -> float:
    """The third largest of the runs beyond the limit, 0 where there are fewer."""
    peaks = sorted((float(strays[first : last + 1].max()) for first, last in _runs(strays)), reverse=True)
    return peaks[2] if len(peaks) > 2 else 0.0


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
