"""What happened: spikes and shifts, each told once, for the widest segment that shows it in full.

The clearest event of all segments is taken first; its effect is then taken out of the numbers, and the
search begins anew, so that no echo of it in wider, narrower or crossing segments is told again.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from domain.reports.facts.cube import Cube, build_cube
from domain.reports.facts.expected import Expected, expect
from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import Floats, Frame, Mask, count_up
from domain.reports.facts.measure import ROWS, role_of
from domain.reports.facts.shifts import abrupt, find_shifts
from domain.reports.facts.sizes import Size
from domain.reports.facts.sparse import Often
from domain.reports.facts.spikes import find_spikes

APART = 0.35  # of a part's effect: less outside of it, and the part is all there is
ALIKE = 0.6  # of a part's effect: as much outside of it, and the whole is meant
SPARSE = 0.04  # of all steps: with fewer that have rows, there is no course to depart from
FEWEST_STEPS = {"hour": 72, "day": 21}  # else ten
MOST_EVENTS = 8  # of one metric


@dataclass(frozen=True, slots=True)
class Event:
    """``strength`` is in multiples of what is asked for; ``expected`` is the number expected over the period. The
    level just before a change began with step ``before``. ``often`` and ``size`` are set where it is about how often a
    sparse column is more than nothing, or how much it is then."""

    kind: Literal["anomaly", "change"]
    metric: str
    segment: Segment
    first: int
    last: int
    effect: float
    strength: float
    expected: float
    before: int = 0
    often: Often | None = None
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: Literal["anomaly", "change"]
    segment: int
    first: int
    last: int
    effect: float
    strength: float
    before: int = 0
    until: int | None = None


def find_events(frame: Frame, metric: str, chosen: Mask, left_out: Mask, columns: int) -> list[Event]:
    """The events of one metric among the rows chosen, the clearest first. So many ``columns`` are looked at in all:
    the more places there are, the farther chance alone goes in one of them."""
    if len(frame.present) < max(FEWEST_STEPS.get(frame.step, 10), SPARSE * len(frame.starts)):
        return []
    cube = build_cube(frame, metric, chosen, left_out)
    role = role_of(frame, metric)
    values = frame.numbers[metric] if metric != ROWS else None
    counted = values is None or (role.kind == "flow" and bool(np.all(np.nan_to_num(values) % 1 == 0)))
    linear = role.kind == "rate" and role.offset != 0
    orders = [len(segment) for segment in cube.segments]
    places = float(columns * len(cube.segments) * len(frame.present))
    events: list[Event] = []
    for _ in range(2 * MOST_EVENTS):  # some of which are no news, and only taken out
        if len(events) == MOST_EVENTS or not frame.budget.allows("further events of", metric):
            break
        expected = expect(frame, cube.series(), linear=linear, counted=counted, orders=orders)
        candidates = _candidates(frame, expected, "unsure" if metric in frame.unsure else role.kind, places)
        if not candidates:
            break
        best = _widest(cube, expected, _narrowest(cube, expected, candidates), candidates)
        event = _event(frame, cube, expected, best)
        if not _edge_of(event, events) and not _unfinished(frame, event):
            events.append(event)
        _take_out(frame, cube, expected, best)
    return events


def _edge_of(event: Event, events: list[Event]) -> bool:
    """Whether a passing oddity is no more than the first or last step of a level that was told already."""
    if event.kind == "change":
        return False
    edges = [edge for other in events if other.kind == "change" for edge in (other.first, other.last + 1)]
    return any(event.first - 2 <= edge <= event.last + 2 for edge in edges)


def _unfinished(frame: Frame, event: Event) -> bool:
    """Whether everything falls in the last week (or month, or longer), or the first: its days may not all be there."""
    whole = event.kind == "anomaly" and not event.segment and event.effect < 0
    at_an_end = event.first == event.last and event.last in (0, len(frame.starts) - 1)
    added_up = role_of(frame, event.metric).kind in ("flow", "rows")
    return whole and at_an_end and added_up and frame.step not in ("hour", "day")


def _candidates(frame: Frame, expected: Expected, kind: str, places: float) -> list[_Candidate]:
    last = expected.rest.shape[1] - 1
    found = [
        _Candidate(
            "change",
            shift.segment,
            shift.first,
            shift.until or last if shift.back else last,
            shift.effect,
            shift.strength,
            shift.before,
            shift.until,
        )
        for shift in find_shifts(frame, expected, places)
        if kind != "level" or abrupt(expected.flat[shift.segment], shift.first)
    ]
    if kind in ("flow", "rows", "unsure", "level") or (kind == "value" and frame.panel):
        found += [
            _Candidate("anomaly", spike.segment, spike.first, spike.last, spike.effect, spike.strength)
            for spike in find_spikes(frame, expected, places)
            if not _half_a_day(frame, spike.first, spike.last, spike.effect)
            and (kind not in ("unsure", "level") or spike.first == spike.last)
            and (kind != "level" or abrupt(expected.flat[spike.segment], spike.first))
        ]
    return sorted(found, key=lambda one: -one.strength)


def _half_a_day(frame: Frame, first: int, last: int, effect: float) -> bool:
    """The first and the last day of cases with a time may be cut off."""
    cut = not frame.panel and frame.step == "day" and effect < 0
    return cut and (first == 0 or last == len(frame.starts) - 1)


def _narrowest(cube: Cube, expected: Expected, candidates: list[_Candidate]) -> _Candidate:
    """The clearest candidate, or the part of it outside of which nothing happened."""
    best = candidates[0]
    while True:
        around = set(cube.segments[best.segment])
        parts = [
            one for one in candidates
            if one.kind == best.kind and around < set(cube.segments[one.segment]) and _together(one, best)
            and one.effect * best.effect > 0 and abs(_likeness(cube, expected, best, one)) <= APART
        ]  # fmt: skip
        if not parts:
            return best
        best = min(parts, key=lambda one: (len(cube.segments[one.segment]), -one.strength))


def _widest(cube: Cube, expected: Expected, best: _Candidate, candidates: list[_Candidate]) -> _Candidate:
    """A candidate, or that of the widest segment around it whose other part shows the effect as well."""
    inside = set(cube.segments[best.segment])
    wider = [
        one for one in candidates
        if one.kind == best.kind and set(cube.segments[one.segment]) < inside and _together(one, best)
        and one.effect * best.effect > 0 and _likeness(cube, expected, one, best) >= ALIKE
    ]  # fmt: skip
    return min(wider, key=lambda one: (len(cube.segments[one.segment]), -one.strength), default=best)


def _likeness(cube: Cube, expected: Expected, wide: _Candidate, part: _Candidate) -> float:
    """The effect on the rest of a segment without one part, by the effect on that part: 1 where all share it."""
    window = slice(max(wide.first, part.first), min(wide.last, part.last) + 1)
    observed = [_summed(cube, one.segment, cube.series()[one.segment], window) for one in (wide, part)]
    usual = [_summed(cube, one.segment, _usual_series(expected, one), window) for one in (wide, part)]
    outside, inside = usual[0] - usual[1], usual[1]
    if not outside or not inside:
        return 0.0
    effect = (observed[1] - inside) / abs(inside)
    return ((observed[0] - observed[1]) - outside) / abs(outside) / effect if effect else 0.0


def _summed(cube: Cube, segment: int, numbers: Floats, window: slice) -> float:
    """Numbers of a window as one sum; of what is divided, the numerators."""
    part = numbers[window]
    if cube.below is not None:
        part = part * (cube.members[segment] @ cube.below[:, window])
    return float(np.nansum(part))


def _together(one: _Candidate, other: _Candidate) -> bool:
    shared = min(one.last, other.last) - max(one.first, other.first) + 1
    return shared >= 0.5 * min(one.last - one.first + 1, other.last - other.first + 1)


def _usual_series(expected: Expected, one: _Candidate) -> Floats:
    """What each step would have brought without the candidate; right within its period."""
    gone = expected.rest[one.segment] if one.kind == "anomaly" else np.full(expected.rest.shape[1], one.effect)
    return expected.back(one.segment, expected.scaled[one.segment] - gone)


def _event(frame: Frame, cube: Cube, expected: Expected, one: _Candidate) -> Event:
    usual = _usual_series(expected, one)[one.first : one.last + 1]
    summed = role_of(frame, cube.metric).kind in ("flow", "rows")
    number = float(np.nansum(usual) if summed else np.nanmean(usual))
    last = one.last if one.until is None else one.until
    return Event(
        one.kind, cube.metric, cube.segments[one.segment], one.first, last, one.effect, one.strength, number, one.before
    )


def _take_out(frame: Frame, cube: Cube, expected: Expected, one: _Candidate) -> None:
    """Put what was expected in place of what was observed, in the event's combinations and steps."""
    window = np.arange(one.first, one.last + 1)
    inside = np.flatnonzero(cube.members[one.segment] > 0)
    usual = np.nan_to_num(_usual_series(expected, one)[one.first : one.last + 1])
    if cube.below is not None:
        for leaf in inside:
            cube.above[leaf, window] = cube.below[leaf, window] * (usual - cube.offset)
        return
    observed = cube.members[one.segment] @ cube.above[:, window]
    outside = np.setdiff1d(count_up(cube.above.shape[1]), window)
    share = cube.above[np.ix_(inside, outside)].sum(axis=1) if len(outside) else cube.above[inside].sum(axis=1)
    share = share / share.sum() if share.sum() else np.full(len(inside), 1 / len(inside))
    for place, step in enumerate(window.tolist()):
        if observed[place] and 0.2 < usual[place] / observed[place] < 5:
            cube.above[inside, step] *= usual[place] / observed[place]
        else:
            cube.above[inside, step] = usual[place] * share
