"""Charts as pictures: from a plain description to a PNG that reads well in a chat."""

from typing import TYPE_CHECKING

from domain.reports.charts.refusals import NO_PICTURE
from domain.reports.charts.spec import ChartKind, ChartSpec, Series

if TYPE_CHECKING:
    from domain.reports.querying.query import ChartWish
    from domain.reports.querying.result import Result
    from domain.reports.reading import Table

__all__ = ["NO_PICTURE", "ChartKind", "ChartSpec", "Series", "of_result", "render_png"]


def of_result(result: "Result", kind: "ChartWish | None", table: "Table") -> ChartSpec:
    """What to draw of a query's result, over the rows, in the order and in the units that it has. CPU-bound.

    ``table`` is the one that was asked: a scatter and a histogram show its rows. Without a ``kind`` it is the one
    that shows the result best.

    Raises:
        Invalid: code NO_PICTURE. The result cannot be drawn as that kind, and the remedy names the nearest one; or no
            kind was asked for and a picture would say nothing, as of a single number.
    """
    from domain.reports.charts.picture import picture_of  # on first use, in the computing process

    return picture_of(result, kind, table)


def render_png(spec: ChartSpec) -> bytes:
    """The chart as a PNG of 1200 by 675 pixels. CPU-bound, for another process: it and its spec are picklable.

    Beyond twelve series the smallest are shown as “other”: added up in bars, in grey in lines and points.
    """
    from domain.reports.charts.drawing import draw  # loaded on first use: matplotlib takes tens of megabytes

    return draw(spec)
