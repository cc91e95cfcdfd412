"""What each number column is, told from how its numbers behave; words in headers only tip the balance."""

import numpy as np

from domain.reports.facts.balances import balances_among
from domain.reports.facts.frame import Floats, Frame, Ints, Mask, Role
from domain.reports.facts.rates import find_rates, needed
from domain.reports.facts.words import called, hints, per_something
from domain.reports.reading import Column

SMOOTH = 0.6  # of the ratio of step-to-step spread to spread: noise has 1.4
QUIET = 0.03  # median relative step of a level
STILL = 0.015  # median relative step of what hardly moves: told as a level, for its facts hold for a flow too
SMALL = 8.0  # counts below this repeat themselves by chance


def assign_roles(frame: Frame, columns: dict[str, Column]) -> None:
    """Fill ``frame.roles`` for every number column."""
    for name in frame.numbers:
        if name not in frame.roles and (kind := _never_counted(columns[name], frame.numbers[name])) is not None:
            frame.roles[name] = Role(kind)
    for name in frame.numbers:
        if name not in frame.roles and _constant_by_category(frame, name):
            frame.roles[name] = Role("unknown")
    open_names = [name for name in frame.numbers if name not in frame.roles]
    if frame.budget.allows("columns that are the quotient of two others", needed=needed(len(open_names))):
        frame.roles.update(find_rates({name: frame.numbers[name] for name in open_names}, columns, frame.budget))
    open_names = [name for name in open_names if name not in frame.roles]
    balances = set[str]() if frame.panel else balances_among(frame, open_names)
    for name in open_names:
        kind = _panel_role(frame, columns[name]) if frame.panel else _case_role(frame, columns[name], balances)
        frame.roles[name] = Role(kind)
    if frame.panel:
        _levels_by_price(frame, open_names)
        _counters_beside_their_steps(frame, open_names)


def _never_counted(column: Column, values: Floats) -> str | None:
    """What is neither added nor averaged: a part of a date (by its values and its name), and places on a map."""
    there = values[~np.isnan(values)]
    if not len(there):
        return None
    named = called(column.name, "part") and not per_something(column.name)
    if column.part or (named and column.decimals == 0 and there.min() >= 0 and there.max() <= _LARGEST_PART):
        return "part"
    return "place" if called(column.name, "place") and np.abs(there).max() <= _LARGEST_DEGREE else None


_LARGEST_PART = 366
_LARGEST_DEGREE = 360


def _constant_by_category(frame: Frame, name: str) -> bool:
    """A number that never changes within any category (a price, a capacity) says nothing about time."""
    values = frame.numbers[name]
    if len(frame.starts) < 3 or not frame.panel or hints(name, "level"):
        return False
    leaf = leaves(frame)
    spread = [np.ptp(values[leaf == code]) for code in np.unique(leaf)[:50]]
    return len(np.unique(values[~np.isnan(values)])) > 1 and len(spread) > 1 and max(spread) == 0


def leaves(frame: Frame) -> Ints:
    """Each row's combination of all dimensions, as a number."""
    out = np.zeros(len(frame.rows), dtype=np.int64)
    for dimension in frame.dimensions:
        out = out * len(dimension.values) + dimension.codes
    return np.unique(out, return_inverse=True)[1].astype(np.int64)


def _panel_role(frame: Frame, column: Column) -> str:
    name, values = column.name, frame.numbers[column.name]
    if column.percent or (per_something(name) and not column.unit):
        return "unknown"  # a rate whose parts are not in the table cannot be weighed
    if (_counter(frame, values) and (hints(name, "level") or not hints(name, "flow"))) or _only_grows(frame, values):
        return "level"
    if hints(name, "value") and not hints(name, "flow") and not column.summed:
        return "unknown" if column.currencies or hints(name, "level") else "value"
    level, flow = hints(name, "level"), hints(name, "flow")
    if level and not flow:
        return "level"
    still = _smooth(frame, values, whole=column.decimals == 0)
    if still and not (flow and (column.decimals == 0 or hints(name, "spent"))):
        frame.unsure.add(name)
        return "level"
    return "flow" if flow or column.summed or not _of_a_moment(frame, column) else "value"


def _of_a_moment(frame: Frame, column: Column) -> bool:
    """Whether numbers that no word explains are rather measured than counted: ratios, what may be negative, and a
    single series that hardly varies. Its average is right for an amount, too; its sum would not be right for a
    temperature."""
    values = frame.numbers[column.name]
    there = values[~np.isnan(values)]
    if not column.decimals or column.currencies or not len(there):
        return False
    single = len(there) <= len(frame.present)
    calm = float(there.std()) < _CALM * abs(float(there.mean()))
    return bool(np.abs(there).max() <= _RATIO) or (single and (calm or bool((there < 0).any())))


_RATIO = 1.5
_CALM = 0.25


def _series(frame: Frame, values: Floats) -> list[Floats]:
    """The numbers of each combination in the order of time, for combinations of at least eight dates."""
    leaf, order = leaves(frame), np.argsort(frame.place, kind="stable")
    out: list[Floats] = []
    for code in np.unique(leaf)[:200]:
        chosen = values[order[leaf[order] == code]]
        chosen = chosen[~np.isnan(chosen)]
        if len(chosen) >= 8:
            out.append(chosen)
    return out


def _counter(frame: Frame, values: Floats) -> bool:
    """Readings of a counter: they never fall, and each is large beside its step."""
    series = _series(frame, values)
    return bool(series) and all(
        len(one) >= 10
        and (np.diff(one) >= 0).mean() > 0.985
        and one[0] > 5 * np.median(np.diff(one))
        and np.ptp(one) > 0
        for one in series
    )


def _only_grows(frame: Frame, values: Floats) -> bool:
    """Cumulated numbers: over so many dates nothing that is counted anew each time never falls."""
    series = _series(frame, values)
    return bool(series) and all(
        len(one) >= _MANY_DATES and bool((np.diff(one) >= 0).all()) and np.ptp(one) > 0 for one in series
    )


_MANY_DATES = 30


def _counters_beside_their_steps(frame: Frame, names: list[str]) -> None:
    """The reading of a counter says nothing that the column of what it counted does not say better."""
    leaf, order = leaves(frame), np.argsort(frame.place, kind="stable")
    ordered = order[np.argsort(leaf[order], kind="stable")]
    same = np.diff(leaf[ordered]) == 0
    for name in names:
        steps = np.diff(frame.numbers[name][ordered])[same]
        if frame.roles[name].kind != "level" or len(steps) < _FEWEST_READ or np.nanmin(steps) < 0:
            continue
        for other in names:
            counted = frame.numbers[other][ordered]
            if frame.roles[other].kind == "flow" and any(
                np.mean(np.abs(steps - beside[same]) <= 0.011 + 1e-6 * np.abs(steps)) >= 0.9
                for beside in (counted[1:], counted[:-1])
            ):
                frame.roles[name] = Role("derived")


_FEWEST_READ = 8


def _smooth(frame: Frame, values: Floats, *, whole: bool) -> bool:
    """Quieter from step to step than anything that is counted or earned anew each time."""
    ratios: list[float] = []
    relative: list[float] = []
    series = _series(frame, values)
    for one in series:
        typical = float(np.median(one))
        if (one <= 0).mean() > 0.1 or (whole and typical < SMALL):
            continue
        steps = np.abs(np.diff(one))
        line = np.polyfit(np.arange(len(one)), one, 1)
        rest = one - np.polyval(line, np.arange(len(one)))
        spread = float(np.median(np.abs(rest - np.median(rest)))) + 1e-9
        ratio = float(np.median(steps)) / spread
        counting = float(steps.mean()) / float(np.sqrt(typical)) if whole else ratio  # noise of what is counted has 1.1
        ratios.append(min(ratio, counting))
        relative.append(float(np.median(steps)) / typical)
    if not ratios or len(ratios) < 0.5 * len(series):
        return False
    quiet = float(np.median(relative))
    return quiet < STILL or (float(np.median(ratios)) < SMOOTH and quiet < QUIET)


def _levels_by_price(frame: Frame, names: list[str]) -> None:
    """What is a level times a fixed price is a level too: the stock's value beside the stock.

    Two flows that are so tied may be sales by a price list or, if no header hints at that, an unknown stock and
    its value: such columns are ``unsure``, and only what holds for both is stated about them.
    """
    leaf = leaves(frame)
    for one in names:
        for name in names:
            if name == one or frame.roles[name].kind != "flow" or frame.roles[one].kind not in ("level", "flow"):
                continue
            if not _fixed_ratio(frame.numbers[name], frame.numbers[one], leaf, 0.01):
                if (
                    frame.roles[one].kind == "level"
                    and frame.table.column(name).decimals
                    and not hints(name, "spent")
                    and _fixed_ratio(frame.numbers[name], frame.numbers[one], leaf, 0.04)
                ):
                    frame.unsure.add(name)  # what customers pay each month, or what was earned with them
                continue
            if frame.roles[one].kind == "level":
                frame.roles[name] = Role("level")
            elif not (hints(name, "flow") or hints(one, "flow")):
                frame.unsure |= {name, one}
    for name in frame.unsure:
        frame.roles[name] = Role("level")


def _fixed_ratio(values: Floats, others: Floats, leaf: Ints, room: float) -> bool:
    known: Mask = (others > 0) & (np.nan_to_num(values) != 0)  # nothing is no price of anything
    if known.sum() < 0.8 * len(values):
        return False
    ratio = np.where(known, values / np.where(known, others, 1), np.nan)
    agree = 0
    for code in np.unique(leaf):
        mine = ratio[(leaf == code) & known]
        middle = np.median(mine) if len(mine) else 0.0
        agree += int((np.abs(mine - middle) <= room * abs(middle) + 1e-9).sum())
    return agree > 0.93 * known.sum()


def _case_role(frame: Frame, column: Column, balances: set[str]) -> str:
    """In a table of single cases: a running balance, an amount that adds up, or a value of its case."""
    values = frame.numbers[column.name]
    there = values[~np.isnan(values)]
    if column.name in balances:
        return "balance"
    if column.percent or not len(there):
        return "unknown"
    if column.summed and not hints(column.name, "level"):
        return "flow"  # the table itself has added it up
    if np.array_equal(np.unique(there), [0.0, 1.0]):
        return "value"  # yes or no
    signed = (there < 0).mean() > 0.02 and (there > 0).mean() > 0.02
    if (hints(column.name, "value") or called(column.name, "each")) and not signed:
        return "value"
    small_scale = column.decimals == 0 and len(np.unique(there)) <= 11 and np.ptp(there) <= 10
    if column.currencies or (column.unit and len(column.unit) == 3 and column.unit.isupper()):
        return "flow"
    if small_scale and not hints(column.name, "flow"):
        return "value"
    if signed and column.decimals == 2:
        return "flow"
    if hints(column.name, "level") and not frame.starts:
        return "flow"  # what there is of many things at one time adds up over them
    if hints(column.name, "level") and _of_each_date(frame):
        return "level"
    return "flow" if hints(column.name, "flow") and column.unit != "h" else "value"


def _of_each_date(frame: Frame) -> bool:
    """Whether a column of words names what each date has one row of, however many there are."""
    places = frame.place[frame.place >= 0].tolist()
    for column in frame.table.columns:
        if column.kind == "text" and len(frame.rows) == len(column.cells):
            pairs = set(zip(places, column.cells, strict=False))
            if len(pairs) == len(frame.rows) >= _MOST_OF_THEM * len(frame.present) * len(set(column.cells)):
                return True
    return False


_MOST_OF_THEM = 0.8
