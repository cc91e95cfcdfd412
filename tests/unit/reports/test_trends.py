"""Trends: what grows or falls steadily; no step, no closing spike, no chance."""

import math
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.reports.facts import Analysis, analyse
from domain.reports.facts.trends import course
from tests.unit.reports.tables import told, write


def monthly(path: Path, numbers: list[float], name: str = "cost") -> Analysis:
    rows = [(f"{2018 + at // 12}-{at % 12 + 1:02d}", round(number, 2)) for at, number in enumerate(numbers)]
    return analyse(write(path / "series.csv", ["month", name], rows))


def test_a_closing_spike_is_no_trend(tmp_path: Path) -> None:
    chance = random.Random(4)
    for spike in (2, 3):
        numbers = [chance.gauss(1000, 30) for _ in range(36)] + [2600.0] * spike
        assert not told(monthly(tmp_path, numbers), "trend")


def test_a_step_is_no_trend(tmp_path: Path) -> None:
    chance = random.Random(5)
    for at in (8, 18, 28):
        numbers = [chance.gauss(1000 if month < at else 1600, 30) for month in range(36)]
        assert not told(monthly(tmp_path, numbers), "trend")


def test_a_crash_after_a_rise_is_no_growth(tmp_path: Path) -> None:
    numbers = (
        [20.0 + at % 3 for at in range(24)] + [100.0 + at % 4 for at in range(40)] + [48.0 + at % 3 for at in range(20)]
    )
    assert not told(monthly(tmp_path, numbers, "index"), "trend")


def test_chance_is_no_trend(tmp_path: Path) -> None:
    for seed in range(40):
        chance = random.Random(seed)
        rows = [
            ((date(2024, 1, 1) + timedelta(days=7 * week)).isoformat(), place, round(chance.gauss(100, 15), 1))
            for week in range(52)
            for place in "abcde"
        ]
        assert not told(analyse(write(tmp_path / "noise.csv", ["week", "place", "takings"], rows)), "trend"), seed


def test_the_growth_of_a_weekly_level_is_told_below_its_seasons(tmp_path: Path) -> None:
    chance = random.Random(6)
    rows = [
        (
            day.isoformat(),
            round(330 + 0.026 * week + 3 * math.sin(2 * math.pi * week / 52.18) + chance.gauss(0, 0.3), 2),
        )
        for week, day in enumerate(date(1974, 5, 18) + timedelta(days=7 * at) for at in range(1200))
    ]
    for name in ("co2", "level", "k4"):
        (trend,) = told(analyse(write(tmp_path / "weekly.csv", ["date", name], rows)), "trend")
        assert trend.value > 0
        assert "from 33" in trend.text
        assert "to 35" in trend.text


def test_a_population_that_only_grows_is_told_with_where_it_led(tmp_path: Path) -> None:
    rows = [(2000 + at, round(100_000 * 1.02**at)) for at in range(20)]
    found = analyse(write(tmp_path / "people.csv", ["year", "population"], rows))
    (trend,) = told(found, "trend")
    assert trend in found.facts[:2]
    assert trend.value == pytest.approx(0.02, abs=0.002)
    assert "2019" in trend.text


def test_the_whole_is_told_and_not_each_part_that_does_the_same(tmp_path: Path) -> None:
    chance = random.Random(7)
    rows = [
        (f"{2021 + at // 12}-{at % 12 + 1:02d}", place, round(size * (1 + 0.03 * at) * chance.gauss(1, 0.02)))
        for at in range(36)
        for place, size in (("North", 900), ("South", 500), ("East", 300))
    ]
    found = told(analyse(write(tmp_path / "sales.csv", ["month", "region", "sales"], rows)), "trend")
    assert [fact.segment for fact in found] == [()]


def test_a_part_that_goes_another_way_is_told_beside_the_whole(tmp_path: Path) -> None:
    chance = random.Random(8)
    rows = [
        (f"{2021 + at // 12}-{at % 12 + 1:02d}", place, round(size * (1 + slope * at) * chance.gauss(1, 0.02)))
        for at in range(36)
        for place, size, slope in (("North", 900, 0.03), ("South", 500, 0.03), ("East", 700, -0.015))
    ]
    found = told(analyse(write(tmp_path / "sales.csv", ["month", "region", "sales"], rows)), "trend")
    assert (("region", "East"),) in [fact.segment for fact in found]


def test_a_slope_of_nothing_is_not_said(tmp_path: Path) -> None:
    rows = [
        ((date(2024, 1, 1) + timedelta(days=at // 5)).isoformat(), "abc"[at % 3], 50 + at % 7) for at in range(1500)
    ]
    found = analyse(write(tmp_path / "flat.csv", ["day", "kind", "amount"], rows))
    assert not told(found, "trend")
    assert not [fact.text for fact in found.facts if "0.00 %" in fact.text]


def test_few_steps_have_a_course_only_where_each_goes_on() -> None:
    assert course([(0, 10.0), (1, 12.0), (2, 14.0), (3, 15.0), (4, 17.0)]) is not None
    assert course([(0, 10.0), (1, 12.0), (2, 11.0), (3, 15.0), (4, 17.0)]) is None
    assert course([(0, 10.0), (1, 12.0), (2, 14.0)]) is None


def test_of_countries_in_a_continent_that_all_grow_the_continent_is_told(tmp_path: Path) -> None:
    rows = [
        (land, part, year, round(size * 1000 * growth ** (year - 1980)))
        for land, part, size, growth in (
            ("Kenya", "Africa", 9, 1.03), ("Chad", "Africa", 4, 1.03), ("Ghana", "Africa", 7, 1.03),
            ("Italy", "Europe", 50, 1.001), ("Spain", "Europe", 30, 1.001), ("Malta", "Europe", 1, 1.001),
        )
        for year in range(1980, 2011, 2)
    ]  # fmt: skip
    found = told(analyse(write(tmp_path / "world.csv", ["country", "continent", "year", "population"], rows)), "trend")
    assert (("continent", "Africa"),) in [fact.segment for fact in found]
    assert not [fact for fact in found if dict(fact.segment).get("country") in ("Kenya", "Chad", "Ghana")]


def test_of_a_continent_in_which_one_country_grows_the_country_is_told(tmp_path: Path) -> None:
    chance = random.Random(4)
    rows = [
        (land, part, year, round(size * 1000 * growth ** (year - 1980) * chance.gauss(1, 0.01)))
        for land, part, size, growth in (
            ("Kenya", "Africa", 30, 1.04), ("Chad", "Africa", 4, 1.0), ("Ghana", "Africa", 3, 1.0),
            ("Italy", "Europe", 500, 1.0), ("Spain", "Europe", 300, 1.0),
        )
        for year in range(1980, 2011, 2)
    ]  # fmt: skip
    found = told(analyse(write(tmp_path / "sales.csv", ["country", "continent", "year", "sales"], rows)), "trend")
    parts = [dict(fact.segment) for fact in found if fact.segment]
    assert parts == [{"country": "Kenya"}]
