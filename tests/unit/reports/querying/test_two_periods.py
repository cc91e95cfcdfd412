"""Two periods side by side: both numbers, the difference, and the change, each a fact."""

import math

import pytest

from domain.core.errors import Invalid
from domain.reports.charts import of_result
from domain.reports.reading import Table
from tests.unit.reports.querying.shop import amounts, ask, rows, table_of

ROWS = rows()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return table_of(tmp_path_factory.mktemp("shop"))


def total(year: str, region: str | None = None) -> float:
    return math.fsum(amounts(ROWS, "Profit", lambda row: row["date"][:4] == year and region in (None, row["Region"])))


@pytest.mark.parametrize("turned", [False, True])
def test_a_total_of_two_years(shop: Table, turned: bool) -> None:
    one, other = ("2014", "2014"), ("2013", "2013")
    found = ask(shop, select=[{"how": "sum", "column": "Profit"}], period=other if turned else one,
                compare_to=one if turned else other)  # fmt: skip
    before, now = total("2013"), total("2014")
    assert found.rows == (("2013", pytest.approx(before)), ("2014", pytest.approx(now)))
    values = [fact.value for fact in found.facts]
    assert values == [pytest.approx(value) for value in (now - before, now / before - 1, before, now)]
    assert ("rose" if now > before else "fell") in found.sentence
    change = found.facts[0]
    assert change.baseline is not None
    assert change.period is not None
    assert (change.baseline.start, change.period.start) == ("2013", "2014")


def test_groups_of_two_years(shop: Table) -> None:
    found = ask(shop, select=[{"how": "sum", "column": "Profit"}], by=["Region"], period=("2014", "2014"),
                compare_to=("2015", "2015"), order=[{"by": "difference", "descending": True}])  # fmt: skip
    assert [heading.name for heading in found.headings] == [
        "Region", "sum of Profit 2014", "sum of Profit 2015", "difference", "change",
    ]  # fmt: skip
    for name, before, now, difference, change in found.rows:
        region = "" if name == "(none)" else str(name)
        assert (before, now) == (pytest.approx(total("2014", region)), pytest.approx(total("2015", region)))
        assert isinstance(before, float)
        assert isinstance(now, float)
        assert difference == pytest.approx(now - before)
        assert change == (pytest.approx(now / before - 1) if before > 0 else None)
    assert [row[3] for row in found.rows] == sorted((row[3] for row in found.rows), key=lambda one: -float(str(one)))


def test_months_of_two_years_stand_beside_one_another(shop: Table) -> None:
    found = ask(shop, by=["month"], period=("2013", "2013"), compare_to=("2014", "2014"))
    assert [row[0] for row in found.rows][:3] == ["January", "February", "March"]
    for place, row in enumerate(found.rows, 1):
        for at, year in ((1, "2013"), (2, "2014")):
            assert row[at] == sum(one["date"][:7] == f"{year}-{place:02d}" for one in ROWS)


def test_percentages_change_in_points(shop: Table) -> None:
    found = ask(shop, select=[{"how": "mean", "column": "Discount"}], period=("2013", "2013"),
                compare_to=("2014", "2014"))  # fmt: skip
    assert "points" in found.sentence
    assert found.facts[0].unit == "pp"


def test_a_period_without_rows_is_said(shop: Table) -> None:
    found = ask(shop, select=[{"how": "sum", "column": "Profit"}], period=("2013", "2013"),
                compare_to=("2019", "2019"))  # fmt: skip
    assert "No row lies in 2019." in found.notes
    assert found.rows[1] == ("2019", 0)
    nothing = ask(shop, select=[{"how": "count"}], period=("2001", "2001"), compare_to=("2002", "2002"))
    assert nothing.matched == 0


def test_two_periods_cannot_be_compared_by_what_only_one_has(shop: Table) -> None:
    found = ask(shop, by=["year"], period=("2013", "2013"), compare_to=("2014", "2014"))
    assert [row[0] for row in found.rows] == ["2013", "2014"]
    with pytest.raises(Invalid):
        ask(shop, compare_to=("2014", "2014"))


def test_the_two_periods_are_drawn_and_their_difference_is_not(shop: Table) -> None:
    asked = {"select": [{"how": "sum", "column": "Sales"}], "period": ("2013", "2013"), "compare_to": ("2014", "2014")}
    drawn = of_result(ask(shop, by=["Category"], **asked), None, shop)
    assert [one.name for one in drawn.series] == ["2013", "2014"]
    whole = of_result(ask(shop, **asked), "bar", shop)
    assert whole.x == ("2013", "2014")
