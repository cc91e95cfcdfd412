"""Values in a question: the rows that are meant, or left out."""

from domain.core.errors import Invalid
from domain.reports.asking.draft import condition
from domain.reports.asking.items import Item
from domain.reports.asking.lexicon import PERSONS
from domain.reports.asking.valued import Value
from domain.reports.asking.walk import UNITS, Walk, either
from domain.reports.asking.words import name_words
from domain.reports.querying.query import Is
from domain.reports.querying.result import UNANSWERABLE


def said_value(walk: Walk, item: Item) -> bool:
    if not item.values or not value_wanted(walk, item):
        return False
    condition_on(walk, item)
    return True


def value_wanted(walk: Walk, item: Item) -> bool:
    """Whether a word that is a value is meant as one, where it may be something else as well."""
    if item.quoted or not (item.columns or item.means or item.time or item.number is not None):
        return True
    before, after = walk.behind("is"), walk.item_at(walk.ahead(walk.at + 1))
    own = {column for column, _ in item.values}
    for neighbour in (before, after, _beyond(walk)):
        if neighbour is not None and neighbour.columns and own & set(neighbour.columns):
            return True
    if _written(walk, item) or _rather_value(walk, item):
        return True
    if item.is_("verb") and (walk.draft.many or walk.draft.measures or walk.draft.subject in UNITS):
        return True  # “how many days did it rain”
    if walk.draft.compare and _among(item, walk):
        return True
    if before is None or item.time is not None:
        return False
    joint = before.is_("in", "of", "only", "except", "without", "is", "isnt", "with") and not before.columns
    if not joint:
        return walk.joined and walk.mode == "value"
    if item.columns:
        if not item.exact and before.is_("with", "without") and walk.draft.subject in UNITS:
            return True  # “days with rain”
        return bool(walk.draft.measures or walk.draft.how or walk.draft.many) and before.is_(
            "in", "only", "except", "is"
        )
    return after is None or not (
        after.columns or after.values or after.number is not None or after.is_("rows", "noun", *UNITS)
    )


def _rather_value(walk: Walk, item: Item) -> bool:
    """Whether a value's whole name is but a part of a column's, or stands where a number of rows makes no sense."""
    draft, before = walk.draft, walk.behind()
    if item.loose or item.time is not None:
        return False
    if item.number is not None:
        return not item.columns and before is not None and before.is_("in", "is", "of", "only", "except", "with")
    own = set(walk.names.words(item.columns[0])) if item.columns else set[str]()
    part = bool(item.columns) and not item.exact and bool(set(name_words(item.said)) & own)
    return part and not (draft.how or draft.much or draft.rank or walk.mode in ("by", "sort", "group", "which"))


def _written(walk: Walk, item: Item) -> bool:
    """Whether it stands there exactly as the table writes it, with a capital that the sentence does not give it."""
    other = item.columns or item.time or item.number is not None
    if other or walk.at == 0 or item.said.islower() or any(word.text.isupper() for word in item.words):
        return False
    lower = any(word.text.islower() for one in walk.items for word in one.words)
    return lower and any(value == item.said for _, value in item.values)


_DAYS = ("tag", "tage", "tagen")


def _beyond(walk: Walk) -> Item | None:
    """What stands behind “to”: “yes to …”."""
    link = walk.item_at(walk.at + 1)
    linked = link is not None and link.plain in ("to", "zu", "auf", "bei")
    return walk.item_at(walk.ahead(walk.at + 2)) if linked else None


def _some(values: tuple[Value, ...]) -> str:
    """A few of them; the column beside each where they differ in it."""
    one = len({column for column, _ in values}) == 1
    shown = [value if one else f"{value} in {column}" for column, value in values[:4]]
    return either(shown if len(values) <= 4 else [*shown, f"{len(values) - 4} more"])


def _among(item: Item, walk: Walk) -> bool:
    """Whether a value of the same column stands on the other side of “and”."""
    own = {column for column, _ in item.values}
    for step in (-2, 2):
        place = walk.at + step
        other = walk.items[place] if 0 <= place < len(walk.items) else None
        if other is not None and own & {column for column, _ in other.values}:
            return True
    return False


def condition_on(walk: Walk, item: Item) -> None:
    draft = walk.draft
    before, after = walk.behind("is", "isnt", "fill"), walk.item_at(walk.ahead(walk.at + 1))
    values = item.values
    beyond = _beyond(walk)
    for neighbour in (before, after, beyond):
        if len({column for column, _ in values}) > 1 and neighbour is not None and neighbour.columns:
            values = tuple(value for value in values if value[0] in neighbour.columns) or values
    if item.words[-1].plain in PERSONS:
        draft.people = True
        draft.persons = item.said
    (column, value), *others = values
    if others:
        raise Invalid(
            f"“{item.said}” may be {_some(values)}.",
            remedy=f"Which of them is meant? Say for example “{column} {value}”.",
            code=UNANSWERABLE,
        )
    if item.loose and value.casefold() != item.said.casefold():
        draft.assumed.append(f"I took “{item.said}” for {column} “{value}”.")
    negated = walk.negated
    direct = walk.items[walk.at - 1] if walk.at else None
    if direct is not None and direct.is_("isnt"):
        negated = True
    if (
        walk.last is not None
        and walk.last[1] == column
        and walk.ahead(walk.last[0] + 1, "is", "isnt", "except", "in", "only", "with") == walk.at
    ):
        walk.unmeasure(column)
    date = walk.names.date()
    if item.loose and item.plain.endswith(_DAYS) and date is not None and walk.unique(date.name):
        draft.noun = draft.noun or item.said
    if draft.share and (walk.mode == "share" or draft.part is None or (direct is not None and direct.is_("is"))):
        draft.part = column
    if after is not None and column in after.columns and not after.values:
        walk.at = walk.ahead(walk.at + 1) + 1
    elif beyond is not None and column in beyond.columns and not beyond.values:
        walk.at = walk.items.index(beyond) + 1  # “yes to the question of …”
    put(walk, column, value, negated=negated)
    walk.mode = "value"


def put(walk: Walk, column: str, value: str, *, negated: bool) -> None:
    where = walk.draft.where
    if negated:
        where.append(condition(column, Is.UNEQUAL, value))
        return
    for place, known in enumerate(where):
        if known.column == column and known.is_ in (Is.EQUAL, Is.IN) and isinstance(known.value, (str, tuple)):
            listed = known.value if isinstance(known.value, tuple) else (known.value,)
            if value not in listed:
                where[place] = condition(column, Is.IN, (*listed, value))
            return
    where.append(condition(column, Is.EQUAL, value))


def excepted(walk: Walk, item: Item) -> bool:
    if item.is_("except", "without", "isnt") and not item.columns:
        follower = walk.item_at(walk.ahead(walk.at + 1, "in", "is", "rest", "by"))
        if follower is None or not (
            follower.values or follower.columns or follower.time or follower.part or follower.is_("over", "under")
        ):
            return False
        walk.negated, walk.negator = True, item
        walk.at = walk.ahead(walk.at + 1, "in", "is", "rest", "by")
        item = follower
        if item.values:
            condition_on(walk, item)
            walk.at = max(walk.at, walk.items.index(item) + 1)
            _more_negated(walk)
        elif item.columns and not item.values and not walk.names.is_number(item.columns[0]):
            return True  # a column, with its value behind it: “except region West”
        return True
    if item.is_("only") and not item.columns:
        walk.draft.only = True
        return True
    return False


def _more_negated(walk: Walk) -> None:
    """“except West and East”."""
    while True:
        link = walk.item_at(walk.at)
        follower = walk.item_at(walk.ahead(walk.at + 1))
        joined = link is not None and (link.is_("and", "or"))
        comma = walk.at > 0 and walk.items[walk.at - 1].ends == ","
        target = follower if joined else link if comma else None
        if target is None or not target.values:
            break
        walk.at = walk.items.index(target)
        condition_on(walk, target)
        walk.at = max(walk.at, walk.items.index(target) + 1)
    walk.negated = False
