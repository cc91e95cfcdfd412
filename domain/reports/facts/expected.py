"""What each step of a series would be expected to bring: its trend and its rhythm, estimated robustly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from domain.reports.facts.certainty import MOST_FREEDOM
from domain.reports.facts.frame import Floats, Frame, Ints, Mask, as_list, count_up, spread_out
from domain.reports.facts.tails import LONG, MAD, freedom_of

MOST_HELD = 2_000_000  # numbers that are sorted at once: 16 MB
VERY_LONG = 2_000  # steps from which the running median is not taken around each of them
ALIKE = 0.85  # of the middle spread of like series
QUIETEST = 0.012  # spread below which a series is not believed, relative
UNEVEN = 1.6  # times the noise of what is counted: with more, whole numbers stray in ratios as amounts do


@dataclass(slots=True)
class Expected:
    """Series beside what was expected, on the scale they are compared on: segments x steps.

    ``log`` says of each series whether that scale is the logarithm (of the number times ``sign``), else the
    number by ``unit``. ``flat`` is the series without its rhythm; ``rest`` is what neither rhythm nor trend
    explains; ``spread`` is how far it usually strays, never less than ``least``, and ``freedom`` how surely that is
    known (see ``certainty``). ``counted`` are the series that stray as numbers of cases do.
    """

    log: Mask
    sign: Floats
    unit: Floats
    scaled: Floats
    flat: Floats
    rest: Floats
    spread: Floats
    least: Floats
    freedom: Floats
    counted: Mask

    def strays(self, segment: int) -> Floats:
        """How many usual distances each step is away. What is counted strays evenly in numbers (Poisson), other
        amounts rather in ratios; there the milder of both is taken."""
        rest, spread = self.rest[segment], self.spread[segment]
        if self.log[segment]:
            relative: Floats = np.expm1(np.clip(rest, -30, 30))
            rest = relative if self.counted[segment] else np.where(np.abs(relative) < np.abs(rest), relative, rest)
        return np.nan_to_num(rest / spread)

    def back(self, segment: int, scaled: Floats) -> Floats:
        """Numbers again, from the scale of comparison."""
        if self.log[segment]:
            return np.exp(scaled) * self.sign[segment]
        return scaled * self.unit[segment]


def expect(
    frame: Frame, series: Floats, *, linear: bool, counted: bool, orders: Sequence[int] | None = None
) -> Expected:
    """Expected values of all series. ``linear`` forbids logarithms; ``counted`` are whole numbers of cases.

    ``orders`` tells which series are alike (segments of as many columns): where they are short, one that seems far
    quieter than its like is not believed.
    """
    log, sign, unit, scaled = _scale(series, linear=linear)
    flat = _without_rhythms(frame, scaled)
    rest = flat - _baseline(flat)
    spread = _spread(rest, scaled, flat)
    if orders is not None and series.shape[1] < LONG:
        spread = _believed(spread, log, np.array(orders, dtype=np.int64))
    cases, least = np.zeros(len(series), dtype=np.bool_), np.full(len(series), QUIETEST)
    if counted:
        typical = np.exp(np.clip(np.where(log[:, None], scaled - rest, 0.0), 0, 30))
        typical = np.where(log[:, None], np.nan_to_num(typical, nan=1.0), unit[:, None])
        noise = 1 / np.sqrt(np.maximum(typical, 0.5))  # of what is counted, beside its size (Poisson)
        cases = np.median(spread, axis=1) <= UNEVEN * np.median(noise, axis=1)
        spread, least = np.maximum(spread, noise), np.maximum(least, np.median(noise, axis=1))
    like = np.zeros(len(series), dtype=np.int64) if orders is None else np.array(orders, dtype=np.int64)
    expected = Expected(log, sign, unit, scaled, flat, rest, spread, least, np.full(len(series), MOST_FREEDOM), cases)
    strays = np.array([expected.strays(place) for place in range(len(series))])
    expected.freedom = freedom_of(np.where(np.isfinite(rest), strays, np.nan), like)
    return expected


def _scale(series: Floats, *, linear: bool) -> tuple[Mask, Floats, Floats, Floats]:
    size = len(series)
    log, sign, unit = np.zeros(size, dtype=np.bool_), np.ones(size), np.ones(size)
    scaled = np.full_like(series, np.nan)
    for place, row in enumerate(series):
        there = row[np.isfinite(row)]
        if len(there) < 8 or not np.any(there):
            continue
        sign[place] = -1.0 if np.median(there) < 0 else 1.0
        turned = there * sign[place]
        typical = float(np.median(np.abs(there)))
        if not linear and (turned > 0).mean() >= 0.9 and (turned < 0).mean() <= 0.02 and typical > 0:
            log[place] = True
            least = 0.02 * typical
            scaled[place] = np.log(np.maximum(row * sign[place], least))
        elif typical > 0 and (there != 0).mean() > 0.8:
            unit[place] = typical
            scaled[place] = row / typical
    return log, sign, unit, scaled


def _without_rhythms(frame: Frame, scaled: Floats) -> Floats:
    """The series without what returns by the hour, the weekday or the season, wherever that is clear."""
    steps = scaled.shape[1]
    starts = frame.starts[:steps]
    weekdays = np.array([at.weekday() for at in starts], dtype=np.int64)
    if frame.step == "hour":
        hours = np.array([at.hour for at in starts], dtype=np.int64)
        if steps >= 24 * 28:
            return _without_classes(scaled, _running_mean(scaled, 168), weekdays * 24 + hours)
        return _without_classes(scaled, _running_mean(scaled, 24), hours) if steps >= 96 else scaled
    flat = scaled
    if frame.step == "day" and steps >= 28:
        flat = _without_classes(flat, _running_mean(flat, 28), weekdays)
    years = (starts[-1] - starts[0]).days / 365.25
    if frame.step in ("month", "quarter") and years >= 4:
        return _without_classes(flat, _lines(flat), np.array([at.month for at in starts], dtype=np.int64))
    return _without_season(flat, starts) if years >= 1.6 else flat


def _without_classes(flat: Floats, course: Floats, classes: Ints) -> Floats:
    """Take the middle of each class off, in the series where that clearly calms what is left."""
    rest = flat - course
    names, counts = np.unique(classes, return_counts=True)
    effect = np.zeros_like(flat)
    for name in names:
        inside = classes == name
        effect[:, inside] = median(rest[:, inside])[:, None]
    few = int(np.median(counts))
    asked = 1.1 if few >= 8 else 1.3 if few >= 5 else 1.6
    helps = _mad(rest) > asked * np.maximum(_mad(rest - effect), 1e-12)
    return np.where(helps[:, None], flat - effect, flat)


def _without_season(flat: Floats, starts: Sequence[datetime]) -> Floats:
    """Take a yearly wave off, in the series that it explains far better than one new level would."""
    day = np.array([at.timetuple().tm_yday for at in starts]) * (2 * np.pi / 365.25)
    line = [np.ones(len(starts)), np.linspace(-1, 1, len(starts))]
    waves = [np.sin(day), np.cos(day), np.sin(2 * day), np.cos(2 * day)]
    out = flat.copy()
    for place, row in enumerate(flat):
        known = np.isfinite(row)
        if known.sum() < 18:
            continue
        wave, left = _robust_fit(row, known, np.column_stack(line + waves))
        plain = _robust_fit(row, known, np.column_stack(line))[1]
        places = as_list(spread_out(3, len(row) - 3, 40))
        if left >= 0.6 * plain:
            continue
        stair = min(
            _robust_fit(row, known, np.column_stack([*line, (count_up(len(row)) >= at).astype(np.float64)]))[1]
            for at in places
        )
        if left < 0.75 * stair:
            out[place] = row - np.column_stack(waves) @ wave[2:]
    return out


def _robust_fit(row: Floats, known: Mask, columns: Floats) -> tuple[Floats, float]:
    """Coefficients by least squares with far points drawn in (Huber), and the mean distance left."""
    x, y = columns[known], row[known]
    fitted: Floats = np.linalg.lstsq(x, y, rcond=None)[0].astype(np.float64)
    for _ in range(2):
        rest = y - x @ fitted
        limit = 1.5 * max(1e-9, MAD * float(np.median(np.abs(rest))))
        weight = np.sqrt(np.minimum(1.0, limit / np.maximum(np.abs(rest), 1e-12)))
        fitted = np.linalg.lstsq(x * weight[:, None], y * weight, rcond=None)[0].astype(np.float64)
    return fitted, float(np.abs(y - x @ fitted).mean())


def _running_mean(rows: Floats, window: int) -> Floats:
    """The mean of the present steps in a window of whole cycles; near the ends, of the first or last window."""
    known = np.isfinite(rows)
    sums = np.cumsum(np.pad(np.where(known, rows, 0.0), ((0, 0), (1, 0))), axis=1)
    counts = np.cumsum(np.pad(known, ((0, 0), (1, 0))), axis=1)
    steps = rows.shape[1]
    low = np.clip(count_up(steps) - window // 2, 0, max(0, steps - window))
    high = np.minimum(low + window, steps)
    return (sums[:, high] - sums[:, low]) / np.maximum(counts[:, high] - counts[:, low], 1)


def _baseline(flat: Floats) -> Floats:
    """The slow course of each series: a running median, around a straight line where the series is short."""
    steps = flat.shape[1]
    if steps >= LONG:
        return _running_median(flat, _window(steps))
    line = _lines(flat)
    return line + _running_median(flat - line, 9) if steps >= 14 else line


def _window(steps: int) -> int:
    return 29 if steps < 700 else 169


def _running_median(rows: Floats, window: int) -> Floats:
    """The median around each step; in very long series around every few of them, with straight lines between."""
    half, steps = window // 2, rows.shape[1]
    padded = np.pad(rows, ((0, 0), (half, half)), constant_values=np.nan)
    stride = 1 if steps < VERY_LONG else window // 16
    looked = np.array(sorted({*range(0, steps, stride), steps - 1}), dtype=np.int64)
    out = np.empty((len(rows), len(looked)))
    for part in _parts(len(rows), len(looked) * window):
        out[part] = median(sliding_window_view(padded[part], window, axis=1)[:, looked])
    if stride == 1:
        return out
    return np.array([np.interp(count_up(steps), looked, row) for row in out])


def _parts(rows: int, each: int) -> Iterator[slice]:
    """The rows in parts that hold so many numbers in all, where one row holds ``each``."""
    size = max(1, MOST_HELD // max(1, each))
    return (slice(first, first + size) for first in range(0, rows, size))


def median(values: Floats) -> Floats:
    """The median along the last axis, without the missing ones; 0 where all are missing."""
    ordered = np.sort(values, axis=-1)  # missing ones last
    count = np.isfinite(ordered).sum(axis=-1)
    low, high = np.maximum((count - 1) // 2, 0), np.minimum(count // 2, ordered.shape[-1] - 1)
    pair = np.take_along_axis(ordered, np.stack([low, high], axis=-1), axis=-1)
    return np.where(count > 0, pair.mean(axis=-1), 0.0)


def _lines(rows: Floats) -> Floats:
    """A straight line through each series by the median of the slopes between all pairs (Theil and Sen)."""
    steps = rows.shape[1]
    left, right = np.triu_indices(steps, 1)
    slopes = np.empty(len(rows))
    for part in _parts(len(rows), len(left)):
        slopes[part] = median((rows[part][:, right] - rows[part][:, left]) / (right - left))
    tilt = slopes[:, None] * count_up(steps)
    return tilt + median(rows - tilt)[:, None]


def _mad(rest: Floats) -> Floats:
    return MAD * median(np.abs(rest - median(rest)[:, None]))


def _believed(spread: Floats, log: Mask, orders: Ints) -> Floats:
    """Spreads no less than most of the middle one of their like, where there are at least three."""
    out = spread.copy()
    for order in np.unique(orders):
        alike = (orders == order) & log
        if alike.sum() >= 3:
            out[alike] = np.maximum(out[alike], ALIKE * np.median(out[alike], axis=0))
    return out


def _spread(rest: Floats, scaled: Floats, flat: Floats) -> Floats:
    """The usual distance from the expected, taken apart where the rhythm brings steps of less than half the size."""
    room = 1.05 if rest.shape[1] >= LONG else 1.2  # a short course follows the noise a little
    spread = np.repeat(np.maximum(_mad(rest), QUIETEST)[:, None], rest.shape[1], axis=1) * room
    rhythm = scaled - flat
    for place in range(len(rest)):
        low = np.isfinite(rest[place]) & (rhythm[place] < -0.7 + np.nanmax(np.nan_to_num(rhythm[place])))
        if 6 <= low.sum() <= 0.8 * np.isfinite(rest[place]).sum():
            for part in (low, np.isfinite(rest[place]) & ~low):
                own = MAD * float(np.median(np.abs(rest[place][part]))) * room
                spread[place, part] = max(own, QUIETEST)
    return spread
