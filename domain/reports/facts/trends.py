"""Trends: what rises or falls steadily over the whole table. No step, no spike at an end and no chance is one."""

from dataclasses import dataclass, replace

import numpy as np

from domain.reports.facts.chance import f_tail
from domain.reports.facts.fact import Fact, Segment
from domain.reports.facts.frame import NO_VALUE, Dimension, Floats, Frame, Ints, Role
from domain.reports.facts.lines import state_trend
from domain.reports.facts.measure import complete_steps, line, role_of, series
from domain.reports.facts.steps import Step, trend_step

FEWEST = 5  # steps
_CHANCE = 0.002  # of one such course among all series looked at
_STEADY = 0.5  # of the spread is explained by the straight line
_SMOOTH = 0.8  # the same, where each step depends on the one before it
_ORDERED = 0.7  # of all pairs of steps, more that go the line's way than against it
_NO_STAIR = 1.1  # times what a single step leaves unexplained
_SLIGHT = 0.04  # over the whole table: less is no growth worth a word
_GROWTH = 0.12  # over the whole table: news where nothing else happens, and so is less where nothing hides it
_CLEAR = 0.9
_STRONG = 0.25
_SAME = 1.6  # by which factor slopes may differ that say one thing
_SAME_SLOPE = 0.25  # by how much of it the slopes of a level and of a flow may differ
MOST_PARTS = 6
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Course:
    """``growth`` over the whole table, relative to the mean; the share of the spread that a line ``explains``."""

    slope: float
    growth: float
    explains: float


def trends(frame: Frame, metrics: list[str], bases: dict[str, Segment], alarms: list[Fact]) -> list[Fact | None]:
    """The trends of the whole table, and those of parts that go another way than the whole."""
    if len(frame.present) < FEWEST:
        return []
    step = trend_step(frame.starts[0], frame.starts[-1], frame.step)
    grouping = [one for one in frame.dimensions if one.name != frame.currency]
    places = len(metrics) * (1 + sum(len(one.values) for one in grouping))
    eventful = any(alarm.type in ("change", "anomaly") for alarm in alarms)
    facts: list[Fact | None] = []
    for place, metric in enumerate(metrics):
        if not frame.budget.allows("groups and course of", metric):
            continue
        kind = role_of(frame, metric).kind
        base = bases[metric]
        unsure = step != frame.step and metric in frame.unsure
        if kind == "balance" or (unsure and not _either_way(frame, metric, base, step)):
            continue
        told = _levels(alarms, metric)
        whole = course(series(frame, metric, frame.mask(base), step), places)
        if whole is not None and base not in told and abs(whole.growth) >= _SLIGHT:
            score = 66.0 - 2 * place if abs(whole.growth) >= _GROWTH else 54.0 - place
            if not eventful and (abs(whole.growth) >= _GROWTH or whole.explains >= _CLEAR):
                score = (90.0 if kind in ("flow", "level", "rows") else 80.0) - place
            facts.append(state_trend(frame, metric, base, max(score, 40.0), step))
        if kind in ("flow", "level", "rows"):
            facts += _parts(frame, metric, base, step, whole, told, places, place)
    return facts


def _either_way(frame: Frame, metric: str, base: Segment, step: Step) -> bool:
    """Whether what may be a level or a flow has the same slope as both."""
    found = line(frame, metric, frame.mask(base), step)
    flows = replace(frame, roles={**frame.roles, metric: Role("flow")})
    other = line(flows, metric, frame.mask(base), step)
    return found is not None and other is not None and abs(found.slope - other.slope) <= _SAME_SLOPE * abs(found.slope)


def _levels(alarms: list[Fact], metric: str) -> set[Segment]:
    """Segments of which a new level is told: that is no steady course."""
    return {alarm.segment for alarm in alarms if alarm.type == "change" and alarm.metric == metric}


def _parts(
    frame: Frame, metric: str, base: Segment, step: Step, whole: Course | None, told: set[Segment], places: int, at: int
) -> list[Fact | None]:
    renamed = {(column, value) for column, old, new in frame.renames for value in (old, new)}
    strong: list[tuple[float, tuple[Segment, Course]]] = []
    for dimension in frame.dimensions:
        if dimension.name == frame.currency:
            continue
        for value, points in _series_by(frame, metric, base, dimension, step):
            segment: Segment = (*base, (dimension.name, value))
            if (dimension.name, value) in renamed or segment in told:
                continue
            found = course(points, places)
            if found is None or abs(found.growth) < _STRONG or (whole is not None and _alike(found, whole)):
                continue
            strong.append((abs(found.growth) * found.explains, (segment, found)))
    strong.sort(key=lambda item: -item[0])
    chosen = [
        segment for segment, _ in _widest(frame, metric, step, places, [found for _, found in strong[:_LOOKED_AT]])
    ]
    return [
        state_trend(frame, metric, segment, max(40.0, 72.5 - 3 * rank - at), step)
        for rank, segment in enumerate(chosen[:MOST_PARTS])
    ]


def _widest(
    frame: Frame, metric: str, step: Step, places: int, strong: list[tuple[Segment, Course]]
) -> list[tuple[Segment, Course]]:
    """Of a part within a part (a country in its continent) one: the wider, if what else is in it goes the same way."""
    dropped: set[Segment] = set()
    for inner, of_inner in strong:
        for outer, of_outer in strong:
            inside, around = frame.mask(inner), frame.mask(outer)
            if inner == outer or dropped & {inner, outer} or (inside & ~around).any() or not _alike(of_inner, of_outer):
                continue
            rest = around & ~inside
            beside = course(series(frame, metric, rest, step), places) if rest.any() else of_outer
            same = beside is not None and beside.slope * of_inner.slope > 0
            dropped.add(inner if same else outer)
    return [(segment, found) for segment, found in strong if segment not in dropped]


def _alike(one: Course, other: Course) -> bool:
    """Whether a part only does what the whole does."""
    return one.slope * other.slope > 0 and max(one.slope / other.slope, other.slope / one.slope) <= _SAME


def course(points: list[tuple[int, float]], places: int = 1) -> Course | None:
    """The straight course of a series (place and number of each step), or None where it has none.

    ``places`` is how many series are looked at: the more, the surer each has to be.
    """
    if len(points) < FEWEST:
        return None
    x, y = np.array([at for at, _ in points], dtype=np.float64), np.array([number for _, number in points])
    middle, spread = float(y.mean()), float(((y - y.mean()) ** 2).sum())
    if not np.isfinite(middle) or not spread or abs(middle) <= float(y.std()):
        return None
    rise, rest = _line(x, y)
    left = float((rest**2).sum())
    explains = 1 - left / spread
    growth = rise * float(x[-1] - x[0]) / middle
    found = Course(rise / middle, growth, explains)
    if explains < _STEADY or left > _NO_STAIR * _stair(y) or _hangs_on_an_end(x, y, rise):
        return None
    order = _order(y) * (1 if rise > 0 else -1)
    free = len(y) - 2
    alone = f_tail(explains * free / max(1e-12, 1 - explains), 1, free) * places
    if len(y) < 8:
        return found if order >= 0.99 and explains >= 0.9 and alone < 10 * _CHANCE else None
    lag = max(0.0, float((rest[1:] * rest[:-1]).sum()) / left) if left > 1e-12 * spread else 0.0
    fewer = max(1.0, len(y) * (1 - lag) / (1 + lag) - 2)
    together = f_tail(explains * fewer / max(1e-12, 1 - explains), 1, fewer) * places
    smooth = explains >= _SMOOTH and order >= _ORDERED and alone < _CHANCE
    return found if smooth or (together < _CHANCE and left <= _stair(y)) else None


def _line(x: Floats, y: Floats) -> tuple[float, Floats]:
    centred = x - x.mean()
    rise = float((centred * (y - y.mean())).sum() / (centred**2).sum())
    return rise, y - y.mean() - rise * centred


def _stair(y: Floats) -> float:
    """What the best single step from one level to another leaves unexplained."""
    count = np.arange(1, len(y), dtype=np.float64)
    sums, squares = np.cumsum(y), np.cumsum(y**2)
    before = squares[:-1] - sums[:-1] ** 2 / count
    after = (squares[-1] - squares[:-1]) - (sums[-1] - sums[:-1]) ** 2 / (len(y) - count)
    return float((before + after).min())


def _hangs_on_an_end(x: Floats, y: Floats, rise: float) -> bool:
    """Whether the slope comes from the first or the last steps: without them it is less than half of what it was."""
    cut = max(1, len(y) // 10)
    kept = (slice(cut, None), slice(None, -cut))
    return any(_line(x[part], y[part])[0] * np.sign(rise) < 0.5 * abs(rise) for part in kept)


def _order(y: Floats) -> float:
    """Of all pairs of steps, those that rise less those that fall (Kendall's tau)."""
    later = np.sign(y[None, :] - y[:, None])
    pairs = len(y) * (len(y) - 1) / 2
    return float(np.triu(later, 1).sum()) / pairs


def _series_by(
    frame: Frame, metric: str, base: Segment, dimension: Dimension, step: Step
) -> list[tuple[str, list[tuple[int, float]]]]:
    """The series of every value of a column at once, as ``measure.series`` gives each."""
    codes, places = complete_steps(frame, step)
    inside = frame.mask(base) & (codes >= 0)
    size, steps = len(dimension.values), len(places)
    flat = (dimension.codes * steps + codes)[inside]

    def spread(values: Floats) -> Floats:
        sums = np.bincount(flat, np.nan_to_num(values[inside]), size * steps)
        return sums.astype(np.float64).reshape(size, steps)

    ones = np.ones(len(frame.rows))
    role, there = role_of(frame, metric), spread(ones)
    if role.kind == "rows":
        numbers = there
    else:
        known = spread((~np.isnan(frame.numbers[metric])).astype(np.float64))
        numbers = np.where(known > 0, spread(frame.numbers[metric]), np.nan)
        if role.kind == "level":
            dates = np.unique(np.stack([flat, frame.stamps[inside]]), axis=1)[0]
            numbers = numbers / np.maximum(1, np.bincount(dates, minlength=size * steps).reshape(size, steps))
    return [
        (value, _points(places, numbers[place], there[place]))
        for place, value in enumerate(dimension.values)
        if value != NO_VALUE
    ]


def _points(places: Ints, numbers: Floats, there: Floats) -> list[tuple[int, float]]:
    known = (there > 0) & np.isfinite(numbers)
    return list(zip(places[known].tolist(), numbers[known].tolist(), strict=True))
