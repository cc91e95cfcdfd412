"""The story of a report: its headline, what happened, what spoils the data, and the plain facts behind them."""

import numpy as np

from domain.core.budget import Budget
from domain.reports.facts.build import frame_of
from domain.reports.facts.fact import Analysis, ColumnNote, Fact, Focus
from domain.reports.facts.first import arranged
from domain.reports.facts.focus import focused
from domain.reports.facts.frame import Frame
from domain.reports.facts.happenings import happenings
from domain.reports.facts.metrics import main_metrics
from domain.reports.facts.outcomes import outcome_facts
from domain.reports.facts.plain import plain_facts
from domain.reports.facts.quality import SPOILED, quality_facts
from domain.reports.facts.renames import find_renames
from domain.reports.facts.suspects import find_suspects
from domain.reports.reading import Table

MOST_FACTS = 60
_OF_THE_TIME = 0.7
"""That is left, for what happened; the plain facts have the rest."""


def analyse_table(table: Table, focus: Focus | None = None, budget: Budget | None = None) -> Analysis:
    """The facts of a table, by importance, at most sixty; what the budget did not suffice for is told in the notes.

    Raises:
        Invalid: the focus names a column there is not.
    """
    with np.errstate(all="ignore"):  # a division by nothing is no number, and is left out where it is met
        frame = frame_of(table, budget)
        if frame.budget.allows("categories that were renamed"):
            frame.renames = find_renames(frame)
        metrics = main_metrics(frame)
        asked = focused(frame, metrics, focus) if focus else []
        suspects = find_suspects(frame) if frame.budget.allows("slips of a unit") else []
        with frame.budget.only(_OF_THE_TIME):
            happened = happenings(frame, metrics, suspects)
        alarms = quality_facts(frame, suspects) + happened
        outcomes = outcome_facts(frame, metrics) if frame.budget.allows("what outcomes differ by") else []
        facts = alarms + outcomes + plain_facts(frame, metrics, alarms, outcomes)
        ordered = arranged(frame, _distinct(facts))
    return Analysis(
        file=table.file,
        rows=len(set(table.row_numbers)),
        columns=tuple(_notes(frame)),
        step=frame.step if frame.starts else None,
        period=frame.whole,
        facts=tuple(_distinct([*asked, *ordered])[:MOST_FACTS]),
        notes=(
            *(remark.text for remark in table.remarks if remark.kind not in SPOILED),
            *frame.budget.left_undone(),
        ),
    )


def _distinct(facts: list[Fact]) -> list[Fact]:
    """Each statement once, the first one of those that say the same."""
    seen: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        told = fact.text if fact.type == "data_quality" else ""
        seen.setdefault((fact.type, fact.metric, fact.segment, fact.period, fact.unit, told), fact)
    return list(seen.values())


def _notes(frame: Frame) -> list[ColumnNote]:
    dimensions = {dimension.name for dimension in frame.dimensions}
    notes: list[ColumnNote] = []
    for column in frame.table.columns:
        if column.name in frame.roles:
            role = frame.roles[column.name].kind
        elif column.kind == "date":
            role = "date"
        else:
            role = "category" if column.name in dimensions else "text"
        notes.append(ColumnNote(column.name, role, column.unit))
    return notes
