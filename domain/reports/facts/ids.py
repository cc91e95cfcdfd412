"""Ids: numbers that are names, neither added nor averaged."""

import numpy as np

from domain.reports.facts.frame import Dimension, Floats, Ints
from domain.reports.facts.words import called, hints
from domain.reports.reading import Column


def looks_like_id(column: Column, values: Floats, dimensions: list[Dimension], *, series: bool) -> bool:
    """Numbers that are names: whole, without sign or currency, and called so; or of one length and either unique, tied
    to a category, or a few codes that return on every date; and years.

    ``series``: the table has one row a date, where a number that only grows is measured, not given out.
    """
    there = values[~np.isnan(values)]
    if column.decimals or column.percent or column.currencies or len(there) < 3 or (there < 0).any():
        return False
    distinct = np.unique(there)
    if called(column.name, "name") and not hints(column.name, "flow"):
        return True
    if len(distinct) < 2:
        return hints(column.name, "id")
    if distinct[0] >= 1930 and distinct[-1] <= 2100 and len(distinct) <= min(90, len(there) / 2):
        return True
    if called(column.name, "year") and distinct[0] >= 1500 and distinct[-1] <= 2100:
        return True
    counted = hints(column.name, "level") or hints(column.name, "flow")
    if not counted and (_numbered(there, distinct) or any(_one_to_one(values, one.codes) for one in dimensions)):
        return True
    unique, steps = len(distinct) >= 0.98 * len(there), np.diff(there)
    if unique and not counted and not series and hints(column.name, "id") and bool((steps > 0).all()):
        return True
    lengths = {len(str(int(value))) for value in distinct[[0, -1]]}
    if len(lengths) > 1 or lengths <= {1, 2}:
        return hints(column.name, "id") and not hints(column.name, "flow") and len(lengths) == 1
    if unique:
        given_out = max((steps > 0).mean(), (steps < 0).mean()) > 0.9 and (
            not series or (steps == steps[0]).mean() > 0.9
        )
        return (given_out and not counted) or hints(column.name, "id")
    return len(distinct) <= 60 and len(there) / len(distinct) >= 8 and hints(column.name, "id")


def _numbered(there: Floats, distinct: Floats) -> bool:
    """Whether groups of rows are counted through: 1, 1, 1, 2, 2, 2, 3, …"""
    steps = np.diff(there)
    return len(distinct) >= 10 and distinct[0] in (0, 1) and bool(np.all((steps == 0) | (steps == 1)))


def _one_to_one(values: Floats, codes: Ints) -> bool:
    """Whether each category has one number of its own."""
    known = ~np.isnan(values)
    if len(np.unique(values[known])) != len(np.unique(codes[known])):
        return False
    pairs = {(int(code), float(value)) for code, value in zip(codes[known], values[known], strict=True)}
    groups = len({code for code, _ in pairs})
    return groups > 2 and len(pairs) == groups == len({value for _, value in pairs}) and known.sum() >= 3 * groups
