"""Each number of an answer is the one that the rows give, and says which rows it rests on."""

import math
from pathlib import Path
from statistics import fmean, median

import pytest

from domain.core.errors import Invalid
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Table, read_table
from tests.unit.reports.querying.shop import Row, amounts, ask, rows, table_of

ROWS = rows()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return table_of(tmp_path_factory.mktemp("shop"))


def test_one_number_of_a_column(shop: Table) -> None:
    sales = amounts(ROWS, "Sales")
    for how, expected in (("sum", math.fsum(sales)), ("mean", fmean(sales)), ("median", median(sales)),
                          ("min", min(sales)), ("max", max(sales)), ("count", 300), ("missing", 0)):  # fmt: skip
        found = ask(shop, select=[{"how": how, "column": "Sales"}])
        assert found.rows == ((pytest.approx(expected),),), how
        assert found.facts[0].value == pytest.approx(expected)


def test_what_is_no_number_is_said_beside_every_number_that_leaves_it_out(shop: Table) -> None:
    for how in ("sum", "mean", "median", "max"):
        found = ask(shop, select=[{"how": how, "column": "Sales"}])
        assert "without 1 cell that is no number" in found.sentence


def test_the_smallest_and_the_largest_name_their_row(shop: Table) -> None:
    profits = [row["Profit"] for row in ROWS]
    found = ask(shop, select=[{"how": "max", "column": "Profit"}])
    row = profits.index(max(profits)) + 2
    assert found.facts[0].rows == ((row, row),)
    assert f"in row {row}" in found.sentence


def test_groups_come_with_the_largest_first_and_none_is_left_out(shop: Table) -> None:
    found = ask(shop, select=[{"how": "sum", "column": "Profit"}], by=["Region"])
    expected = {
        region: math.fsum(amounts(ROWS, "Profit", lambda row, region=region: row["Region"] == region))
        for region in ("West", "East", "North", "")
    }
    ordered = sorted(expected.items(), key=lambda item: -item[1])
    assert [row[0] for row in found.rows] == [name or "(none)" for name, _ in ordered]
    assert [row[1] for row in found.rows] == [pytest.approx(value) for _, value in ordered]
    for fact, (name, _) in zip(found.facts, ordered, strict=True):
        assert sum(last - first + 1 for first, last in fact.rows) == sum(row["Region"] == name for row in ROWS)


def test_months_follow_one_another_and_rows_without_a_date_are_said(shop: Table) -> None:
    found = ask(shop, select=[{"how": "sum", "column": "Profit"}], by=["month"])
    months = sorted({row["date"][:7] for row in ROWS if row["date"]})
    assert [row[0] for row in found.rows] == months
    for month, value in found.rows:
        assert value == pytest.approx(
            math.fsum(amounts(ROWS, "Profit", lambda row, month=month: row["date"][:7] == month))
        )
    assert found.notes == ("1 row without date is in no month and left out.",)


@pytest.mark.parametrize(
    ("step", "label"),
    [
        ("year", lambda row: row["date"][:4]),
        ("quarter", lambda row: f"{row['date'][:4]}-Q{(int(row['date'][5:7]) + 2) // 3}"),
        ("day", lambda row: row["date"]),
    ],
)
def test_other_steps(shop: Table, step: str, label: object) -> None:
    assert callable(label)
    found = ask(shop, by=[step])
    counted: dict[str, int] = {}
    for row in ROWS:
        if row["date"]:
            counted[label(row)] = counted.get(label(row), 0) + 1
    assert dict(found.rows) == counted
    assert [row[0] for row in found.rows] == sorted(counted)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"column": "Region", "value": "west"}, lambda row: row["Region"] == "West"),
        ({"column": "region", "is": "in", "value": ["West", "EAST "]}, lambda row: row["Region"] in ("West", "East")),
        ({"column": "Region", "is": "!=", "value": "West"}, lambda row: row["Region"] != "West"),
        ({"column": "Region", "is": "missing"}, lambda row: not row["Region"]),
        ({"column": "Region", "is": "filled"}, lambda row: row["Region"]),
        ({"column": "Category", "is": "contains", "value": "TECH"}, lambda row: row["Category"] == "Technology"),
        ({"column": "Profit", "is": ">", "value": 20}, lambda row: row["Profit"] > 20),
        ({"column": "Profit", "is": "<=", "value": "20"}, lambda row: row["Profit"] <= 20),
        ({"column": "Discount", "is": ">=", "value": "20 %"}, lambda row: row["Discount"] >= 20),
        ({"column": "Discount", "is": "<", "value": 0.05}, lambda row: row["Discount"] < 5),
        ({"column": "date", "value": "2014"}, lambda row: row["date"][:4] == "2014"),
        ({"column": "date", "value": "2014-03"}, lambda row: row["date"][:7] == "2014-03"),
        ({"column": "date", "is": ">", "value": "2014"}, lambda row: row["date"] > "2014-12-31"),
        ({"column": "date", "is": "missing"}, lambda row: not row["date"]),
        ({"column": "month", "value": "May"}, lambda row: row["date"][5:7] == "05"),
        ({"column": "quarter", "value": "Q2"}, lambda row: row["date"][5:7] in ("04", "05", "06")),
    ],
)
def test_conditions(shop: Table, condition: Row, holds: object) -> None:
    assert callable(holds)
    found = ask(shop, select=[{"how": "count"}], where=[condition])
    assert found.matched == sum(bool(holds(row)) for row in ROWS) == found.facts[0].value


def test_a_period_and_conditions_hold_together(shop: Table) -> None:
    found = ask(
        shop, select=[{"how": "mean", "column": "Profit"}], period=("2014-03", "2014-08"),
        where=[{"column": "Region", "value": "West"}, {"column": "Category", "value": "Furniture"}],
    )  # fmt: skip
    expected = amounts(
        ROWS, "Profit",
        lambda row: "2014-03" <= row["date"][:7] <= "2014-08" and row["Region"] == "West"
        and row["Category"] == "Furniture",
    )  # fmt: skip
    assert found.rows[0][0] == pytest.approx(fmean(expected))
    fact = found.facts[0]
    assert (fact.segment, fact.period and fact.period.start) == (
        (("Region", "West"), ("Category", "Furniture")),
        "2014-03",
    )


def test_shares_of_groups_and_of_all_rows(shop: Table) -> None:
    found = ask(shop, select=[{"how": "share", "column": "Sales"}], by=["Category"])
    whole = math.fsum(amounts(ROWS, "Sales"))
    for category, value in found.rows:
        mine = math.fsum(amounts(ROWS, "Sales", lambda row, category=category: row["Category"] == category))
        assert value == pytest.approx(mine / whole)
    west = ask(shop, select=[{"how": "share"}], where=[{"column": "Region", "value": "West"}])
    assert west.rows[0][0] == pytest.approx(sum(row["Region"] == "West" for row in ROWS) / 300)


def test_rows_are_listed_in_the_order_asked_for(shop: Table) -> None:
    found = ask(shop, columns=["Profit", "Region"], order=[{"by": "Profit", "descending": True}], limit=5)
    expected = sorted(ROWS, key=lambda row: -row["Profit"])[:5]
    assert found.rows == tuple((row["Profit"], row["Region"] or None) for row in expected)
    assert found.count == found.matched == 300
    assert [fact.rows[0][0] for fact in found.facts[1:]] == [ROWS.index(row) + 2 for row in expected]


def test_different_values_and_correlation(shop: Table) -> None:
    assert ask(shop, select=[{"how": "distinct", "column": "Region"}]).rows == ((3,),)
    pairs = [(row["Sales"], row["Profit"]) for row in ROWS if isinstance(row["Sales"], float)]
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    middle = fmean(x), fmean(y)
    expected = sum((a - middle[0]) * (b - middle[1]) for a, b in pairs) / math.sqrt(
        sum((a - middle[0]) ** 2 for a in x) * sum((b - middle[1]) ** 2 for b in y)
    )
    found = ask(shop, select=[{"how": "correlation", "column": "Sales", "of": "Profit"}])
    assert found.rows[0][0] == pytest.approx(expected)


def test_a_limit_that_cuts_between_equals_says_so(tmp_path: Path) -> None:
    from domain.reports.reading import read_table

    (tmp_path / "a.csv").write_text("name,votes\na,5\nb,9\nc,5\nd,5\n", encoding="utf-8")
    found = ask(read_table(tmp_path / "a.csv"), select=[{"how": "sum", "column": "votes"}], by=["name"], limit=2)
    assert found.rows == (("b", 9), ("a", 5))
    assert found.notes == ("c and d have 5 too, as the last one shown.",)


@pytest.mark.parametrize("written", ["region", "REGION ", "regions", "Regoin"])
def test_columns_are_found_by_near_names(shop: Table, written: str) -> None:
    assert ask(shop, by=[written]).headings[0].name == "Region"


def test_a_column_that_is_not_there_is_said_with_what_may_be_meant(shop: Table) -> None:
    with pytest.raises(Invalid, match=r"There is no column “sles profit margin” in sales.csv. Did you mean") as raised:
        ask(shop, select=[{"how": "sum", "column": "sles profit margin"}])
    assert raised.value.reason == UNANSWERABLE


def test_a_value_that_is_not_there_is_an_answer_with_what_may_be_meant(shop: Table) -> None:
    found = ask(shop, select=[{"how": "count"}], where=[{"column": "Region", "value": "Wst"}])
    assert (found.matched, found.facts[0].value) == (0, 0)
    assert found.notes == ("There is no “Wst” in Region of sales.csv. Did you mean West?",)


@pytest.mark.parametrize(
    "asked",
    [
        {"select": [{"how": "sum", "column": "Region"}]},
        {"select": [{"how": "mean"}]},
        {"select": [{"how": "correlation", "column": "Sales"}]},
        {"select": [{"how": "max", "column": "Category"}]},
        {"where": [{"column": "Region", "is": ">", "value": 4}]},
        {"where": [{"column": "Sales", "is": ">", "value": "many"}]},
        {"where": [{"column": "date", "value": "soon"}]},
        {"compare_to": ("2013", "2013")},
        {"period": ("2015", "2013")},
        {"by": ["Region"], "order": [{"by": "weather"}]},
        {"by": ["Region: month"]},
    ],
)
def test_what_cannot_be_computed_is_refused_in_a_sentence(shop: Table, asked: Row) -> None:
    with pytest.raises(Invalid) as raised:
        ask(shop, **asked)
    assert raised.value.reason == UNANSWERABLE
    assert raised.value.sentence.endswith(".")


def test_a_month_in_words_is_that_month_of_every_year_though_the_column_itself_is_called_month(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Month,Leads\n" + "\n".join(f"{year}-{m:02d}-01,{m * year % 97 + 1}"
                                                for year in (2023, 2024) for m in range(1, 13)))  # fmt: skip
    table = read_table(path, "leads.csv")
    found = ask(table, select=[{"how": "sum", "column": "Leads"}], where=[{"column": "month", "value": "July"}])
    assert found.rows == ((7 * 2023 % 97 + 1 + 7 * 2024 % 97 + 1,),)


def test_where_nothing_matches_it_is_said_what_there_is(shop: Table) -> None:
    late = ask(shop, select=[{"how": "count"}], period=("2019", "2019"))
    dates = sorted(row["date"] for row in ROWS if row["date"])
    assert late.sentence == "No row matches in 2019."
    assert any(f"and {int(dates[-1][8:])} December 2015" in note for note in late.notes)
    filled = ask(shop, where=[{"column": "Category", "is": "missing"}])
    assert filled.sentence == "There is no row without Category."
    assert not any("between" in note for note in filled.notes)
    large = ask(shop, select=[{"how": "count"}], where=[{"column": "Profit", "is": ">", "value": 10_000}])
    assert any("Profit lies between" in note for note in large.notes)
    both = ask(shop, select=[{"how": "count"}], where=[{"column": "Region", "value": "West"},
                                                       {"column": "Region", "value": "East"}])  # fmt: skip
    assert any("all together by none" in note for note in both.notes)


def test_years_and_codes_in_listed_rows_are_not_set_in_groups_of_three(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("Name,Eintritt,Order ID,Pay\n" + "\n".join(f"n{at},{2004 + at},{70_000 + at},{3_000 + at * 17}"
                                                               for at in range(12)))  # fmt: skip
    found = ask(read_table(path, "staff.csv"), limit=1)
    assert found.shown == (("n0", "2004", "70000", "3,000"),)
    assert found.rows == (("n0", 2004, 70_000, 3_000),)


def test_of_one_date_the_later_rows_are_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("Day,Guest\n" + "".join(f"2024-03-0{day},{day}{guest}\n" for day in (1, 2) for guest in "abc"))
    newest = ask(read_table(path), order=[{"by": "Day", "descending": True}], limit=2)
    assert [row[1] for row in newest.rows] == ["2c", "2b"]
