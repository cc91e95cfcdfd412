"""Missing cells, rows that are called by a column of their own, verbs beside a named number, and parts of bars."""

from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.reports.asking import understand
from domain.reports.reading import Table
from tests.unit.reports.asking.tabled import asked, query, refusal, sentence, tabled

COUNT = [{"how": "count"}]


@pytest.fixture
def tickets(tmp_path: Path) -> Table:
    rows = [
        (f"T-{at:03}", f"2024-{1 + at % 12:02}-{1 + at % 27:02}", ("low", "normal", "high")[at % 3],
         ("mail", "phone")[at % 2], 1.5 * at, "" if at % 10 == 0 else at % 5 + 1)
        for at in range(1, 61)
    ]  # fmt: skip
    header = ["Ticket", "Opened", "Priority", "Channel", "Handling hours", "Rating"]
    return tabled(tmp_path, "tickets.csv", header, rows)


@pytest.fixture
def umfrage(tmp_path: Path) -> Table:
    rows = [
        (f"{1 + at % 28:02}.03.2024", ("w", "m", "d")[at % 3], ("18-29", "30-44")[at % 2],
         "" if at % 8 == 0 else at % 10, "" if at % 3 else "gut")
        for at in range(48)
    ]  # fmt: skip
    return tabled(tmp_path, "de_umfrage.csv", ["Tag", "Geschlecht", "Altersgruppe", "Bewertung", "Kommentar"], rows)


@pytest.fixture
def quarters(tmp_path: Path) -> Table:
    rows = [(region, item, 10 * at, 400 - at, 7 * at) for at, (region, item) in enumerate(
        [("North", "Tea"), ("North", "Ink"), ("South", "Tea"), ("South", "Ink")], start=1)]  # fmt: skip
    return tabled(tmp_path, "quarters.csv", ["Region", "Item", "Q1", "Q2", "Q3"], rows)


@pytest.fixture
def members(tmp_path: Path) -> Table:
    rows = [(f"Member{chr(65 + at)}", f"{2010 + at}-05-0{1 + at % 9}", ("x", "y")[at % 2]) for at in range(14)]
    return tabled(tmp_path, "members.csv", ["Name", "Joined", "Gender"], rows)


def _missing(column: str) -> list[dict[str, str]]:
    return [{"column": column, "is": "missing"}]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("how many tickets are missing rating?", {"select": COUNT, "where": _missing("Rating")}),
        ("how many tickets are missing a rating?", {"select": COUNT, "where": _missing("Rating")}),
        ("Bei wie vielen Tickets fehlt das Rating?", {"select": COUNT, "where": _missing("Rating")}),
        ("list the rows that are missing rating", {"where": _missing("Rating")}),
        ("which tickets are missing a rating?", {"where": _missing("Rating"), "columns": ["Ticket"]}),
        ("list the values that are missing", {"where": _missing("Rating")}),
        ("how many values are missing?", {"select": [{"how": "missing", "column": "Rating"}]}),
        ("missing values by priority", {"select": [{"how": "missing", "column": "Rating"}], "by": ["Priority"]}),
    ],
)  # fmt: skip
def test_cells_that_are_missing_are_those_of_the_column(tickets: Table, question: str, wanted: dict[str, Any]) -> None:
    assert query(tickets, question) == wanted


def test_cells_missing_in_several_columns_are_told_for_each(umfrage: Table) -> None:
    told = sentence(umfrage, "Wie viele Werte fehlen?")
    assert "Bewertung is missing in 6 of 48 rows" in told
    assert "Kommentar is missing in 32 of 48 rows" in told
    assert "Bewertung (6), Kommentar (32)" in refusal(umfrage, "list the missing values")
    assert "13" not in told


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("share of tickets by priority", {"select": [{"how": "share"}], "by": ["Priority"]}),
        ("number of tickets by channel", {"select": COUNT, "by": ["Channel"]}),
        ("how many tickets?", {"select": COUNT}),
        ("how many tickets were opened in May 2024?", {"select": COUNT, "period": ["2024-05", "2024-05"]}),
        ("longest handling hours", {"select": [{"how": "max", "column": "Handling hours"}]}),
        ("längste Handling hours", {"select": [{"how": "max", "column": "Handling hours"}]}),
        ("shortest handling hours by channel",
         {"select": [{"how": "min", "column": "Handling hours"}], "by": ["Channel"]}),
        ("how many rating values are missing?", {"select": COUNT, "where": _missing("Rating")}),
        ("average handling hours of tickets", {"select": [{"how": "mean", "column": "Handling hours"}]}),
        ("how long did high tickets take on average?",
         {"select": [{"how": "mean", "column": "Handling hours"}], "where": [{"column": "Priority", "value": "high"}]}),
        ("tickets longer than 50 hours",
         {"where": [{"column": "Handling hours", "is": ">", "value": 50}], "columns": ["Ticket"]}),
        ("stacked bars of priority by channel", {"select": COUNT, "by": ["Channel", "Priority"]}),
    ],
)  # fmt: skip
def test_each_row_is_a_ticket(tickets: Table, question: str, wanted: dict[str, Any]) -> None:
    assert query(tickets, question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("number of respondents by gender", {"select": COUNT, "by": ["Geschlecht"]}),
        ("Anzahl der Antworten nach Altersgruppe", {"select": COUNT, "by": ["Altersgruppe"]}),
        ("gestapelte Balken von Geschlecht nach Altersgruppe",
         {"select": COUNT, "by": ["Altersgruppe", "Geschlecht"]}),
        ("Verteilung der Bewertung", {"columns": ["Bewertung"]}),
        ("histogram of Bewertung", {"columns": ["Bewertung"]}),
    ],
)  # fmt: skip
def test_answers_are_counted_and_numbers_distributed(umfrage: Table, question: str, wanted: dict[str, Any]) -> None:
    assert query(umfrage, question) == wanted


@pytest.mark.parametrize(
    ("question", "column", "down"),
    [
        ("which region sold most in Q3?", "Q3", True),
        ("Welche Region hat in Q1 am meisten verkauft?", "Q1", True),
        ("which item earned least in Q2?", "Q2", None),
    ],
)
def test_what_was_sold_is_the_number_that_is_named(
    quarters: Table, question: str, column: str, down: bool | None
) -> None:
    found = query(quarters, question)
    assert found["select"] == [{"how": "sum", "column": column}]
    assert found["order"][0].get("descending") is down


def test_what_was_sold_is_asked_back_where_no_number_is_named(quarters: Table) -> None:
    with pytest.raises(Invalid, match="sold"):
        understand("which region sold most?", quarters)


@pytest.mark.parametrize(
    "question", ["who joined after 2019", "who joined after 2019?", "Wer ist nach 2019 eingetreten?"]
)
def test_who_joined_is_named(members: Table, question: str) -> None:
    found, result = asked(members, question)
    assert found.query.period is not None
    assert found.query.period[0] == "2020-01-01"
    assert not found.query.by
    assert result.count == 4
    assert result.rows[0][0] == "MemberK"


def test_a_date_by_which_it_is_grouped_is_a_group(members: Table) -> None:
    assert query(members, "number of members by joined in 2015")["by"] == ["Joined"]


@pytest.fixture
def tage(tmp_path: Path) -> Table:
    rows = [(f"{1 + at % 28:02}.{1 + at // 28 % 12:02}.{2021 + at // 336}", ("Regen", "Sonne", "Nebel")[at % 3], at)
            for at in range(672)]  # fmt: skip
    return tabled(tmp_path, "de_tage.csv", ["Datum", "Wetter", "Niederschlag"], rows)


@pytest.mark.parametrize(
    ("question", "by"),
    [("rainy days by year", ["year"]), ("days by weather", ["Wetter"]), ("Regentage pro Monat", ["month"]),
     ("Tage nach Wetter", ["Wetter"])],
)  # fmt: skip
def test_days_are_counted_by_their_group(tage: Table, question: str, by: list[str]) -> None:
    found = query(tage, question)
    assert (found["select"], found["by"]) == (COUNT, by)


def test_what_took_longest_is_named(tickets: Table) -> None:
    assert sentence(tickets, "which ticket took longest?").startswith("T-060 ")
    assert sentence(tickets, "Ticket mit den kürzesten Handling hours").startswith("T-001 ")
    assert sentence(tickets, "which ticket has the shortest handling hours?").startswith("T-001 ")
