"""How likely chance alone brings what was found: tails of the usual distributions, without a library for them."""

import math


def chi_tail(value: float, freedom: float) -> float:
    """How likely a chi-squared number is at least so large (Wilson and Hilferty, 1931)."""
    if value <= 0 or freedom <= 0:
        return 1.0
    room = 2 / (9 * freedom)
    return _normal_tail(((value / freedom) ** (1 / 3) - (1 - room)) / math.sqrt(room))


def f_tail(value: float, above: float, below: float) -> float:
    """How likely a ratio of variances is at least so large (Paulson, 1942); 1 where there is nothing to tell it by."""
    if not math.isfinite(value):
        return 0.0 if value > 0 else 1.0
    if value <= 0 or above <= 0 or below <= 0:
        return 1.0
    over, under, root = 2 / (9 * above), 2 / (9 * below), value ** (1 / 3)
    return _normal_tail(((1 - under) * root - (1 - over)) / math.sqrt(under * root**2 + over))


def _normal_tail(distance: float) -> float:
    return 0.5 * math.erfc(distance / math.sqrt(2))
