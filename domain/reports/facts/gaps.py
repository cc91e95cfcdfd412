"""Dates without rows where there should be some: of the whole table, or of one category of a panel."""

from dataclasses import dataclass, replace

import numpy as np

from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import NO_VALUE, Frame, Ints, Mask

REGULAR = 0.9  # of the like steps have rows
_ENOUGH = 14.0  # cases a step, for a step without any to be no accident
MOST_GAPS = 6


@dataclass(frozen=True, slots=True)
class Gap:
    """Steps ``first`` to ``last`` of a segment, in which ``missing`` that usually have rows have none; ``scattered``
    where rows stand between them, ``weekdays`` where all of them are days on which the weekend has none."""

    segment: Segment
    first: int
    last: int
    missing: int
    scattered: bool = False
    weekdays: bool = False


def find_gaps(frame: Frame) -> list[Gap]:
    """Gaps of the table, and those that single categories have besides."""
    steps = len(frame.starts)
    if steps < 8:
        return []
    counts = np.bincount(frame.place[frame.place >= 0], minlength=steps).astype(np.int64)
    gaps = _runs(frame, (), counts > 0, counts=counts)
    if len(gaps) > MOST_GAPS:
        missing = sum(gap.missing for gap in gaps)
        gaps = [Gap((), gaps[0].first, gaps[-1].last, missing, scattered=True, weekdays=gaps[0].weekdays)]
    if frame.panel:
        gaps += _of_categories(frame, counts > 0)
    return gaps


def _of_categories(frame: Frame, table: Mask) -> list[Gap]:
    found: list[Gap] = []
    renamed = {(column, value) for column, old, new in frame.renames for value in (old, new)}
    for dimension in frame.dimensions:
        if dimension.name == frame.currency:
            continue
        for value in dimension.values:
            if value == NO_VALUE or (dimension.name, value) in renamed:
                continue
            inside = frame.place[frame.mask(((dimension.name, value),))]
            here = np.bincount(inside[inside >= 0], minlength=len(frame.starts)) > 0
            own = _runs(frame, ((dimension.name, value),), here, table)
            found += [gap for gap in own if table[gap.first : gap.last + 1].any()]
    told = _once(frame, found)
    return told if len(told) <= MOST_GAPS else []


def _once(frame: Frame, gaps: list[Gap]) -> list[Gap]:
    """The gaps without those that a wider segment has at the same time: a region's, not that of each of its shops."""
    told: list[Gap] = []
    for gap in sorted(gaps, key=lambda one: -int(frame.mask(one.segment).sum())):
        inside = frame.mask(gap.segment)
        if not any(
            (gap.first, gap.last) == (other.first, other.last) and not (inside & ~frame.mask(other.segment)).any()
            for other in told
        ):
            told.append(gap)
    return sorted(told, key=lambda one: (one.first, one.segment))


def _runs(
    frame: Frame, segment: Segment, here: Mask, table: Mask | None = None, counts: Ints | None = None
) -> list[Gap]:
    """Stretches without rows on steps that are like others which nearly always have some."""
    if not here.any():
        return []
    due = _due(frame, here, None if frame.panel else counts)
    first, last = np.flatnonzero(here)[[0, -1]]
    missing = due & ~here
    if table is not None:
        missing &= table
    missing[:first] = False
    missing[last:] = False
    if missing.mean() > 0.2:
        return []
    gaps: list[Gap] = []
    on = {at.weekday() for place, at in enumerate(frame.starts) if due[place]}
    weekdays = frame.step == "day" and len(on) > 3 and max(on) < 5
    for place in np.flatnonzero(missing).tolist():
        if gaps and not here[gaps[-1].last : place].any():
            gaps[-1] = replace(gaps[-1], last=place, missing=gaps[-1].missing + 1)
        else:
            gaps.append(Gap(segment, place, place, 1, weekdays=weekdays))
    return gaps


def _due(frame: Frame, here: Mask, cases: Ints | None) -> Mask:
    """The steps at which rows are to be expected: by their weekday, by their hour, else all. Of single cases there
    have to be so many on like steps that none at all is no accident."""
    if frame.step == "day":
        classes = np.array([at.weekday() for at in frame.starts])
    elif frame.step == "hour":
        weekly = len(frame.starts) >= 24 * 7 * 6
        classes = np.array([at.weekday() * 24 + at.hour if weekly else at.hour for at in frame.starts])
    else:
        classes = np.zeros(len(frame.starts), dtype=np.int64)
    due = np.zeros(len(here), dtype=np.bool_)
    for name in np.unique(classes):
        inside = classes == name
        count = int(inside.sum())
        enough = cases is None or float(np.mean(cases[inside])) >= _ENOUGH
        due[inside] = enough and (~here[inside]).sum() <= max(1.0 if count >= 4 else 0.0, (1 - REGULAR) * count)
    return due
