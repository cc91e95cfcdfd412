"""A trend stated: the slope of a straight line, and where it began and led."""

from domain.reports.facts import wording
from domain.reports.facts.fact import Fact, Period, Segment
from domain.reports.facts.frame import Frame
from domain.reports.facts.measure import Line, line
from domain.reports.facts.state import fact_of, in_percent, named, unit_of
from domain.reports.facts.steps import Step, last_of, shown


def state_trend(frame: Frame, metric: str, segment: Segment, score: float, step: Step) -> Fact | None:
    """The slope of a straight line by the mean, for each year, quarter, month, week or day; and where it leads."""
    found = line(frame, metric, frame.mask(segment), step)
    if found is None or abs(found.slope) < _NOTHING:
        return None
    verb = "grows" if found.slope > 0 else "falls"
    size = wording.percent(abs(found.slope))
    text = (
        f"{named(frame, metric)}{wording.segment(segment)} {verb} by {size} of its average a {step}"
        f"{_ends(frame, metric, segment, found, step)}."
    )
    return fact_of(
        frame, "trend", metric, segment, None, found.slope, f"ratio/{step}", score, frame.mask(segment), text
    )


def _ends(frame: Frame, metric: str, segment: Segment, line: Line, step: Step) -> str:
    """Where a course began and where it led, where its ends are like it."""
    if line.rise == 0 or not 1 / _LIKE_IT <= (line.last - line.first) / line.rise <= _LIKE_IT:
        return ""
    unit = unit_of(frame, metric, segment)
    ends = [
        f"{wording.percent(number) if in_percent(frame, metric) else wording.number(number, unit)} "
        f"{wording.period(Period(*[shown(last_of(at, step), _WRITTEN.get(step, step))] * 2))}"
        for number, at in ((line.first, line.begins), (line.last, line.ends))
    ]
    return f": from {ends[0]} to {ends[1]}"


_LIKE_IT = 1.7
"""By which factor the step from the first number to the last may differ from the rise of the line."""

_WRITTEN: dict[Step, Step] = {"week": "day"}


_NOTHING = 0.00005
"""A slope that would be shown as 0.00 % says nothing."""
