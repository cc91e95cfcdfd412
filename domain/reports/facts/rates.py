"""Rates: columns that are one column divided by another, within the rounding they are written with."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.core.budget import Budget
from domain.reports.facts.frame import Floats, Ints, Mask, Role, as_list
from domain.reports.reading import Column

AGREE = 0.97
_PROBES = 24  # rows by which pairs are told that are worth a look
_PROMISING = 0.7
_MANY = 60  # columns whose quotients are not all held at once
_ORDERED = 6  # rows in which the quotients of many columns are put in order
_OFTEN = 3  # of them a quotient has to be near: once or twice it is by chance
_MOST_NEAR = 4000
_MOST_LOOKED_AT = 400  # pairs of a column that are compared in every row


def needed(columns: int) -> int:
    """The bytes it takes to look for rates among so many columns."""
    return columns**2 * (_PROBES * 4 * 8 if columns <= _MANY else (_ORDERED * 12 + 32))


def find_rates(numbers: Mapping[str, Floats], columns: Mapping[str, Column], budget: Budget) -> dict[str, Role]:
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
        if not budget.allows("quotients of two others among", name):
            continue
        role = _quotient(name, numbers, columns[name], quotients, found) or _derived(
            name, numbers, columns[name], quotients, found
        )
        if role is not None and role.above not in found and role.below not in found:
            found[name] = role
    return found


@dataclass(frozen=True, slots=True)
class _Form:
    """What may be made of a quotient: ``scale * of(quotient)``; ``back`` gives the quotient again, unscaled."""

    of: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    scale: float = 1.0
    offset: float = 0.0


class _Quotients:
    """Every column divided by every other one in a few rows: most pairs are ruled out by these alone.

    Of many columns not all quotients are held at once: in a few of these rows they are put in order, and those near
    to what is looked for are taken out.
    """

    def __init__(self, bases: Mapping[str, Floats]) -> None:
        self.names = list(bases)
        rows = len(next(iter(bases.values()))) if bases else 0
        filled = np.isfinite(np.array(list(bases.values()))).sum(axis=0) if bases else np.zeros(0)
        fullest = np.argsort(-filled, kind="stable")[: max(_PROBES, rows // 2)]
        self.rows = np.sort(fullest[:: max(1, len(fullest) // _PROBES)][:_PROBES])
        self.at = np.array([values[self.rows] for values in bases.values()]).reshape(len(self.names), len(self.rows))
        self.below = np.where(self.at != 0, self.at, np.nan)
        size = len(self.names)
        self.pairs = np.arange(size * size, dtype=np.int64) if size <= _MANY else None
        self.ordered = [self._in_order(place) for place in self._looked_at()] if self.pairs is None else []

    def _looked_at(self) -> list[int]:
        size = len(self.rows)
        return sorted({at * size // _ORDERED for at in range(_ORDERED)})

    def _in_order(self, place: int) -> tuple[int, Floats, NDArray[np.int32]]:
        """The quotients in one row from the smallest to the largest, and whose they are."""
        quotients = (self.at[:, None, place] / self.below[None, :, place]).ravel()
        known = np.flatnonzero(np.isfinite(quotients))
        order = known[np.argsort(quotients[known])]
        return place, quotients[order], order.astype(np.int32)

    def promising(self, values: Floats, form: _Form, room: float) -> Iterator[tuple[str, str]]:
        """Pairs (above, below) of whose quotient the form is the column in most of the few rows."""
        mine = values[self.rows]
        pairs = self._near(mine, form, room) if self.pairs is None else self.pairs
        above, below = np.divmod(pairs, max(1, len(self.names)))
        given = form.scale * form.of(self.at[above] / self.below[below])
        known = np.isfinite(given) & np.isfinite(mine)
        agree = known & (np.abs(given - mine) <= room + 1e-6 * np.abs(given))
        count = known.sum(axis=1)
        share = np.where(count > 0, agree.sum(axis=1) / np.maximum(count, 1), 1.0)
        share[above == below] = -1.0
        for place in as_list(np.argsort(-share, kind="stable")[:_MOST_LOOKED_AT]):
            if share[place] < _PROMISING:
                return
            yield self.names[int(above[place])], self.names[int(below[place])]

    def _near(self, mine: Floats, form: _Form, room: float) -> Ints:
        """The pairs whose quotients are near to what the form asks for, in the rows that are in order."""
        found: list[Ints] = []
        for place, quotients, order in self.ordered:
            wide = room + 1e-6 * abs(float(mine[place]))
            ends = np.sort(form.back(np.array([mine[place] - wide, mine[place] + wide]) / form.scale))
            if np.isfinite(ends).all():
                first, last = np.searchsorted(quotients, ends)
                found.append(order[first : last + 1].astype(np.int64))
        pairs, counts = np.unique(np.concatenate(found) if found else np.zeros(0, np.int64), return_counts=True)
        pairs, counts = pairs[counts >= _OFTEN], counts[counts >= _OFTEN]
        return pairs[np.argsort(-counts, kind="stable")[:_MOST_NEAR]]


def _room(column: Column) -> float:
    """Half a unit of the last digit written, and a little for binary rounding; written ratios may be cut short."""
    return 0.501 * 10.0 ** -min(column.decimals, 9) + 1e-9


def _quotient(
    name: str, numbers: Mapping[str, Floats], column: Column, quotients: _Quotients, found: Mapping[str, Role]
) -> Role | None:
    values, room = numbers[name], _room(column)
    best: tuple[float, Role] | None = None
    for form in _RATES:
        for above, below in quotients.promising(values, form, room):
            if name in (above, below) or above in found or below in found:
                continue
            expected = form.scale * form.of(_divide(numbers[above], numbers[below]))
            share = _agreement(values, expected, room)
            if share >= AGREE and (best is None or share > best[0]):
                best = (share, Role("rate", above, below, form.offset))
    return best[1] if best else None


def _derived(
    name: str, numbers: Mapping[str, Floats], column: Column, quotients: _Quotients, found: Mapping[str, Role]
) -> Role | None:
    values, room = numbers[name], _room(column)
    for form in _FORMS:
        for above, below in quotients.promising(values, form, room):
            if name in (above, below) or above in found or below in found:
                continue
            if _agreement(values, form.scale * form.of(_divide(numbers[above], numbers[below])), room) >= AGREE:
                return Role("derived")
    return None


def _itself(quotient: Floats) -> Floats:
    return quotient


def _less_one(quotient: Floats) -> Floats:
    return quotient - 1


def _more_one(number: Floats) -> Floats:
    return number + 1


def _rest(quotient: Floats) -> Floats:
    """``1 - a / b``."""
    return 1 - quotient


def _of_both(quotient: Floats) -> Floats:
    """``a / (a + b)``, by ``a / b``."""
    return np.where(quotient != -1, quotient / np.where(quotient != -1, 1 + quotient, 1.0), np.nan)


def _not_of_both(number: Floats) -> Floats:
    return np.where(number != 1, number / np.where(number != 1, 1 - number, 1.0), np.nan)


_RATES = tuple(
    _Form(of, back, scale, offset)
    for of, back, offset in ((_itself, _itself, 0.0), (_less_one, _more_one, -1.0))
    for scale in (1.0, 100.0)
)
_FORMS = (
    _Form(_rest, _rest), _Form(_rest, _rest, 100.0),
    _Form(_itself, _itself, 1000.0), _Form(_itself, _itself, 0.001),
    _Form(_of_both, _not_of_both), _Form(_of_both, _not_of_both, 100.0),
)  # fmt: skip
"""What is made of a quotient without being a rate that two columns' sums give."""


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
