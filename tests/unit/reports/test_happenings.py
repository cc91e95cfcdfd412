"""Events in what kind of number: sums of flows alone, counts over all currencies, amounts in each of them."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.reports.facts import Fact, analyse
from tests.unit.reports.tables import Row, days, told, write


def sudden(path: Path, name: str, *, decimals: int, stations: int = 1) -> list[Fact]:
    """The anomalies of a column of which five days in February bring two and a half times as much."""
    chance, rows = random.Random(3), list[Row]()
    for day in days(date(2017, 1, 2), 600):
        for station in range(stations):
            high = date(2018, 2, 5) <= day <= date(2018, 2, 9)
            rows.append((day, f"S{station}", round(14.8 * chance.gauss(1, 0.06) * (2.5 if high else 1), decimals)))
    header = ["date", "station", name]
    return told(analyse(write(path, header, rows)), "anomaly")


@pytest.mark.parametrize(
    ("name", "stations"), [("index", 1), ("VIX", 1), ("temperature", 3), ("pm25", 2), ("close", 1)]
)
def test_what_is_no_flow_is_never_added_over_days(tmp_path: Path, name: str, stations: int) -> None:
    found = sudden(tmp_path / "t.csv", name, decimals=2, stations=stations)
    assert found
    for fact in found:
        assert fact.value < 2 * 2.5 * 14.8 * 1.1
        assert " on average from 5 February 2018 to 9 February 2018" in fact.text


@pytest.mark.parametrize(("name", "decimals"), [("sales", 2), ("orders", 0), ("kWh", 2)])
def test_what_flows_is_added_over_the_days(tmp_path: Path, name: str, decimals: int) -> None:
    (fact,) = sudden(tmp_path / "t.csv", name, decimals=decimals)
    assert fact.value == pytest.approx(5 * 2.5 * 14.8, rel=0.1)
    assert " on average" not in fact.text


def money(path: Path) -> Path:
    """Orders in three currencies: all fall for two days; amounts in dollars rise for good."""
    chance, rows = random.Random(3), list[Row]()
    for at in range(220):
        for currency, size in (("EUR", 1.0), ("USD", 0.8), ("GBP", 0.4)):
            for channel in ("web", "shop"):
                orders = round(60 * size * chance.gauss(1, 0.08) * (0.3 if at in (100, 101) else 1))
                amount = orders * 20 * chance.gauss(1, 0.05) * (1.6 if currency == "USD" and at >= 150 else 1)
                day = date(2024, 1, 1) + timedelta(days=at)
                rows.append((day, currency, channel, orders, round(amount, 2)))
    return write(path, ["date", "currency", "channel", "orders", "amount"], rows)


def test_counts_have_no_currency_and_are_looked_at_over_all_of_them(tmp_path: Path) -> None:
    found = analyse(money(tmp_path / "t.csv"))
    (fall,) = told(found, "anomaly", "orders")
    assert (fall.segment, fall.unit) == ((), None)
    (total,) = [fact for fact in told(found, "total", "orders") if not fact.period]
    assert (total.segment, total.unit) == ((), None)


def test_amounts_are_looked_at_in_each_currency(tmp_path: Path) -> None:
    found = analyse(money(tmp_path / "t.csv"))
    (rise,) = told(found, "change", "amount")
    assert (rise.segment, rise.value) == ((("currency", "USD"),), pytest.approx(0.6, abs=0.05))
    assert " USD a day" in rise.text
    assert all(dict(fact.segment).get("currency") for fact in found.facts if fact.metric == "amount" and fact.segment)


def monthly(path: Path, name: str, last: float, *, at: int = -1) -> list[Fact]:
    """What is said of forty-eight months of two teams, of which one (the last) is ``last`` times the usual."""
    chance, rows = random.Random(5), list[Row]()
    for month in range(48):
        for team, size in (("a", 500), ("b", 300)):
            factor = last if month == range(48)[at] else 1
            number = (size + month) if name == "headcount" else size * chance.gauss(1, 0.03)
            rows.append((f"{2020 + month // 12}-{month % 12 + 1:02d}", team, round(number * factor)))
    found = analyse(write(path, ["month", "team", name], rows))
    return told(found, "anomaly") + told(found, "change")


def test_half_a_month_at_the_end_is_no_fall(tmp_path: Path) -> None:
    assert not monthly(tmp_path / "t.csv", "orders", 0.5)
    assert not monthly(tmp_path / "t.csv", "orders", 0.5, at=0)
    assert [fact.type for fact in monthly(tmp_path / "t.csv", "orders", 0.5, at=20)] == ["anomaly"]


@pytest.mark.parametrize("name", ["orders", "headcount"])
def test_the_last_month_alone_is_a_spike(tmp_path: Path, name: str) -> None:
    (fact,) = monthly(tmp_path / "t.csv", name, 1.8)
    assert (fact.type, fact.segment) == ("anomaly", ())
    assert fact.period is not None
    assert fact.period.start == fact.period.end == "2023-12"
