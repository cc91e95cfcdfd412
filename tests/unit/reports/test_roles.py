"""Roles: what is added, what is averaged, and what is only a name, told on tables whose headers say little."""

import math
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.reports.facts import Analysis, analyse
from domain.reports.facts.wording import percent
from tests.unit.reports.tables import one, told, write


def roles(found: Analysis) -> dict[str, str]:
    return {column.name: column.role for column in found.columns}


def test_a_measured_series_without_a_telling_name_is_averaged(tmp_path: Path) -> None:
    chance = random.Random(3)
    rows = [
        (
            (date(2024, 1, 1) + timedelta(days=7 * at)).isoformat(),
            round(21 + 3 * math.sin(at / 8) + chance.gauss(0, 0.8), 2),
            round(chance.gauss(0.4, 2), 2),
            round(0.3 + 0.01 * chance.gauss(0, 1), 4),
        )
        for at in range(120)
    ]
    found = analyse(write(tmp_path / "series.csv", ["week", "k1", "k2", "k3"], rows))
    assert not [fact.text for fact in found.facts if "adds up" in fact.text]
    assert one(found, "average", "k1").value == pytest.approx(sum(row[1] for row in rows) / 120)


def test_capital_is_no_figure_per_head(tmp_path: Path) -> None:
    rows = [
        (firm, year, 90 * size + (year * 37) % 53) for year in range(1990, 2010) for firm, size in (("a", 2), ("b", 5))
    ]
    assert roles(analyse(write(tmp_path / "firms.csv", ["firm", "year", "capital"], rows)))["capital"] == "flow"


def test_groups_that_are_counted_through_are_names(tmp_path: Path) -> None:
    rows = [(at // 4 + 1, "abcd"[at % 4], 10 + (at * 7) % 31) for at in range(200)]
    assert roles(analyse(write(tmp_path / "choices.csv", ["individual", "mode", "time"], rows)))["individual"] == "id"


def test_a_number_that_each_country_has_of_its_own_is_a_name(tmp_path: Path) -> None:
    rows = [
        (country, year, number, 40 + (year + number) % 17)
        for country, number in (("Chad", 148), ("Bhutan", 64), ("Albania", 8), ("Zambia", 894))
        for year in range(1990, 2010)
    ]
    assert (
        roles(analyse(write(tmp_path / "world.csv", ["country", "year", "iso_num", "score"], rows)))["iso_num"] == "id"
    )


def test_many_countries_are_added_at_the_last_date(tmp_path: Path) -> None:
    """A hundred countries are too many to compare, and still no reason to average people."""
    rows = [
        (f"country {at}", "north" if at % 2 else "south", year, 1_000_000 + at * 10_000 + year * (50 + at))
        for at in range(100)
        for year in range(1990, 2020, 5)
    ]
    found = analyse(write(tmp_path / "world.csv", ["country", "half", "year", "population"], rows))
    assert one(found, "total", "population").value == sum(row[3] for row in rows if row[2] == 2015)


def test_what_is_there_at_one_time_adds_up(tmp_path: Path) -> None:
    rows = [(f"item {at}", "ab"[at % 2], 7 + (at * 13) % 60, round(2 + (at * 7) % 9 + 0.25, 2)) for at in range(80)]
    found = analyse(write(tmp_path / "stock.csv", ["item", "shelf", "on_hand", "unit_price"], rows))
    assert one(found, "total", "on_hand").value == sum(row[2] for row in rows)
    assert not told(found, "total", "unit_price")


def test_tiny_numbers_are_no_running_balance(tmp_path: Path) -> None:
    chance = random.Random(4)
    rows = [[round(chance.gauss(0.007, 0.002), 6) for _ in range(5)] for _ in range(200)]
    found = analyse(write(tmp_path / "cells.csv", ["r1", "r2", "r3", "r4", "r5"], rows))
    assert "balance" not in roles(found).values()


def test_nearly_all_is_not_all() -> None:
    assert [percent(share) for share in (1.0, 3372 / 3376, 0.9999, 0.994)] == ["100 %", "99.9 %", "99.990 %", "99 %"]


def test_hours_per_week_are_no_hours_of_the_day(tmp_path: Path) -> None:
    rows = [("ab"[at % 2], 20 + (at * 7) % 30) for at in range(100)]
    assert roles(analyse(write(tmp_path / "work.csv", ["team", "hours-per-week"], rows)))["hours-per-week"] == "value"


def test_years_of_building_and_running_numbers_are_names(tmp_path: Path) -> None:
    rows = [(at * 2 + 1, "ab"[at % 2], 1901 + (at * 7) % 100, 90_000 + (at * 977) % 5000) for at in range(200)]
    found = roles(analyse(write(tmp_path / "houses.csv", ["HouseNumber", "zone", "YearBuilt", "price"], rows)))
    assert (found["HouseNumber"], found["YearBuilt"], found["price"]) == ("id", "id", "value")


def test_what_is_cumulated_is_not_added_up_again(tmp_path: Path) -> None:
    chance = random.Random(2)
    total = dict.fromkeys("ab", 0)
    rows: list[tuple[object, ...]] = []
    for day in range(90):
        for place in total:
            new = chance.randint(0, 60)
            total[place] += new
            rows.append(((date(2024, 1, 1) + timedelta(days=day)).isoformat(), place, new, total[place]))
    both = analyse(write(tmp_path / "cases.csv", ["day", "place", "new_cases", "total_cases"], rows))
    assert {fact.metric for fact in both.facts} == {"new_cases"}
    alone = analyse(
        write(tmp_path / "cases.csv", ["day", "place", "total_cases"], [(*row[:2], row[3]) for row in rows])
    )
    assert one(alone, "total", "total_cases").value == sum(total.values())
