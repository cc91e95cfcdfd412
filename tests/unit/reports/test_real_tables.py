"""What is read, stated and answered of twenty real tables is what pandas computes of them: ten numbers of each."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from domain.reports.facts.analysis import analyse_table
from domain.reports.facts.fact import Fact
from domain.reports.querying.query import Condition, How, Query, Select
from domain.reports.querying.run import run_query
from domain.reports.reading import Table, read_table
from tests.unit.reports.real import TABLES, Real

IDS = [f"{table.file}{'*' if table.make else ''}" for table in TABLES]


def near(one: Any, other: Any) -> bool:
    return math.isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-9)


def dates(real: Real, frame: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(frame[real.date].astype(str), format="mixed")


@pytest.mark.parametrize("real", TABLES, ids=IDS)
def test_what_is_read_is_what_pandas_reads(tmp_path: Path, real: Real) -> None:
    frame, table = real.frame(), read_table(real.path(tmp_path))
    assert len(table.row_numbers) == len(frame)
    for name in real.numbers:
        there = [number for number in table.column(real.called(name)).numbers if number is not None]
        assert near(math.fsum(there), math.fsum(frame[name].dropna()))
        assert len(there) == frame[name].count()
    if real.group:
        assert len({*table.column(real.group).cells} - {None, ""}) == frame[real.group].nunique()
    if real.date:
        moments = [at for at in table.column(real.called(real.date)).moments if at is not None]
        assert (min(moments), max(moments)) == (dates(real, frame).min(), dates(real, frame).max())


# -- ten questions -------------------------------------------------------------------------------------


def asked(real: Real, frame: pd.DataFrame) -> Iterator[tuple[Query, float]]:
    """At least ten questions about a table, each with what pandas answers."""

    def query(how: How, column: str | None = None, where: tuple[Condition, ...] = (), of: str | None = None) -> Query:
        name = real.called(column) if column else None
        return Query(file="t", select=(Select(how=how, column=name, of=of),), where=where)

    yield query(How.COUNT), len(frame)
    for name in real.numbers:
        column = frame[name]
        yield query(How.MEAN, name), column.mean()
        yield query(How.MEDIAN, name), column.median()
        yield query(How.MIN, name), column.min()
        yield query(How.MAX, name), column.max()
        yield query(How.MISSING, name), column.isna().sum()
        yield query(How.COUNT, name), column.count()
        above = Condition(column=real.called(name), is_=">", value=float(column.median()))  # type: ignore[arg-type]
        yield query(How.COUNT, where=(above,)), (column > column.median()).sum()
        if real.date:
            there = dates(real, frame)[column.notna()]
            for how, end in ((How.FIRST, there.min()), (How.LAST, there.max())):
                if (there == end).sum() == 1:
                    yield query(how, name), column[there.index[there == end][0]]
    if real.group:
        group = frame[real.group].value_counts().index[0]
        only = (Condition(column=real.group, value=group),)
        inside = frame[frame[real.group] == group]
        yield query(How.COUNT, where=only), len(inside)
        yield query(How.DISTINCT, real.group), frame[real.group].nunique()
        yield query(How.MEAN, real.numbers[0], where=only), inside[real.numbers[0]].mean()
        yield query(How.SHARE, where=only), len(inside) / len(frame)


@pytest.mark.parametrize("real", TABLES, ids=IDS)
def test_what_is_answered_is_what_pandas_answers(tmp_path: Path, real: Real) -> None:
    frame, table = real.frame(), read_table(real.path(tmp_path))
    wrong, right = list[str](), 0
    for query, expected in asked(real, frame):
        result = run_query(table, query)
        found = result.rows[0][-1] if result.rows else None
        if isinstance(found, int | float) and near(found, expected):
            right += 1
        else:
            wrong.append(f"{query.select[0]} {query.where}: {found!r} instead of {expected!r}; {result.sentence}")
    assert wrong == []
    assert right >= 10


# -- facts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("real", TABLES, ids=IDS)
def test_what_is_stated_is_what_pandas_computes(tmp_path: Path, real: Real) -> None:
    frame, table = real.frame(), read_table(real.path(tmp_path))
    wrong = list[str]()
    for fact in analyse_table(table).facts:
        expected = _expected(real, frame, table, fact)
        if expected is not None and not near(fact.value, expected):
            wrong.append(f"{fact.text} instead of {expected!r}")
    assert wrong == []


def _expected(real: Real, frame: pd.DataFrame, table: Table, fact: Fact) -> float | None:
    """What a total, mean or share of a fact without a period has to be; None for other facts."""
    names = {real.called(name): name for name in frame.columns}
    if fact.period is not None or any(name not in names for name, _ in fact.segment):
        return None
    inside = frame
    for name, value in fact.segment:
        inside = inside[inside[names[name]].astype(str) == value]
    if fact.metric == "rows":
        whole = {"total": float(len(inside)), "share": len(inside) / len(frame)}
        return whole.get(fact.type) if len(fact.segment) < 2 else None
    if fact.metric not in names or not pd.api.types.is_numeric_dtype(frame[names[fact.metric]]):
        return None
    numbers = inside[names[fact.metric]].dropna()
    match fact.type:
        case "total":
            return math.fsum(numbers)
        case "average" if " per " in fact.text and real.date:
            steps = dates(real, frame)[frame[names[fact.metric]].notna()].nunique()
            return math.fsum(numbers) / steps
        case "average":
            return float(numbers.mean())
        case "share" if len(fact.segment) == 1:
            return math.fsum(numbers) / math.fsum(frame[names[fact.metric]].dropna())
        case _:
            return None
