"""Columns that are mostly nothing: how often they are more, for whom, when, and whether it is over."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.reports.facts import Fact, analyse
from tests.unit.reports.tables import Row, write

Share = Callable[[int, str, str], float]


def orders(path: Path, column: str, share: Share, amount: Callable[[random.Random, float], float]) -> Path:
    """Single orders of 240 days, six products and four countries; ``share`` of them have an amount in a column."""
    chance, rows = random.Random(4), list[Row]()
    for at in range(240):
        day = date(2024, 1, 1) + timedelta(days=at)
        for _ in range(round(chance.gauss(36, 4))):
            product, country = chance.choice("ABCDEF"), chance.choice(("DE", "FR", "IT", "ES"))
            price = round(chance.uniform(20, 90), 2)
            hit = chance.random() < share(at, product, country)
            rows.append((1000 + len(rows), day, product, country, price, amount(chance, price) if hit else 0))
    return write(path, ["order", "date", "product", "country", "price", column], rows)


def panel(path: Path, share: Share) -> Path:
    """Orders and returns of each day, product and country."""
    chance, rows = random.Random(6), list[Row]()
    for at in range(200):
        for product in "ABC":
            for country in ("DE", "FR"):
                count = chance.randint(4, 9)
                back = sum(chance.random() < share(at, product, country) for _ in range(count))
                rows.append((date(2024, 1, 1) + timedelta(days=at), product, country, count, back))
    return write(path, ["date", "product", "country", "orders", "returns"], rows)


def stocked_out(path: Path, share: Share) -> Path:
    """Whether each of nine products ran out, week by week."""
    chance, rows = random.Random(8), list[Row]()
    for at in range(150):
        for shelf in "xyz":
            for product in "abc":
                out = int(chance.random() < share(at, product, shelf))
                rows.append((date(2022, 1, 3) + timedelta(weeks=at), product, shelf, chance.randint(30, 60), out))
    return write(path, ["week", "product", "shelf", "sold", "stockout"], rows)


def events(path: Path, metric: str) -> list[Fact]:
    return [fact for fact in analyse(path).facts if fact.type in ("change", "anomaly") and fact.metric == metric]


def _always(share: float) -> Share:
    return lambda _, __, ___: share


def four_weeks_of_product_c(at: int, product: str, _: str) -> float:
    return 0.33 if product == "C" and 120 <= at < 148 else 0.05


@pytest.mark.parametrize("column", ["refund", "cancelled", "errors"])
def test_refunds_of_one_product_for_four_weeks_are_found(tmp_path: Path, column: str) -> None:
    amounts: dict[str, Callable[[random.Random, float], float]] = {
        "refund": lambda _, price: price,
        "cancelled": lambda _, __: 1,
        "errors": lambda chance, _: chance.randint(1, 4),
    }
    found = events(orders(tmp_path / "t.csv", column, four_weeks_of_product_c, amounts[column]), column)
    assert [(fact.type, fact.unit, dict(fact.segment)) for fact in found] == [("anomaly", "ratio", {"product": "C"})]
    assert found[0].value == pytest.approx(0.33, abs=0.06)
    assert found[0].period is not None
    assert abs((date.fromisoformat(found[0].period.start) - date(2024, 4, 30)).days) <= 3
    assert abs((date.fromisoformat(found[0].period.end) - date(2024, 5, 27)).days) <= 3
    assert f"{column} for product C was above zero in " in found[0].text
    assert " % was usual; it is over: " in found[0].text


def test_what_goes_on_is_a_change(tmp_path: Path) -> None:
    path = orders(tmp_path / "t.csv", "refund", lambda at, _, __: 0.12 if at >= 190 else 0.03, lambda _, price: price)
    found = events(path, "refund")
    assert [(fact.type, fact.unit, fact.segment) for fact in found] == [("change", "pp", ())]
    assert found[0].value == pytest.approx(9, abs=2)
    assert found[0].baseline is not None


def test_what_became_rarer_is_found_for_the_country_that_had_it(tmp_path: Path) -> None:
    path = orders(
        tmp_path / "t.csv", "refund", lambda at, _, country: 0.02 if country == "FR" and at >= 100 else 0.14,
        lambda _, price: price,
    )  # fmt: skip
    found = events(path, "refund")
    assert [(fact.type, dict(fact.segment)) for fact in found] == [("change", {"country": "FR"})]
    assert found[0].value == pytest.approx(-12, abs=3)


def test_counted_returns_are_a_part_of_the_orders(tmp_path: Path) -> None:
    path = panel(tmp_path / "t.csv", lambda at, product, _: 0.33 if product == "B" and 90 <= at < 118 else 0.05)
    found = events(path, "returns")
    assert [(fact.type, dict(fact.segment)) for fact in found] == [("anomaly", {"product": "B"})]
    assert found[0].value == pytest.approx(0.33, abs=0.06)
    assert " of orders from " in found[0].text


def test_one_product_on_one_shelf_that_runs_out(tmp_path: Path) -> None:
    path = stocked_out(
        tmp_path / "t.csv", lambda at, product, shelf: 0.7 if (product, shelf) == ("b", "y") and at >= 110 else 0.04
    )
    found = events(path, "stockout")
    assert [(fact.type, dict(fact.segment)) for fact in found] == [("change", {"product": "b", "shelf": "y"})]


def test_refunds_that_come_by_chance_are_no_news(tmp_path: Path) -> None:
    for share in (0.02, 0.1, 0.3):
        path = orders(tmp_path / "t.csv", "refund", _always(share), lambda _, price: price)
        assert not events(path, "refund")
    assert not events(panel(tmp_path / "t.csv", _always(0.06)), "returns")
    assert not events(stocked_out(tmp_path / "t.csv", _always(0.05)), "stockout")


def test_refunds_that_grow_slowly_are_no_event(tmp_path: Path) -> None:
    path = orders(tmp_path / "t.csv", "refund", lambda at, _, __: 0.03 + 0.0003 * at, lambda _, price: price)
    assert not events(path, "refund")


def test_refunds_that_are_larger_are_told_by_how_much_they_are(tmp_path: Path) -> None:
    chance, rows = random.Random(4), list[Row]()
    for at in range(240):
        for _ in range(30):
            product = chance.choice("ABCD")
            refund = 40 * chance.lognormvariate(0, 0.3) * (2 if product == "B" and at >= 130 else 1)
            hit = chance.random() < 0.1
            rows.append((date(2024, 1, 1) + timedelta(days=at), product, round(refund, 2) if hit else 0))
    found = events(write(tmp_path / "t.csv", ["date", "product", "refund"], rows), "refund")
    assert [(fact.type, fact.unit, dict(fact.segment)) for fact in found] == [("change", "ratio", {"product": "B"})]
    assert found[0].value == pytest.approx(1, abs=0.25)
    assert " where it is above zero: " in found[0].text
    amounts = {
        late: [float(str(row[2])) for row in rows if row[1] == "B" and row[2] and (str(row[0]) >= start) is late]
        for start in [found[0].period.start if found[0].period else ""]
        for late in (False, True)
    }
    was, now = (sum(amounts[late]) / len(amounts[late]) for late in (False, True))
    assert found[0].value == pytest.approx(now / was - 1)
