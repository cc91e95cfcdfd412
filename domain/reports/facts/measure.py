"""The numbers themselves: what a total, an average, a share, a rank, a slope and a change are for each role."""

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from domain.reports.facts.fact import Segment
from domain.reports.facts.frame import Floats, Frame, Ints, Mask, Role
from domain.reports.facts.steps import Step, after, last_of
from domain.reports.facts.words import called, hints

ROWS = "rows"
_ROWS = Role("rows")


def role_of(frame: Frame, metric: str) -> Role:
    return _ROWS if metric == ROWS else frame.roles[metric]


def is_flag(frame: Frame, metric: str) -> bool:
    """Whether a column says yes or no as 1 and 0."""
    values = frame.numbers[metric]
    known = values[~np.isnan(values)]
    return bool(len(known)) and bool(np.all((known == 0) | (known == 1))) and len(np.unique(known)) == 2


def counted_by(frame: Frame, metrics: list[str]) -> str | None:
    """The column that says how often each row occurs, in a table of combinations: rows themselves count nothing."""
    return metrics[0] if metrics and ROWS not in metrics and not (frame.panel or frame.table.wide is not None) else None


def in_currency(frame: Frame, metric: str) -> bool:
    """Whether a table of several currencies has this in each of them: amounts and prices, and what is computed from
    them, but not what is counted (rows, orders, pieces)."""
    if frame.currency is None or metric == ROWS:
        return False
    role = role_of(frame, metric)
    if role.kind == "rate":
        return in_currency(frame, role.above) or in_currency(frame, role.below)
    column = frame.table.column(metric)
    if column.currencies or hints(metric, "earned") or hints(metric, "spent"):
        return True
    counted = not column.decimals and (hints(metric, "piece") or called(metric, "count"))
    return role.kind in ("flow", "level", "balance") and not counted


def surely_adds_up(frame: Frame, metric: str) -> bool:
    """Whether numbers may be summed over steps of time: rows, counts, money, and what is called a flow; of other
    amounts, such as the values of an index, a sum over five days says nothing to anybody."""
    if role_of(frame, metric).kind != "flow":
        return metric == ROWS
    column = frame.table.column(metric)
    called = any(hints(metric, kind) for kind in ("flow", "count", "earned", "spent"))
    return called or not column.decimals or bool(column.currencies) or column.unit is not None


def amount(frame: Frame, metric: str, mask: Mask) -> float | None:
    """The sum of a flow or level, the number of rows, the mean of a value, or a rate of sums; None without numbers."""
    role = role_of(frame, metric)
    if role.kind == "rows":
        return float(mask.sum())
    if role.kind == "rate":
        below = float(np.nansum(frame.numbers[role.below][mask]))
        return float(np.nansum(frame.numbers[role.above][mask])) / below + role.offset if below else None
    values = frame.numbers[metric][mask]
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    return float(values.mean()) if role.kind == "value" else math.fsum(values.tolist())


def cases(frame: Frame, metric: str) -> tuple[Floats, Floats]:
    """Each row's number, and how many cases it stands for: one, or what a rate divides by."""
    role = role_of(frame, metric)
    if role.kind != "rate":
        return frame.numbers[metric], np.ones(len(frame.rows))
    above, below = frame.numbers[role.above], frame.numbers[role.below]
    weights = np.where(below > 0, below, 0.0)
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan), weights


def at_last_date(frame: Frame, mask: Mask) -> Mask:
    """Of the rows chosen, those of their last date."""
    if not mask.any():
        return mask
    latest = frame.stamps[mask].max()
    return mask & (frame.stamps == latest)


def total(frame: Frame, metric: str, mask: Mask) -> float | None:
    """A flow's sum or the number of rows; a level's sum on the last date; a balance as it stands in the last row."""
    kind = role_of(frame, metric).kind
    if kind == "level":
        return amount(frame, metric, at_last_date(frame, mask) if frame.starts else mask)
    if kind == "balance":
        values = frame.numbers[metric][mask]
        return float(values[-1]) if len(values) and not np.isnan(values[-1]) else None
    return amount(frame, metric, mask) if kind in ("flow", "rows") else None


def compared(frame: Frame, metric: str, segment: Segment, mask: Mask) -> list[tuple[str, float]]:
    """What all values of a segment's last column amount to, within its other columns and the rows, largest first."""
    *outer, (column, _) = segment
    around = frame.mask(tuple(outer)) & mask
    if role_of(frame, metric).kind == "level" and frame.starts:
        around = at_last_date(frame, around)
    dimension = frame.dimension(column)
    found: list[tuple[str, float]] = []
    for code, value in enumerate(dimension.values):
        inside = around & (dimension.codes == code)
        number = amount(frame, metric, inside) if inside.any() else None
        if number is not None:
            found.append((value, number))
    return sorted(found, key=lambda item: -item[1])


def steps_within(frame: Frame, metric: str, first: int, last: int) -> int:
    """How many steps between two have any row of the table with a number."""
    inside = frame.within(first, last)
    if metric != ROWS:
        inside = inside & np.isfinite(frame.numbers[metric])
    return int(np.count_nonzero(np.bincount(frame.place[inside])))


def per_step(frame: Frame, metric: str, mask: Mask, first: int, last: int) -> float | None:
    """The mean per date that has a number anywhere in the table; of rates and values their average."""
    number = amount(frame, metric, mask & frame.within(first, last))
    if number is None or role_of(frame, metric).kind not in ("flow", "level", "rows"):
        return number
    steps = steps_within(frame, metric, first, last)
    return number / steps if steps else None


def difference(frame: Frame, metric: str, mask: Mask, first: int, last: int, before: int = 0) -> float | None:
    """From ``first`` to ``last`` against what lies before, from ``before`` on: relative, or the difference of rates."""
    was, now = per_step(frame, metric, mask, before, first - 1), per_step(frame, metric, mask, first, last)
    if was is None or now is None:
        return None
    if role_of(frame, metric).kind == "rate":
        return now - was
    return now / was - 1 if was else None


@dataclass(frozen=True, slots=True)
class Line:
    """The least-squares line through the complete steps: its slope by their mean, and how far it rises from the first
    step to the last, whose numbers and starts are given too."""

    slope: float
    rise: float
    first: float
    last: float
    begins: datetime
    ends: datetime


def line(frame: Frame, metric: str, mask: Mask, step: Step) -> Line | None:
    """The straight line through a series; None with fewer than three steps, or where their mean is about nothing."""
    points = series(frame, metric, mask, step)
    if len(points) < 3:
        return None
    x, y = np.array([p for p, _ in points], dtype=np.float64), np.array([v for _, v in points])
    middle = float(y.mean())
    if not np.isfinite(middle) or abs(middle) <= float(y.std()):  # around nothing, a slope by the mean says nothing
        return None
    rise = float(((x - x.mean()) * (y - middle)).sum() / ((x - x.mean()) ** 2).sum())
    starts = frame.grouped(step)[1]
    known = dict(zip(frame.group_places(step), starts, strict=True))
    rises = rise * float(x[-1] - x[0])
    return Line(rise / middle, rises, float(y[0]), float(y[-1]), known[points[0][0]], known[points[-1][0]])


def complete_steps(frame: Frame, step: Step) -> tuple[Ints, Ints]:
    """Each row's complete step (-1 in none), and where the complete steps stand among all of them."""
    end = after(last_of(frame.starts[-1], frame.step), frame.step)
    codes, groups = frame.grouped(step)
    first = frame.at[int(np.argmin(np.where(frame.place >= 0, frame.stamps, np.iinfo(np.int64).max)))]
    whole = np.array([not (at < first or after(at, step) > end) for at in groups], dtype=np.bool_)
    index = np.where(whole, np.cumsum(whole) - 1, -1)
    places = np.array(frame.group_places(step), dtype=np.int64)[whole]
    return np.where(codes >= 0, index[np.maximum(codes, 0)], -1).astype(np.int64), places


def series(frame: Frame, metric: str, mask: Mask, step: Step) -> list[tuple[int, float]]:
    """Each complete step's place among all steps, and its number: a flow's sum, a level's mean, or the average."""
    codes, places = complete_steps(frame, step)
    level = role_of(frame, metric).kind == "level"
    out: list[tuple[int, float]] = []
    for code, index in enumerate(places.tolist()):
        inside = mask & (codes == code)
        number = amount(frame, metric, inside) if inside.any() else None
        if number is not None:
            out.append((index, number / len(np.unique(frame.stamps[inside])) if level else number))
    return out


def steps_so(frame: Frame, metric: str, mask: Mask, first: int, last: int, change: float) -> bool:
    """Whether the few steps from ``first`` on lie to that side of the few before: else the change is between levels
    that do not follow one another."""
    was = per_step(frame, metric, mask, max(0, first - _FEW), first - 1)
    now = per_step(frame, metric, mask, first, min(last, first + _FEW - 1))
    return was is None or now is None or (now - was) * change > 0


_FEW = 5
"""Steps by which it shows to which side a series goes."""
