"""A question's items read from left to right: each is a measure, a group, a condition, a time, or says how."""

from collections.abc import Callable

from domain.reports.asking.beside import with_their_number
from domain.reports.asking.better import turned
from domain.reports.asking.columns import computed, said_by, said_column, said_rows, said_step
from domain.reports.asking.comparing import compared, presence
from domain.reports.asking.draft import Draft
from domain.reports.asking.items import Item
from domain.reports.asking.names import Names
from domain.reports.asking.signed import said_side, with_sides
from domain.reports.asking.spans_said import said_part, said_time
from domain.reports.asking.times import Calendar
from domain.reports.asking.values import excepted, said_value
from domain.reports.asking.walk import Walk
from domain.reports.asking.wishes import asking, joint, said_chart, said_edge, said_rank, said_sort

_HANDLERS: tuple[Callable[[Walk, Item], bool], ...] = (
    said_part, said_time, said_value, said_side, compared, presence, said_chart, said_sort, said_by, excepted,
    said_rank, said_edge, asking, computed, said_rows, said_column, said_step, joint,
)  # fmt: skip
"""Each takes an item that is its own and says so; the first that does has it."""


def read(items: list[Item], names: Names, calendar: Calendar | None) -> Draft:
    """What the items of a question say together. Raises Invalid where a word may mean several things."""
    with_their_number(items, names)
    walk = Walk(items, names, calendar)
    while walk.at < len(items):
        item = items[walk.at]
        if item.taken:
            walk.draft.assumed.append(item.taken)
        before = walk.at
        if item.is_("or") and not item.values and not walk.alike():
            walk.draft.left.append(item)  # “for Hillside or in 2015”
        if not any(handle(walk, item) for handle in _HANDLERS):
            walk.draft.left.append(item)
        if walk.at == before:
            walk.at += 1
        walk.joined = item.is_("and", "or", "versus") or item.ends == ","
    if walk.negated and walk.negator is not None:
        walk.draft.left.append(walk.negator)  # “sales minus profit”
    with_sides(walk.draft)
    turned(walk.draft, names)
    return walk.draft
