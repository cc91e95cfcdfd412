"""How numbers are said: amounts with their cents, what was spent not as what was earned, and nothing twice."""

from pathlib import Path
from typing import Any

import pytest

from domain.reports.querying.result import Result
from domain.reports.reading import Table, read_table
from tests.unit.reports.querying.shop import ask

MONTHS = ((1, (-900, -60.5)), (2, (-800, -20.5)), (3, (-850, -40.1)))


@pytest.fixture
def spent(tmp_path: Path) -> Table:
    rows = [
        f"2026-{month:02}-{day:02},{shop},€{amount:.2f}"
        for month, amounts in MONTHS
        for day, (shop, amount) in enumerate(zip(("Rent", "Food"), amounts, strict=True), 1)
    ]
    path = tmp_path / "stored"
    path.write_text("\n".join(["Day,What,Amount", *rows]), encoding="utf-8")
    return read_table(path, "spent.csv")


def by(table: Table, *groups: str, how: str = "sum", **more: Any) -> Result:
    return ask(table, select=[{"how": how, "column": "Amount"}], by=list(groups), **more)


def test_of_what_was_spent_the_lowest_comes_first(spent: Table) -> None:
    said = by(spent, "month").sentence
    assert "was lowest in January 2026, with -960.50 EUR, and highest in February 2026, with -820.50 EUR" in said


def test_an_average_of_amounts_has_cents(spent: Table) -> None:
    rows = by(spent, "month", how="mean").shown
    assert [cells[1] for cells in rows] == ["-480.25 EUR", "-410.25 EUR", "-445.05 EUR"]


@pytest.mark.parametrize("groups", [("What",), ("What", "month"), ("month",)])
def test_an_only_group_is_named_once(spent: Table, groups: tuple[str, ...]) -> None:
    said = by(spent, *groups, where=[{"column": "What", "value": "Food"}], period=["2026-02", "2026-02"]).sentence
    assert said.count("Food") == 1
    assert said.count("February") == 1
    assert said.endswith(" is -20.50 EUR.")


def test_an_only_group_that_nothing_else_names_is_named(spent: Table) -> None:
    said = by(spent, "What", where=[{"column": "Amount", "is": "<", "value": -100}]).sentence
    assert " for Rent is " in said


def test_a_column_of_averages_is_called_so(spent: Table) -> None:
    assert by(spent, "What", how="mean").as_json()["text"].splitlines()[0] == "| What | average of Amount |"
    assert "different values of" in by(spent, "What", how="distinct").as_json()["text"]


def test_dates_that_are_all_firsts_are_told_as_the_months_they_stand_for(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    rows = "".join(f"2024-{month:02}-01,{month % 5 * 100 + 7}\n" for month in range(1, 13))
    path.write_text(f"Month,Sales\n{rows}")
    found = ask(read_table(path), select=[{"how": "sum", "column": "Sales"}], by=["Month"])
    assert found.shown[3] == ("April 2024", "407")


@pytest.mark.parametrize(("descending", "said"), [(True, "highest on 9 May 2024, with 31"), (False, "lowest on 1 May")])
def test_one_extreme_day_is_told_alone(tmp_path: Path, *, descending: bool, said: str) -> None:
    path = tmp_path / "weather.csv"
    path.write_text("date,temp\n" + "".join(f"2024-05-0{day},{31 if day == 9 else 10 + day}\n" for day in range(1, 10)))
    how = "max" if descending else "min"
    order = [{"by": f"{how} of temp", "descending": descending}]
    found = ask(read_table(path), select=[{"how": how, "column": "temp"}], by=["day"], order=order, limit=1)
    assert f"temp was {said}" in found.sentence
    assert " and " not in found.sentence
