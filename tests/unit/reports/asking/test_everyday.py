"""Files of everyday kinds: a shop's export, a timesheet, an activity log, school marks, an inventory."""

from pathlib import Path
from typing import Any

import pytest

from domain.reports.reading import Table
from tests.unit.reports.asking.tabled import query, sentence, tabled


@pytest.fixture
def shop(tmp_path: Path) -> Table:
    rows = [
        ("#1", "2026-01-03", "Germany", "Mug", 2, "0%", "25.00", "0.00"),
        ("#2", "2026-01-09", "Austria", "Shirt", 3, "10%", "64.80", "64.80"),
        ("#3", "2026-02-01", "Germany", "Mug", 1, "0%", "12.50", "0.00"),
        ("#4", "2026-02-11", "France", "Poster", 8, "20%", "63.40", "0.00"),
    ]
    header = ["Order ID", "Created at", "Country", "Lineitem name", "Lineitem quantity", "Discount %", "Total",
              "Refunded Amount"]  # fmt: skip
    return tabled(tmp_path, "export.csv", header, rows)


@pytest.fixture
def stunden(tmp_path: Path) -> Table:
    rows = [
        ("02.02.2026", "Anna", "Web", "7:30"), ("02.02.2026", "Ben", "Shop", "8:00"),
        ("03.02.2026", "Anna", "Web", "6:15"), ("03.02.2026", "Ben", "Web", "4:45"),
        ("04.02.2026", "Anna", "Shop", "8:15"),
    ]  # fmt: skip
    return tabled(tmp_path, "de_zeit.csv", ["Datum", "Mitarbeiter", "Projekt", "Dauer"], rows)


@pytest.fixture
def log(tmp_path: Path) -> Table:
    rows = [
        ("2026-03-01", "Run", 10.2, 90, 540), ("2026-03-04", "Ride", 42.5, 300, 900),
        ("2026-04-02", "Run", 5.4, 20, 300), ("2026-04-09", "Ride", 61.9, 410, 1300),
    ]  # fmt: skip
    return tabled(tmp_path, "log.csv", ["Date", "Type", "Distance", "Elevation Gain", "Calories"], rows)


@pytest.fixture
def noten(tmp_path: Path) -> Table:
    rows = [
        ("Mia", "Mathe", "1,5"), ("Mia", "Sport", "2,0"), ("Ole", "Mathe", "4,0"), ("Ole", "Sport", "1,0"),
        ("Ida", "Mathe", "3,0"), ("Ida", "Sport", "5,0"),
    ]  # fmt: skip
    return tabled(tmp_path, "de_noten.csv", ["Name", "Fach", "Note"], rows)


@pytest.fixture
def store(tmp_path: Path) -> Table:
    rows = [("Drill", "Tools", 4, 10, 49.9), ("Tape", "Paint", 120, 50, 3.5), ("Brush", "Paint", 60, 20, 5.25)]
    return tabled(tmp_path, "t.csv", ["Item", "Category", "Qty on hand", "Reorder level", "Unit cost"], rows)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("total refunds", {"select": [{"how": "sum", "column": "Refunded Amount"}]}),
        ("orders over 50 euro", {"where": [{"column": "Total", "is": ">", "value": 50}]}),
        ("revenue by country", {"select": [{"how": "sum", "column": "Total"}], "by": ["Country"]}),
        ("umsatz pro monat", {"select": [{"how": "sum", "column": "Total"}], "by": ["month"]}),
        ("quantity by product", {"select": [{"how": "sum", "column": "Lineitem quantity"}], "by": ["Lineitem name"]}),
    ],
)
def test_a_shop(shop: Table, question: str, wanted: dict[str, Any]) -> None:
    assert query(shop, question) == wanted


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("wie viele stunden hat anna gearbeitet?", "adds up to 22 h over 3 rows"),
        ("stunden pro projekt", "Web has the highest total Dauer: 18.50 h; Shop follows with 16.25 h"),
        ("total hours", "Dauer adds up to 34.75 h over 5 rows"),
        ("wer hat am meisten gearbeitet?", "Anna has the highest total Dauer: 22 h; Ben follows with 12.75 h"),
    ],
)
def test_a_timesheet(stunden: Table, question: str, told: str) -> None:
    assert told in sentence(stunden, question)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("how many km per month", "Total Distance was highest in April 2026, with 67.3, and lowest in March 2026"),
        ("total elevation gain", "Elevation Gain adds up to 820 over 4 rows"),
        ("wie viele kilometer bin ich gefahren?", "Distance adds up to 120"),
    ],
)
def test_an_activity_log(log: Table, question: str, told: str) -> None:
    assert told in sentence(log, question)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("beste Note von Mia", "is 1.5"),
        ("wer hat den besten Durchschnitt?", "Mia has the lowest average Note: 1.75"),
        ("höchste Note", "The largest Note is 5"),
        ("schlechtestes Fach", "Mathe has the highest average Note"),
    ],
)
def test_the_best_school_mark_is_the_lowest(noten: Table, question: str, told: str) -> None:
    assert told in sentence(noten, question)


def test_an_inventory(store: Table) -> None:
    assert query(store, "stock by category")["select"] == [{"how": "sum", "column": "Qty on hand"}]
    assert query(store, "most expensive item")["order"][0]["by"] != "sum of Unit cost"
