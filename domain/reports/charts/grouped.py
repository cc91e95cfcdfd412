"""A result that groups, laid out for a picture: places on the axis, and one row of values for each series."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from domain.reports.charts.axes import are_years, number_text
from domain.reports.charts.order import places_in_order
from domain.reports.charts.spec import Series
from domain.reports.charts.words import group_word, measure
from domain.reports.querying.query import STEPS, How, Select
from domain.reports.querying.result import Result
from domain.reports.reading import Cell

__all__ = ["NONE", "Grouped", "grouped", "label"]

NONE = "(none)"
"""The group of the rows without a value."""
_ADDITIVE = frozenset({How.SUM, How.COUNT, How.MISSING, How.SHARE})
_RETURNING = frozenset({"weekday", "hour"})
_MOST_BESIDE = 6
"""Series that are told apart with ease."""
_MOST_TIMES = 30
"""How many times as large as another measure one may be for both to be seen on one axis."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """``x`` are the places, ``series`` as many values each; percentages stand as percentages.

    ``over`` names what lies on the axis, ``split`` what tells the series apart, empty where nothing does. ``follows``:
    the places follow one another in time; ``ordered``: they have an order of their own, as weekdays have. ``adds``:
    the values add up over places and series. ``whole``: the result was not cut. ``left_out`` says in a sentence each
    what of the result has no place in the picture.
    """

    x: tuple[str | float, ...]
    series: tuple[Series, ...]
    over: str
    split: str
    what: str
    unit: str
    follows: bool
    ordered: bool
    adds: bool
    whole: bool
    left_out: tuple[str, ...] = ()

    def in_order(self) -> "Grouped":
        """With the places in the order they have of themselves, if they have one."""
        if self.follows:
            return self.at(sorted(range(len(self.x)), key=lambda at: str(self.x[at])))
        numbers = [place for place in self.x if not isinstance(place, str)]
        if len(numbers) == len(self.x):
            return self.at(sorted(range(len(numbers)), key=lambda at: numbers[at]))
        return self.at(places_in_order([str(place) for place in self.x]) or range(len(self.x)))

    def at(self, places: Sequence[int]) -> "Grouped":
        """With those places alone, in that order."""
        return replace(
            self,
            x=tuple(self.x[at] for at in places),
            series=tuple(Series(one.name, tuple(one.values[at] for at in places)) for one in self.series),
        )

    def values(self) -> list[float]:
        return [value for one in self.series for value in one.values if value is not None]


def label(cell: Cell) -> str:
    """A group as it is written beside its bar."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return number_text(cell)
    return " ".join(str("" if cell is None else cell).split()) or NONE


def grouped(result: Result) -> Grouped | None:
    """The layout of a result of one or two groups; None where it has none, more than two, or no number."""
    groups = _finest(result, [at for at, heading in enumerate(result.headings) if heading.select is None])
    measures = [at for at in range(len(result.headings)) if _selected(result, at)]
    asked = [at for at in measures if not result.query.select or _select(result, at) is not None]
    numbers = [at for at in asked if any(_finite(row[at]) is not None for row in result.rows)]
    if not numbers or not 1 <= len(groups) <= 2:
        return None
    if len(groups) == 2:
        over, split = _roles(result, groups)
        return _placed(_laid_out(result, over, split, numbers[:1], numbers))
    alike = [at for at in numbers if _alike(result, at, numbers[0])]
    return _placed(_laid_out(result, groups[0], None, alike, numbers))


def _placed(layout: Grouped) -> Grouped | None:
    """None where no group has a place in time."""
    return layout if layout.x and layout.values() else None


def _selected(result: Result, at: int) -> bool:
    """Whether a column shows a selection; what is computed of such columns, as a difference, is not drawn."""
    place = result.headings[at].select
    return place is not None and place < max(1, len(result.query.select))


def _laid_out(result: Result, over: int, split: int | None, drawn: list[int], numbers: list[int]) -> Grouped:
    step = _step(result, over)
    follows = result.headings[over].kind == "date" or step not in ("", *_RETURNING)
    dated = [row for row in result.rows if not follows or label(row[over]) != NONE]
    places = list(dict.fromkeys(row[over] for row in dated))
    index = {place: at for at, place in enumerate(places)}
    rows: dict[str, list[float | None]] = {}
    for row in dated:
        for column in drawn:
            name = _measured(result, column, drawn) if split is None else label(row[split])
            scale = 100.0 if _in_percent(result, column) else 1.0
            value = _finite(row[column])
            rows.setdefault(name, [None] * len(places))[index[row[over]]] = None if value is None else value * scale
    x = _positions(places)
    selects = [select for column in drawn if (select := _select(result, column)) is not None]
    words = {column: measure(select) for column in numbers if (select := _select(result, column)) is not None}
    undrawn = dict.fromkeys(word for word in words.values() if word not in [words.get(at) for at in drawn])
    left_out = [f"Not drawn: {', '.join(undrawn)}."] if undrawn else []
    if len(dated) < len(result.rows):
        left_out.append("Rows without a date are not drawn.")
    return Grouped(
        x=x,
        series=tuple(Series(name, tuple(values)) for name, values in rows.items()),
        over=group_word(_asked(result, over)),
        split="" if split is None else group_word(_asked(result, split)),
        what=_together(result, drawn, selects),
        unit=_unit(result, drawn),
        follows=follows,
        ordered=follows or bool(step) or _have_an_order(x),
        adds=all(select.how in _ADDITIVE for select in selects) and len(drawn) == 1,
        whole=result.count <= len(result.rows),
        left_out=tuple(left_out),
    )


def _positions(places: Sequence[Cell]) -> tuple[str | float, ...]:
    """Groups as places on an axis: numbers as such, years and all else as text."""
    numbers = [float(place) for place in places if isinstance(place, int | float) and not isinstance(place, bool)]
    years = are_years(numbers)
    if len(numbers) == len(places) and not years:
        return tuple(numbers)
    return tuple(f"{place:.0f}" if years and isinstance(place, int | float) else label(place) for place in places)


def _have_an_order(x: Sequence[str | float]) -> bool:
    return not isinstance(x[0], str) or places_in_order([str(place) for place in x]) is not None


def _finite(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) and math.isfinite(cell) else None


def _asked(result: Result, at: int) -> str:
    """A group as the query names it; as its heading does where the query does not."""
    groups = [place for place, heading in enumerate(result.headings) if heading.select is None]
    by = result.query.by
    return by[groups.index(at)] if len(groups) == len(by) else result.headings[at].name


def _step(result: Result, at: int) -> str:
    """The step of time that a group of a result is; empty for a column."""
    step = _asked(result, at).rpartition(": ")[2]
    return step if step in STEPS else ""


def _finest(result: Result, groups: list[int]) -> list[int]:
    """The groups without the year that stands beside its month."""
    steps = {at: STEPS.index(step) for at in groups if (step := _step(result, at)) in STEPS and step not in _RETURNING}
    return [at for at in groups if at not in steps or steps[at] == max(steps.values())]


def _roles(result: Result, groups: list[int]) -> tuple[int, int]:
    """Which of two groups lies on the axis, and which one tells the series apart."""
    first, second = groups
    steps = [_step(result, at) for at in groups]
    if result.query.compare_to and len(result.query.by) < 2:  # the other group is the period
        return (second, first) if result.headings[first].name not in result.query.by else (first, second)
    if all(steps):
        return (first, second) if steps[0] in _RETURNING else (second, first)
    timed = [bool(step) or result.headings[at].kind == "date" for step, at in zip(steps, groups, strict=True)]
    if any(timed):
        return (first, second) if timed[0] else (second, first)
    sizes = [len({row[at] for row in result.rows}) for at in groups]
    return (second, first) if sizes[1] > max(sizes[0], _MOST_BESIDE) else (first, second)


def _select(result: Result, at: int) -> Select | None:
    place = result.headings[at].select
    return result.query.select[place] if place is not None and place < len(result.query.select) else None


def _in_percent(result: Result, at: int) -> bool:
    select = _select(result, at)
    return result.headings[at].percent or (select is not None and select.how is How.SHARE)


def _unit(result: Result, drawn: Sequence[int]) -> str:
    """The unit of the axis; none where one of its measures has none."""
    units = {"%" if _in_percent(result, at) else result.headings[at].unit for at in drawn}
    return (units.pop() or "") if len(units) == 1 else ""


def _alike(result: Result, one: int, first: int) -> bool:
    """Whether two measures can share an axis: no two units, and sizes that can be seen beside each other."""
    units = {result.headings[at].unit for at in (one, first)} - {None}
    if len(units) > 1 or _in_percent(result, one) != _in_percent(result, first):
        return False
    sizes = [max(abs(_finite(row[at]) or 0.0) for row in result.rows) for at in (one, first)]
    return min(sizes) * _MOST_TIMES >= max(sizes)


def _measured(result: Result, at: int, among: Sequence[int]) -> str:
    """A measure in words; the period of its column where several show one selection, each for a period."""
    select = _select(result, at)
    shared = [
        result.headings[one].name.split() for one in among if result.headings[one].select == result.headings[at].select
    ]
    if select is None or len(shared) < 2:
        return result.headings[at].name if select is None else measure(select)
    same = sum(1 for _ in takewhile(lambda words: len(set(words)) == 1, zip(*shared, strict=False)))
    return " ".join(result.headings[at].name.split()[same:]) or result.headings[at].name


def _together(result: Result, drawn: Sequence[int], selects: Sequence[Select]) -> str:
    """What the axis measures: each selection once, in words."""
    words = list(dict.fromkeys(measure(select) for select in selects))
    return " and ".join(words) or ("number of rows" if not result.query.select else result.headings[drawn[0]].name)
