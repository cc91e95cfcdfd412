"""From a table as read to a frame: repeated rows are found, columns get their roles."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import numpy as np

from domain.core.budget import Budget
from domain.reports.facts.frame import (
    NO_VALUE,
    Dimension,
    Frame,
    Ints,
    Role,
    as_floats,
    as_list,
    dates_of,
    encode,
    place_in_time,
)
from domain.reports.facts.ids import looks_like_id
from domain.reports.facts.roles import assign_roles, leaves
from domain.reports.facts.steps import bounded, step_of
from domain.reports.reading import Cell, Column, Table
from domain.reports.reading.numerals import CODES

T = TypeVar("T")

MOST_VALUES = 60  # of a column whose values are compared with one another
_SIGNED = "currency"


def frame_of(table: Table, budget: Budget | None = None) -> Frame:
    """The counted rows of a table as arrays, with every column's role."""
    date = dates_of(table.columns)
    keep, duplicates = _distinct(table)
    frame = _frame(table, date, keep)
    if 0 < len(duplicates) <= len(keep) and _has_key(frame, table, keep):  # more than once each, they are cases
        frame.duplicates = duplicates
    elif duplicates:
        frame = _frame(table, date, np.arange(len(table.row_numbers), dtype=np.int64))
    frame.budget = budget or frame.budget
    frame.panel = is_panel(frame)
    columns = {column.name: column for column in table.columns}
    assign_roles(frame, columns)
    return frame


def _distinct(table: Table) -> tuple[Ints, list[int]]:
    """The places of rows that are not the same in every cell as an earlier one, and the numbers of the others."""
    rows = len(table.row_numbers)
    if table.wide is not None:
        return np.arange(rows, dtype=np.int64), []
    first = np.unique(_told_apart([column.cells for column in table.columns], rows), return_index=True)[1]
    again = np.setdiff1d(np.arange(rows, dtype=np.int64), first)
    return np.sort(first).astype(np.int64), [table.row_numbers[place] for place in as_list(again)]


def _told_apart(columns: Iterable[Sequence[Cell]], rows: int) -> Ints:
    """Each row's number among the different combinations of its cells."""
    key = np.zeros(rows, dtype=np.int64)
    for cells in columns:
        known: dict[Cell, int] = {}
        codes = np.array([known.setdefault(cell, len(known)) for cell in cells], dtype=np.int64)
        key = np.unique(key * len(known) + codes, return_inverse=True)[1].astype(np.int64)
        if rows and key.max() == rows - 1:
            break
    return key


def _frame(table: Table, date: Column | None, keep: Ints) -> Frame:
    places = as_list(keep)
    numbers = {
        column.name: as_floats(_chosen(column.numbers, keep)) for column in table.columns if column.kind == "number"
    }
    dimensions = [encode(column.name, _chosen(column.cells, keep)) for column in table.columns if column.kind == "text"]
    moments = _chosen(date.moments, keep) if date else list[datetime | None]()
    there = [at for at in moments if at is not None]
    step = bounded(there, step_of(there, date.grain or "day")) if date and there else "day"
    if there:
        placed, starts = place_in_time(moments, step)
    else:
        placed, starts = np.full(len(places), -1, dtype=np.int64), []
    columns = {column.name: column for column in table.columns}
    series = bool(there) and len(np.unique(placed)) >= 0.98 * len(placed)
    few = [one for one in dimensions if len(one.values) <= len(places) / 3]
    roles = {
        name: Role("id") for name, values in numbers.items() if looks_like_id(columns[name], values, few, series=series)
    }
    frame = Frame(
        table=table,
        rows=np.array([table.row_numbers[place] for place in places], dtype=np.int64),
        duplicates=[],
        numbers=numbers,
        dimensions=[],
        roles=roles,
        units={name: columns[name].unit for name in numbers},
        at=[at or there[0] for at in moments] if there else [],
        place=placed,
        starts=starts,
        step=step,
        date=date.name if date and there else None,
    )
    for name in numbers:
        if columns[name].unread:
            frame.unread[name] = np.isin(keep, np.array(columns[name].unread, dtype=np.int64))
    frame.dimensions = _dimensions(frame, dimensions, places, columns)
    _currencies(frame, columns, places)
    return frame


def _chosen(values: list[T], keep: Ints) -> list[T]:
    return values if len(keep) == len(values) else [values[place] for place in as_list(keep)]


def _dimensions(frame: Frame, texts: list[Dimension], places: list[int], columns: dict[str, Column]) -> list[Dimension]:
    """The columns that group rows: text with few values, and codes that no text column names already."""
    rows = len(places)
    chosen = [one for one in texts if 1 < len(one.values) <= max(MOST_VALUES, 0) and len(one.values) <= rows / 2]
    for name, role in frame.roles.items():
        if role.kind != "id":
            continue
        coded = encode(name, [columns[name].cells[place] for place in places])
        few = 1 < len(coded.values) <= MOST_VALUES and len(coded.values) <= rows / 4
        year = np.nanmin(frame.numbers[name]) >= 1930 and np.nanmax(frame.numbers[name]) <= 2100
        if few and not year and not any(_tied(coded, one) for one in chosen):
            chosen.append(coded)
    out: list[Dimension] = []
    for one in chosen:  # of two columns that say the same, the first is enough
        if not any(_tied(one, other) for other in out):
            out.append(one)
    return out


def _tied(one: Dimension, other: Dimension) -> bool:
    pairs = len(np.unique(one.codes * len(other.values) + other.codes))
    return pairs == len(one.values) == len(other.values) or (
        pairs == len(other.values) and len(one.values) > 1 and pairs == len(one.values)
    )


def _has_key(frame: Frame, table: Table, keep: Ints) -> bool:
    """Whether rows are otherwise unique: by an id, or by their dates, categories and codes."""
    rows = len(keep)
    named = [
        column for column in table.columns
        if column.kind in ("text", "date") or frame.roles.get(column.name, Role("")).kind == "id"
    ]  # fmt: skip
    alone = [[column] for column in named if column.kind != "date"]
    # rows that are left after equal ones are gone have no key by all their columns
    together = [named] if named and len(named) < len(table.columns) else []
    return any(
        _told_apart([_chosen(column.cells, keep) for column in group], rows).max() == rows - 1
        for group in [*alone, *together]
    )


def is_panel(frame: Frame) -> bool:
    """Whether each date has one row for each combination of the dimensions, with few of them missing."""
    if len(frame.starts) < 2:
        return False
    leaf = leaves(frame)
    count = int(leaf.max()) + 1 if len(leaf) else 0
    cells = len(np.unique(frame.place * count + leaf))
    return cells >= 0.995 * len(leaf) and cells > 0.6 * count * len(frame.present)


def _currencies(frame: Frame, columns: dict[str, Column], places: list[int]) -> None:
    """The column that says the currency, or a dimension made of the signs in the cells, where there are several."""
    for one in frame.dimensions:
        known = [value for value in one.values if value != NO_VALUE]
        if known and all(value.upper() in CODES for value in known):
            frame.currency = one.name
    if frame.currency is None:
        for column in columns.values():
            shown = (
                Counter(column.currencies[place] for place in places) if column.currencies else Counter[str | None]()
            )
            if len([code for code in shown if code]) > 1:
                taken = {name.casefold() for name in columns}
                if _SIGNED not in taken:
                    frame.dimensions.append(encode(_SIGNED, [column.currencies[place] for place in places]))
                    frame.currency = _SIGNED
                    break
    if frame.currency is not None:
        one = frame.dimension(frame.currency)
        frame.main_currency = one.values[int(np.bincount(one.codes).argmax())]
