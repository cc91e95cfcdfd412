"""What a follow-up asks for: the columns, values and times it names, and the facts about them."""

import re

from domain.core.errors import Invalid
from domain.reports.facts.fact import NO_COLUMN, Fact, Focus, Segment
from domain.reports.facts.frame import NO_VALUE, Frame
from domain.reports.facts.lines import state_trend
from domain.reports.facts.measure import ROWS, compared, role_of
from domain.reports.facts.periods import window_of
from domain.reports.facts.plain import base_segments
from domain.reports.facts.state import Window, state_average, state_rank, state_share, state_total
from domain.reports.facts.steps import trend_step
from domain.reports.reading.months import fold

MOST_VALUES = 12

SHORTEST_HINT = 4
"""Letters a word needs to stand for the column it is a part of."""


def focused(frame: Frame, metrics: list[str], focus: Focus) -> list[Fact]:
    """The facts that a focus asks for, in the order it asks for them.

    Raises:
        Invalid: it names a column the table does not have, or a time it does not cover.
    """
    dimensions = [dimension.name for dimension in frame.dimensions]
    by = [column_named(name, dimensions, "break the numbers down by") for name in focus.by]
    by += [name for name in dimensions if name not in by and _said(name, focus.words)]
    metric = column_named(focus.metric, metrics, "show") if focus.metric else column_said(metrics, focus.words)
    values = [
        ((one.name, value),) for one in frame.dimensions for value in one.values if value and _said(value, focus.words)
    ]
    window = window_of(frame, focus)
    if not (by or metric or values or window):
        return []
    facts: list[Fact | None] = []
    for name in [metric] if metric else metrics[:3]:
        facts += _of_metric(frame, name, by, values, window)
    return [fact for fact in facts if fact is not None]


def _of_metric(
    frame: Frame, metric: str, by: list[str], values: list[Segment], window: Window | None
) -> list[Fact | None]:
    base = base_segments(frame, metric)[0]
    facts: list[Fact | None] = [_whole(frame, metric, base, window)]
    if frame.starts and len(frame.present) > 2 and window is None:
        facts.append(state_trend(frame, metric, base, 99.0, trend_step(frame.starts[0], frame.starts[-1], frame.step)))
    facts += [_whole(frame, metric, (*base, *segment), window) for segment in values]
    outer: Segment = base
    for column in by:
        facts += _broken_down(frame, metric, outer, column, window)
    if len(by) > 1:
        first, second = by[:2]
        for value in _ordered(frame, metric, base, first, window)[:MOST_VALUES]:
            facts += _broken_down(frame, metric, (*base, (first, value)), second, window)
    return facts


def _ordered(frame: Frame, metric: str, outer: Segment, column: str, window: Window | None) -> list[str]:
    rows = frame.within(*window) if window else frame.mask(())
    found = compared(frame, metric, (*outer, (column, frame.dimension(column).values[0])), rows)
    return [value for value, _ in found if value != NO_VALUE]


def _broken_down(frame: Frame, metric: str, outer: Segment, column: str, window: Window | None) -> list[Fact | None]:
    """Number, share and place of each value of a column, the largest first."""
    facts: list[Fact | None] = []
    summed = role_of(frame, metric).kind in ("flow", "level", "rows")
    for place, value in enumerate(_ordered(frame, metric, outer, column, window)[:MOST_VALUES]):
        segment: Segment = (*outer, (column, value))
        facts.append(_whole(frame, metric, segment, window))
        if summed:
            facts.append(state_share(frame, metric, segment, 99.0, window))
        if place == 0:
            facts.append(state_rank(frame, metric, segment, 99.0, window))
    return facts


def _whole(frame: Frame, metric: str, segment: Segment, window: Window | None) -> Fact | None:
    if role_of(frame, metric).kind in ("rate", "value"):
        return state_average(frame, metric, segment, 99.0, window)
    return state_total(frame, metric, segment, 99.0, window)


# -- names as people say them ------------------------------------------------------------------------


def column_named(name: str, columns: list[str], purpose: str) -> str:
    """The column that a name means, without regard to case, accents and plural."""
    wanted = _stem(name)
    exact = [column for column in columns if _stem(column) == wanted]
    near = exact or [column for column in columns if wanted and (wanted in _stem(column) or _stem(column) in wanted)]
    if near:
        return near[0]
    there = ", ".join(column for column in columns if column != ROWS) or "none"
    raise Invalid(f"There is no column “{name}” to {purpose}.", remedy=f"There are: {there}.", code=NO_COLUMN)


def column_said(columns: list[str], words: str) -> str | None:
    """The column a question names: in full, else by a word that no other column has (“overtime” for overtime hours)."""
    whole = next((column for column in columns if _said(column, words)), None)
    if whole is not None:
        return whole
    said = set(_stems(words))
    for column in columns:
        elsewhere = {stem for other in columns if other != column for stem in _stems(other)}
        if any(len(stem) >= SHORTEST_HINT and stem in said and stem not in elsewhere for stem in _stems(column)):
            return column
    return None


def _said(name: str, words: str) -> bool:
    """Whether a question names a column or value: as whole words, in the singular or the plural."""
    parts, wanted = _stems(words), _stems(name)
    return bool(wanted) and any(parts[at : at + len(wanted)] == wanted for at in range(len(parts) - len(wanted) + 1))


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in re.findall(r"[^\W_]+", text)]


def _stem(name: str) -> str:
    """A word without accents, case, signs and the commonest plural endings."""
    plain = re.sub(r"[\W_]+", "", fold(name))
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    for ending in ("es", "en", "s", "e", "n"):
        if plain.endswith(ending) and len(plain) - len(ending) >= 4:
            return plain[: -len(ending)]
    return plain
