"""A number that would mean nothing is refused with the reason and what can be asked; what nothing speaks against is
answered."""

import math
import random
from pathlib import Path

import pytest

from domain.core.errors import Invalid
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Table, read_table
from tests.unit.reports.querying.shop import ask


def table(path: Path, header: str, *lines: str) -> Table:
    (path / "t.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return read_table(path / "t.csv")


def column_of(path: Path, name: str, cells: list[object]) -> Table:
    return table(path, f"Place;{name}", *(f"P{'abcdefggh'[at % 8]};{cell}" for at, cell in enumerate(cells)))


@pytest.mark.parametrize(
    ("name", "cells", "why"),
    [
        ("Temperature", [12.5, 13.1, 9.8, 20.4, 15.2, 11.9], "temperatures"),
        ("Außentemperatur", [12.5, 13.1, 9.8, 20.4, 15.2, 11.9], "temperatures"),
        ("Morning", ["12.5 °C", "13.1 °C", "9.8 °C", "20.4 °C", "15.2 °C"], "temperatures"),
        ("Discount", ["12 %", "13 %", "9 %", "20 %", "15 %", "11 %"], "percentages"),
        ("Unit price", [12.5, 13.1, 9.8, 20.4, 15.2, 11.9], "prices"),
        ("Verkaufspreis", [12.5, 13.1, 9.8, 20.4, 15.2, 11.9], "prices"),
        ("Inflation", [2.5, 3.1, 1.8, 2.4, 5.2, 1.9], "rates"),
        ("Arbeitslosenquote", [2.5, 3.1, 1.8, 2.4, 5.2, 1.9], "rates"),
        ("Consumer index", [102.5, 103.1, 101.8, 102.4, 105.2, 101.9], "an index"),
        ("Age", [22, 38, 26, 35, 54, 2], "ages"),
        ("Year built", [1987, 1994, 2003, 1987, 2011, 1960], "years"),
        ("month", [1, 2, 12, 4, 7, 7], "parts of a date"),
        ("latitude", [52.51, 48.13, 50.11, 53.55, 51.22, 49.45], "places on a map"),
        ("log_gdp", [9.12, 10.43, 8.71, 9.95, 10.01, 7.77], "logarithms"),
        ("GDP per capita", [912.5, 1043.1, 871.9, 995.2, 1001.8, 777.7], "each head|divided"),
        ("Average order", [12.5, 13.1, 9.8, 20.4, 15.2, 11.9], "averages"),
        ("Cumulative cases", [5, 9, 14, 22, 31, 47], "running total"),
    ],
)
def test_what_does_not_add_up_is_not_added(tmp_path: Path, name: str, cells: list[object], why: str) -> None:
    given = column_of(tmp_path, name, cells)
    for asked in ({"how": "sum", "column": name}, {"how": "share", "column": name}):
        with pytest.raises(Invalid, match=why) as raised:
            ask(given, select=[asked], by=["Place"])
        assert raised.value.reason == UNANSWERABLE
        assert raised.value.remedy
    assert ask(given, select=[{"how": "max", "column": name}]).matched == len(cells)


@pytest.mark.parametrize("name", ["Order ID", "Postal Code", "customer_id", "flight"])
def test_ids_are_neither_added_nor_averaged(tmp_path: Path, name: str) -> None:
    given = column_of(tmp_path, name, [10417, 20391, 31044, 10417, 55021, 20391, 61002, 48120])
    for how in ("sum", "mean", "median"):
        with pytest.raises(Invalid, match="names"):
            ask(given, select=[{"how": how, "column": name}])
    assert ask(given, select=[{"how": "distinct", "column": name}]).rows == ((6,),)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Things", [3, 1, 4, 1, 5, 9, 2, 6]),
        ("Husage", [31, 14, 15, 92, 65, 35]),
        ("Operating result", [3.14, -2.71, 1.41, 0.57, 1.61, 2.23]),
        ("Units", [10, 20, 30, 40, 50, 60]),
        ("Shares", [100, 50, 20, 10, 70]),
        ("Total price", [12.5, 13.1, 9.8, 20.4, 15.2, 11.9]),
        ("Corporate", [10.25, 11.5, 12.75, 9.5, 8.25]),
        ("Behälter", [4, 7, 2, 9, 1]),
        ("Amount", [0, 0, 0, 12, 0, 0, 7, 0]),
    ],
)
def test_what_nothing_speaks_against_is_added(tmp_path: Path, name: str, cells: list[float]) -> None:
    found = ask(column_of(tmp_path, name, list(cells)), select=[{"how": "sum", "column": name}])
    assert found.rows[0][0] == pytest.approx(math.fsum(cells))


def populations(path: Path) -> Table:
    chance = random.Random(3)
    lines = [
        f"{year},{country},{round(size * 1.01 ** (year - 2000) * chance.uniform(0.999, 1.001))}"
        for country, size in (("Kenya", 31_000_000), ("Chad", 8_300_000), ("Peru", 26_400_000))
        for year in range(2000, 2012)
    ]
    return table(path, "year,country,population", *lines)


def test_a_level_is_not_added_over_dates(tmp_path: Path) -> None:
    given = populations(tmp_path)
    for asked in ({}, {"by": ["country"]}):
        with pytest.raises(Invalid, match="several dates do not add up") as raised:
            ask(given, select=[{"how": "sum", "column": "population"}], **asked)
        assert "last" in str(raised.value.remedy)


def test_a_level_is_added_over_the_rows_of_one_date(tmp_path: Path) -> None:
    given = populations(tmp_path)
    by_year = ask(given, select=[{"how": "sum", "column": "population"}], by=["year"])
    assert by_year.count == 12
    last = ask(given, select=[{"how": "sum", "column": "population"}], period=("2011", "2011"))
    assert last.rows[0][0] == by_year.rows[-1][1]
    shares = ask(given, select=[{"how": "share", "column": "population"}], by=["country"], period=("2011", "2011"))
    assert math.fsum(float(str(row[1])) for row in shares.rows) == pytest.approx(1)


def test_a_rate_is_averaged_by_its_parts(tmp_path: Path) -> None:
    chance = random.Random(4)
    lines: list[str] = []
    parts: list[tuple[int, int]] = []
    for at in range(60):
        visits = chance.randrange(50, 5000)
        orders = chance.randrange(1, visits // 5)
        parts.append((orders, visits))
        lines.append(f"{'ab'[at % 2]},{visits},{orders},{orders / visits * 100:.2f} %")
    given = table(tmp_path, "shop,visits,orders,conversion", *lines)
    found = ask(given, select=[{"how": "mean", "column": "conversion"}])
    assert found.rows[0][0] == pytest.approx(sum(a for a, _ in parts) / sum(b for _, b in parts))
    assert "orders" in found.sentence
    assert "%" in found.sentence


def test_percentages_without_their_parts_have_a_simple_mean_which_is_said(tmp_path: Path) -> None:
    found = ask(column_of(tmp_path, "Discount", ["12 %", "13 %", "9 %", "20 %"]),
                select=[{"how": "mean", "column": "Discount"}])  # fmt: skip
    assert found.rows[0][0] == pytest.approx(0.135)
    assert "13.5 %" in found.sentence
    assert any("average of Discount is that of its rows" in note for note in found.notes)


def test_currencies_stand_apart(tmp_path: Path) -> None:
    given = table(tmp_path, "shop;Amount", "a;€10.50", "a;$20.25", "b;€7.10", "b;€1.40", "a;$3.75")
    found = ask(given, select=[{"how": "sum", "column": "Amount"}])
    assert dict(found.rows) == {"EUR": pytest.approx(19.0), "USD": pytest.approx(24.0)}
    assert {fact.unit for fact in found.facts} == {"EUR", "USD"}
    assert "24 USD" in found.sentence
    assert "19 EUR" in found.sentence
    euros = ask(given, select=[{"how": "sum", "column": "Amount"}], where=[{"column": "shop", "value": "b"}])
    assert euros.rows == ((pytest.approx(8.5),),)
    assert euros.facts[0].unit == "EUR"


def test_a_column_that_names_the_currency_keeps_amounts_apart(tmp_path: Path) -> None:
    given = table(tmp_path, "shop,cur,cost,pieces", *(
        f"{'ab'[at % 2]},{('EUR', 'USD', 'GBP')[at % 3]},{at + 0.25},{at * 3 % 7}" for at in range(1, 25)
    ))  # fmt: skip
    found = ask(given, select=[{"how": "sum", "column": "cost"}], by=["shop"])
    assert found.count == 6
    assert any("not added up" in note for note in found.notes)
    pieces = ask(given, select=[{"how": "sum", "column": "pieces"}])
    assert pieces.rows == ((sum(at * 3 % 7 for at in range(1, 25)),),)
    one = ask(given, select=[{"how": "mean", "column": "cost"}], where=[{"column": "cur", "value": "eur"}])
    assert one.facts[0].unit == "EUR"


def test_whole_numbers_beyond_what_a_float_tells_apart_stay_exact(tmp_path: Path) -> None:
    cells = [9007199254740993, 5, 7, 31007199254740995, 3, 20, 11]
    given = table(tmp_path, "who,amount", *(f"{'abcdefg'[at]},{cell}" for at, cell in enumerate(cells)))
    found = ask(given, select=[{"how": "sum", "column": "amount"}])
    assert found.rows[0][0] == sum(cells)
    assert f"{sum(cells):,}" in found.sentence
    assert ask(given, select=[{"how": "max", "column": "amount"}]).rows == ((max(cells),),)


def test_years_and_running_numbers_are_known_whatever_they_are_called(tmp_path: Path) -> None:
    chance = random.Random(6)
    lines = [f"{1001 + at},{chance.randrange(2001, 2024)},{chance.randrange(1, 9)}" for at in range(40)]
    given = table(tmp_path, "order,joined,pieces", *lines)
    for name, why in (("order", "numbers the rows"), ("joined", "years")):
        with pytest.raises(Invalid, match=why):
            ask(given, select=[{"how": "sum", "column": name}])
    assert ask(given, select=[{"how": "sum", "column": "pieces"}]).matched == 40


def test_sales_that_grow_quietly_are_added(tmp_path: Path) -> None:
    given = table(tmp_path, "month,sales", *(
        f"{2020 + at // 12}-{at % 12 + 1:02d},{100 * 1.01**at:.2f}" for at in range(36)
    ))  # fmt: skip
    found = ask(given, select=[{"how": "sum", "column": "sales"}], by=["year"])
    assert found.rows[0][1] == pytest.approx(math.fsum(round(100 * 1.01**at, 2) for at in range(12)))


def test_years_as_columns_count_as_rows_which_is_said(tmp_path: Path) -> None:
    given = table(tmp_path, "country,2018,2019,2020,2021", *(f"{name},1{at},2{at},3{at},4{at}"
                  for at, name in enumerate(("Kenya", "Chad", "Peru", "Laos"))))  # fmt: skip
    found = ask(given, select=[{"how": "count"}])
    assert found.rows == ((16,),)
    assert any("4 lines" in note for note in found.notes)
