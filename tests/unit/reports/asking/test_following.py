"""What goes on from the last question, and what is a question of its own; each keeps nothing that it did not mean."""

from pathlib import Path
from typing import Any

import pytest

from domain.reports.reading import Table
from tests.unit.reports.asking.tabled import asked, query, refusal, sentence, tabled


@pytest.fixture
def people(tmp_path: Path) -> Table:
    places = {"Kenya": 50, "Brazil": 200, "Chile": 19, "Nepal": 30}
    rows = [(place, year, size + year - 2019) for year in (2019, 2020, 2021) for place, size in places.items()]
    return tabled(tmp_path, "people.csv", ["Country", "Year", "Population"], rows)


@pytest.fixture
def filialen(tmp_path: Path) -> Table:
    rows = [
        (f"{tag:02}.{monat:02}.2023", ort, ware, tag * 10 + monat)
        for monat in range(1, 13)
        for tag in (3, 17)
        for ort in ("Köln", "Bonn")
        for ware in ("Brot", "Kuchen", "Kaffee")
    ]
    return tabled(tmp_path, "de_filialen.csv", ["Datum", "Filiale", "Ware", "Umsatz"], rows)


KENYA: dict[str, Any] = {"column": "Country", "value": "Kenya"}
BONN: dict[str, Any] = {"column": "Filiale", "value": "Bonn"}


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("total population in 2021", ["population by country in 2020"]),
        ("average population of Brazil", ["population by country in 2020"]),
        ("median population in 2020", ["how many countries are there?"]),
        ("population by country in 2021", ["population of Kenya in 2020"]),
        ("population over time by country", ["population of Kenya in 2020"]),
        ("population of Kenya and Brazil as a line chart", ["population of Chile in 2020"]),
    ],
)
def test_a_question_with_a_number_of_its_own_keeps_nothing(people: Table, question: str, before: list[str]) -> None:
    assert query(people, question, *before) == query(people, question)


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("Umsatz nach Filiale", ["Umsatz von Brot in Bonn"]),
        ("Gesamtumsatz im Mai 2023", ["Umsatz nach Ware in Bonn"]),
        ("durchschnittlicher Umsatz von Kuchen", ["Umsatz nach Filiale im März 2023"]),
    ],
)
def test_a_whole_german_question_keeps_nothing(filialen: Table, question: str, before: list[str]) -> None:
    assert query(filialen, question, *before) == query(filialen, question)


def test_by_the_column_of_one_group_is_by_all_of_them(people: Table, filialen: Table) -> None:
    found = query(people, "by country", "population of Kenya in 2020")
    assert found["by"] == ["Country"]
    assert "where" not in found
    assert found["period"] == ["2020", "2020"]
    found = query(filialen, "und nach Filiale?", "Umsatz von Brot in Bonn")
    assert found["where"] == [{"column": "Ware", "value": "Brot"}]


def test_by_another_column_keeps_the_group(filialen: Table) -> None:
    assert query(filialen, "und nach Ware?", "Umsatz in Bonn")["where"] == [BONN]


def test_over_time_is_over_all_times(people: Table, filialen: Table) -> None:
    found, _ = asked(people, "over time", "population of Kenya in 2020")
    assert found.query.period is None
    assert "I took all times, not only 2020." in found.assumed
    assert query(people, "over time", "population of Kenya in 2020")["where"] == [KENYA]
    assert "period" not in query(filialen, "im Zeitverlauf", "Umsatz in Bonn im Mai 2023")


def test_a_share_after_a_ranking_is_that_of_all(people: Table, filialen: Table) -> None:
    top = "top 2 countries by population in 2020"
    assert "makes up 16.8 %" in sentence(people, "share of Kenya in 2020", top)
    assert query(people, "share of Kenya", top) == query(people, "share of Kenya in population in 2020")
    assert "makes up 50 %" in sentence(filialen, "Anteil von Bonn", "Top 1 Filiale nach Umsatz")


def test_a_share_after_an_average_is_that_of_the_rows(filialen: Table) -> None:
    assert query(filialen, "Anteil von Bonn", "durchschnittlicher Umsatz nach Ware")["select"] == [{"how": "share"}]


def test_lines_of_several_are_a_line_each(people: Table, filialen: Table) -> None:
    assert query(people, "population of Kenya and Brazil as a line chart")["by"] == ["Country", "year"]
    assert query(filialen, "Umsatz von Brot und Kuchen als Liniendiagramm")["by"] == ["Ware", "month"]


def test_a_suggestion_is_a_name_of_the_table(people: Table, filialen: Table) -> None:
    assert "Did you mean" not in refusal(people, "population by averag3d")
    assert "Did you mean" not in refusal(people, "frobnicate the displayy")
    assert "Did you mean Kenya" in refusal(people, "population of Kenyatta")
