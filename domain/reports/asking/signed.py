"""Amounts on both sides of zero, or in two columns: what was spent, and what came in."""

from domain.core.errors import Invalid
from domain.reports.asking.draft import Draft, Measure, condition
from domain.reports.asking.items import Item
from domain.reports.asking.walk import Walk
from domain.reports.querying.query import Condition, How, Is
from domain.reports.querying.result import UNANSWERABLE

_TURNED = {Is.MORE: Is.LESS, Is.AT_LEAST: Is.AT_MOST, Is.LESS: Is.MORE, Is.AT_MOST: Is.AT_LEAST}
_ENDS = {How.MAX: How.MIN, How.MIN: How.MAX}


def said_side(walk: Walk, item: Item) -> bool:
    """“Ausgaben”, “how much did I spend”: the amounts below zero, which is said."""
    if item.is_("flow"):
        walk.draft.flows.add(item.columns[0])
    if not item.is_("spent", "earned") or walk.mode == "sort":
        return False
    draft, column = walk.draft, item.columns[0]
    side = "spent" if item.is_("spent") else "earned"
    if draft.side not in (None, side):
        raise Invalid(
            f"What is spent and what comes in are the two signs of {column}, and I take one at a time.",
            remedy="Ask for each by itself, or for the sum of both.",
            code=UNANSWERABLE,
        )
    if draft.side is None:
        draft.side = side
        draft.where.append(condition(column, Is.LESS if side == "spent" else Is.MORE, 0))
        below = "below" if side == "spent" else "above"
        draft.assumed.append(f"For “{item.said}” I took the rows whose {column} is {below} 0.")
    if not any(column in one.columns for one in draft.measures):
        hows: list[How | None] = [*draft.how] or [None]
        draft.measures += [Measure(how, (column,), item.said) for how in hows]
        draft.how = []
    walk.mode = "measure"
    walk.last = (walk.at, column)
    return True


def with_sides(draft: Draft) -> None:
    """The largest of what was spent is the lowest amount, and more than 80 is less than -80."""
    if draft.side is None:
        return
    first = next(one for one in draft.where if one.is_ in (Is.LESS, Is.MORE) and one.value == 0)
    column = first.column
    mine = [one for one in draft.measures if column in one.columns]
    if draft.side == "spent":
        draft.where = [_turned(one) if one.column == column else one for one in draft.where]
        if draft.rank is not None and not draft.counted:
            draft.rank = "bottom" if draft.rank == "top" else "top"
        for one in mine:
            one.how = _ENDS.get(one.how, one.how) if one.how is not None else None
        draft.how = [_ENDS.get(how, how) for how in draft.how]
    if sum(one.column == column for one in draft.where) > 1:
        draft.where.remove(first)
    computed = draft.how or draft.much or draft.share or any(one.how for one in mine)
    alone = not (computed or draft.groups or draft.subject or draft.trend or draft.compare or draft.when)
    if draft.many or (alone and (draft.rank or draft.listing or draft.edge or draft.which)):
        draft.noun = mine[0].said if mine else "rows"
        if draft.many or not draft.rank:
            draft.measures = [one for one in draft.measures if one not in mine]


def _turned(one: Condition) -> Condition:
    if one.is_ not in _TURNED or not isinstance(one.value, int | float) or one.value <= 0:
        return one
    return condition(one.column, _TURNED[one.is_], -one.value)
