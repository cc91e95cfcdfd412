"""Gaps: counted by the steps on which rows are usual, and told once."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from domain.reports.facts import Fact, analyse
from tests.unit.reports.tables import Row, days, told, write

CHANCE = random.Random(3)


def gaps(path: Path, header: list[str], rows: Iterable[Row]) -> list[Fact]:
    return [fact for fact in told(analyse(write(path, header, rows)), "data_quality") if fact.unit == "missing dates"]


def trading(first: date, count: int) -> list[date]:
    return [day for day in days(first, count) if day.weekday() < 5]


def month_ends(count: int) -> list[date]:
    firsts = [date(2015 + at // 12, at % 12 + 1, 1) for at in range(1, count + 1)]
    return [first - timedelta(days=1) for first in firsts]


def test_trading_days_miss_weekdays_alone(tmp_path: Path) -> None:
    open_days = trading(date(2010, 1, 4), 3285)
    closed = set(random.Random(1).sample(open_days[5:-5], 10))
    rows = [(day, round(100 + CHANCE.gauss(0, 3), 2), CHANCE.randint(900, 1100)) for day in open_days]
    found = gaps(tmp_path / "t.csv", ["date", "close", "volume"], [row for row in rows if row[0] not in closed])
    assert [fact.value for fact in found] == [10]
    assert "10 weekdays between" in found[0].text


def test_a_week_without_trading_has_five_days(tmp_path: Path) -> None:
    rows = [(day, CHANCE.randint(900, 1100)) for day in trading(date(2024, 1, 1), 200)]
    found = gaps(tmp_path / "t.csv", ["date", "orders"], [row for row in rows if row[0].isocalendar().week != 10])
    assert [(fact.value, fact.text) for fact in found] == [
        (5, "There are no rows for 5 weekdays from 4 March 2024 to 8 March 2024.")
    ]


def test_month_ends_are_months(tmp_path: Path) -> None:
    rows = [(day, CHANCE.randint(900, 1100)) for day in month_ends(60)]
    assert not gaps(tmp_path / "t.csv", ["date", "orders"], rows)
    found = gaps(tmp_path / "t.csv", ["date", "orders"], rows[:28] + rows[30:])
    assert [(fact.value, fact.text) for fact in found] == [
        (2, "There are no rows for 2 months from May 2017 to June 2017.")
    ]


def test_sundays_on_which_shops_are_closed_are_no_gap(tmp_path: Path) -> None:
    header = ["date", "region", "shop", "orders", "visits"]
    rows: list[Row] = [
        (day, region, shop, CHANCE.randint(80, 120), CHANCE.randint(30, 60))
        for day in days(date(2023, 1, 2), 200) if day.weekday() < 6
        for region, shop in (("N", "A"), ("N", "B"), ("S", "C"), ("S", "D"))
    ]  # fmt: skip
    assert not gaps(tmp_path / "t.csv", header, rows)
    away = set(days(date(2023, 3, 3), 7))
    found = gaps(tmp_path / "t.csv", header, [row for row in rows if row[1] != "S" or row[0] not in away])
    assert [(fact.value, dict(fact.segment)) for fact in found] == [(6, {"region": "S"})]
    found = gaps(tmp_path / "t.csv", header, [row for row in rows if row[2] != "C" or row[0] not in away])
    assert [(fact.value, dict(fact.segment)) for fact in found] == [(6, {"shop": "C"})]
