"""Details: what is still worth a line where a table has few stories: its best and worst month, and who comes third."""

from datetime import datetime

import numpy as np

from domain.reports.facts import wording
from domain.reports.facts.fact import Fact, Period, Segment
from domain.reports.facts.frame import NO_VALUE, Dimension, Frame, as_list, encode
from domain.reports.facts.measure import ROWS, compared, complete_steps, per_step, role_of
from domain.reports.facts.state import Window, reworded, state_average, state_rank, state_share, unit_of
from domain.reports.facts.steps import Step, floor, last_of, shown, trend_step

SCORE = 40.0
_FROM = 3  # of an order: the first two are told as leaders
_TO = 6
_FEWEST_STEPS = 4
_REGULAR = 0.7  # of all dates have rows: else “a day” would be no day of the calendar
_MOST_VALUES = 12  # of a column
_LIST = 60  # rows
_MOST_HEADS = 3
_LEAST = 0.02  # of the whole


def details(frame: Frame, metrics: list[str], bases: dict[str, Segment]) -> list[Fact | None]:
    """Lesser facts of the first two amounts of a table: what a date brings, the best and the worst time, the third."""
    facts: list[Fact | None] = _heads(frame, metrics, bases)
    added = [name for name in metrics if name == ROWS or role_of(frame, name).kind == "flow"][:2]
    for place, metric in enumerate(added):
        score = SCORE + 0.5 - 0.2 * place
        if metric != ROWS and len(frame.present) >= _REGULAR * len(frame.starts) > 0:
            facts.append(state_average(frame, metric, bases[metric], score + 0.5))
            facts += _best_and_worst(frame, metric, bases[metric], score)
        facts += _further(frame, metric, bases[metric], score - 0.1)
    return facts


def _heads(frame: Frame, metrics: list[str], bases: dict[str, Segment]) -> list[Fact | None]:
    """Of a short list of named things without dates (countries, districts): which has most of each number."""
    frame.label = _label(frame)
    if frame.label is None:
        return []
    facts: list[Fact | None] = []
    for place, metric in enumerate([name for name in metrics if name != ROWS][:_MOST_HEADS]):
        kind = role_of(frame, metric).kind
        if kind not in ("flow", "value"):
            continue
        base = bases[metric]
        segment: Segment = (*base, (frame.label.name, frame.label.values[0]))
        order = compared(frame, metric, segment, np.ones(len(frame.rows), dtype=np.bool_))
        if len(order) < _FEWEST_STEPS or order[0][1] == order[1][1]:
            continue
        value, number = order[0]
        fact = state_rank(frame, metric, (*base, (frame.label.name, value)), SCORE + 4.0 - place)
        if fact is not None:
            most = "most" if kind == "flow" else "highest"
            shown = wording.number(number, unit_of(frame, metric, base))
            text = f"{frame.label.name} {value} has the {most} {metric} of {len(order)}: {shown}."
            facts.append(reworded(frame, fact, text))
    return facts


def _label(frame: Frame) -> Dimension | None:
    rows = len(frame.rows)
    if frame.starts or frame.duplicates or not _FEWEST_STEPS <= rows <= _LIST:
        return None
    for column in frame.table.columns:
        if column.kind == "text" and len(column.cells) == rows and len(set(column.cells)) == rows and all(column.cells):
            return encode(column.name, column.cells)
    return None


def _best_and_worst(frame: Frame, metric: str, base: Segment, score: float) -> list[Fact | None]:
    """The months, weeks or days that brought most and least, by what each of their dates brings on average."""
    step = trend_step(frame.starts[0], frame.starts[-1], frame.step)
    places = complete_steps(frame, step)[1]
    own = [floor(at, step) for at in frame.starts]
    starts = dict(zip(frame.group_places(step), frame.grouped(step)[1], strict=True))
    each: list[tuple[float, datetime, Window]] = []
    for place in as_list(places):
        inside = [at for at, start in enumerate(own) if start == starts[place]]
        number = per_step(frame, metric, frame.mask(base), inside[0], inside[-1])
        if number is not None:
            each.append((number, starts[place], (inside[0], inside[-1])))
    each.sort()
    if len(each) < _FEWEST_STEPS or each[0][0] == each[1][0] or each[-1][0] == each[-2][0]:
        return []
    told = ((each[-1], "most", score), (each[0], "least", score - 0.05))
    return [_of_step(frame, metric, base, of, step, f"the {which} of any {step}", at) for of, which, at in told]


def _of_step(
    frame: Frame, metric: str, base: Segment, of: tuple[float, datetime, Window], step: Step, note: str, score: float
) -> Fact | None:
    _, start, window = of
    fact = state_average(frame, metric, base, score, window)
    if fact is None:
        return None
    each = f" a {frame.step}" if window[0] != window[1] else ""
    name = shown(last_of(start, step), "day" if step == "week" else step)
    when = f"in the week of {wording.moment(name)}" if step == "week" else wording.period(Period(name, name))
    number = wording.number(fact.value, fact.unit)
    return reworded(frame, fact, f"{metric}{wording.segment(base)} brought {number}{each} {when}, {note}.")


def _further(frame: Frame, metric: str, base: Segment, score: float) -> list[Fact | None]:
    """What the third and the next make up."""
    facts: list[Fact | None] = []
    for dimension in frame.dimensions:
        if dimension.name == frame.currency or len(dimension.values) > _MOST_VALUES:
            continue
        segment: Segment = (*base, (dimension.name, dimension.values[0]))
        order = compared(frame, metric, segment, np.ones(len(frame.rows), dtype=np.bool_))
        whole = sum(number for _, number in order)
        for place, (value, number) in enumerate(order[_FROM - 1 : _TO]):
            if value != NO_VALUE and number >= _LEAST * whole > 0 and number < order[0][1]:
                facts.append(state_share(frame, metric, (*base, (dimension.name, value)), score - 0.02 * place))
    return facts
