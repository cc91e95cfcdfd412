"""Rates: columns that are one column divided by another, within the rounding they are written with."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from domain.reports.facts.frame import Floats, Mask, Role
from domain.reports.reading import Column

AGREE = 0.97
OFFSETS = (0.0, -1.0)
SCALES = (1.0, 100.0)
_PROBES = 24  # rows by which pairs are told that are worth a look
_PROMISING = 0.7
_MOST_LOOKED_AT = 400  # pairs of a column that are compared in every row


def find_rates(numbers: Mapping[str, Floats], columns: Mapping[str, Column]) -> dict[str, Role]:
    """The columns that are ``a / b`` or ``a / b - 1`` of two others in nearly every row.

    Whole-number columns without a percent sign are no rates. What is ``a / (b + c)`` or ``1 - a / b`` is
    ``derived``: no fact is stated about it, since no two columns' sums give it.
    """
    found: dict[str, Role] = {}
    candidates = [name for name in numbers if columns[name].percent or columns[name].decimals > 0]
    if not candidates:
        return found
    quotients = _Quotients({name: values for name, values in numbers.items() if not columns[name].percent})
    for name in candidates:
        role = _quotient(name, numbers, columns[name], quotients, found) or _derived(
            name, numbers, columns[name], quotients, found
        )
        if role is not None and role.above not in found and role.below not in found:
            found[name] = role
    return found


class _Quotients:
    """Every column divided by every other one in a few rows: most pairs are ruled out by these alone."""

    def __init__(self, bases: Mapping[str, Floats]) -> None:
        self.names = list(bases)
        rows = len(next(iter(bases.values()))) if bases else 0
        filled = np.isfinite(np.array(list(bases.values()))).sum(axis=0) if bases else np.zeros(0)
        fullest = np.argsort(-filled, kind="stable")[: max(_PROBES, rows // 2)]
        self.rows = np.sort(fullest[:: max(1, len(fullest) // _PROBES)][:_PROBES])
        at = np.array([values[self.rows] for values in bases.values()]).reshape(len(self.names), len(self.rows))
        below = np.where(at != 0, at, np.nan)
        self.by = at[:, None, :] / below[None, :, :]

    def promising(self, values: Floats, given: NDArray[np.float64], room: float) -> Iterator[tuple[str, str]]:
        """Pairs (above, below) for which ``given``, made of their quotients, is the column in most of the few rows."""
        mine = values[self.rows]
        known = np.isfinite(given) & np.isfinite(mine)
        agree = known & (np.abs(given - mine) <= room + 1e-6 * np.abs(given))
        count = known.sum(axis=2)
        share = np.where(count > 0, agree.sum(axis=2) / np.maximum(count, 1), 1.0)
        np.fill_diagonal(share, -1.0)
        places = np.argsort(-share, axis=None, kind="stable")[:_MOST_LOOKED_AT]
        for place in places.tolist():
            above, below = divmod(place, len(self.names))
            if share[above, below] < _PROMISING:
                return
            yield self.names[above], self.names[below]


def _room(column: Column) -> float:
    """Half a unit of the last digit written, and a little for binary rounding; written ratios may be cut short."""
    return 0.501 * 10.0 ** -min(column.decimals, 9) + 1e-9


def _quotient(
    name: str, numbers: Mapping[str, Floats], column: Column, quotients: _Quotients, found: Mapping[str, Role]
) -> Role | None:
    values, room = numbers[name], _room(column)
    best: tuple[float, Role] | None = None
    for offset in OFFSETS:
        for scale in SCALES:
            for above, below in quotients.promising(values, (quotients.by + offset) * scale, room):
                if name in (above, below) or above in found or below in found:
                    continue
                expected = _divide(numbers[above], numbers[below])
                share = _agreement(values, (expected + offset) * scale, room)
                if share >= AGREE and (best is None or share > best[0]):
                    best = (share, Role("rate", above, below, offset))
    return best[1] if best else None


def _derived(
    name: str, numbers: Mapping[str, Floats], column: Column, quotients: _Quotients, found: Mapping[str, Role]
) -> Role | None:
    values, room, by = numbers[name], _room(column), quotients.by
    for form, scale in _FORMS:
        for above, below in quotients.promising(values, scale * form(by), room):
            if name in (above, below) or above in found or below in found:
                continue
            if _agreement(values, scale * form(_divide(numbers[above], numbers[below])), room) >= AGREE:
                return Role("derived")
    return None


def _rest(quotient: Floats) -> Floats:
    """``1 - a / b``."""
    return 1 - quotient


def _itself(quotient: Floats) -> Floats:
    return quotient


def _of_both(quotient: Floats) -> Floats:
    """``a / (a + b)``, by ``a / b``."""
    return np.where(quotient != -1, quotient / np.where(quotient != -1, 1 + quotient, 1.0), np.nan)


_FORMS: tuple[tuple[Callable[[Floats], Floats], float], ...] = (
    (_rest, 1.0), (_rest, 100.0), (_itself, 1000.0), (_itself, 0.001), (_of_both, 1.0), (_of_both, 100.0),
)  # fmt: skip
"""What is made of a quotient without being a rate that two columns' sums give, and times what."""


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
