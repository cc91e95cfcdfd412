"""Times in a question: “in 2015”, “since May”, “from May to July”."""

from domain.core.errors import Invalid
from domain.reports.asking.draft import condition
from domain.reports.asking.items import Item
from domain.reports.asking.lexicon import DATE_VERBS
from domain.reports.asking.times import MONTH_NAMES, Time
from domain.reports.asking.values import value_wanted
from domain.reports.asking.walk import (
    BEFORE_TIMES,
    OPS,
    Walk,
)
from domain.reports.querying.query import Is
from domain.reports.querying.result import UNANSWERABLE


def said_part(walk: Walk, item: Item) -> bool:
    """“on Mondays”, “at weekends”, “in summer”."""
    if item.part is None or (item.values and value_wanted(walk, item)):
        return False
    step, values = item.part
    sign = Is.UNEQUAL if walk.negated else Is.EQUAL
    if walk.negated and len(values) > 1:
        return False
    walk.draft.where.append(condition(step, sign, values[0]) if len(values) == 1 else condition(step, Is.IN, values))
    if step == "month":
        walk.draft.assumed.append(f"“{item.said}” is read as {', '.join(values)}.")
    return True


def said_time(walk: Walk, item: Item) -> bool:
    """A period, perhaps behind “since”, “before”, “from … to”; a number behind “over” is none."""
    if item.time is None:
        nxt = walk.ahead(walk.at + 1)
        follower = walk.item_at(nxt)
        if follower is not None and follower.time is not None and item.is_(*BEFORE_TIMES, "between", "in"):
            return _prefixed(walk, item, nxt)
        if follower is not None and follower.time is not None and item.is_("ending"):
            walk.draft.ending = True
            return True
        over = item.is_("over") and follower is not None and follower.number is None
        return over and follower is not None and follower.time is not None  # “over the last two years”
    before = walk.behind("of", "is")
    if item.number is not None and before is not None and before.is_(*OPS, "top", "bottom") and not before.is_("in"):
        return False
    if item.values and value_wanted(walk, item):
        return False
    if item.values and item.time.step == "month" and not item.time.year:
        month_or_value(walk, item)
    if walk.negated:
        return _left_out(walk, item.time)
    after = walk.ahead(walk.at + 1)
    link, second = walk.item_at(after), walk.item_at(walk.ahead(after + 1))
    if link is not None and link.plain in _TO and second is not None and second.time is not None:
        walk.draft.times += [("first", item.time), ("end", second.time)]
        walk.at = walk.ahead(after + 1) + 1
        return True
    walk.draft.times.append(("in", item.time))
    walk.mode = "time"
    return True


_TO = ("to", "until", "till", "through", "bis", "up to", "bis zum", "thru", "auf")


def _left_out(walk: Walk, time: Time) -> bool:
    """“except May”, “without 2023”, “not in May 2023”."""
    if walk.calendar is None or time.span is not None or time.step not in ("year", "quarter", "month", "day"):
        return False
    walk.negated = False
    if time.year is None and time.step in ("month", "quarter"):
        value = MONTH_NAMES[time.number - 1] if time.step == "month" else f"Q{time.number}"
        walk.draft.where.append(condition(time.step, Is.UNEQUAL, value))
    else:
        span, assumed = walk.calendar.resolve(time)
        walk.draft.assumed += [assumed] if assumed else []
        walk.draft.where.append(condition(walk.calendar.name, Is.UNEQUAL, span[0]))
    return True


def _prefixed(walk: Walk, item: Item, place: int) -> bool:
    time = walk.items[place].time
    assert time is not None
    after = walk.ahead(place + 1)
    link, second = walk.item_at(after), walk.item_at(walk.ahead(after + 1))
    between = item.is_("between") and link is not None and link.is_("and", "until")
    ranged = item.is_("since", "in") and link is not None and link.is_("until", "in")
    if (between or ranged) and second is not None and second.time is not None and link is not None and (
        between or link.plain in _TO
    ):  # fmt: skip
        walk.draft.times += [("first", time), ("end", second.time)]
        walk.at = walk.ahead(after + 1) + 1
        return True
    onwards = link is not None and link.plain in ("on", "onwards", "onward", "an", "and later")
    kind = next((kind for name, kind in BEFORE_TIMES.items() if item.is_(name)), "in")
    if item.plain in ("from", "von", "vom", "starting", "for", "in"):
        kind = "since" if onwards or item.plain == "starting" else "in"
    walk.draft.times.append((kind, time))
    if (
        walk.items[place].values
        and time.step == "month"
        and not time.year
        and item.plain not in ("in", "im", "since", "before", "after", "until")
    ):
        month_or_value(walk, walk.items[place])
    walk.at = after + 1 if onwards else place + 1
    walk.mode = "time"
    return True


def month_or_value(walk: Walk, item: Item) -> None:
    before = walk.behind()
    if before is not None and before.plain in ("in", "im", "since", "seit", "before", "until", "bis", "ab"):
        return
    column, value = item.values[0]
    raise Invalid(
        f"“{item.said}” is a month, and a value of {column}.",
        remedy=f"Say “in {item.said}” for the month, or “{column} is {value}”.",
        code=UNANSWERABLE,
    )


def before_time(walk: Walk, columns: tuple[str, ...] = (), step: str | None = None) -> bool:
    """Whether a time follows that this word only names the kind of: “the year 2015”, “month May”."""
    after = walk.item_at(walk.at + 1)
    dates = all(walk.names.columns[name].kind == "date" for name in columns)
    if columns and dates and _happened(walk, columns):
        return True
    if after is None or after.time is None or walk.items[walk.at].ends or not dates:
        return False
    return step is None or step == after.time.step


def _happened(walk: Walk, columns: tuple[str, ...]) -> bool:
    """“joined after 2019”, “closed in May”: the table's own date beside a time, which says when, not what."""
    item, main = walk.items[walk.at], walk.names.date()
    after = walk.item_at(place := walk.ahead(walk.at + 1))
    if after is None or item.ends or main is None or main.name not in columns or walk.mode in ("by", "sort", "group"):
        return False
    verb = item.plain.endswith("ed") or item.plain in DATE_VERBS
    if after.is_("since", "before", "after", "until", "between") or (verb and after.is_("in")):
        after = walk.item_at(walk.ahead(place + 1))
    elif not verb:
        return False
    return after is not None and after.time is not None
