"""“How did sales change from 2020 to 2024”, “which country grew most”: two periods side by side."""

from datetime import datetime, timedelta

from domain.core.errors import Invalid
from domain.reports.asking.build import Builder
from domain.reports.asking.draft import Measure
from domain.reports.asking.times import Calendar, bounds
from domain.reports.facts.steps import Step, after, floor
from domain.reports.querying.query import STEPS, How, Order, Query, Select, Span
from domain.reports.querying.result import UNANSWERABLE


def is_of_two_times(builder: Builder) -> bool:
    """Whether a change is asked of two times, or by rank, and so is not a whole course."""
    draft = builder.draft
    grouped = any(one not in STEPS for one in draft.groups)
    return bool(draft.change) and (len(draft.times) == 2 or draft.rank is not None or draft.much or grouped)


def changed_between(builder: Builder, query: Query, groups: list[str]) -> Query:
    """The two periods with their numbers; ranked, the one that changed most.

    Raises Invalid where the table has no dates, or only one time was named.
    """
    draft, calendar = builder.draft, builder.calendar
    if calendar is None:
        raise Invalid("The table has no dates, so nothing in it changes.", remedy=None, code=UNANSWERABLE)
    draft.share = False  # “by what percentage”: it is told with each change
    if query.compare_to is None:
        first, last = _ends(calendar, query.period, builder)
        builder.assumed.append(f"I compared {first[0]} with {last[0]}, the first and the last there are.")
        query = query.model_copy(update={"period": first, "compare_to": last})
    if draft.rank == "bottom" and draft.change == "down":
        draft.rank = "top"  # “fell least” is rare, “the largest fall” is not
    selects = tuple(_select(builder, one) for one in builder.measures())
    if draft.subject is not None:
        groups.insert(0, draft.subject)
    query = query.model_copy(update={"select": selects, "by": tuple(dict.fromkeys(groups))})
    if draft.rank is None or not query.by or len(selects) > 1:
        return builder.ordered(query)
    down = (draft.rank == "top") is (draft.change != "down")
    order = (Order(by="change" if draft.fast else "difference", descending=down),)
    return query.model_copy(update={"order": order, "limit": draft.limit or (None if draft.plural else 1)})


def _select(builder: Builder, measure: Measure) -> Select:
    if not measure.columns:
        return Select(how=How.COUNT)
    column = builder.number(measure)
    how = measure.how
    if how in (How.MIN, How.MAX):
        how = None  # the largest growth is no maximum
    return Select(how=how or builder.default(column), column=column)


def _ends(calendar: Calendar, period: Span | None, builder: Builder) -> tuple[Span, Span]:
    """The first and the last whole step of a period, or of the table."""
    if period is not None and not bounds(period)[0] < bounds(period)[1] - timedelta(days=32):
        raise Invalid(
            f"A change is from one time to another, and only {period[0]} was named.",
            remedy="Name two, as in “from 2023 to 2024”.",
            code=UNANSWERABLE,
        )
    step: Step = "year" if calendar.grain == "year" or _whole_years(calendar, period) else "month"
    if calendar.grain in ("day", "week", "hour") and calendar.last - calendar.first < timedelta(days=62):
        step = "week" if calendar.last - calendar.first >= timedelta(days=14) else "day"
    begin, end = calendar.first, calendar.last
    if period is not None:
        begin, end = max(begin, bounds(period)[0]), min(end, bounds(period)[1])
    first = floor(begin, step)
    if floor(begin, "day") > first and calendar.grain in ("day", "week", "hour"):
        first = after(first, step)
    last = floor(end, step)
    if calendar.grain in ("day", "week", "hour") and after(last, step) - timedelta(days=1) > floor(end, "day"):
        last = floor(last - timedelta(days=1), step)
    if first >= last:
        raise Invalid("The table holds one time only, so nothing changes.", remedy=None, code=UNANSWERABLE)
    return _span(first, step), _span(last, step)


def _whole_years(calendar: Calendar, period: Span | None) -> bool:
    """Whether the table covers two years at least from their first month to their last."""
    if period is not None:
        return False
    first = calendar.first.year + (calendar.first.month > 1)
    last = calendar.last.year - (calendar.last.month < 12)
    return last > first


def _span(at: datetime, step: Step) -> Span:
    if step in ("year", "month"):
        text = f"{at:%Y}" if step == "year" else f"{at:%Y-%m}"
        return text, text
    return f"{at:%Y-%m-%d}", f"{after(at, step) - timedelta(days=1):%Y-%m-%d}"
