"""Single cases: bookings far from all others of their category, and new levels where single dates are too sparse."""

from dataclasses import dataclass, replace

import numpy as np

from domain.reports.facts.events import Event, find_events
from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import NO_VALUE, Frame, Mask, spread_out
from domain.reports.facts.measure import difference
from domain.reports.facts.shifts import CERTAIN, best_shift
from domain.reports.facts.steps import Step, after, calendar, floor

_TIMES = 4.0  # the middle of its category
_CERTAIN = 9.0  # usual distances, on the logarithmic scale
_FEWEST = 8
MOST = 4
_FEWEST_SIZES = 24
_MOST_SIZES = 20_000
_LEAST_SIZE = 0.3  # of a shift in sizes, on the logarithmic scale


@dataclass(frozen=True, slots=True)
class Booking:
    """The case at place ``row`` is ``times`` the usual ``usual`` of its segment."""

    segment: Segment
    row: int
    usual: float
    times: float


def odd_bookings(frame: Frame, metric: str, chosen: Mask) -> list[Booking]:
    """Cases that are far larger than any other of their category, the farthest first."""
    found: list[Booking] = []
    for dimension in [one for one in frame.dimensions if one.name != frame.currency]:
        for value in [value for value in dimension.values if value != NO_VALUE]:
            segment = ((dimension.name, value),)
            found += _odd(frame, metric, segment, chosen & frame.mask(segment))
    best: dict[int, Booking] = {}
    for booking in sorted(found, key=lambda one: -one.times):
        best.setdefault(booking.row, booking)
    return list(best.values()) if len(best) <= MOST else []


def _odd(frame: Frame, metric: str, segment: Segment, mask: Mask) -> list[Booking]:
    values = np.where(mask, frame.numbers[metric], np.nan)
    known = np.isfinite(values) & (values != 0)
    if known.sum() < _FEWEST:
        return []
    usual = float(np.median(values[known]))
    same = known & (np.sign(values) == np.sign(usual))
    size = np.full(len(values), np.nan)
    size[same] = np.log(np.abs(values[same]) / abs(usual)) if usual else 0.0
    spread = max(0.06, 1.4826 * float(np.median(np.abs(size[same]))))
    far = np.flatnonzero(np.nan_to_num(size) > max(np.log(_TIMES), _CERTAIN * spread))
    return [Booking(segment, int(row), usual, float(np.exp(size[row]))) for row in far.tolist()]


def coarse_events(frame: Frame, metric: str, chosen: Mask, left_out: Mask, columns: int) -> list[Event]:
    """New levels that show by months (or by weeks, where the table is short), at the frame's own steps."""
    span = len(frame.starts)
    if frame.panel or frame.step != "day" or span < 70:
        return []
    found = events_by(frame, "month" if span >= 300 else "week", metric, chosen, left_out, columns)
    return [event for event in found if event.kind == "change"]


def events_by(frame: Frame, step: Step, metric: str, chosen: Mask, left_out: Mask, columns: int) -> list[Event]:
    """Events that show by a larger step, at the frame's own steps."""
    coarse, firsts = _coarsened(frame, step)
    ends = [*[first - 1 for first in firsts[1:]], len(frame.starts) - 1]
    return [
        replace(event, first=firsts[event.first], last=ends[event.last], before=firsts[event.before])
        for event in find_events(coarse, metric, chosen & (coarse.place >= 0), left_out, columns)
    ]


def size_shifts(frame: Frame, metric: str, chosen: Mask) -> list[Event]:
    """New levels in how large the single bookings of a category are, where their sums went the same way."""
    found: list[Event] = []
    last = len(frame.starts) - 1
    years = (frame.starts[-1] - frame.starts[0]).days / 365.25
    for dimension in [one for one in frame.dimensions if one.name != frame.currency]:
        for value in [value for value in dimension.values if value != NO_VALUE]:
            segment = ((dimension.name, value),)
            rows = np.flatnonzero(
                chosen & frame.mask(segment) & (frame.place >= 0) & np.isfinite(frame.numbers[metric])
            )
            rows = rows[np.argsort(frame.stamps[rows], kind="stable")]
            sizes = frame.numbers[metric][rows]
            if not _FEWEST_SIZES <= len(rows) <= _MOST_SIZES or abs(float(np.sign(sizes).sum())) < len(rows):
                continue
            logs = np.log(np.abs(sizes))
            limit = 3 * 1.4826 * float(np.median(np.abs(logs - np.median(logs)))) + 0.3
            calm = np.clip(logs, np.median(logs) - limit, np.median(logs) + limit)
            places = spread_out(6, len(rows) - 6, 120)
            best = best_shift(calm, np.ones(len(rows), dtype=np.bool_), places, years)
            if best is None or best[2] < CERTAIN or abs(best[1]) < _LEAST_SIZE:
                continue
            first = int(frame.place[rows[best[0]]])
            change = difference(frame, metric, chosen & frame.mask(segment), first, last)
            if change is not None and change * best[1] > 0 and abs(change) >= 0.5 * abs(float(np.expm1(best[1]))):
                found.append(Event("change", metric, segment, first, last, best[1], best[2] / CERTAIN, 0.0))
    return found


def _coarsened(frame: Frame, step: Step) -> tuple[Frame, list[int]]:
    """The frame by larger steps, those cut off at either end left out; and the first own step of each of them."""
    starts = calendar(frame.starts[0], frame.starts[-1], step)
    end = after(frame.starts[-1], frame.step)
    index = {start: place for place, start in enumerate(starts)}
    own = np.array([index[floor(at, step)] for at in frame.starts], dtype=np.int64)
    place = np.where(frame.place >= 0, own[np.maximum(frame.place, 0)], -1)
    if starts[0] < frame.starts[0]:
        place[place == 0] = -1
    if after(starts[-1], step) > end:
        place[place == len(starts) - 1] = -1
    firsts = [int(np.flatnonzero(own == at)[0]) for at in range(len(starts))]
    return replace(frame, place=place, starts=starts, step=step, _firsts={}, _groups={}, _places={}), firsts
