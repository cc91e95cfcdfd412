"""A sum that is asked for is a sum, and what a table has added up itself adds up."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from domain.reports.reading import Table, read_table
from tests.unit.reports.asking.tabled import query, refusal, sentence, tabled


@pytest.fixture
def quarters(tmp_path: Path) -> Table:
    rows: list[tuple[object, ...]] = [
        ("North", "Tea", 1200, 1340), ("North", "Cocoa", 900, 870), ("South", "Tea", 2100, 1980),
        ("South", "Cocoa", 400, 450), ("Total", "", 4600, 4640),
    ]  # fmt: skip
    return tabled(tmp_path, "plan.csv", ["Region", "Product", "Q1", "Q2"], rows)


@pytest.fixture
def bereiche(tmp_path: Path) -> Table:
    rows: list[tuple[object, ...]] = [
        ("Nord", "Bio", "12,5", "8,5"), ("Nord", "Rest", "30,0", "31,5"), ("Süd", "Bio", "20,5", "18,0"),
        ("Süd", "Rest", "44,0", "40,0"), ("Summe", "", "107,0", "98,0"),
    ]  # fmt: skip
    return tabled(tmp_path, "de_tonnen.csv", ["Bezirk", "Art", "Halde A", "Halde B"], rows)


@pytest.mark.parametrize("question", ["total of Q2 by region", "the total of Q2 per region", "Summe von Q2 nach Region",
                                      "Q2 by region", "as a pie chart, Q2 by region"])  # fmt: skip
def test_a_sum_is_asked_for_or_adds_up(quarters: Table, question: str) -> None:
    found = query(quarters, question)
    assert (found["select"], found["by"]) == ([{"how": "sum", "column": "Q2"}], ["Region"])


@pytest.mark.parametrize("question", ["Halde B nach Bezirk", "Summe der Halde B nach Bezirk"])
def test_a_total_row_proves_that_its_column_adds_up(bereiche: Table, question: str) -> None:
    assert query(bereiche, question)["select"] == [{"how": "sum", "column": "Halde B"}]
    assert sentence(bereiche, question).startswith("Süd has the highest total Halde B: 58; Nord follows with 40")


def test_an_average_that_is_asked_for_is_one(quarters: Table) -> None:
    assert query(quarters, "average of Q2 by region")["select"] == [{"how": "mean", "column": "Q2"}]


def test_a_formula_that_was_never_calculated_proves_it_too(tmp_path: Path) -> None:
    book = Workbook()
    page = book.worksheets[0]
    for row in (["Team", "Week A", "Week B"], ["Red", 14, 19], ["Blue", 17, 12], ["Green", 11, 16]):
        page.append(row)
    page.append(["Total", "=SUM(B2:B4)", "=AVERAGE(C2:C4)"])
    book.save(tmp_path / "points.xlsx")
    table = read_table(tmp_path / "points.xlsx")
    assert [column.summed for column in table.columns] == [False, True, False]
    assert query(table, "Week A by team")["select"] == [{"how": "sum", "column": "Week A"}]


def test_a_total_row_that_averages_proves_nothing(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [("a", 1200, 3.5), ("b", 800, 4.5), ("c", 500, 4.0), ("Total", 2500, 4.0)]
    table = tabled(tmp_path, "t.csv", ["Shop", "Crates", "Score"], rows)
    assert [column.summed for column in table.columns] == [False, True, False]


def test_parts_of_what_does_not_add_up_are_refused(tmp_path: Path) -> None:
    rows = [("a", 3.5), ("b", 4.5), ("c", 4.0), ("d", 2.0)]
    table = tabled(tmp_path, "t.csv", ["Product", "Price"], rows)
    assert "do not add up" in refusal(table, "price by product as a pie chart")


@pytest.mark.parametrize(
    "question", ["sales by region", "top 3 products by sales", "Umsatz nach Region", "orders by product"]
)
def test_a_number_that_the_table_does_not_have_is_not_the_count_of_its_rows(quarters: Table, question: str) -> None:
    word = next(one for one in ("sales", "Umsatz", "orders") if one in question)
    assert f"{word}” I did not understand" in refusal(quarters, question)


def test_rows_are_called_by_the_file_or_by_words_for_rows(tmp_path: Path) -> None:
    rows = [("2026-01-03", "Rome", 210), ("2026-02-09", "Oslo", 730), ("2026-02-11", "Rome", 190)]
    table = tabled(tmp_path, "trips.csv", ["Day", "City", "Miles"], rows)
    assert query(table, "how many trips to Rome?") == {
        "select": [{"how": "count"}], "where": [{"column": "City", "value": "Rome"}]
    }  # fmt: skip
    assert query(table, "wie viele Einträge gibt es?") == {"select": [{"how": "count"}]}


def test_what_was_sold_of_a_file_called_sales_is_its_amount(tmp_path: Path) -> None:
    rows = [("2026-01-03", "Rome", 210.5), ("2026-02-09", "Oslo", 730.25), ("2026-02-11", "Rome", 190.0)]
    table = tabled(tmp_path, "sales.csv", ["Day", "City", "Amount"], rows)
    assert query(table, "sales by city")["select"] == [{"how": "sum", "column": "Amount"}]


def test_the_number_of_one_row_is_that_number(quarters: Table) -> None:
    assert sentence(quarters, "sum of Q1 for Tea in North") == "Q1 for Product Tea for Region North is 1,200."


def test_sentences_that_follow_begin_small_and_long_names_are_quoted(tmp_path: Path) -> None:
    question = "How satisfied are you with the canteen? (1-5)"
    rows = [("Red", 3, 10), ("Blue", 4, 20), ("Red", 5, 40), ("Blue", 4, 25)]
    table = tabled(tmp_path, "t.csv", ["Team", question, "Points"], rows)
    told = sentence(table, f"average of “{question}” and average of Points")
    assert told == f"The average of “{question}” is 4 over 4 rows; the average of Points is 23.75 over 4 rows."
