"""Slips of a unit: single cells off by a factor of ten or a hundred while their row is as ever."""

from dataclasses import dataclass

import numpy as np

from domain.reports.facts.certainty import asked
from domain.reports.facts.expected import expect
from domain.reports.facts.frame import Floats, Frame, Mask
from domain.reports.facts.roles import leaves

FACTORS = (10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)
_AS_EVER = 0.7  # on the logarithmic scale: less than twice, more than half
_CERTAIN = 8.0  # usual distances, at least
MOST_CELLS = 3_000_000


@dataclass(frozen=True, slots=True)
class Suspect:
    """The cell of ``metric`` at place ``row`` of the frame is ``factor`` times what its neighbours are."""

    metric: str
    row: int
    factor: float
    expected: float


def find_suspects(frame: Frame) -> list[Suspect]:
    """The suspect cells of a panel's flows and levels. Single cases have no neighbours to be compared with."""
    if not frame.panel or len(frame.present) < max(10, 0.04 * len(frame.starts)):
        return []
    leaf = leaves(frame)
    size, steps = int(leaf.max()) + 1, len(frame.starts)
    if size * steps > MOST_CELLS:
        return []
    metrics = [name for name, role in frame.roles.items() if role.kind in ("flow", "level")]
    rest: dict[str, Floats] = {}
    noise: dict[str, Floats] = {}
    least: dict[str, Floats] = {}
    places = float(len(metrics) * len(frame.rows))
    for metric in metrics:
        grid = np.full((size, steps), np.nan)
        grid[leaf, frame.place] = frame.numbers[metric]
        grid[grid <= 0] = np.nan
        expected = expect(frame, grid, linear=False, counted=False)
        rest[metric] = np.where(expected.log[:, None], expected.rest, np.nan)
        certain = np.array([max(_CERTAIN, asked(places, freedom)) for freedom in expected.freedom.tolist()])
        noise[metric] = expected.spread
        # towards zero numbers stray evenly, not in ratios: a tenth of a few is no slip
        strays = np.array([expected.strays(place) for place in range(size)])
        certain = certain[:, None] * np.where(np.abs(strays) < certain[:, None], np.inf, 1.0)
        least[metric] = certain * expected.spread
    found: list[Suspect] = []
    for metric in metrics:
        found += _of(frame, metric, rest, noise[metric], least[metric], leaf)
    return found


def _of(
    frame: Frame,
    metric: str,
    rest: dict[str, Floats],
    noise: Floats,
    least: Floats,
    leaf: "np.ndarray[tuple[int], np.dtype[np.int64]]",
) -> list[Suspect]:
    mine, found = rest[metric], list[Suspect]()
    for at, step in np.argwhere(np.abs(np.nan_to_num(mine)) > np.log(6)).tolist():
        row = int(np.flatnonzero((leaf == at) & (frame.place == step))[0])
        value = frame.numbers[metric][row]
        usual = value / float(np.exp(mine[at, step]))
        factor = min(FACTORS, key=lambda one: abs(float(mine[at, step]) - np.log(one)))
        near = abs(mine[at, step] - np.log(factor)) <= min(0.5, max(0.25, 4 * noise[at, step]))
        near = near and abs(mine[at, step]) >= least[at, step]
        alone = _calm(mine[at, max(0, step - 2) : step]) and _calm(mine[at, step + 1 : step + 3])
        others = np.delete(mine[:, step], at)
        row_as_ever = all(_calm(rest[other][at, step : step + 1]) for other in rest if other != metric)
        if near and alone and row_as_ever and usual >= 3 and _mostly_calm(others):
            found.append(Suspect(metric, row, factor, usual))
    return found


def _calm(rest: Floats) -> bool:
    return bool(np.all(np.abs(np.nan_to_num(rest)) < _AS_EVER))


def _mostly_calm(rest: Floats) -> bool:
    known = rest[np.isfinite(rest)]
    return not len(known) or bool((np.abs(known) > _AS_EVER).mean() <= 0.1)


def masks(frame: Frame, suspects: list[Suspect]) -> dict[str, Mask]:
    """The suspect rows by metric."""
    out: dict[str, Mask] = {}
    for suspect in suspects:
        out.setdefault(suspect.metric, np.zeros(len(frame.rows), dtype=np.bool_))[suspect.row] = True
    return out
