"""The change of a number from one period to another: the difference, what it is of the earlier number, and in words."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domain.reports.facts.fact import Fact, ranges
from domain.reports.querying import spans
from domain.reports.querying.asked import Asked
from domain.reports.querying.grouping import Label
from domain.reports.querying.measures import Measure, Number
from domain.reports.querying.saying import SCORE, About, percent, said, what_of, without_unread, worded
from domain.reports.reading import Cell

State = Callable[[Measure, Number, About, Sequence[int]], Fact]


@dataclass(frozen=True, slots=True)
class Pair:
    """The numbers of one group in both periods, with the places of their rows."""

    labels: tuple[Label, ...]
    before: list[Number]
    now: list[Number]
    rows_before: list[int]
    rows_now: list[int]


@dataclass(frozen=True, slots=True)
class View:
    """How pairs of numbers are said."""

    question: Asked
    about: About
    first: spans.Reach
    second: spans.Reach
    state: State

    def cells(self, pair: Pair) -> list[Cell]:
        out: list[Cell] = []
        for at, measure in enumerate(self.question.measures):
            out += four_of(measure, pair, at)
        return out

    def shown(self, pair: Pair) -> list[str]:
        out: list[str] = []
        for at, measure in enumerate(self.question.measures):
            ratio = ratio_of(measure, pair, at)
            difference = difference_of(measure, pair, at)
            out += [said(measure, pair.before[at].value, pair.before[at].unit),
                    said(measure, pair.now[at].value, pair.now[at].unit),
                    "" if difference is None else _signed(self.size(measure, pair, at), difference),
                    "" if ratio is None else _signed(percent(abs(ratio)), ratio)]  # fmt: skip
        return out

    def size(self, measure: Measure, pair: Pair, at: int) -> str:
        """A difference without its sign, with its unit."""
        difference = abs(difference_of(measure, pair, at) or 0)
        if measure.percent:
            return f"{round(difference, 2):,g} points"
        return said(measure, difference, pair.now[at].unit or pair.before[at].unit)

    def facts(self, pair: Pair) -> list[Fact]:
        """Four for each selection: earlier, later, difference, change."""
        out: list[Fact] = []
        for at, measure in enumerate(self.question.measures):
            for reach, numbers, rows in (
                (self.first, pair.before, pair.rows_before), (self.second, pair.now, pair.rows_now),
            ):  # fmt: skip
                out.append(self.state(measure, numbers[at], self.of(pair, reach), rows))
            out += self.changes(measure, pair, at)
        return out

    def of(self, pair: Pair, reach: spans.Reach) -> About:
        here = self.about.of(self.question.keys, pair.labels)
        return replace(here, period=reach.period)

    def changes(self, measure: Measure, pair: Pair, at: int) -> list[Fact]:
        numbers = self.question.source.row_numbers
        rows = numbers[[*pair.rows_before, *pair.rows_now]].tolist()
        about = replace(self.about.of(self.question.keys, pair.labels), period=self.second.period)
        difference, ratio = difference_of(measure, pair, at), ratio_of(measure, pair, at)
        text = self.went(measure, pair, at)
        if difference is None:
            return [worded(measure, Number(None, 0), about, rows, text)] * 2
        unit = "pp" if measure.percent else pair.now[at].unit or measure.unit
        metric = measure.select.column or "rows"
        found = Fact("change", metric, about.segment, self.second.period, difference, unit, SCORE, ranges(rows),
                     f"{text}.", self.first.period)  # fmt: skip
        if ratio is None:
            return [found, worded(measure, Number(None, 0), about, rows, text)]
        return [found, replace(found, value=ratio, unit="ratio")]

    def went(self, measure: Measure, pair: Pair, at: int) -> str:
        """“Total Sales rose from 470,533 in 2013 to 484,247 in 2014: 13,715 more (+2.9 %)”, without its full stop."""
        what, about = what_of(measure), self.about.of(self.question.keys, pair.labels).text
        difference = difference_of(measure, pair, at)
        verb = "was" if not difference else "rose" if difference > 0 else "fell"
        return f"{what[:1].upper()}{what[1:]}{about} {verb} {self.way(measure, pair, at)}"

    def way(self, measure: Measure, pair: Pair, at: int) -> str:
        """What stands behind “rose”, “fell” or “was”."""
        begin, end = spans.told(self.first.period), spans.told(self.second.period)
        before, now = pair.before[at], pair.now[at]
        unit = before.unit or now.unit
        ways = said(measure, before.value, unit), said(measure, now.value, unit)
        difference, ratio = difference_of(measure, pair, at), ratio_of(measure, pair, at)
        without = without_unread(before.unread + now.unread)
        if difference is None:
            return f"{ways[0]} {begin} and {ways[1]} {end}{without}"
        if difference == 0:
            return f"{ways[0]} {begin} as well as {end}{without}"
        by = f" ({_signed(percent(abs(ratio)), ratio)})" if ratio is not None else ""
        more = "more" if difference > 0 else "less"
        return f"from {ways[0]} {begin} to {ways[1]} {end}: {self.size(measure, pair, at)} {more}{by}{without}"


def four_of(measure: Measure, pair: Pair, at: int) -> list[Cell]:
    """Earlier, later, difference, change."""
    found = difference_of(measure, pair, at), ratio_of(measure, pair, at)
    return [pair.before[at].value, pair.now[at].value, *found]


def difference_of(measure: Measure, pair: Pair, at: int) -> float | int | None:
    """Later less earlier; of percentages in points."""
    before, now = pair.before[at].value, pair.now[at].value
    if not isinstance(before, int | float) or not isinstance(now, int | float):
        return None
    found = now - before if isinstance(before, int) and isinstance(now, int) else math.fsum((now, -before))
    return found * 100 if measure.percent else found


def ratio_of(measure: Measure, pair: Pair, at: int) -> float | None:
    """The difference by the earlier number, where that is above zero; none of percentages, whose points are told."""
    before, now = pair.before[at].value, pair.now[at].value
    if measure.percent or not isinstance(before, int | float) or not isinstance(now, int | float) or before <= 0:
        return None
    return now / before - 1


def _signed(text: str, by: float) -> str:
    return f"{'+' if by > 0 else '-' if by < 0 else ''}{text}"
