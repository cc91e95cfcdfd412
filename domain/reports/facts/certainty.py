"""How far from the usual something has to be, so that chance alone does not bring it about in a whole table."""

from math import exp, sqrt
from statistics import NormalDist

CHANCE = 0.001  # of one false alarm, where a whole table is nothing but noise
MOST_FREEDOM = 400.0


def asked(places: float, freedom: float) -> float:
    """The distance, in spreads, that the largest of ``places`` passes by chance once in 1 / ``CHANCE`` tables.

    ``freedom`` says how well the spread is known, and how heavy the tails are: the degrees of freedom of Student's t,
    by the approximation of Gaver and Kafadar (1984).
    """
    z = -NormalDist().inv_cdf(max(CHANCE / 2 / max(1.0, places), 1e-300))
    if freedom >= MOST_FREEDOM:
        return z
    freedom = max(2.5, freedom)
    grown = min((freedom - 1.5) / (freedom - 1) ** 2 * z * z, 700.0)
    return sqrt(freedom * (exp(grown) - 1))
