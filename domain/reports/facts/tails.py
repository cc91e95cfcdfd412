"""How surely the spread of a series is known, and how heavy its tails are."""

import numpy as np

from domain.reports.facts.frame import Floats, Ints

LONG = 60  # steps from which a running median takes the place of a straight line, and tails can be told
MAD = 1.4826
KNOWN = 0.15  # degrees of freedom by number: what a middle distance tells of the spread, and of tails beyond it
_FREEDOMS = (400.0, 30.0, 15.0, 10.0, 7.0, 5.0, 4.0, 3.0)
_TAILS = {
    0.95: (4.4, (2.91, 2.99, 3.08, 3.18, 3.33, 3.54, 3.75, 4.16)),
    0.97: (5.0, (3.22, 3.34, 3.47, 3.61, 3.82, 4.13, 4.45, 5.09)),
}
"""How far so many of all numbers go at most, by the middle distance, in Student's t of each of those freedoms; before
that, by how much chance moves it, times the root of how many numbers there are."""


def freedom_of(strays: Floats, orders: Ints) -> Floats:
    """How surely each series' spread and tails are known, as degrees of freedom of Student's t: by how many numbers it
    and others have, and by how far beyond the middle its farther ones are, or those of its parts."""
    known = np.where(np.isfinite(strays) & (strays != 0), np.abs(strays), np.nan)
    counts = np.isfinite(known).sum(axis=1)
    sure = KNOWN * counts * min(len(strays), 4)
    tails = np.zeros(len(strays))
    if strays.shape[1] >= LONG:
        steps = strays.shape[1]
        alike = [known[orders == order] for order in np.unique(orders)]
        together = max((_tails(part, steps) for part in alike if len(part) > 2), default=0.0)
        own = steps if len(known) < 3 else steps / 4  # one of many has to be twice as sure
        tails = np.array([max(together, _tails(row, own)) for row in known])
    return 1 / (1 / np.maximum(sure, 1.0) + tails)


def _tails(distances: Floats, steps: float) -> float:
    """How heavy the tails are beyond what chance may add to them: one by the freedom of Student's t."""
    distances = distances[np.isfinite(distances)]
    if len(distances) < 20:
        return 0.0
    middle = max(float(np.median(distances)), 1 / MAD)  # a spread that was not believed is larger than the middle says
    inverse, found = np.array([1 / freedom for freedom in _FREEDOMS]), 0.0
    for part, (chance, ratios) in _TAILS.items():
        ratio = np.array([float(np.quantile(distances, part)) / middle - chance / steps**0.5])
        found = max(found, float(np.interp(ratio, np.array(ratios), inverse)[0]))
    return found
