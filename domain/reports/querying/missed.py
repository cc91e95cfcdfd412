"""Why no row matched: what the columns of the conditions hold instead."""

from datetime import datetime

from domain.reports.facts.wording import number
from domain.reports.querying import spans
from domain.reports.querying.asked import Asked
from domain.reports.querying.conditions import Filter
from domain.reports.querying.source import Source
from domain.reports.querying.values import written_date


def missed(question: Asked) -> list[str]:
    """For the period and for each condition that no row fulfils: between what the numbers and dates lie."""
    source = question.source
    out: list[str] = []
    if question.date is not None and question.period is not None and not question.within(question.period).any():
        out += _between(source, question.date)
    for one in question.filters:
        if not one.mask.any() and not one.notes and one.condition.value is not None:
            out += _between(source, one.column)
    if not out and len([one for one in question.filters if one.mask.any()]) > 1:
        out.append(f"Each of these is fulfilled by some rows, all together by none: {_alone(question.filters)}.")
    return list(dict.fromkeys(out))


def _alone(filters: list[Filter]) -> str:
    return ", ".join(f"“{one.text.removeprefix('where ').removeprefix('for ')}”" for one in filters)


def _between(source: Source, name: str) -> list[str]:
    """“date lies between 2 January 2013 and 30 December 2015.”"""
    column, series = source.column(name), source.series(name).drop_nulls()
    if column.kind == "text" or not len(series):
        return []
    if column.kind == "date":
        ends = [at for at in (series.min(), series.max()) if isinstance(at, datetime)]
        shown = [spans.called(spans.one(written_date(column, at)).period) for at in ends]
    else:
        shown = [_shown(at, percent=column.percent, unit=column.unit) for at in (series.min(), series.max())]
    return [f"{name} lies between {shown[0]} and {shown[1]}."]


def _shown(value: object, *, percent: bool, unit: str | None) -> str:
    assert isinstance(value, float)
    return f"{number(round(value * 100, 9))} %" if percent else number(value, unit)
