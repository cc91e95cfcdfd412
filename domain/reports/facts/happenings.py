"""The alarms of a table: events in every metric, told once each, and the odd single bookings."""

import numpy as np

from domain.reports.facts.bookings import coarse_events, events_by, odd_bookings, size_shifts
from domain.reports.facts.events import Event, find_events
from domain.reports.facts.fact import Fact, Segment
from domain.reports.facts.frame import Frame, Mask
from domain.reports.facts.levels import SHORTEST
from domain.reports.facts.measure import ROWS, difference, in_currency, role_of, steps_so
from domain.reports.facts.often import state_often, state_size
from domain.reports.facts.sizes import find_size
from domain.reports.facts.sparse import find_often
from domain.reports.facts.state import state_anomaly, state_change
from domain.reports.facts.steps import Step
from domain.reports.facts.suspects import Suspect, masks

MOST = 8
MOST_CURRENCIES = 3
_FEWEST = 30  # rows of a currency
MOST_STEPS = 5000  # that are looked at singly; in longer tables the next larger ones are
_LARGER: dict[Step, Step] = {"hour": "day", "day": "week", "week": "month"}
_SHOWN = 0.08  # relative
_FIRST = 92.0
_ECHOES = (85.0, 76.0)  # scores of what moves along, in turn


def happenings(frame: Frame, metrics: list[str], suspects: list[Suspect]) -> list[Fact]:
    """Anomalies and changes, the clearest first; what moves along with an event is told lower down."""
    if not frame.starts:
        return []
    left_out = masks(frame, suspects)
    told: list[tuple[Event, Segment]] = []
    for metric in metrics:
        if not frame.budget.allows("what happened in", metric):
            continue
        often = _often(frame, metric, len(metrics))
        for within in _currencies(frame, metric):
            events = _of_metric(frame, metric, frame.mask(within), left_out, len(metrics))
            events = [event for event in events if not _known(event, often, kinds=False)]
            told += [(event, _narrowed(frame, event.segment, within)) for event in events]
        told += [(event, event.segment) for event in often]
    return _stated(frame, sorted(told, key=lambda item: -item[0].strength))


def _of_metric(frame: Frame, metric: str, chosen: Mask, left_out: dict[str, Mask], columns: int) -> list[Event]:
    """The events of one metric among the rows chosen."""
    role, nothing = role_of(frame, metric), np.zeros(len(frame.rows), dtype=np.bool_)
    spoilt = left_out.get(metric, nothing)
    if role.kind == "rate":
        spoilt = left_out.get(role.above, nothing) | left_out.get(role.below, nothing)
        chosen = chosen & ~spoilt
    larger = _LARGER.get(frame.step) if len(frame.starts) > MOST_STEPS else None
    if larger:
        events = events_by(frame, larger, metric, chosen, spoilt, columns)
    else:
        events = find_events(frame, metric, chosen, spoilt, columns)
    if not frame.panel and role.kind in ("flow", "rows"):
        coarse = coarse_events(frame, metric, chosen, spoilt, columns)
        events += [one for one in coarse if not _known(one, events)]
        if metric != ROWS:
            events += [one for one in size_shifts(frame, metric, chosen) if not _known(one, events)]
            events += _bookings(frame, metric, chosen, events)
    return events


def _currencies(frame: Frame, metric: str) -> list[Segment]:
    """Where a metric is looked at: in all rows, or in those of each currency that has enough of them."""
    if frame.currency is None or not in_currency(frame, metric):
        return [()]
    segments: list[Segment] = [((frame.currency, value),) for value in frame.dimension(frame.currency).values if value]
    common = sorted(segments, key=lambda one: (one[0][1] != frame.main_currency, -int(frame.mask(one).sum())))
    return [one for one in common[:MOST_CURRENCIES] if frame.mask(one).sum() >= _FEWEST]


def _narrowed(frame: Frame, segment: Segment, within: Segment) -> Segment:
    """A segment of one currency, which is named where the segment holds rows of others."""
    return (*within, *segment) if bool((frame.mask(segment) & ~frame.mask(within)).any()) else segment


def _bookings(frame: Frame, metric: str, chosen: Mask, known: list[Event]) -> list[Event]:
    found: list[Event] = []
    for booking in odd_bookings(frame, metric, chosen):
        step = int(frame.place[booking.row])
        same_day = chosen & frame.mask(booking.segment) & frame.within(step, step)
        others = float(np.nansum(frame.numbers[metric][same_day])) - float(frame.numbers[metric][booking.row])
        event = Event(
            "anomaly", metric, booking.segment, step, step, booking.times, 2.0, booking.usual + others
        )  # fmt: skip
        if not _known(event, known):
            found.append(event)
    return found


def _often(frame: Frame, metric: str, columns: int) -> list[Event]:
    """Times at which a sparse column was more than nothing oftener or more rarely than usual, and more or less then."""
    found = [
        Event(
            "change" if one.since is None else "anomaly", metric, one.segment, one.first, one.last,
            float(np.log(max(one.share, 1e-3) / max(one.usual, 1e-3))), one.strength, one.usual, often=one,
        )
        for one in find_often(frame, metric, columns)
    ]  # fmt: skip
    if (size := find_size(frame, metric, columns)) is not None:
        last, effect = len(frame.starts) - 1, float(np.log(size.now / size.usual))
        found.append(
            Event("change", metric, size.segment, size.first, last, effect, size.strength, size.usual, size=size)
        )
    return found


def _known(event: Event, others: list[Event], *, kinds: bool = True) -> bool:
    """Whether the same was found in another way: in the same or a crossing segment, over a shared time."""
    return any(
        (one.kind == event.kind or not kinds)
        and one.first <= event.last
        and one.last >= event.first
        and _compatible(one.segment, event.segment)
        for one in others
    )


def _compatible(one: Segment, other: Segment) -> bool:
    return all(dict(other).get(column, value) == value for column, value in one)


def _stated(frame: Frame, told: list[tuple[Event, Segment]]) -> list[Fact]:
    facts: list[Fact] = []
    heads: list[tuple[Event, int]] = []
    for event, segment in told:
        head = next((place for place, (other, _) in enumerate(heads) if _echo(event, other)), None)
        if head is None:
            if len(heads) >= MOST:
                continue
            score = _FIRST - 0.5 * len(heads)
        else:
            other, echoes = heads[head]
            if echoes >= len(_ECHOES) or not _exact(event, other):
                continue
            heads[head] = (other, echoes + 1)
            score = _ECHOES[echoes]
        if event.often is not None:
            fact = state_often(frame, event.metric, event.often, event.segment, score)
        elif event.size is not None:
            fact = state_size(frame, event.metric, event.size, score)
        elif event.kind == "change":
            level = _level(frame, event, segment, told)
            fact = state_change(frame, event, segment, score, *level) if _shows(frame, event, segment, *level) else None
        else:
            fact = state_anomaly(frame, event, segment, score)
        if fact is not None:
            facts.append(fact)
            if head is None:
                heads.append((event, 0))
    return facts


def _shows(frame: Frame, event: Event, segment: Segment, before: int, last: int) -> bool:
    """Whether the plain numbers moved as well, and at the step itself to the same side: what is seen beside a trend
    alone may be nothing to a reader."""
    if last - event.first + 1 < SHORTEST:  # other changes leave nothing of it that lasts
        return False
    mask = frame.mask(segment)
    change = difference(frame, event.metric, mask, event.first, last, before)
    if change is None or not steps_so(frame, event.metric, mask, event.first, last, event.effect):
        return False
    return role_of(frame, event.metric).kind == "rate" or abs(change) >= _SHOWN


def _level(frame: Frame, event: Event, segment: Segment, told: list[tuple[Event, Segment]]) -> tuple[int, int]:
    """The step at which the level just before a change began, and the last step of the new one: the changes of the
    same numbers, or of all they are part of, cut the time into levels."""
    cuts = [
        cut
        for other, of in told
        for cut in (other.first, other.last + 1)
        if other.kind == "change" and other.metric == event.metric and set(of) <= set(segment)
    ]
    before = max([event.before, *(cut for cut in cuts if cut < event.first)])
    after = min((cut for cut in cuts if cut > event.first), default=len(frame.starts))
    return before, min(event.last, after - 1)


def _echo(event: Event, head: Event) -> bool:
    """Whether another metric moved with a clearer one: in the same way at the same time, in segments that touch."""
    if event.metric == head.metric or event.kind != head.kind or not _compatible(event.segment, head.segment):
        return False
    if event.kind == "change":
        return abs(event.first - head.first) <= max(2, 0.1 * (head.last - head.first + 1))
    shared = min(event.last, head.last) - max(event.first, head.first) + 1
    return shared >= 0.5 * min(event.last - event.first + 1, head.last - head.first + 1)


def _exact(event: Event, head: Event) -> bool:
    """Whether an echo is worth a sentence of its own: it is in the very same segment."""
    return event.segment == head.segment
