"""Running balances: columns that are, row by row, the number before plus an amount of another column."""

import numpy as np

from domain.reports.facts.frame import Floats, Frame, Role, as_list, spread_out


def balances_among(frame: Frame, names: list[str]) -> set[str]:
    """The columns that are running balances of another one: nearly, in a few rows, and then in all of them."""
    others = [name for name in frame.numbers if frame.roles.get(name, Role("")).kind not in ("id", "rate")]
    rows = len(frame.rows)
    if rows < _FEWEST_BALANCES or not others:
        return set()
    at = spread_out(0, rows - 2, _PROBES)
    amounts = np.array([frame.numbers[name] for name in others])
    before, after = amounts[:, at], amounts[:, at + 1]
    found: set[str] = set()
    for name in names:
        values = frame.numbers[name]
        step = values[at + 1] - values[at]
        near = (np.abs(step - after) < _CENT).mean(axis=1), (np.abs(-step - before) < _CENT).mean(axis=1)
        for place in as_list(np.flatnonzero(np.maximum(*near) > _LIKELY).astype(np.int64)):
            if others[place] != name and _running(values, frame.numbers[others[place]]):
                found.add(name)
                break
    return found


_LEAST_BOOKED = 0.1
"""Of what is smaller any sum agrees to the cent."""
_FEWEST_BALANCES = 5
_PROBES = 24
_LIKELY = 0.7
_CENT = 0.011


def _running(balance: Floats, amount: Floats) -> bool:
    """Whether each balance is the one before it plus its row's amount, in the order of the rows or against it."""
    if np.nanmedian(np.abs(amount)) < _LEAST_BOOKED:
        return False
    for steps in (np.diff(balance) - amount[1:], balance[:-1] - balance[1:] - amount[:-1]):
        if np.mean(np.abs(steps) < _CENT) > 0.95 and np.nanmax(np.abs(amount)) > 0:
            return True
    return False
