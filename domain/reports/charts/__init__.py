"""Charts as pictures: from a plain description to a PNG that reads well in a chat."""

from domain.reports.charts.spec import ChartKind, ChartSpec, Series

__all__ = ["ChartKind", "ChartSpec", "Series", "render_png"]


def render_png(spec: ChartSpec) -> bytes:
    """The chart as a PNG of 1200 by 675 pixels. CPU-bound, for another process: it and its spec are picklable.

    Beyond twelve series the smallest are shown as “other”: added up in bars, in grey in lines and points.
    """
    from domain.reports.charts.drawing import draw  # loaded on first use: matplotlib takes tens of megabytes

    return draw(spec)
