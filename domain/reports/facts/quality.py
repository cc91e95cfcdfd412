"""What spoils the data: repeated rows, gaps, empty cells, slips of a unit, mixed currencies, renamed categories."""

import numpy as np

from domain.reports.facts import wording
from domain.reports.facts.fact import Fact, ranges
from domain.reports.facts.frame import NO_VALUE, Frame, Role
from domain.reports.facts.gaps import find_gaps
from domain.reports.facts.measure import ROWS, in_currency
from domain.reports.facts.suspects import Suspect
from domain.reports.reading import Column, Remark
from domain.reports.reading.remarks import RemarkKind

_GRAVE = 93.0
_SLIGHT = 58.0


def quality_facts(frame: Frame, suspects: list[Suspect]) -> list[Fact]:
    """Every data-quality fact, the grave ones scored above all but the headline."""
    facts = _duplicates(frame) + _currencies(frame) + _renames(frame)
    facts += [_suspect(frame, suspect) for suspect in suspects]
    facts += [_remarked(remark) for remark in frame.table.remarks if remark.kind in SPOILED]
    return facts + _gaps(frame) + _empties(frame)


SPOILED: dict[RemarkKind, float] = {
    "formulas without values": _GRAVE + 1,
    "unread cells": _GRAVE,
    "doubtful rows": _GRAVE - 2,
}
"""What is said on reading a file that something is wrong with, and its score; the rest says how it was read."""


def _remarked(remark: Remark) -> Fact:
    count = float(len(remark.rows)) or 1.0
    metric, score = remark.column or ROWS, SPOILED[remark.kind]
    return Fact("data_quality", metric, (), None, count, remark.kind, score, ranges(remark.rows), remark.text)


def _duplicates(frame: Frame) -> list[Fact]:
    count = len(frame.duplicates)
    if not count:
        return []
    text = f"{count:,} rows are written again, the same in every cell; each is counted once." if count > 1 else (
        "1 row is written again, the same in every cell; it is counted once."
    )  # fmt: skip
    rows = ranges(frame.duplicates)
    return [Fact("data_quality", ROWS, (), None, float(count), "duplicate rows", _GRAVE, rows, text)]


def _currencies(frame: Frame) -> list[Fact]:
    if frame.currency is None or frame.main_currency is None:
        return []
    other = ~frame.mask(((frame.currency, frame.main_currency),))
    money = [name for name, role in frame.roles.items() if role.kind == "flow" and in_currency(frame, name)]
    shown = [name for name in money if frame.table.column(name).currencies] or money
    if not shown or not other.any():
        return []
    count = int(other.sum())
    text = (
        f"{count:,} rows of {shown[0]} are not in {frame.main_currency}, the main currency: "
        "amounts are added up within one currency only."
    )
    return [
        Fact(
            "data_quality", shown[0], (), None, float(count), "mixed currencies", _GRAVE, frame.row_ranges(other), text
        )
    ]


def _renames(frame: Frame) -> list[Fact]:
    facts: list[Fact] = []
    for column, old, new in frame.renames:
        segment = ((column, new),)
        mask = frame.mask(segment)
        period = frame.period(int(frame.place[mask].min()), int(frame.place[mask].max()))
        text = (
            f"{column} {old} ends where {new} begins in {wording.moment(period.start)}, at the same size: "
            f"it seems to be one, renamed, with {int(mask.sum()):,} rows under the new name."
        )
        rows = frame.row_ranges(mask)
        facts.append(
            Fact("data_quality", column, segment, period, float(mask.sum()), "renamed category", _GRAVE, rows, text)
        )
    return facts


def _suspect(frame: Frame, suspect: Suspect) -> Fact:
    step = int(frame.place[suspect.row])
    segment = tuple(
        (one.name, one.values[int(one.codes[suspect.row])]) for one in frame.dimensions
        if one.values[int(one.codes[suspect.row])] != NO_VALUE
    )  # fmt: skip
    period, row = frame.period(step, step), int(frame.rows[suspect.row])
    value = float(frame.numbers[suspect.metric][suspect.row])
    size = f"{suspect.factor:g} times" if suspect.factor > 1 else f"a {1 / suspect.factor:g}th of"
    text = (
        f"{suspect.metric}{wording.segment(segment)} is {wording.number(value)} {wording.period(period)} (row {row}), "
        f"about {size} the {wording.about(suspect.expected)} to be expected, "
        "while its row is as ever: it may be a slip of the unit."
    )
    return Fact("data_quality", suspect.metric, segment, period, 1.0, "suspect values", _GRAVE, ((row, row),), text)


def _gaps(frame: Frame) -> list[Fact]:
    if frame.date is None or frame.table.wide is not None:
        return []
    facts: list[Fact] = []
    for gap in find_gaps(frame):
        period = frame.period(gap.first, gap.last)
        steps = f"{gap.missing:,} {'weekday' if gap.weekdays else frame.step}{'s' if gap.missing > 1 else ''}"
        when = (
            f"between {wording.moment(period.start)} and {wording.moment(period.end)}"
            if gap.scattered
            else wording.period(period)
        )
        text = f"There are no rows{wording.segment(gap.segment)} for {steps} {when}."
        facts.append(
            Fact(
                "data_quality",
                frame.date,
                gap.segment,
                period,
                float(gap.missing),
                "missing dates",
                _GRAVE - 1,
                (),
                text,
            )
        )
    return facts


def _empties(frame: Frame) -> list[Fact]:
    facts: list[Fact] = []
    grouping = {dimension.name for dimension in frame.dimensions}
    for column in frame.table.columns:
        if column.kind == "date" or (column.kind == "text" and column.name not in grouping):
            continue
        empty = _empty(frame, column)
        count = int(empty.sum())
        if count:
            share = wording.percent(count / len(empty))
            text = f"{column.name} has no value in {_rows(count)} ({share} of all)."
            rows = frame.row_ranges(empty)
            facts.append(Fact("data_quality", column.name, (), None, float(count), "empty cells", _SLIGHT, rows, text))
    return facts


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _empty(frame: Frame, column: Column) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Counted rows without a value; a dash in a column that is no measure is a value of its own."""
    if column.kind == "number" and frame.roles.get(column.name, Role("")).kind in ("flow", "level", "value", "balance"):
        empty = np.isnan(frame.numbers[column.name])
        return empty & ~frame.unread[column.name] if column.name in frame.unread else empty
    dimension = next((one for one in frame.dimensions if one.name == column.name), None)
    if dimension is None:
        return (
            np.isnan(frame.numbers[column.name])
            if column.name in frame.numbers
            else np.zeros(len(frame.rows), dtype=np.bool_)
        )
    if NO_VALUE not in dimension.values:
        return np.zeros(len(frame.rows), dtype=np.bool_)
    return dimension.codes == dimension.values.index(NO_VALUE)
