"""What is written on a chart stands inside the picture, and no two names lie on one another."""

import random
import warnings
from itertools import combinations, cycle
from typing import Any

import pytest

from domain.reports.charts import ChartKind, ChartSpec, Series
from domain.reports.charts.drawing import figure_of

WIDTH, HEIGHT = 1200, 675
ROOM = 4  # pixels by which boxes around letters may touch: they are a little larger than what is seen

LONG = "A name that is quite a bit longer than one would wish for, number {}"
NAMES = {
    "short": lambda at: f"n{at}",
    "long": LONG.format,
    "accents": lambda at: f"Überlänge naïve Ærø {at}",
    "emoji": lambda at: f"🎉 party {at}",
    "money": lambda at: f"${at} and $x_{{2}}$",
    "months": lambda at: f"{2015 + at // 12}-{at % 12 + 1:02}",
    "days": lambda at: f"2024-{at % 12 + 1:02}-{at // 12 % 28 + 1:02}",
    "hours": lambda at: f"{at % 24:02}:00",
}
VALUES = {
    "usual": lambda chance: chance.uniform(10, 900),
    "huge": lambda chance: chance.uniform(-9e13, 9e13),
    "tiny": lambda chance: chance.uniform(0, 4e-7),
    "negative": lambda chance: -chance.uniform(1e5, 9e6),
    "equal": lambda _: 7.0,
    "nothing": lambda _: 0.0,
}


def seen(axis: Any) -> list[Any]:
    """The labels of an axis between its ends: matplotlib keeps others beyond, and does not draw them."""
    low, high = sorted(axis.get_view_interval())
    room = (high - low) * 1e-6
    ticks = zip(axis.get_majorticklocs(), axis.get_ticklabels(), strict=True)
    return [text for place, text in ticks if low - room <= place <= high + room and text.get_text()]


def written(figure: Any) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """All texts that are seen, and those of the axes' places, with where they stand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    [axes] = figure.axes
    ticks = [text for axis in (axes.xaxis, axes.yaxis) for text in seen(axis)] if axes.axison else []
    others = [axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label, *axes.texts, figure._suptitle]
    legend = [text for one in figure.legends for text in one.get_texts()]
    under = [figure._supxlabel] if figure._supxlabel is not None else []
    places = [(text.get_text(), text.get_window_extent(renderer)) for text in ticks]
    rest = [text for text in (*others, *legend, *under) if text is not None and text.get_text()]
    return [*places, *((text.get_text(), text.get_window_extent(renderer)) for text in rest)], places


def spec(kind: ChartKind, names: str, values: str, count: int, series: int) -> ChartSpec:
    chance = random.Random(count * series)
    x: tuple[str | float, ...] = tuple(sorted({NAMES[names](at) for at in range(count)}))
    number = VALUES["usual" if kind is ChartKind.PIE else values]
    rows = tuple(Series(NAMES[names](at), tuple(number(chance) for _ in x)) for at in range(series))
    return ChartSpec(
        kind, LONG.format("of the title") * 2, x, rows, "Name of the axis", "What is measured", "EUR",
        "a file with a long name.csv, 120,000 rows", "The first 30 of 48 are shown; the others are in the last bar.",
    )  # fmt: skip


@pytest.mark.parametrize(("names", "values"), list(zip(NAMES, cycle(VALUES), strict=False)))
@pytest.mark.parametrize(
    ("kind", "count", "series"),
    [
        (ChartKind.BAR, 4, 1),
        (ChartKind.BAR, 31, 1),
        (ChartKind.BAR, 8, 4),
        (ChartKind.LINE, 60, 3),
        (ChartKind.STACKED, 12, 14),
        (ChartKind.PIE, 7, 1),
    ],
)
def test_everything_written_is_inside_and_apart(
    kind: ChartKind, count: int, series: int, names: str, values: str
) -> None:
    figure = figure_of(spec(kind, names, values, count, series))
    everything, places = written(figure)
    for text, box in everything:
        assert box.x0 >= -ROOM, text
        assert box.y0 >= -ROOM, text
        assert box.x1 <= WIDTH + ROOM, text
        assert box.y1 <= HEIGHT + ROOM, text
    if any(text.get_rotation() for text in figure.axes[0].get_xticklabels()):
        return  # the boxes of slanted names overlap where the names do not
    for (one, a), (other, b) in combinations(places, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(across, along) <= ROOM, (one, other)


@pytest.mark.parametrize("letters", ["it fits as it is wr", "WMWMWMW MWMWMW MWM ", "“don't know” in row 1,204 "])
@pytest.mark.parametrize("names", [("Brazil", "Germany"), ("Furniture and whatever else", "Chairs")])
@pytest.mark.parametrize("kind", [ChartKind.BAR, ChartKind.LINE, ChartKind.STACKED])
def test_long_titles_and_notes_end_before_the_legend_and_the_edge(
    kind: ChartKind, names: tuple[str, ...], letters: str
) -> None:
    series = tuple(Series(name, (1.0, 2.0, 4.0)) for name in names)
    figure = figure_of(
        ChartSpec(kind, letters * 6, ("a", "b", "c"), series, note=letters * 20, source=f"{letters * 3}.csv, 5 rows")
    )
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    [legend] = figure.legends
    title, under = figure._suptitle.get_window_extent(renderer), figure._supxlabel.get_window_extent(renderer)
    assert not title.overlaps(legend.get_window_extent(renderer))
    assert under.x1 <= WIDTH
    assert "Source: " in figure._supxlabel.get_text()
