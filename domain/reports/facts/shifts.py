"""Lasting new levels: the one step at which a series, beside its trend, moves to another level and stays."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.certainty import asked
from domain.reports.facts.expected import Expected
from domain.reports.facts.frame import Floats, Frame, Ints, Mask, spread_out

CERTAIN = 6.5  # of the shift by its standard error, at the best of all places
CERTAIN_IF_LARGE = 5.0
LARGE = 0.5  # on the series' scale
LEAST = 0.13  # relative
MOST_PLACES = 160
DRIFTING = 0.7  # of the first-order autocorrelation
_YEAR = 0.9  # from which on a yearly wave can be told
_YEARS = 1.9  # the same, by few steps


@dataclass(frozen=True, slots=True)
class Shift:
    """From step ``first`` on, series ``segment`` is higher by ``effect`` (on its scale).

    ``strength`` is in multiples of the certainty that is asked for.
    """

    segment: int
    first: int
    effect: float
    strength: float


def find_shifts(frame: Frame, expected: Expected, places: float) -> list[Shift]:
    """The clearest shift of each series that has one. Hours are looked at by days. ``places`` are all steps of all
    series of the table that are looked at."""
    flat, starts = _calmed(expected), np.arange(expected.flat.shape[1], dtype=np.int64)
    if frame.step == "hour":
        flat, starts = _by_day(frame, flat)
    steps = flat.shape[1]
    edge = max(3, min(14, steps // 8)) if steps >= 12 else 3
    if steps < 2 * edge + 3:
        return []
    cuts = spread_out(edge, steps - edge, MOST_PLACES)
    years = (frame.starts[-1] - frame.starts[0]).days / 365.25
    found: list[Shift] = []
    for segment in range(len(flat)):
        known = np.isfinite(flat[segment])
        if known.sum() < max(10, 0.6 * steps):
            continue
        if (best := best_shift(flat[segment], known, cuts, years)) is not None:
            if steps > MOST_PLACES:  # between the places looked at first
                near = steps // MOST_PLACES + 1
                between = spread_out(max(edge, best[0] - near), min(steps - edge, best[0] + near), 2 * near + 1)
                best = best_shift(flat[segment], known, between, years) or best
            place, effect, strength = best
            size = abs(np.expm1(effect)) if expected.log[segment] else abs(effect)
            least = CERTAIN_IF_LARGE if abs(effect) >= LARGE else CERTAIN
            strength /= max(least, asked(places, float(known.sum() - 4)))
            if strength >= 1 and size >= LEAST and (not drifts(flat[segment]) or abrupt(flat[segment], place)):
                found.append(Shift(segment, int(starts[place]), effect, strength))
    return found


def drifts(row: Floats) -> bool:
    """Whether neighbours are so alike that a series wanders by itself: there a new level has to begin with a jump."""
    there = row[np.isfinite(row)]
    rest = there - there.mean()
    spread = float((rest**2).sum())
    if not spread:
        return False
    jump = int(np.argmax(np.abs(np.diff(rest))))
    rest[jump + 1 :] -= rest[jump + 1] - rest[jump]  # one jump alone does not make neighbours alike
    rest -= rest.mean()
    spread = float((rest**2).sum())
    return spread > 0 and float((rest[1:] * rest[:-1]).sum()) / spread > DRIFTING


def abrupt(row: Floats, first: int) -> bool:
    """Whether a level jumped where a new one begins: levels drift, and drift is no event."""
    steps = np.abs(np.diff(row))
    jump = steps[max(0, first - 2) : first + 1]
    return bool(np.nanmax(jump, initial=0.0) > max(0.1, 8 * np.nanmedian(steps)))


def _calmed(expected: Expected) -> Floats:
    """The series without rhythm, its outliers drawn in, so that no single day makes a new level."""
    limit = 3.0 * expected.spread
    return expected.flat - expected.rest + np.clip(expected.rest, -limit, limit)


def _by_day(frame: Frame, flat: Floats) -> tuple[Floats, Ints]:
    """The means of the days that have most of their hours, and the step at which each day begins."""
    days = np.array([(at.date() - frame.starts[0].date()).days for at in frame.starts], dtype=np.int64)
    count = int(days.max()) + 1
    out = np.full((len(flat), count), np.nan)
    for day in range(count):
        inside = flat[:, days == day]
        enough = np.isfinite(inside).sum(axis=1) >= 16
        out[enough, day] = np.nanmean(inside[enough], axis=1)
    return out, np.searchsorted(days, np.arange(count)).astype(np.int64)


def best_shift(row: Floats, known: Mask, places: Ints, years: float) -> tuple[int, float, float] | None:
    """The place, size and strength of the best shift beside a straight trend; None where a bend, or a year's wave,
    explains as much."""
    steps = len(row)
    x = np.linspace(-1, 1, steps)[known]
    y = row[known]
    course, wave = [np.ones_like(x), x], [np.sin(np.pi * years * x), np.cos(np.pi * years * x)]
    known_wave = years >= (_YEAR if len(y) >= 60 else _YEARS)
    if known_wave:  # a yearly wave must not pass for a new level
        course += wave
    line = np.linalg.qr(np.column_stack(course))[0]
    index = np.flatnonzero(known)
    stairs = (index[None, :] >= places[:, None]).astype(np.float64)
    enough = (stairs.sum(axis=1) >= 3) & ((1 - stairs).sum(axis=1) >= 3)
    if not enough.any():
        return None
    stairs, places = stairs[enough], places[enough]
    y = y - line @ (line.T @ y)
    stairs = stairs - (stairs @ line) @ line.T
    size = (stairs**2).sum(axis=1)
    effect = (stairs @ y) / size
    left = float((y**2).sum()) - effect**2 * size
    best = int(np.argmin(left))
    smooth = [[x**2], wave] if years >= _YEAR and not known_wave else [[x**2]]
    if left[best] > 0.85 * min(_left(y, line, curves) for curves in smooth):
        return None
    rest = y - effect[best] * stairs[best]
    free = max(1, len(y) - line.shape[1] - 2)
    error = np.sqrt(max(left[best], 1e-9) / free / size[best])
    return int(places[best]), float(effect[best]), float(abs(effect[best]) / error / np.sqrt(_carried(rest)))


def _left(y: Floats, line: Floats, curves: list[Floats]) -> float:
    """The sum of squares that smooth curves leave of what lies beside a line."""
    beside = np.column_stack(curves)
    beside = np.linalg.qr(beside - line @ (line.T @ beside))[0]
    return float(((y - beside @ (beside.T @ y)) ** 2).sum())


def _carried(rest: Floats) -> float:
    """By how much the variance of a mean grows because neighbours are alike (first-order autocorrelation)."""
    spread = float((rest**2).sum())
    alike = float((rest[1:] * rest[:-1]).sum()) / spread if spread > 0 else 0.0
    alike = min(0.9, max(0.0, alike))
    return (1 + alike) / (1 - alike)
