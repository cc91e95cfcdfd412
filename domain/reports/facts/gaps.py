"""Dates without rows where there should be some: of the whole table, or of one category of a panel."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import NO_VALUE, Frame, Ints, Mask

REGULAR = 0.9  # of the like steps have rows
_ENOUGH = 14.0  # cases a step, for a step without any to be no accident
MOST_GAPS = 6


@dataclass(frozen=True, slots=True)
class Gap:
    """Steps ``first`` to ``last`` of a segment, of which ``missing`` have no row."""

    segment: Segment
    first: int
    last: int
    missing: int


def find_gaps(frame: Frame) -> list[Gap]:
    """Gaps of the table, and those that single categories have besides."""
    steps = len(frame.starts)
    if steps < 8:
        return []
    counts = np.bincount(frame.place[frame.place >= 0], minlength=steps).astype(np.int64)
    gaps = _runs(frame, (), counts > 0, counts=counts)
    if len(gaps) > MOST_GAPS:
        gaps = [Gap((), gaps[0].first, gaps[-1].last, int((counts[gaps[0].first : gaps[-1].last + 1] == 0).sum()))]
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
    return found if len(found) <= MOST_GAPS else []


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
    for place in np.flatnonzero(missing).tolist():
        if gaps and not here[gaps[-1].last : place].any():
            gaps[-1] = Gap(segment, gaps[-1].first, place, int((~here[gaps[-1].first : place + 1]).sum()))
        else:
            gaps.append(Gap(segment, place, place, 1))
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
