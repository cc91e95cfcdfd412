"""A chart of a query's result: its values are those of the result, and where there is none the reason is said."""

import json
from dataclasses import replace

import pytest

from domain.core.errors import Invalid
from domain.reports.charts import NO_PICTURE, ChartKind, ChartSpec, of_result, render_png
from domain.reports.querying.query import ChartWish, Condition, How, Is, Select
from domain.reports.querying.result import Heading, Result
from tests.unit.reports.charts.results import MEAN, SUM, TABLE, result

MONTHS = [(f"2015-{month:02}", 10.0 + month) for month in range(1, 13)]
REGIONS = [("West", 40.0), ("East", 30.0), (None, 20.0), ("South", 10.0)]


def drawn(of: Result, kind: ChartWish | None = None) -> ChartSpec:
    spec = of_result(of, kind, TABLE)
    assert render_png(spec).startswith(b"\x89PNG")
    assert ChartSpec.from_json(json.loads(json.dumps(spec.as_json()))) == spec
    return spec


def reason(of: Result, kind: ChartWish | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        of_result(of, kind, TABLE)
    assert caught.value.reason == NO_PICTURE
    return str(caught.value)


def test_groups_are_bars_in_the_order_of_the_result() -> None:
    spec = drawn(result(["Region"], REGIONS, unit="USD"))
    assert spec.kind is ChartKind.BAR
    assert spec.x == ("West", "East", "(none)", "South")
    assert spec.series[0].values == (40.0, 30.0, 20.0, 10.0)
    assert (spec.title, spec.y_label, spec.unit, spec.x_label) == ("Sales by Region", "Sales", "USD", "Region")
    assert spec.source == "sales.csv, 120 rows"


def test_steps_of_time_are_a_line_in_the_order_of_time() -> None:
    spec = drawn(result(["month"], MONTHS[::-1], MEAN))
    assert spec.kind is ChartKind.LINE
    assert spec.x == tuple(month for month, _ in MONTHS)
    assert spec.series[0].values == tuple(value for _, value in MONTHS)
    assert spec.title == "Average leads by month"


def test_a_line_breaks_where_a_month_has_no_rows() -> None:
    spec = drawn(result(["month"], [("2015-11", 1.0), ("2015-12", 2.0), ("2016-03", 3.0)]))
    assert spec.x == ("2015-11", "2015-12", "2016-01", "2016-02", "2016-03")
    assert spec.series[0].values == (1.0, 2.0, None, None, 3.0)


def test_quarters_and_years_without_rows_are_gaps_too() -> None:
    quarters = drawn(result(["quarter"], [("2015-Q1", 1.0), ("2015-Q2", 2.0), ("2015-Q4", 3.0)]))
    assert (quarters.x[2], quarters.series[0].values[2]) == ("2015-Q3", None)
    years = drawn(result(["year"], [(2012, 1.0), (2013, 2.0), (2015, 3.0)]))
    assert years.x == ("2012", "2013", "2014", "2015")


def test_months_sorted_by_size_stay_so() -> None:
    rows = [("2015-05", 9.0), ("2015-01", 7.0), ("2015-03", 2.0)]
    spec = drawn(result(["month"], rows, order=[{"by": "sum of Sales", "descending": True}], limit=3))
    assert (spec.kind, spec.x) == (ChartKind.BAR, ("2015-05", "2015-01", "2015-03"))
    assert spec.title == "Sales by month, top 3"


def test_weekdays_and_months_without_a_year_stand_in_their_own_order() -> None:
    days = drawn(result(["weekday"], [("Friday", 1.0), ("Monday", 2.0), ("Wednesday", 3.0)]))
    assert (days.kind, days.x) == (ChartKind.BAR, ("Monday", "Wednesday", "Friday"))
    months = drawn(result(["Monat"], [("Dez", 1.0), ("Jan", 2.0), ("Mrz", 3.0), (None, 4.0)]))
    assert months.x == ("Jan", "Mrz", "Dez", "(none)")


def test_two_groups_are_lines_along_time_and_bars_beside_one_another() -> None:
    rows = [(month, region, value) for month, value in MONTHS[:3] for region in ("West", "East")]
    lines = drawn(result(["month", "Region"], rows))
    assert (lines.kind, [one.name for one in lines.series]) == (ChartKind.LINE, ["West", "East"])
    assert lines.title == "Sales by month and Region"
    bars = drawn(result(["Region", "Category"], [("West", "A", 1.0), ("West", "B", 2.0), ("East", "A", 3.0)]))
    assert bars.kind is ChartKind.BAR
    assert {one.name: one.values for one in bars.series} == {"A": (1.0, 3.0), "B": (2.0, None)}


def test_two_periods_are_bars_beside_one_another() -> None:
    rows = [("2013", "West", 1.0), ("2014", "West", 2.0), ("2013", "East", 3.0), ("2014", "East", 5.0)]
    of = result(["period", "Region"], rows)
    query = of.query.model_copy(update={"by": ("Region",), "period": ("2013", "2013"), "compare_to": ("2014", "2014")})
    spec = drawn(Result(query, of.headings, of.rows, 4, 120, "", ()))
    assert (spec.kind, spec.x) == (ChartKind.BAR, ("West", "East"))
    assert {one.name: one.values for one in spec.series} == {"2013": (1.0, 3.0), "2014": (2.0, 5.0)}
    assert spec.title == "Sales by Region, 2013 and 2014"


def test_two_periods_in_columns_are_called_by_their_periods_without_their_difference() -> None:
    of = result(["Region"], [("West", 10.0, 12.0, 2.0, 0.2), ("East", 30.0, 20.0, -10.0, -1 / 3)])
    columns = [("sum of Sales 2013", 0), ("sum of Sales 2014", 0), ("difference", 1), ("change", 1)]
    headings = [of.headings[0], *(Heading(name, "number", percent=name == "change", select=at) for name, at in columns)]
    query = of.query.model_copy(update={"period": ("2013", "2013"), "compare_to": ("2014", "2014")})
    spec = drawn(Result(query, tuple(headings), of.rows, 2, 120, "", ()))
    assert {one.name: one.values for one in spec.series} == {"2013": (10.0, 30.0), "2014": (12.0, 20.0)}
    assert (spec.title, spec.note) == ("Sales by Region, 2013 and 2014", "")


def test_shares_and_percentages_are_drawn_in_per_cent() -> None:
    share = Select(how=How.SHARE, column="Sales")
    spec = drawn(result(["Region"], [("West", 0.5), ("East", 0.3), ("South", 0.2)], share))
    assert spec.series[0].values == (50.0, 30.0, 20.0)
    assert (spec.unit, spec.title) == ("%", "Share of Sales by Region")
    rate = drawn(result(["Region"], [("West", 0.125), ("East", 0.3), ("South", 0.2)], MEAN, percent=True))
    assert (rate.series[0].values[0], rate.unit) == (12.5, "%")


def test_what_was_asked_for_stands_in_the_title() -> None:
    where = (
        Condition.model_validate({"column": "Region", "is": "=", "value": "West"}),
        Condition.model_validate({"column": "Quantity", "is": ">=", "value": 5}),
        Condition(column="Price", is_=Is.FILLED),
    )
    spec = drawn(result(["Category"], REGIONS, where=where, period=("2015-01", "2015-03")))
    assert spec.title == "Sales by Category, West, Quantity from 5, with Price, January to March 2015"


def test_beyond_thirty_bars_the_others_are_added_up_and_it_is_said() -> None:
    rows = [(f"State {at}", 100.0 - at) for at in range(48)]
    spec = drawn(result(["State"], rows))
    assert len(spec.x) == 31
    assert spec.x[-1] == "other 18"
    assert spec.series[0].values[-1] == sum(value for _, value in rows[30:])
    assert "30 of 48" in spec.note


def test_averages_beyond_thirty_are_never_added_up() -> None:
    spec = drawn(result(["State"], [(f"State {at}", 1.0 * at) for at in range(48)], MEAN))
    assert len(spec.x) == 30
    assert spec.note == "The first 30 of 48 are shown."


def test_what_the_answer_leaves_out_is_said_in_the_picture_too() -> None:
    of = replace(result(["Region"], REGIONS), notes=("Sales: 5 cells are no numbers and not counted.",))
    assert drawn(of).note == "Sales: 5 cells are no numbers and not counted."


def test_a_pie_is_drawn_of_parts_that_add_up() -> None:
    spec = drawn(result(["Region"], [*REGIONS, ("North", 0.0)]), "pie")
    assert (spec.kind, spec.x) == (ChartKind.PIE, ("West", "East", "(none)", "South"))
    assert "North" in spec.note


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (result(["Region"], [("West", 1.0), ("East", -1.0), ("South", 5.0)]), "below zero"),
        (result(["Region"], REGIONS, MEAN), "Average leads does not add up"),
        (result(["Region"], [(f"R{at}", 1.0) for at in range(8)]), "8 parts"),
        (result(["Region"], REGIONS, count=17), "first few of many"),
        (result(["Region"], REGIONS, limit=4), "first few of many"),
        (result(["Region"], [("West", 1.0)]), "two parts"),
        (result(["Region"], [("W", 0.3), ("E", 0.2)], Select(how=How.SHARE, column="Sales")), "add up to 50 %"),
        (result(["Region", "Kind"], [("W", "a", 3.0), ("E", "b", 2.0)]), "here are several"),
    ],
    ids=["negative", "averages", "eight", "cut", "limit", "one", "shares", "two groups"],
)
def test_a_pie_that_would_mislead_is_refused_and_another_kind_offered(of: Result, why: str) -> None:
    assert why in reason(of, "pie")
    assert "chart instead" in reason(of, "pie")


def test_a_line_needs_an_order_and_a_stack_a_second_group() -> None:
    assert "no order" in reason(result(["Region"], REGIONS), "line")
    assert drawn(result(["Age"], [(30, 2.0), (10, 1.0), (20, 5.0)]), "line").x == (10.0, 20.0, 30.0)
    assert "second group" in reason(result(["Region"], REGIONS), "stacked")
    rows = [(month, kind, 1.0) for month in ("2015-01", "2015-02") for kind in "ab"]
    assert "does not add up" in reason(result(["month", "Kind"], rows, MEAN), "stacked")
    assert drawn(result(["month", "Kind"], rows), "stacked").kind is ChartKind.STACKED


def test_where_a_picture_would_say_nothing_there_is_none() -> None:
    assert "few numbers" in reason(result(["Region"], REGIONS[:2]))
    assert "is 7 USD everywhere" in reason(result(["Region"], [("West", 7.0), ("East", 7.0), ("Ulm", 7.0)], unit="USD"))
    assert "One number" in reason(result([], [(5.0,)]))
    assert "One number" in reason(result([], [(5.0,)]), "bar")
    assert "list of rows" in reason(result([], [("a", 1.0), ("b", 2.0)], Select(how=How.ROWS)))
    assert "3 groups" in reason(result(["a", "b", "c"], [("x", "y", "z", 1.0)] * 4))


def test_measures_of_one_unit_share_an_axis_and_others_are_named() -> None:
    profit = Select(how=How.SUM, column="Profit")
    both = drawn(result(["Region"], [("W", 40.0, 4.0), ("E", 30.0, -2.0), ("S", 9.0, 1.0)], SUM, profit))
    assert [one.name for one in both.series] == ["Sales", "Profit"]
    assert (both.title, both.y_label) == ("Sales and Profit by Region", "Sales and Profit")
    headings = [Heading("Region", "text"), Heading("a", "number", "USD", select=0), Heading("b", "number", select=1)]
    of = result(["Region"], [("W", 40.0, 4.0), ("E", 30.0, -2.0), ("S", 9.0, 1.0)], SUM, profit)
    spec = drawn(replace(of, headings=tuple(headings)))
    assert ([one.name for one in spec.series], spec.unit) == (["Sales", "Profit"], "")
    rows = Select(how=How.COUNT)
    apart = drawn(result(["Region"], [("W", 4e6, 4), ("E", 3e6, 5), ("S", 9e5, 6)], SUM, rows))
    assert [one.name for one in apart.series] == ["Sales"]
    assert apart.note == "Not drawn: number of rows."


@pytest.mark.parametrize("value", [0.0, 1.0, -5.0, 1e14, 1e-9])
def test_equal_values_of_any_size_are_drawn(value: float) -> None:
    for kind in ("bar", "line"):
        spec = drawn(result(["month"], [(f"2015-{month:02}", value) for month in range(1, 6)]), kind)
        assert set(spec.series[0].values) == {value}
