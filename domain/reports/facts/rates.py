"""Rates: columns that are one column divided by another, within the rounding they are written with."""

from collections.abc import Mapping
from itertools import permutations

import numpy as np

from domain.reports.facts.frame import Floats, Mask, Role
from domain.reports.reading import Column

AGREE = 0.97
OFFSETS = (0.0, -1.0)
SCALES = (1.0, 100.0)


def find_rates(numbers: Mapping[str, Floats], columns: Mapping[str, Column]) -> dict[str, Role]:
    """The columns that are ``a / b`` or ``a / b - 1`` of two others in nearly every row.

    Whole-number columns without a percent sign are no rates. What is ``a / (b + c)`` or ``1 - a / b`` is
    ``derived``: no fact is stated about it, since no two columns' sums give it.
    """
    found: dict[str, Role] = {}
    candidates = [name for name in numbers if columns[name].percent or columns[name].decimals > 0]
    for name in candidates:
        bases = [other for other in numbers if other != name and not columns[other].percent and other not in found]
        role = _quotient(name, numbers, columns[name], bases) or _derived(name, numbers, columns[name], bases)
        if role is not None and role.above not in found and role.below not in found:
            found[name] = role
    return found


def _room(column: Column) -> float:
    """Half a unit of the last digit written, and a little for binary rounding; written ratios may be cut short."""
    return 0.501 * 10.0 ** -min(column.decimals, 9) + 1e-9


def _quotient(name: str, numbers: Mapping[str, Floats], column: Column, bases: list[str]) -> Role | None:
    values = numbers[name]
    best: tuple[float, Role] | None = None
    for above, below in permutations(bases, 2):
        for offset in OFFSETS:
            for scale in SCALES:
                expected = _divide(numbers[above], numbers[below])
                share = _agreement(values, (expected + offset) * scale, _room(column))
                if share >= AGREE and (best is None or share > best[0]):
                    best = (share, Role("rate", above, below, offset))
    return best[1] if best else None


def _derived(name: str, numbers: Mapping[str, Floats], column: Column, bases: list[str]) -> Role | None:
    values, room = numbers[name], _room(column)
    for above, below in permutations(bases, 2):
        if any(
            _agreement(values, scale * (1 - _divide(numbers[above], numbers[below])), room) >= AGREE for scale in SCALES
        ):
            return Role("derived")
        if any(
            _agreement(values, scale * _divide(numbers[above], numbers[below]), room) >= AGREE
            for scale in (1000.0, 0.001)
        ):
            return Role("derived")
        if len(bases) <= 8 and any(
            _agreement(values, scale * _divide(numbers[above], numbers[above] + numbers[below]), room) >= AGREE
            for scale in SCALES
        ):
            return Role("derived")
    return None


def _divide(above: Floats, below: Floats) -> Floats:
    known = np.isfinite(above) & np.isfinite(below) & (below != 0)
    return np.where(known, above / np.where(known, below, 1.0), np.nan)


def _agreement(values: Floats, expected: Floats, room: float) -> float:
    """The share of rows that agree, or 0 where agreement would mean nothing."""
    known: Mask = np.isfinite(values) & np.isfinite(expected)
    if known.sum() < max(5, 0.6 * np.isfinite(values).sum()):
        return 0.0
    there = expected[known]
    spread = float(np.percentile(there, 90) - np.percentile(there, 10))
    if spread < 4 * room:  # the rounding hides whatever it is
        return 0.0
    return float((np.abs(values[known] - there) <= room + 1e-6 * np.abs(there)).mean())
