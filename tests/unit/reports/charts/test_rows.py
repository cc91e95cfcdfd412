"""Pictures of single rows: of every row that the question chose, and of no other."""

import random
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.reports.charts import NO_PICTURE, ChartKind, ChartSpec, of_result, render_png
from domain.reports.querying.query import ChartWish, Query
from domain.reports.querying.run import run_query
from domain.reports.reading import Table, read_table
from tests.unit.reports.tables import write


@pytest.fixture
def people(tmp_path: Path) -> Table:
    chance = random.Random(11)
    rows: list[tuple[object, ...]] = []
    for at in range(400):
        height = round(chance.gauss(172, 9), 1)
        weight = "" if at % 50 == 0 else round(height - 100 + chance.gauss(0, 8), 1)
        rows.append((f"p{at}", ("Bonn", "Kiel")[at % 2], at % 7, height, weight))
    return read_table(write(tmp_path / "people.csv", ["name", "city", "children", "height", "weight"], rows))


def drawn(table: Table, kind: ChartWish, **asked: Any) -> ChartSpec:
    result = run_query(table, Query.model_validate({"file": table.file, **asked}))
    spec = of_result(result, kind, table)
    assert render_png(spec).startswith(b"\x89PNG")
    return spec


def reason(table: Table, kind: ChartWish, **asked: Any) -> str:
    with pytest.raises(Invalid) as caught:
        drawn(table, kind, **asked)
    assert caught.value.reason == NO_PICTURE
    return str(caught.value)


def test_two_columns_are_points_the_first_one_upwards(people: Table) -> None:
    spec = drawn(people, "scatter", columns=["weight", "height"])
    heights, weights = people.column("height").numbers, people.column("weight").numbers
    known = sorted((x, y) for x, y in zip(heights, weights, strict=True) if x is not None and y is not None)
    assert sorted(zip(spec.x, spec.series[0].values, strict=True)) == known
    assert (spec.kind, spec.title) == (ChartKind.SCATTER, "Weight against height")
    assert (spec.x_label, spec.y_label) == ("Height", "Weight")
    assert spec.note == "8 rows without both values are left out."


def test_a_correlation_is_drawn_as_the_points_it_is_of(people: Table) -> None:
    select = [{"how": "correlation", "column": "weight", "of": "height"}]
    where = [{"column": "city", "is": "=", "value": "Kiel"}]
    spec = drawn(people, "scatter", select=select, where=where)
    assert len(spec.x) == 200
    assert spec.title == "Weight against height, Kiel"


def test_thousands_of_points_are_thinned_and_the_outermost_stay(tmp_path: Path) -> None:
    rows = [(at, (at * 7919) % 10_007) for at in range(9_000)]
    table = read_table(write(tmp_path / "many.csv", ["dose", "effect"], rows))
    spec = drawn(table, "scatter", columns=["effect", "dose"])
    assert len(spec.x) == 1_000
    assert {min(spec.x), max(spec.x)} == {0.0, 8_999.0}
    assert max(value for _, value in rows) in spec.series[0].values
    assert spec.note == "1,000 of 9,000 points are shown, taken by chance, and the outermost."
    assert spec == drawn(table, "scatter", columns=["effect", "dose"])


def test_two_numbers_of_each_group_are_points_too(people: Table) -> None:
    select = [{"how": "mean", "column": "weight"}, {"how": "mean", "column": "height"}]
    spec = drawn(people, "scatter", select=select, by=["children"])
    assert len(spec.x) == 7
    assert spec.title == "Average weight against average height by children"


def test_a_histogram_counts_each_number_once(people: Table) -> None:
    spec = drawn(people, "histogram", columns=["weight"])
    assert spec.kind is ChartKind.HISTOGRAM
    assert sum(value or 0 for value in spec.series[0].values) == 392
    weights = [weight for weight in people.column("weight").numbers if weight is not None]
    last = len(spec.x) - 1
    for at, count in enumerate(spec.series[0].values):
        low, high = spec.edges[at], spec.edges[at + 1]
        assert count == sum(low <= weight < high or (at == last and weight == high) for weight in weights)
    assert (spec.title, spec.y_label, spec.x_label) == ("Distribution of weight", "Number of rows", "Weight")
    assert spec.note == "8 rows without a number are left out."


def test_a_histogram_is_of_the_rows_that_were_asked_for(people: Table) -> None:
    where = [{"column": "city", "is": "=", "value": "Bonn"}]
    spec = drawn(people, "histogram", select=[{"how": "mean", "column": "height"}], where=where)
    assert sum(value or 0 for value in spec.series[0].values) == 200
    assert spec.title == "Distribution of height, Bonn"
    assert "200 rows" in spec.source


def test_how_many_rows_of_each_number_is_a_histogram_too(people: Table) -> None:
    spec = drawn(people, "histogram", by=["children"])
    assert spec.x == ("0", "1", "2", "3", "4", "5", "6")
    assert sum(value or 0 for value in spec.series[0].values) == 400


def test_outliers_are_counted_apart_and_told(tmp_path: Path) -> None:
    rows = [(f"o{at}", 10 + at % 40) for at in range(300)] + [("x", 9_999), ("y", -5_000)]
    spec = drawn(read_table(write(tmp_path / "orders.csv", ["order", "price"], rows)), "histogram", columns=["price"])
    assert (spec.series[0].values[0], spec.series[0].values[-1]) == (1, 1)
    assert "down to -5,000" in spec.note
    assert "up to 9,999" in spec.note


def test_what_cannot_be_drawn_of_rows_is_said(people: Table) -> None:
    assert "city holds no numbers" in reason(people, "histogram", columns=["city"])
    assert "name the two" in reason(people, "scatter", columns=["weight"])
    assert "city holds no numbers" in reason(people, "scatter", columns=["weight", "city"])
    assert "name it" in reason(people, "histogram", select=[{"how": "count"}])
    few = [{"column": "height", "is": ">", "value": 1000}]
    assert "too few" in reason(people, "scatter", columns=["weight", "height"], where=few)
    words = [{"how": "first", "column": "name"}, {"how": "max", "column": "height"}]
    assert "two numbers of each" in reason(people, "scatter", select=words, by=["city"])
    assert "not of groups" in reason(people, "histogram", select=[{"how": "mean", "column": "height"}], by=["city"])
