"""Tables with a column for each year, as statistical offices write them: what the numbers are, and how they change."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.reports.reading import Table
from tests.unit.reports.asking.tabled import asked, query, refusal, sentence, tabled

HEADER = ["Country Name", "Country Code", "Indicator Name", "2018", "2019", "2020"]
PEOPLE: Sequence[tuple[object, ...]] = (
    ("Kenya", "KEN", "Population, total", 50_000_000, 51_200_000, 52_300_000),
    ("Chad", "TCD", "Population, total", 15_100_000, 15_600_000, 16_100_000),
    ("Peru", "PER", "Population, total", 31_600_000, 32_200_000, ""),
    ("World", "WLD", "Population, total", 7_600_000_000, 7_680_000_000, 7_760_000_000),
    ("Arab World", "ARB", "Population, total", 420_000_000, 428_000_000, 436_000_000),
)
AGES: Sequence[tuple[object, ...]] = (
    ("Kenya", "KEN", "Life expectancy (years)", 61.0, 61.2, 61.5),
    ("Chad", "TCD", "Life expectancy (years)", 52.0, 52.3, 52.5),
    ("Peru", "PER", "Life expectancy (years)", 76.0, 76.2, 76.1),
)


@pytest.fixture
def people(tmp_path: Path) -> Table:
    return tabled(tmp_path, "bank.csv", HEADER, PEOPLE)


@pytest.fixture
def both(tmp_path: Path) -> Table:
    return tabled(tmp_path, "bank.csv", HEADER, [*PEOPLE, *AGES])


@pytest.fixture
def ernte(tmp_path: Path) -> Table:
    rows = [
        ("Weizen", "1.200", "1.310", "1.290", "1.405"), ("Gerste", "800", "790", "820", "811"),
        ("Hafer", "140", "150", "95", "160"), ("Alle Sorten", "2.140", "2.250", "2.205", "2.376"),
    ]  # fmt: skip
    return tabled(tmp_path, "de_ernte.csv", ["Sorte", "2020", "2021", "2022", "2023"], rows)


def test_the_one_indicator_names_the_numbers(people: Table) -> None:
    assert people.wide is not None
    assert people.wide.metric == "Population, total"
    assert sentence(people, "what was the population of Kenya in 2019?") == (
        "Population, total for Country Name Kenya in 2019 is 51,200,000."
    )
    assert sentence(people, "Wie viele Einwohner hatte Chad 2018?").endswith("is 15,100,000.")


def test_groups_of_countries_are_left_out_and_told(people: Table) -> None:
    assert "World" not in people.column("Country Name").cells
    assert [remark.rows for remark in people.remarks if remark.kind == "rows left out"] == [(5, 6)]


def test_a_sum_of_the_others_beside_codes_of_its_own_is_left_out(tmp_path: Path) -> None:
    rows = [
        ("North", "N01", 120.4, 130.2, 128.1), ("South", "S01", 220.1, 219.9, 230.0), ("West", "W01", 90.2, 95.5, ""),
        ("Everything", "E99", 430.7, 445.6, 358.1),
    ]  # fmt: skip
    table = tabled(tmp_path, "t.csv", ["Area", "Key", "2018", "2019", "2020"], rows)
    assert "Everything" not in table.column("Area").cells
    assert len(table.row_numbers) == 9


def test_a_level_is_never_added_over_the_years(people: Table) -> None:
    found, result = asked(people, "which country has the largest population?")
    assert result.sentence.startswith("Kenya has the highest Population, total in 2020: 52,300,000")
    assert "Population, total is what there is at a time; I took the last one, 2020." in found.assumed


def test_of_several_indicators_one_has_to_be_named(both: Table) -> None:
    told = refusal(both, "sum by country")
    assert "Population, total or Life expectancy (years)" in told
    assert sentence(both, "population of Chad in 2020").endswith("is 16,100,000.")
    assert query(both, "life expectancy by country")["select"][0]["how"] == "mean"


def test_a_group_that_was_left_out_is_not_answered_with_the_whole(people: Table) -> None:
    assert "World” I did not understand" in refusal(people, "population of World in 2019")


def test_a_line_chart_of_a_place_runs_over_time(people: Table) -> None:
    assert query(people, "as a line chart for Kenya")["by"] == ["year"]


@pytest.mark.parametrize(
    "question",
    [
        "how did the population of Kenya change between 2018 and 2020?",
        "population growth in Kenya from 2018 to 2020",
        "by how much did the population of Kenya increase from 2018 to 2020",
        "Wie hat sich die Bevölkerung von Kenya von 2018 auf 2020 verändert?",
        "um wie viel ist die Bevölkerung in Kenya zwischen 2018 und 2020 gestiegen?",
    ],
)
def test_a_change_compares_two_times(people: Table, question: str) -> None:
    found = query(people, question)
    assert (found["period"], found["compare_to"]) == (["2018", "2018"], ["2020", "2020"])
    assert "from 50,000,000 in 2018 to 52,300,000 in 2020: 2,300,000 more (+4.6 %)" in sentence(people, question)


def test_who_grew_most_is_told_by_the_difference_and_who_grew_fastest_by_its_part(people: Table) -> None:
    assert "Kenya rose most, from 50,000,000 in 2018" in sentence(people, "which country grew most?")
    assert "Chad rose most for its size, from 15,100,000" in sentence(people, "which country grew fastest?")
    assert "Chad rose most for its size" in sentence(people, "welches Land ist am schnellsten gewachsen?")


def test_what_fell_most_is_told(ernte: Table) -> None:
    assert "Hafer fell most, from 150 in 2021 to 95 in 2022" in sentence(
        ernte, "which Sorte fell most from 2021 to 2022?"
    )


def test_a_change_without_times_is_the_course(ernte: Table) -> None:
    assert query(ernte, "wie hat sich Weizen entwickelt?")["by"] == ["year"]
    assert query(ernte, "how did Gerste change?")["by"] == ["year"]
