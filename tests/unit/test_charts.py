"""Charts: what they refuse, what they write on their axes, and that every kind can be drawn."""

import json
import pickle
import sys

import pytest

from domain.core.errors import Invalid
from domain.reports.charts import ChartKind, ChartSpec, Series, render_png
from domain.reports.charts.axes import number_text, positions_of
from domain.reports.charts.drawing import figure_of


def spec(kind: ChartKind = ChartKind.LINE, *, count: int = 2, points: int = 4, **parts: object) -> ChartSpec:
    rows = tuple(Series(f"s{n}", tuple(float(n * 10 + at) for at in range(points))) for n in range(count))
    x = tuple(f"w{at}" for at in range(points))
    return ChartSpec(**{"kind": kind, "title": "A title", "x": x, "series": rows, **parts})  # type: ignore[arg-type]


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


ONE_SERIES = (ChartKind.PIE, ChartKind.HISTOGRAM)


@pytest.mark.parametrize("kind", list(ChartKind))
@pytest.mark.parametrize(("series", "points"), [(1, 5), (15, 30)])
def test_every_kind_is_drawn_at_the_size_chats_show(kind: ChartKind, series: int, points: int) -> None:
    count = 1 if kind in ONE_SERIES else series
    assert size(render_png(spec(kind, count=count, points=points))) == (1200, 675)


@pytest.mark.parametrize(
    "awkward",
    [
        spec(title="$x^{2$ and $\\frac{", y_label="$", unit="$", source="$$", x_label="_"),
        spec(title="漢字 🎉\x00", x=("🎉", "漢字", "a\nb", "")),
        spec(count=1, points=2, title="word " * 200),
        spec(ChartKind.BAR, count=1, points=3, x=("x" * 300, "y" * 300, "z z " * 100)),
        spec(ChartKind.STACKED, x=("a",), series=(Series("_hidden", (None,)), Series("", (-3.0,)))),
        spec(ChartKind.LINE, x=(1.0, 2.0), series=(Series("flat", (5.0, 5.0)),)),
        spec(ChartKind.SCATTER, x=(-1e300, 1e300), series=(Series("wide", (1e300, -1e300)),)),
        spec(ChartKind.LINE, x=("2026-01-01", "2026-01-01"), series=(Series("gaps", (None, None)),)),
    ],
    ids=["mathematics", "missing signs", "long title", "long labels", "gaps", "flat", "wide", "one day"],
)
def test_awkward_charts_are_drawn_too(awkward: ChartSpec) -> None:
    assert size(render_png(awkward)) == (1200, 675)


def test_a_difference_in_the_data_is_a_difference_in_the_picture() -> None:
    assert render_png(spec(points=4)) == render_png(spec(points=4))
    assert render_png(spec(points=4)) != render_png(spec(points=5))


def test_a_spec_survives_json_and_another_process() -> None:
    original = spec(ChartKind.BAR, unit="%", source="sales.csv")
    assert ChartSpec.from_json(json.loads(json.dumps(original.as_json()))) == original
    older = {name: part for name, part in original.as_json().items() if name not in ("note", "edges")}
    assert ChartSpec.from_json(older) == original
    assert pickle.loads(pickle.dumps(original)) == original
    assert pickle.loads(pickle.dumps(render_png)) is render_png


def test_values_that_are_no_numbers_are_gaps() -> None:
    data = {
        "kind": "bar",
        "title": "t",
        "x": ["a", "b", 3],
        "series": [{"name": "s", "values": [1, None, float("nan")]}],
    }
    assert ChartSpec.from_json(data).series == (Series("s", (1.0, None, None)),)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "radar", "title": "t", "x": ["a"], "series": [{"name": "s", "values": [1]}]},
        {"kind": "pie", "title": "t", "x": ["a", "b"], "series": [{"name": "s", "values": [1, -2]}]},
        {"kind": "histogram", "title": "t", "x": ["a"], "edges": [2, 1], "series": [{"name": "s", "values": [1]}]},
        {"kind": "bar", "title": "t", "x": [], "series": []},
        {"kind": "bar", "title": "t", "x": ["a"], "series": [{"name": "s", "values": [1, 2]}]},
        {"kind": "bar", "title": "t", "x": ["a"], "series": [{"name": "s", "values": ["many"]}]},
        {"kind": "bar", "title": "t", "x": ["a"] * 6_000, "series": [{"name": "s", "values": [1] * 6_000}]},
    ],
    ids=["nothing", "unknown kind", "negative part", "falling edges", "empty", "uneven", "words", "too many"],
)
def test_what_cannot_be_drawn_is_explained(data: dict[str, object]) -> None:
    with pytest.raises(Invalid) as caught:
        ChartSpec.from_json(data)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.25, "0.25"), (-1204, "-1,204"), (9_999_999, "9,999,999"), (12_500_000, "12.5 M"),
     (3_200_000_000, "3.2 B"), (1_204.5, "1,204.5"), (1e13, "10 T")],
)  # fmt: skip
def test_numbers_are_written_for_reading(value: float, text: str) -> None:
    assert number_text(value) == text


def test_dates_stand_at_their_distance_and_show_the_year_where_it_begins() -> None:
    axis = positions_of(("2025-12-01", "2025-12-31", "2026-01-01"), continuous=True)
    assert axis.labels == ("1 Dec\n2025", "31 Dec", "1 Jan\n2026")
    assert (axis.at[1] - axis.at[0], axis.at[2] - axis.at[1]) == (30, 1)


def test_many_places_get_few_labels() -> None:
    assert len(positions_of([f"place {n}" for n in range(500)], continuous=False).ticks) <= 13


def test_bars_whose_names_would_not_fit_below_them_are_laid_down() -> None:
    names = [f"Customer care team number {at}" for at in range(9)]
    assert positions_of(names, continuous=False, bars=True).lying
    assert not positions_of(["North", "South"], continuous=False, bars=True).lying
    assert not positions_of([f"2026-{month:02}" for month in range(1, 13)], continuous=False, bars=True).lying


def test_years_quarters_and_hours_are_places_in_time() -> None:
    years = positions_of(("2011", "2013", "2014"), continuous=True)
    assert (years.labels, years.at[1] - years.at[0]) == (("2011", "2013", "2014"), 731)
    assert positions_of(("2025-Q4", "2026-Q1"), continuous=True).labels == ("Q4\n2025", "Q1\n2026")
    assert positions_of(("2026-03-09T05:00", "2026-03-09T06:00"), continuous=True).labels[1] == "06:00"


def test_long_labels_are_wrapped_while_they_are_few_and_slanted_when_they_are_many() -> None:
    few = positions_of([f"Customer care team {name}" for name in "ABCDEF"], continuous=False)
    many = positions_of([f"Customer care team {name}" for name in "ABCDEFGHIJKL"], continuous=False)
    assert (few.slanted, many.slanted) == (False, True)
    assert len(set(few.labels)) == 6
    assert len(set(many.labels)) == 12


def test_numbers_on_a_continuous_axis_are_a_scale() -> None:
    assert positions_of((3.5, 1, 2), continuous=True).numeric is True
    assert positions_of((3.5, 1, 2), continuous=False).labels == ("3.5", "1", "2")


@pytest.mark.parametrize(("name", "said"), [("漢字", True), ("שלום", True), ("naïve Ærø 🎉", False)])
def test_letters_that_cannot_be_drawn_are_said(name: str, said: bool) -> None:
    under = figure_of(spec(x=("a", "b", "c", name), source="sales.csv"))._supxlabel.get_text()
    assert ("letters that cannot be drawn" in under) is said


def test_drawing_never_touches_the_global_state_of_pyplot() -> None:
    render_png(spec())
    assert "matplotlib.pyplot" not in sys.modules
