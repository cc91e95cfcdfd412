"""Which numbers of a table matter most: money earned, else the main count or amount, a level, an average."""

import numpy as np

from domain.reports.facts.frame import Frame
from domain.reports.facts.measure import ROWS
from domain.reports.facts.roles import leaves
from domain.reports.facts.words import called, hints


def main_metrics(frame: Frame) -> list[str]:
    """All metrics facts are stated about, the main one first."""
    names = [name for name, role in frame.roles.items() if role.kind in ("flow", "level", "rate", "value", "balance")]
    order = {name: place for place, name in enumerate(names)}
    ranked = sorted(names, key=lambda name: (-_weight(frame, name), order[name]))
    if frame.panel or frame.table.wide is not None:
        return ranked
    sums = [name for name in ranked if frame.roles[name].kind in ("flow", "balance")]
    rest = [name for name in ranked if name not in sums]
    values = [name for name in names if frame.roles[name].kind == "value"]
    if sums and _are_counted(frame, sums):
        return [*sums, *rest]
    if sums or not values:
        return [*sums, ROWS, *rest] if sums else [ROWS, *rest]
    if all(frame.table.column(name).decimals == 0 for name in values):  # answers on a scale: what they say comes first
        return [values[0], ROWS, *[name for name in rest if name != values[0]]]
    return [ROWS, *rest]


def _are_counted(frame: Frame, sums: list[str]) -> bool:
    """Whether rows are combinations of categories with how often each occurs: then rows themselves count nothing."""
    leaf = leaves(frame)
    return any(called(name, "count") for name in sums) and not frame.starts and len(np.unique(leaf)) == len(leaf)


def _weight(frame: Frame, name: str) -> float:
    role, column = frame.roles[name], frame.table.column(name)
    unit = column.unit or ""
    money = bool(column.currencies) or (len(unit) == 3 and unit.isupper())
    spent, earned = hints(name, "spent"), hints(name, "earned")
    if role.kind == "rate":
        return 1.0
    if role.kind == "value":
        return 0.5
    weight = 3.0 if role.kind == "level" else 2.0
    if earned and not spent:
        weight += 4.0 + (0.5 if money else 0.0) + (1.0 if hints(name, "profit") else 0.0)
    elif money and not spent:
        weight += 3.0
    elif spent:
        weight += 0.2 if money else -0.5
    elif column.decimals == 2:
        weight += 0.5
    return weight
