"""Categories that were renamed: one ends where another begins, at the same size."""

import numpy as np

from domain.reports.facts.frame import NO_VALUE, Dimension, Floats, Frame

ALIKE = 1.5  # by which factor sizes may differ
_WINDOW = 8  # steps before and after that are compared
_FEWEST = 3


def find_renames(frame: Frame) -> list[tuple[str, str, str]]:
    """Column, old name and new name of each category that goes on under another name."""
    found: list[tuple[str, str, str]] = []
    if len(frame.present) < 2 * _FEWEST:
        return found
    for dimension in frame.dimensions:
        if len(dimension.values) < 2 or dimension.name == frame.currency:
            continue
        spans = _spans(frame, dimension)
        first, last = int(frame.present[0]), int(frame.present[-1])
        slack = 1 if frame.panel else max(3, len(frame.starts) // 30)
        ends = [value for value, (low, high) in spans.items() if low <= first + slack and high < last - slack]
        begins = [value for value, (low, high) in spans.items() if high >= last - slack and low > first + slack]
        for old in ends:
            heirs = [new for new in begins if _follows(frame, spans[old][1], spans[new][0], slack)]
            rivals = [other for other in ends if abs(spans[other][1] - spans[old][1]) <= slack]
            if len(heirs) == 1 and len(rivals) == 1 and _same_size(frame, dimension, old, heirs[0], spans[heirs[0]][0]):
                found.append((dimension.name, old, heirs[0]))
    return found


def _spans(frame: Frame, dimension: Dimension) -> dict[str, tuple[int, int]]:
    spans: dict[str, tuple[int, int]] = {}
    for code, value in enumerate(dimension.values):
        places = frame.place[(dimension.codes == code) & (frame.place >= 0)]
        if value != NO_VALUE and len(np.unique(places)) >= _FEWEST:
            spans[value] = (int(places.min()), int(places.max()))
    return spans


def _follows(frame: Frame, end: int, begin: int, slack: int) -> bool:
    between = frame.present[(frame.present > end) & (frame.present < begin)]
    return begin > end and len(between) < slack


def _same_size(frame: Frame, dimension: Dimension, old: str, new: str, begin: int) -> bool:
    """Rows and numbers each step as large after as before, in nearly all columns, and in the same other categories."""
    before = frame.mask(((dimension.name, old),)) & frame.within(begin - _WINDOW, begin - 1)
    later = frame.mask(((dimension.name, new),)) & frame.within(begin, begin + _WINDOW - 1)
    measures = [np.ones(len(frame.rows))]
    measures += [np.abs(frame.numbers[name]) for name, role in frame.roles.items() if role.kind in ("flow", "level")]
    alike = [
        _close(
            _each_step(frame, values, before, begin - _WINDOW, begin - 1),
            _each_step(frame, values, later, begin, begin + _WINDOW - 1),
        )
        for values in measures
    ]
    return alike[0] and sum(alike) >= 0.75 * len(alike)


def _each_step(
    frame: Frame, values: Floats, mask: "np.ndarray[tuple[int], np.dtype[np.bool_]]", first: int, last: int
) -> float:
    steps = frame.present[(frame.present >= first) & (frame.present <= last)]
    return float(np.nansum(values[mask])) / max(1, len(steps))


def _close(one: float, other: float) -> bool:
    if one <= 0 or other <= 0:
        return one == other
    return max(one, other) / min(one, other) <= ALIKE
