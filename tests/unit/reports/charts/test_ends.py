"""A sum over the part of a month that a table covers looks like a fall: it is said."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.reports.charts import of_result
from domain.reports.querying.query import ChartWish, Query
from domain.reports.querying.run import run_query
from domain.reports.reading import read_table
from tests.unit.reports.tables import days, write

SUM = [{"how": "sum", "column": "sales"}]
FIRST, LAST = "The first month has rows only from 12 January 2024.", "The last month has rows only up to 7 May 2024."


def note(folder: Path, kind: ChartWish | None = None, **asked: Any) -> str:
    rows = [(day, "n" if at % 2 else "s", 5 + at % 7) for at, day in enumerate(days(date(2024, 1, 12), 117))]
    table = read_table(write(folder / "sales.csv", ["day", "side", "sales"], rows))
    result = run_query(table, Query.model_validate({"file": "sales.csv", **asked}))
    return of_result(result, kind, table).note


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"select": SUM, "by": ["month"]}, f"{FIRST} {LAST}"),
        ({"by": ["month", "side"]}, f"{FIRST} {LAST}"),
        ({"select": SUM, "by": ["month"], "period": ["2024-02", "2024-05"]}, LAST),
        ({"select": SUM, "by": ["month"], "period": ["2024-02", "2024-04"]}, ""),
        ({"select": [{"how": "mean", "column": "sales"}], "by": ["month"]}, ""),
        ({"select": SUM, "by": ["day"]}, ""),
        ({"select": SUM, "by": ["weekday"]}, ""),
    ],
    ids=["sums", "counts", "from February", "whole months", "averages", "days", "weekdays"],
)
def test_steps_covered_in_part_are_said(tmp_path: Path, asked: dict[str, Any], said: str) -> None:
    assert note(tmp_path, **asked) == said


def test_a_result_without_dates_has_no_places_in_time(tmp_path: Path) -> None:
    table = read_table(
        write(tmp_path / "t.csv", ["day", "side"], [("2024-01-01", "a"), ("", "b"), ("", "c"), ("", "d")])
    )
    where = [{"column": "side", "is": "!=", "value": "a"}]
    result = run_query(table, Query.model_validate({"file": "t.csv", "by": ["day"], "where": where}))
    with pytest.raises(Invalid):
        of_result(result, "bar", table)
