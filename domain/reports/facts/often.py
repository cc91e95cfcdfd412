"""How often a sparse column is more than nothing, and how much it is then, stated."""

from domain.reports.facts import wording
from domain.reports.facts.fact import Fact, Segment
from domain.reports.facts.frame import Frame
from domain.reports.facts.measure import ROWS
from domain.reports.facts.sizes import Size
from domain.reports.facts.sparse import Often
from domain.reports.facts.state import fact_of, unit_of


def state_often(frame: Frame, metric: str, often: Often, segment: Segment, score: float) -> Fact | None:
    """An anomaly where it is over, with the share as its value; else a change, in points."""
    window = (often.first, often.last)
    period, inside = frame.period(*window), frame.mask(segment) & frame.within(*window)
    about, of = wording.segment(segment), "rows" if often.of == ROWS else often.of
    is_part = f"{{}} above zero in {{}} of {of}" if often.of == ROWS else f"{{}} {{}} of {of}"
    share, usual = wording.percent(often.share), wording.percent(often.usual)
    if often.since is None:
        points = (often.share - often.usual) * 100
        text = (
            f"{metric}{about} {is_part.format('has been', share)} {wording.since(period)}, "
            f"{wording.number(abs(round(points, 2)))} points {'more' if points > 0 else 'less'} than the {usual} that "
            "was usual before."
        )
        before = frame.period(0, often.first - 1)
        return fact_of(frame, "change", metric, segment, window, points, "pp", score, inside, text, before)
    text = (
        f"{metric}{about} {is_part.format('was', share)} {wording.period(period)}, where {usual} was usual; "
        f"it is over: {wording.percent(often.since)} since then."
    )
    return fact_of(frame, "anomaly", metric, segment, window, often.share, "ratio", score, inside, text)


def state_size(frame: Frame, metric: str, size: Size, score: float) -> Fact | None:
    """A change of the mean of what is above zero, by that of before."""
    window, segment = (size.first, len(frame.starts) - 1), size.segment
    period, before = frame.period(*window), frame.period(0, size.first - 1)
    unit, change = unit_of(frame, metric, segment), size.now / size.usual - 1
    text = (
        f"{metric}{wording.segment(segment)} has been {wording.percent(abs(change))} "
        f"{'higher' if change > 0 else 'lower'} {wording.since(period)} where it is above zero: "
        f"{wording.number(size.now, unit)} on average, where {wording.number(size.usual, unit)} was usual before."
    )
    above = frame.mask(segment) & (frame.place >= 0) & (frame.numbers[metric] > 0)
    return fact_of(frame, "change", metric, segment, window, change, "ratio", score, above, text, before)
