"""Columns that are mostly nothing, such as refunds and errors: how often they are more, and when that was otherwise."""

import re
from dataclasses import dataclass

import numpy as np

from domain.reports.facts.certainty import MOST_FREEDOM, asked
from domain.reports.facts.cube import Cube, build_cube
from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import Floats, Frame, Ints, Mask
from domain.reports.facts.measure import ROWS, role_of
from domain.reports.reading.months import fold

MOSTLY = 0.35  # of all numbers are nothing, at least: sums of such are too uneven to be looked at step by step
FEWEST = 20  # that are more than nothing, and as many that might be in the time told of
MOST_BINS = 120
LONGEST = 0.6  # of the whole time
WAYS = 4  # to place a time, for each step: most times overlap
MOST = 3
LEAST = 1.5  # times as often
CERTAIN = 5.0
_PART = re.compile(
    r"refund|return|cancel|error|fail|fault|defect|complain|reject|bounce|claim|churn|lost|late|no.?show|stock.?out|"
    r"storn|fehler|retour|reklam|ausfall|annul|erreur|devol|rimbors"
)
_WEEK = {"hour": 24 * 7, "day": 7}  # the shortest time in steps: a rhythm of days must not pass for news
_SMOOTH = 4.0  # rows by which the share of a small part leans on that of the whole


@dataclass(frozen=True, slots=True)
class Often:
    """From step ``first`` to ``last``, ``share`` of a segment's ``of`` (its rows, or another column) were more than
    nothing, where ``usual`` was before; ``since`` is the share after that, None where it lasts.

    ``strength`` is in multiples of what is asked for.
    """

    segment: Segment
    first: int
    last: int
    of: str
    share: float
    usual: float
    since: float | None
    strength: float


def is_sparse(frame: Frame, metric: str) -> bool:
    """Whether a column is mostly nothing, and at times more."""
    if metric == ROWS or role_of(frame, metric).kind not in ("flow", "value"):
        return False
    values = frame.numbers[metric]
    known = values[~np.isnan(values)]
    return len(known) > 0 and (known == 0).mean() >= MOSTLY and (known > 0).sum() >= FEWEST and (known < 0).sum() == 0


def find_often(frame: Frame, metric: str, columns: int) -> list[Often]:
    """The times at which a sparse column was more than nothing far oftener, or more rarely, than around them."""
    if len(frame.present) < 8 or not is_sparse(frame, metric):
        return []
    values, of = frame.numbers[metric], whole_of(frame, metric)
    chosen = ~np.isnan(values) & (frame.place >= 0)
    cube = build_cube(frame, ROWS, chosen, np.zeros(len(values), dtype=np.bool_))
    segments, members, cases = cube.segments, cube.members, cube.counts.copy()
    if of == ROWS:
        hits = _spread(frame, cube, chosen, (values > 0).astype(np.float64))
    else:
        hits, cases = _spread(frame, cube, chosen, values), _spread(frame, cube, chosen, frame.numbers[of])
    found: list[Often] = []
    for _ in range(MOST):
        best = _clearest(frame, members, cases, hits, columns)
        if best is None:
            break
        first, last, sign, strength = best
        place = _whose(members, cases, hits, (first, last), sign)
        often = _often(members[place], cases, hits, segments[place], of, (first, last), strength)
        if often is not None:
            found.append(often)
        _take_out(members[place] > 0, cases, hits, (first, last))
    return found


def whole_of(frame: Frame, metric: str) -> str:
    """What a sparse column is a part of: cases of which it counts some (refunds of orders), else the rows."""
    values = frame.numbers[metric]
    if not _PART.search(fold(metric)) or frame.table.column(metric).decimals or role_of(frame, metric).kind != "flow":
        return ROWS
    sums: dict[str, float] = {}
    for name, other in frame.numbers.items():
        counts = name != metric and frame.roles[name].kind == "flow" and not frame.table.column(name).decimals
        if counts and not is_sparse(frame, name) and not (values > other).any() and not np.isnan(other).any():
            sums[name] = float(other.sum())
    return min(sums, key=lambda name: sums[name], default=ROWS)


def _spread(frame: Frame, cube: Cube, chosen: Mask, values: Floats) -> Floats:
    """Sums by combination and step."""
    shape = cube.counts.shape
    flat = cube.leaf[chosen] * shape[1] + frame.place[chosen]
    sums = np.bincount(flat, weights=values[chosen], minlength=shape[0] * shape[1])
    return sums.astype(np.float64).reshape(shape)


def _clearest(
    frame: Frame, members: Floats, cases: Floats, hits: Floats, columns: int
) -> tuple[int, int, int, float] | None:
    """First and last step, direction and strength of the time that differs most, of all segments."""
    steps = cases.shape[1]
    size = -(-steps // MOST_BINS)
    edges = np.array([*range(0, steps, size), steps], dtype=np.int64)
    n, k = _binned(members @ cases, edges), _binned(members @ hits, edges)
    shortest = max(1, -(-_WEEK.get(frame.step, 1) // size))
    left, right = _windows(len(edges), shortest)
    certain = max(CERTAIN, asked(columns * len(members) * len(edges) * WAYS, MOST_FREEDOM))
    best: tuple[int, int, int, float] | None = None
    for row in range(len(members)):
        total, of = float(k[row].sum()), float(n[row].sum())
        if total < FEWEST or total > 0.9 * of:
            continue
        up, down = _summed(k[row]), _summed(n[row])
        part, among = up[right] - up[left], down[right] - down[left]
        gain = _likelihood(part, among) + _likelihood(total - part, of - among) - _likelihood(total, of)
        gain[(among < FEWEST) | (of - among < FEWEST)] = 0.0
        at = int(np.argmax(gain))
        window = np.zeros(len(edges) - 1, dtype=np.bool_)
        window[left[at] : right[at]] = True
        plain = max(0.0, 2 * float(gain[at])) / _unevenness(k[row], n[row], window)
        strength = float(np.sqrt(plain)) / certain
        steady = 2 * float(gain[at]) <= 1.3 * _trend(k[row], n[row])
        if strength >= 1 and not steady and (best is None or strength > best[3]):
            share, rest = part[at] / among[at], (total - part[at]) / (of - among[at])
            if max(share, rest) >= LEAST * min(share, rest):
                first, last = int(edges[left[at]]), int(edges[right[at]]) - 1
                window_of = _sharpened(members[row] @ cases, members[row] @ hits, first, last, size)
                best = (*window_of, 1 if share > rest else -1, strength)
    return best


def _windows(edges: int, shortest: int) -> tuple[Ints, Ints]:
    """The first and last edge of each time looked at: of at least so many bins, and not most of them."""
    pairs = [
        (low, high) for low in range(edges) for high in range(low + shortest, edges) if high - low <= LONGEST * edges
    ]
    return np.array([low for low, _ in pairs], dtype=np.int64), np.array([high for _, high in pairs], dtype=np.int64)


def _summed(numbers: Floats) -> Floats:
    return np.concatenate([np.zeros(1), np.cumsum(numbers)])


def _binned(series: Floats, edges: Ints) -> Floats:
    sums = np.concatenate([np.zeros((len(series), 1)), np.cumsum(series, axis=1)], axis=1)
    return sums[:, edges[1:]] - sums[:, edges[:-1]]


def _likelihood(hits: Floats | float, cases: Floats | float) -> Floats:
    """The logarithm of the likelihood of so many hits among so many cases, at their own share."""
    k, n = np.asarray(hits, dtype=np.float64), np.asarray(cases, dtype=np.float64)
    share = np.clip(k / np.maximum(n, 1), 1e-12, 1 - 1e-12)
    return k * np.log(share) + (n - k) * np.log1p(-share)


def _unevenness(k: Floats, n: Floats, window: Mask) -> float:
    """By how much hits come in heaps: the variance between steps, inside and outside of a time, by that of chance."""
    ratios: list[Floats] = []
    for part in (window, ~window):
        share = min(max(float(k[part].sum() / max(1.0, n[part].sum())), 1e-6), 1 - 1e-6)
        due = n[part] * share
        ratios.append(((k[part] - due) ** 2 / np.maximum(due * (1 - share), 1e-9))[due > 1])
    every = np.concatenate(ratios)
    return max(1.0, float(every.mean())) if len(every) > 3 else 1.0


def _trend(k: Floats, n: Floats) -> float:
    """How much a steady rise or fall of the share explains, on the scale of twice a likelihood."""
    share = k.sum() / n.sum()
    at = np.arange(len(k)) - float((np.arange(len(k)) * n).sum() / n.sum())
    spread = float((n * at**2).sum()) * share * (1 - share)
    return float(((k - n * share) * at).sum()) ** 2 / spread if spread > 0 else 0.0


def _sharpened(cases: Floats, hits: Floats, first: int, last: int, size: int) -> tuple[int, int]:
    """The window to the step, and begun and ended with a hit or a miss that belongs to it."""
    total, of = float(hits.sum()), float(cases.sum())
    reach = max(size, 3)
    up, down = _summed(hits), _summed(cases)
    best, most = (first, last), -np.inf
    for low in range(max(0, first - reach), min(last, first + reach) + 1):
        highs = np.arange(max(low, last - reach), min(len(hits) - 1, last + reach) + 1)
        part, among = up[highs + 1] - up[low], down[highs + 1] - down[low]
        gain = _likelihood(part, among) + _likelihood(total - part, of - among)
        if float(gain.max()) > most:
            best, most = (low, int(highs[np.argmax(gain)])), float(gain.max())
    return best


def _whose(members: Floats, cases: Floats, hits: Floats, window: tuple[int, int], sign: int) -> int:
    """The segment that the time belongs to: where what is beyond the usual is most certain, by all its parts."""
    inside = slice(window[0], window[1] + 1)
    k, n = hits[:, inside].sum(axis=1), cases[:, inside].sum(axis=1)
    k_out, n_out = hits.sum(axis=1) - k, cases.sum(axis=1) - n
    usual = (k_out + _SMOOTH * k_out.sum() / max(1.0, n_out.sum())) / (n_out + _SMOOTH)
    beyond = members @ (k - n * usual)
    spread = np.sqrt(np.maximum(members @ (n * usual * (1 - usual)), 1e-9))
    clear = np.where(beyond * sign > 0, np.abs(beyond) / spread, 0.0)
    near = np.flatnonzero(clear >= 0.97 * clear.max())
    return int(near[np.argmax(members[near].sum(axis=1))])


def _often(
    member: Floats, cases: Floats, hits: Floats, segment: Segment, of: str, window: tuple[int, int], strength: float
) -> Often | None:
    first, last = window
    n, k = member @ cases, member @ hits
    if n[last + 1 :].sum() < FEWEST:
        last = len(n) - 1
    if n[:first].sum() < FEWEST:  # what was there at first is what was usual, and what came after it is new
        first, last = last + 1, len(n) - 1
    before, inside, after = slice(0, first), slice(first, last + 1), slice(last + 1, None)
    if n[inside].sum() < FEWEST or n[before].sum() < FEWEST:
        return None
    share, usual = (float(k[part].sum() / n[part].sum()) for part in (inside, before))
    since = float(k[after].sum() / n[after].sum()) if last < len(n) - 1 else None
    return Often(segment, first, last, of, share, usual, since, strength)


def _take_out(inside: Mask, cases: Floats, hits: Floats, window: tuple[int, int]) -> None:
    """Put the usual share in place of what was, so that no echo is told again."""
    part = slice(window[0], window[1] + 1)
    n = cases[inside].sum(axis=1) - cases[inside][:, part].sum(axis=1)
    k = hits[inside].sum(axis=1) - hits[inside][:, part].sum(axis=1)
    usual = np.where(n > 0, k / np.maximum(n, 1), 0.0)
    places: Ints = np.flatnonzero(inside)
    hits[places, part] = cases[places, part] * usual[:, None]
