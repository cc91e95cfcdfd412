"""The chart of a table's main number, where nothing was asked for: nothing of it is left out without a word."""

from pathlib import Path

import pytest

from domain.core.errors import Invalid
from domain.reports.charts import NO_PICTURE, ChartKind, ChartSpec
from domain.reports.charts.choose import choose_chart
from domain.reports.reading import read_table
from tests.unit.reports.tables import Row, write


def chosen(folder: Path, header: list[str], rows: list[Row], **asked: object) -> ChartSpec:
    return choose_chart(read_table(write(folder / "table.csv", header, rows)), **asked)  # type: ignore[arg-type]


def test_rows_that_each_have_a_name_are_a_bar_each(tmp_path: Path) -> None:
    spec = chosen(tmp_path, ["house", "price"], [("a", 200), ("b", 900), ("c", 400)])
    assert (spec.kind, spec.title, spec.x) == (ChartKind.BAR, "Price by house", ("b", "c", "a"))


def test_a_group_without_a_name_is_drawn_too(tmp_path: Path) -> None:
    rows: list[Row] = [(("North", "", "South")[at % 3], 10 + at) for at in range(30)]
    spec = chosen(tmp_path, ["region", "sales"], rows, by=("region",))
    assert set(spec.x) == {"North", "(none)", "South"}
    assert sum(value or 0 for value in spec.series[0].values) == sum(10 + at for at in range(30))


def test_groups_that_have_no_place_are_said(tmp_path: Path) -> None:
    rows: list[Row] = [(f"town {at % 20}", 10 + at) for at in range(200)]
    spec = chosen(tmp_path, ["town", "sales"], rows, by=("town",))
    assert len(spec.x) == 15
    assert spec.note == "The 15 largest of 20 are shown."


def test_percentages_stand_in_per_cent(tmp_path: Path) -> None:
    rows: list[Row] = [
        (f"2024-{month:02}", 400 + 7 * month, 40 + month, f"{(40 + month) / (400 + 7 * month):.2%}")
        for month in range(1, 13)
    ]
    spec = chosen(tmp_path, ["month", "leads", "sales", "close rate"], rows, metric="close rate")
    assert spec.unit == "%"
    assert spec.series[0].values[0] == pytest.approx(100 * 41 / 407)


def test_counts_are_added_up_and_years_are_no_thousands(tmp_path: Path) -> None:
    rows: list[Row] = [(year, sex, 100 + year % 7) for year in range(2001, 2013) for sex in ("f", "m")]
    spec = chosen(tmp_path, ["year", "sex", "Freq"], rows)
    assert spec.x[0] == "2001"
    assert spec.title == "Freq by year and sex"


def test_decades_of_days_are_drawn_by_the_year(tmp_path: Path) -> None:
    rows: list[Row] = [(f"{1950 + at // 15}-{at % 12 + 1:02}-{at % 28 + 1:02}", at % 90) for at in range(900)]
    assert "by year" in chosen(tmp_path, ["day", "visits"], rows).title


@pytest.mark.parametrize(
    ("header", "rows", "kind"),
    [
        (["carrier", "name"], [("9E", "Endeavor"), ("AA", "American"), ("B6", "JetBlue")], None),
        (["house", "price"], [("a", 200), ("b", 900), ("c", 400)], "pie"),
    ],
)
def test_no_picture_has_its_reason(tmp_path: Path, header: list[str], rows: list[Row], kind: str | None) -> None:
    with pytest.raises(Invalid) as caught:
        chosen(tmp_path, header, rows, kind=kind)
    assert caught.value.reason == NO_PICTURE
