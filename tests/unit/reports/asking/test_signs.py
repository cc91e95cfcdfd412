"""What was spent and what came in, of amounts on both sides of zero or in two columns; balances are the last ones."""

from pathlib import Path
from typing import Any

import pytest

from domain.reports.reading import Table
from tests.unit.reports.asking.tabled import asked, query, refusal, sentence, tabled

LESS: dict[str, Any] = {"column": "Umsatz", "is": "<", "value": 0}
MORE: dict[str, Any] = {"column": "Umsatz", "is": ">", "value": 0}
SUM = [{"how": "sum", "column": "Umsatz"}]


@pytest.fixture
def konto(tmp_path: Path) -> Table:
    rows = [
        ("02.01.2026", "Miete", "-900,00", "1100,00"), ("05.01.2026", "Bäckerei Korn", "-12,40", "1087,60"),
        ("30.01.2026", "Lohn Werk", "2400,00", "3487,60"), ("01.02.2026", "Miete", "-900,00", "2587,60"),
        ("14.02.2026", "Drogeriemarkt", "-31,15", "2556,45"), ("27.02.2026", "Lohn Werk", "2400,00", "4956,45"),
        ("01.03.2026", "Miete", "-920,00", "4036,45"), ("09.03.2026", "Drogeriemarkt", "-54,85", "3981,60"),
    ]  # fmt: skip
    return tabled(tmp_path, "de_konto.csv", ["Buchung", "Zweck", "Umsatz", "Kontostand"], rows)


@pytest.fixture
def statement(tmp_path: Path) -> Table:
    rows = [
        ("2026-03-09", "Shoes", 54.85, "", 1981.60), ("2026-03-01", "Rent", 920.00, "", 2036.45),
        ("2026-03-01", "Refund shop", "", 20.00, 2956.45), ("2026-02-14", "Groceries Inc", 31.15, "", 2936.45),
        ("2026-02-01", "Wages", "", 2400.00, 2967.60),
    ]  # fmt: skip
    return tabled(tmp_path, "statement.csv", ["Date", "Details", "Paid out", "Paid in", "Balance"], rows)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Summe aller Ausgaben", {"select": SUM, "where": [LESS]}),
        ("how much did I spend?", {"select": SUM, "where": [LESS]}),
        ("Ausgaben nach Monat", {"select": SUM, "where": [LESS], "by": ["month"]}),
        ("Einnahmen im Februar", {"select": SUM, "where": [MORE], "period": ["2026-02", "2026-02"]}),
        ("durchschnittliche Ausgabe", {"select": [{"how": "mean", "column": "Umsatz"}], "where": [LESS]}),
        ("average expense per transaction", {"select": [{"how": "mean", "column": "Umsatz"}], "where": [LESS]}),
        ("durchschnittliche Ausgabe pro Buchung", {"select": [{"how": "mean", "column": "Umsatz"}], "where": [LESS]}),
        ("how many payments were there?", {"select": [{"how": "count"}], "where": [LESS]}),
        ("größte Ausgabe", {"where": [LESS], "order": [{"by": "Umsatz"}], "limit": 1}),
        ("the 2 largest deposits", {"where": [MORE], "order": [{"by": "Umsatz", "descending": True}], "limit": 2}),
        ("list all payments over 50 euro", {"where": [LESS | {"value": -50}]}),
        ("Zahlungen von mehr als 50 Euro", {"where": [LESS | {"value": -50}]}),
        ("höchste Ausgaben nach Monat", {"select": [{"how": "min", "column": "Umsatz"}], "by": ["month"],
                                         "where": [LESS]}),
    ],
)  # fmt: skip
def test_spending_is_what_lies_below_zero(konto: Table, question: str, wanted: dict[str, Any]) -> None:
    assert query(konto, question) == wanted


def test_it_is_said_which_side_was_taken(konto: Table) -> None:
    found, result = asked(konto, "Summe aller Ausgaben")
    assert "For “Ausgaben” I took the rows whose Umsatz is below 0." in found.assumed
    assert "adds up to -2,818.40 over 6 rows" in result.sentence


def test_the_largest_is_told_with_its_row(konto: Table) -> None:
    told = sentence(konto, "was war meine größte Ausgabe?")
    assert "1 March 2026" in told
    assert "Zweck Miete" in told
    assert "Umsatz -920" in told


def test_equals_of_the_largest_are_told(konto: Table) -> None:
    assert "1 other row has the same Umsatz." in asked(konto, "höchste Einnahme")[1].notes


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Wie viel habe ich für Drogerie ausgegeben?", "Drogeriemarkt"),
        ("how much did I spend on rent?", "Miete"),
        ("Ausgaben für Bäckerei", "Bäckerei Korn"),
    ],
)
def test_what_it_was_spent_on_is_the_one_value_that_is_near(konto: Table, question: str, value: str) -> None:
    found = query(konto, question)
    assert found["select"] == SUM
    assert {"column": "Zweck", "value": value} in found["where"]


def test_both_sides_at_once_are_refused(konto: Table) -> None:
    assert "two signs of Umsatz" in refusal(konto, "Einnahmen und Ausgaben nach Monat")


@pytest.mark.parametrize(
    ("question", "column"),
    [("how much did I spend in March?", "Paid out"), ("Ausgaben", "Paid out"), ("my income", "Paid in")],
)
def test_two_columns_hold_a_side_each(statement: Table, question: str, column: str) -> None:
    assert query(statement, question)["select"] == [{"how": "sum", "column": column}]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Kontostand Ende Januar", "3,487.60"), ("what is my balance now?", "3,981.60"),
        ("balance at the end of February", "4,956.45"), ("Kontostand am 20. Februar", "2,556.45"),
    ],
)  # fmt: skip
def test_a_balance_is_the_last_one_at_that_time(konto: Table, question: str, value: str) -> None:
    assert f"is {value}" in sentence(konto, question)


def test_the_last_balance_of_rows_that_run_back_in_time_is_the_upper_one(statement: Table) -> None:
    assert "is 1,981.60" in sentence(statement, "balance now")
    assert "is 2,036.45" in sentence(statement, "balance on 1 March 2026")


def test_an_average_balance_is_one_when_it_is_asked_for(konto: Table) -> None:
    assert query(konto, "average balance")["select"] == [{"how": "mean", "column": "Kontostand"}]


def test_amounts_that_are_corrected_at_times_are_no_spending(tmp_path: Path) -> None:
    rows = [(f"2026-01-{day:02}", "Ann" if day % 2 else "Bob", 20.5 + day) for day in range(1, 29)]
    table = tabled(tmp_path, "t.csv", ["Day", "Customer", "Amount"], [*rows, ("2026-01-29", "Bob", -22.5)])
    assert "where" not in query(table, "how much was paid by customer?")


@pytest.fixture
def stock(tmp_path: Path) -> Table:
    rows = [
        (f"2026-0{month}", shop, item, amount * month)
        for month in (1, 2, 3)
        for shop, item, amount in (("A", "Pens", 10), ("A", "Ink", 4), ("B", "Pens", 7), ("B", "Ink", 3))
    ]
    return tabled(tmp_path, "t.csv", ["Month", "Shop", "Item", "Stock"], rows)


@pytest.mark.parametrize(
    ("question", "month"),
    [("stock by shop", "2026-03"), ("which shop has the largest stock?", "2026-03"), ("total stock", "2026-03")],
)
def test_a_level_is_that_of_the_last_time(stock: Table, question: str, month: str) -> None:
    found = query(stock, question)
    assert found["select"] == [{"how": "sum", "column": "Stock"}]
    assert found["period"] == [month, month]


def test_a_level_at_a_time_that_is_named_is_that_of_the_time(stock: Table) -> None:
    assert query(stock, "Bestand nach Shop im Februar")["period"] == ["2026-02", "2026-02"]
    assert "2026-01" in str(query(stock, "stock in January")["period"])
