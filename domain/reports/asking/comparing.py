"""Comparisons in a question: “more than 10 leads”, “without price”, “contains”."""

from collections.abc import Sequence

from domain.core.errors import Invalid
from domain.reports.asking.draft import Measure, condition
from domain.reports.asking.items import Item
from domain.reports.asking.lexicon import AGES, MEASURING
from domain.reports.asking.walk import MEASURED_IN, OPS, Walk, either, main_measure, whole
from domain.reports.facts.words import hints
from domain.reports.querying.query import Is
from domain.reports.querying.result import UNANSWERABLE


def compared(walk: Walk, item: Item) -> bool:
    """“more than 10 leads”, “price over 500”, “between 10 and 20”, “20 or more”."""
    if item.number is not None and not item.columns:
        nxt = walk.item_at(walk.at + 1)
        if nxt is not None and nxt.is_("atleast", "atmost") and nxt.plain.split()[0] in ("or", "and", "oder", "und"):
            return _compare(walk, OPS["atleast" if nxt.is_("atleast") else "atmost"], item.number, walk.at + 2)
        return _equals(walk, item) or _so_many(walk, item)
    if item.is_("negative", "positive"):
        return _signed(walk, item)
    if item.is_("between"):
        low, high = walk.item_at(walk.at + 1), walk.item_at(walk.at + 3)
        link = walk.item_at(walk.at + 2)
        if low and high and link and low.number is not None and high.number is not None and link.is_("and"):
            column, end = _column_of(walk, walk.at + 4, low.number)
            walk.draft.where += [
                condition(column, Is.AT_LEAST, whole(low.number)),
                condition(column, Is.AT_MOST, whole(high.number)),
            ]
            walk.at = end
            return True
        return False
    if item.is_("more") and any(one.is_("than", "or") for one in walk.items[walk.at :]):
        walk.draft.compare = True  # “does the West have more orders than the East”
        return True
    if item.is_("more") and walk.draft.which and walk.draft.subject is not None:
        walk.draft.rank = "bottom" if item.plain in _LESS else "top"  # “which gender earns more”
        return True
    sign = next((OPS[name] for name in OPS if item.is_(name)), None)
    if sign is None:
        return False
    place = walk.ahead(walk.at + 1)
    follower = walk.item_at(place)
    if follower is None or follower.number is None:
        if follower is not None and _sides(walk, follower):
            walk.draft.compare = True  # “does the West sell more than the East”
            if item.columns:
                walk.draft.measures.append(Measure(None, item.columns, item.said, verb=True))
            return True
        walk.draft.compare = walk.draft.compare or (bool(item.columns) and follower is not None)
        return False
    if walk.negated and sign in (Is.MORE, Is.LESS):
        sign = Is.AT_MOST if sign is Is.MORE else Is.AT_LEAST
        walk.negated = False
    if item.columns:
        column = walk.one(item)
        walk.draft.where.append(condition(column, sign, whole(follower.number)))
        walk.at = _unit(walk, place + 1, column)
        return True
    return _compare(walk, sign, follower.number, place + 1)


def _so_many(walk: Walk, item: Item) -> bool:
    """“cars that have 8 cylinders”."""
    before, after = walk.behind(), walk.item_at(walk.at + 1)
    numbers = [name for name in after.columns if walk.names.is_number(name)] if after is not None else []
    if before is None or not before.is_("with") or len(numbers) != 1 or item.number is None:
        return False
    walk.draft.where.append(condition(numbers[0], Is.EQUAL, whole(item.number)))
    walk.at += 2
    return True


def _signed(walk: Walk, item: Item) -> bool:
    """“negative profit”, “profit is negative”."""
    sign = Is.LESS if item.is_("negative") else Is.MORE
    after = walk.item_at(walk.at + 1)
    if after is not None and len(after.columns) == 1 and walk.names.is_number(after.columns[0]):
        column, walk.at = after.columns[0], walk.at + 2
    elif walk.last is not None and walk.ahead(walk.last[0] + 1, "is") == walk.at:
        column = walk.last[1]
        walk.unmeasure(column)
    else:
        return False
    walk.draft.where.append(condition(column, sign, 0))
    return True


_LESS = frozenset(["less", "lower", "fewer", "smaller", "worse", "weniger", "niedriger", "kleiner", "schlechter"])


def _sides(walk: Walk, item: Item) -> bool:
    """Whether a value stands on the other side of one that was named."""
    named = {one.column for one in walk.draft.where}
    return any(column in named for column, _ in item.values)


def _equals(walk: Walk, item: Item) -> bool:
    """“where quantity is 3”."""
    before = walk.behind("is")
    direct = walk.items[walk.at - 1] if walk.at else None
    if before is None or walk.last is None or direct is None or item.number is None:
        return False
    between = walk.items[walk.last[0] + 1 : walk.at]
    if not all(one.is_("is") for one in between) or not walk.names.is_number(walk.last[1]):
        return False
    column = walk.last[1]
    if not between and hints(column, "flow"):
        return False  # “sales 2024”
    walk.unmeasure(column)
    walk.draft.where.append(condition(column, Is.EQUAL, whole(item.number)))
    return True


def _compare(walk: Walk, sign: Is, number: float, end: int) -> bool:
    column, end = _column_of(walk, end, number)
    walk.draft.where.append(condition(column, sign, whole(number)))
    walk.at = end
    walk.mode = "condition"
    return True


def _column_of(walk: Walk, end: int, number: float) -> tuple[str, int]:
    """The column that a comparison is about: the one just before, the one just behind, or the main one."""
    if walk.last is not None and walk.ahead(walk.last[0] + 1, "is", "with", "in", "by", "of") == walk.at:
        column = walk.last[1]
        if walk.names.is_number(column):
            walk.unmeasure(column)
            return column, _unit(walk, end, column)
    heads = _heads_of(walk, end)
    end = _unit(walk, end)
    place = walk.ahead(end, "of", "in") if end < len(walk.items) else end
    follower = walk.item_at(place) if end == 0 or not walk.items[end - 1].ends else None
    if follower is not None and follower.columns:
        numbers = [name for name in follower.columns if walk.names.is_number(name)]
        if len(numbers) == 1:
            return numbers[0], place + 1
    found = list(heads) or _likely(walk, number)
    if len(found) == 1 and not heads:
        walk.draft.assumed.append(f"I compared {found[0]} with the number.")
    if len(found) != 1:
        raise Invalid(
            "It is not said which column is to be compared with that number.",
            remedy=f"Name it: {either(found) if found else 'the table has no column of numbers'}.",
            code=UNANSWERABLE,
        )
    return found[0], end


def _likely(walk: Walk, number: float) -> list[str]:
    """The columns that a number without a column may be compared with: it tells some of their numbers from others."""
    names = walk.names
    telling = [name for name in names.columns if names.is_number(name) and _tells(names.columns[name].numbers, number)]
    said = {name for one in walk.draft.measures for name in one.columns if name in telling}
    if len(said) == 1:
        return list(said)
    if walk.draft.noun or walk.draft.rows or walk.draft.where:
        aged = [name for name in names.heads(AGES) if name in telling and walk.draft.people]
        main = main_measure(names)
        return aged or ([main] if main in telling else telling)
    return telling


def _tells(numbers: Sequence[float | None], number: float) -> bool:
    known = [one for one in numbers if one is not None]
    return bool(known) and min(known) <= number <= max(known)


def _heads_of(walk: Walk, end: int) -> tuple[str, ...]:
    """The columns that a unit behind a number speaks for: degrees for a temperature."""
    follower = walk.item_at(end)
    phrases = MEASURING.get(follower.plain, ()) if follower is not None else ()
    heads = walk.names.heads(phrases)
    named = any(walk.names.words(name) in phrases for name in heads)
    money = follower is not None and follower.plain in _MONEY
    return () if money and not named else heads  # of “Refunded Amount” and “Total” the main one


_MONEY = ("euro", "euros", "eur", "dollar", "dollars", "usd")


def _unit(walk: Walk, end: int, column: str | None = None) -> int:
    """Beyond a unit behind a number: degrees, euros, years; hours too where they are those of the very column."""
    follower = walk.item_at(end)
    while follower is not None and follower.plain in MEASURED_IN and set(follower.columns) <= {column}:
        end += 1
        follower = walk.item_at(end)
    return end


_OWNING = ("with", "mit", "having", "that have", "which have", "who have", "that has", "die haben")


def presence(walk: Walk, item: Item) -> bool:
    """“price is missing”, “missing prices”, “without price”, “with a comment”."""
    draft = walk.draft
    if item.is_("missing", "filled") and not item.values:
        sign = Is.MISSING if item.is_("missing") else Is.FILLED
        if sign is Is.MISSING and _lacks(walk, item):
            return True
        if walk.last is not None and walk.ahead(walk.last[0] + 1, "is", "with", "in", "column") == walk.at:
            column = walk.last[1]
            counted = draft.many and not draft.rows and draft.noun is None
            walk.unmeasure(column)
            draft.where.append(condition(column, sign))
            draft.many = draft.many or counted
            draft.gaps = draft.gaps or sign is Is.MISSING
            return True
        several = draft.many or draft.listing or draft.which or len(item.words) > 1
        place = walk.ahead(walk.at + 1, "of", "in", "column", "is", "by")
        follower = walk.item_at(place)
        grouped = several and any(one.is_("by") for one in walk.items[walk.at + 1 : place])
        if follower is not None and follower.columns and not grouped:
            _present(walk, follower, sign)
            draft.gaps = draft.gaps or sign is Is.MISSING
            walk.at = place + 1
            return True
        if item.is_("missing") and several and not (draft.rows or draft.measures or draft.groups):
            draft.every_gap = True
            return True
        told = draft.where[-1].is_ if draft.where else None
        return item.is_("filled") and told in (Is.MISSING, Is.FILLED)  # “haben keinen Preis angegeben”
    if item.is_("without", "with") and not item.columns:
        place = walk.ahead(walk.at + 1, "rest", "column", "filled")
        follower = walk.item_at(place)
        if follower is None or not follower.columns or (follower.values and not follower.exact):
            return False
        if follower.is_("super-top", "super-bottom"):
            return False  # “Ticket mit der kürzesten Dauer”
        beyond = walk.item_at(walk.ahead(place + 1, "is", "in", "of"))
        if item.is_("with") and not item.is_("without") and beyond is not None and (
            beyond.values or beyond.number is not None
            or beyond.is_(*OPS, "between", "missing", "filled", "contains", "except", "top", "bottom")
        ):  # fmt: skip
            return False
        if item.is_("without"):
            _present(walk, follower, Is.MISSING)
        elif item.plain in _OWNING and (draft.rows or draft.noun or draft.many or draft.subject) and not draft.rank:
            _present(walk, follower, Is.FILLED)
        else:
            return False
        walk.at = place + 1
        return True
    return False


def _lacks(walk: Walk, item: Item) -> bool:
    """“tickets that are missing a rating”: the column behind it, not the one before; or nothing is named at all."""
    draft = walk.draft
    place = walk.ahead(walk.at + 1)
    follower = None if item.ends else walk.item_at(place)
    before = walk.last is not None and walk.ahead(walk.last[0] + 1, "is", "with", "in", "column") == walk.at
    if before and follower is not None and follower.columns and not follower.values and (
        walk.last is None or walk.last[1] not in follower.columns
    ):  # fmt: skip
        _present(walk, follower, Is.MISSING)
        draft.gaps = True
        walk.at = place + 1
        return True
    later = any(one.columns for one in walk.items[walk.at + 1 :])
    if before or later or draft.measures or draft.subject is not None:
        return False
    draft.every_gap = True
    return True


def _present(walk: Walk, item: Item, sign: Is) -> None:
    """“without stock” is a stock of 0 where none is missing."""
    column = walk.names.columns[walk.one(item)]
    if column.kind == "number" and 0 in column.numbers and not column.empty():
        none = sign is Is.MISSING
        walk.draft.assumed.append(
            f"No {column.name} is missing; I took those where it is {'' if none else 'more than '}0."
        )
        walk.draft.where.append(condition(column.name, Is.EQUAL if none else Is.MORE, 0))
        return
    walk.draft.where.append(condition(column.name, sign))


def containing(walk: Walk) -> bool:
    place = walk.ahead(walk.at + 1)
    if walk.last is None or place >= len(walk.items):
        return False
    number = walk.items[place].quoted
    words = [item.said for item in walk.items[place:] if number and item.quoted == number] or [walk.items[place].said]
    column = walk.last[1]
    walk.unmeasure(column)
    walk.draft.where.append(condition(column, Is.CONTAINS, " ".join(words)))
    walk.at = place + len(words)
    return True
