"""Lasting new levels: the one step at which a series, beside its trend, moves to another level and stays."""

from dataclasses import dataclass, replace

import numpy as np

from domain.reports.facts.certainty import asked
from domain.reports.facts.expected import Expected
from domain.reports.facts.frame import Floats, Frame, Ints, Mask, spread_out
from domain.reports.facts.levels import Level, levels_of, steepest
from domain.reports.facts.steps import Step

CERTAIN = 6.5  # of the shift by its standard error, at the best of all places
CERTAIN_IF_LARGE = 5.0
LARGE = 0.5  # on the series' scale
LEAST = 0.13  # relative
MOST_PLACES = 160
WANDERING = 0.5  # of the first-order autocorrelation around levels: with more, there are none
DRIFTING = 0.7  # of the first-order autocorrelation
_FARTHER = 5.0  # times the middle step from one to the next: noise strays by 3.5 of them
_STEEP = 0.6  # of what strays beside a rhythm: with less, it was no rhythm
_BACK = 0.3  # of a shift: no farther from where it was, a series is back there
_YEAR = 0.9  # from which on a yearly wave can be told
_YEARS = 1.9  # the same, by few steps


@dataclass(frozen=True, slots=True)
class Shift:
    """From step ``first`` on, series ``segment`` is higher by ``effect`` (on its scale).

    ``strength`` is in multiples of the certainty that is asked for. Where the series has clear levels, the new one
    ends with step ``until`` and the one just before it began with step ``before``; ``back`` says that after it the
    series is back where it was.
    """

    segment: int
    first: int
    effect: float
    strength: float
    before: int = 0
    until: int | None = None
    back: bool = False


def find_shifts(frame: Frame, expected: Expected, places: float) -> list[Shift]:
    """The shifts of each series between clear levels, else its clearest one beside a trend. Hours are looked at by
    days. ``places`` are all steps of all series of the table that are looked at."""
    plain, flat, calm = expected.scaled, expected.flat, _calmed(expected)
    starts = np.arange(flat.shape[1], dtype=np.int64)
    if frame.step == "hour":
        calm, starts = _by_day(frame, calm)
        plain, flat = _by_day(frame, plain)[0], calm
    steps = flat.shape[1]
    edge = max(3, min(14, steps // 8)) if steps >= 12 else 3
    if steps < 2 * edge + 3:
        return []
    years = (frame.starts[-1] - frame.starts[0]).days / 365.25
    longest = passing("day" if frame.step == "hour" else frame.step, steps)
    ends = np.append(starts[1:], expected.flat.shape[1]) - 1
    found: list[Shift] = []
    for segment in range(len(flat)):
        row = calm[segment]
        known = np.isfinite(row)
        if known.sum() < max(10, 0.6 * steps):
            continue
        least = float(expected.least[segment])
        stood, levels = _standing(plain[segment], flat[segment], least)
        shifts = _between_levels(stood, levels, least, longest, places)
        for shift in shifts or _beside_trend(row, known, edge, years, places):
            size = abs(np.expm1(shift.effect)) if expected.log[segment] else abs(shift.effect)
            if shift.strength >= 1 and size >= LEAST:
                until = None if shift.until is None or shift.until == steps - 1 else int(ends[shift.until])
                first, before = int(starts[shift.first]), int(starts[shift.before])
                found.append(replace(shift, segment=segment, first=first, before=before, until=until))
    return found


def _standing(plain: Floats, flat: Floats, least: float) -> tuple[Floats, list[Level]]:
    """A series with the levels it stands on: without its rhythm, unless levels explain far more than a rhythm does."""
    levels = levels_of(flat, least) if _structured(flat, least) else []
    if plain is not flat and _structured(plain, least) and not np.array_equal(plain, flat, equal_nan=True):
        steep = levels_of(plain, least)
        if len(steep) > 1 and _left_by(plain, steep) < _STEEP * _left_by(flat, levels):
            return plain, steep
    return flat, levels


def _left_by(row: Floats, levels: list[Level]) -> float:
    """How far a series strays around its levels, or around a straight line where it has none."""
    known = np.isfinite(row)
    if len(levels) < 2:
        places = np.flatnonzero(known)
        return float(np.std(row[known] - np.polyval(np.polyfit(places, row[known], 1), places)))
    return float(np.nanstd(np.concatenate([row[level.first : level.last + 1] - level.mean for level in levels])))


def _between_levels(row: Floats, levels: list[Level], least: float, longest: int, places: float) -> list[Shift]:
    """The shifts of a series that stands on clear levels, of more steps than a passing thing has. One that goes back to
    where the series was is told with the one it ends."""
    if len(levels) < 2:
        return []
    rest = np.concatenate([row[level.first : level.last + 1] - level.mean for level in levels])
    rest = rest[np.isfinite(rest)]
    limit = 3 * max(least, 1.4826 * float(np.median(np.abs(rest))))
    rest = np.clip(rest, -limit, limit)  # single steps far off do not make a level less sure
    if float(rest.std()) > least and alike(rest) > WANDERING:
        return []
    spread = max(least, float(rest.std())) * float(np.sqrt(_carried(rest)))
    found: list[Shift] = []
    lasting = [level for level in levels if level.length > longest]
    for place in range(1, len(lasting)):
        old, new = lasting[place - 1], lasting[place]
        effect = new.mean - old.mean
        between = float(np.nanmean(row[old.first : new.first])) - old.mean
        if abs(between) > _BACK * abs(effect) or (found and found[-1].back and found[-1].first == old.first):
            continue
        error = spread * float(np.sqrt(1 / old.length + 1 / new.length))
        certain = CERTAIN_IF_LARGE if abs(effect) >= LARGE else CERTAIN
        strength = abs(effect) / error / max(certain, asked(places * len(levels), float(len(rest) - len(levels))))
        back = place + 1 < len(lasting) and abs(lasting[place + 1].mean - old.mean) <= _BACK * abs(effect)
        on_the_way = [one for one in levels if old.last < one.first < new.first]
        near = [one for one in on_the_way if abs(one.mean - new.mean) <= _BACK * abs(effect)]
        first = near[0].first if near and near == on_the_way[-len(near) :] else new.first
        found.append(Shift(0, first, effect, strength, old.first, new.last, back))
    return found


def _structured(row: Floats, least: float) -> bool:
    """Whether a series strays farther than from step to step: else it stands on one level."""
    there = row[np.isfinite(row)]
    steps = np.diff(there)
    near = max(least, float(np.median(np.abs(steps - np.median(steps)))))
    return float(np.quantile(there, 0.95) - np.quantile(there, 0.05)) > _FARTHER * near


def _beside_trend(row: Floats, known: Mask, edge: int, years: float, places: float) -> list[Shift]:
    """The one shift that is clearest beside a straight trend."""
    steps = len(row)
    best = best_shift(row, known, spread_out(edge, steps - edge, MOST_PLACES), years)
    if best is None:
        return []
    if steps > MOST_PLACES:  # between the places looked at first
        near = steps // MOST_PLACES + 1
        between = spread_out(max(edge, best[0] - near), min(steps - edge, best[0] + near), 2 * near + 1)
        best = best_shift(row, known, between, years) or best
    place, effect, strength = best
    place = steepest(row, place, effect)
    least = CERTAIN_IF_LARGE if abs(effect) >= LARGE else CERTAIN
    strength /= max(least, asked(places, float(known.sum() - 4)))
    return [Shift(0, place, effect, strength)] if not drifts(row) or abrupt(row, place) else []


def passing(step: Step, steps: int) -> int:
    """The most steps of what passes; what takes longer is a new level."""
    return {"hour": 36, "day": 10, "week": 4}.get(step, 2 if steps < 40 else 3)


def drifts(row: Floats) -> bool:
    """Whether neighbours are so alike that a series wanders by itself: there a new level has to begin with a jump."""
    there = row[np.isfinite(row)]
    rest = there - there.mean()
    if len(rest) < 3:
        return False
    jump = int(np.argmax(np.abs(np.diff(rest))))
    rest[jump + 1 :] -= rest[jump + 1] - rest[jump]  # one jump alone does not make neighbours alike
    return alike(rest - rest.mean()) > DRIFTING


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
    """By how much the variance of a mean grows because neighbours are alike."""
    part = min(0.9, max(0.0, alike(rest)))
    return (1 + part) / (1 - part)


def alike(rest: Floats) -> float:
    """First-order autocorrelation."""
    spread = float((rest**2).sum())
    return float((rest[1:] * rest[:-1]).sum()) / spread if spread > 0 else 0.0
