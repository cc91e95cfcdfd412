"""Words of a question that say how: a chart, a file, an order, the first or the best of it."""

from domain.reports.asking.comparing import containing
from domain.reports.asking.draft import Measure
from domain.reports.asking.items import Item
from domain.reports.asking.lexicon import KIN
from domain.reports.asking.walk import CHARTS, EXPORTS, JOINTS, Walk
from domain.reports.querying.query import How


def said_chart(walk: Walk, item: Item) -> bool:
    if item.exact or item.values:
        return False
    draft = walk.draft
    for name, kind in CHARTS.items():
        if item.is_(name):
            draft.chart = kind
            return True
    for wanted in EXPORTS:
        if item.is_(wanted):
            draft.export = wanted
            return True
    if item.is_("chart"):
        draft.anychart = True
        return True
    if item.is_("export"):
        draft.exported = True
        return True
    return False


def said_sort(walk: Walk, item: Item) -> bool:
    if item.exact:
        return False
    if item.is_("asc", "desc"):
        walk.draft.descending = item.is_("desc")
        return True
    if not item.is_("sort"):
        return False
    after = walk.items[walk.at + 1 :]
    named = item.plain.split()[-1] in ("by", "nach")
    if named or not any(one.is_("by") for one in after):
        walk.mode = "sort"
    else:
        walk.sorting = True  # “sort the states by sales”
    return True


_AMOUNTS = frozenset(["most", "meiste", "meisten", "fewest", "least", "wenigsten"]) | {"am meisten", "am wenigsten"}


def said_rank(walk: Walk, item: Item) -> bool:
    if item.exact:
        return False
    draft = walk.draft
    if item.is_("super-top", "super-bottom"):
        draft.rank = "top" if item.is_("super-top") else "bottom"
        draft.measures.append(Measure(None, item.columns, item.said, verb=True, rank=True))
        walk.mode = "rank"
        _count_behind(walk)
        return True
    if item.is_("common", "rare"):
        draft.rank = "top" if item.is_("common") else "bottom"
        draft.counted = True
        _count_behind(walk)
        return True
    end = "top" if item.is_("top") else "bottom" if item.is_("bottom") else None
    if end is None:
        return False
    draft.rank = end
    draft.good = item.is_("good")
    draft.most = draft.most or item.plain in _AMOUNTS
    _count_behind(walk)
    walk.mode = "rank"
    return True


def _count_behind(walk: Walk) -> None:
    """“top 5”, “5 best”, “the 5 best”."""
    before = walk.items[walk.at - 1] if walk.at else None
    after = walk.item_at(walk.at + 1)
    if _counts(after) and after is not None and after.number is not None and not after.values:
        walk.draft.limit = int(after.number)
        walk.at += 2
    elif _counts(before) and before is not None and before.number is not None and before in walk.draft.left:
        walk.draft.left.remove(before)
        walk.draft.limit = int(before.number)


def _counts(item: Item | None) -> bool:
    """Whether it is a number of things."""
    return item is not None and item.number is not None and item.number >= 1 and item.number == int(item.number)


def said_edge(walk: Walk, item: Item) -> bool:
    """“first 5 rows”, “the last order”, “the first price”."""
    if not item.is_("first", "last") or item.exact:
        return False
    walk.draft.edge = "first" if item.is_("first") else "last"
    _count_behind(walk)
    return True


def asking(walk: Walk, item: Item) -> bool:
    draft = walk.draft
    if item.exact:
        return False
    draft.them = draft.them or item.is_("them")
    for name in ("about", "instead", "behind", "drop", "trend", "compare", "when", "who", "also", "table"):
        if item.is_(name):
            related = name == "who" and bool(draft.noun or draft.rows or draft.subject or draft.many)
            related = related or (name == "when" and bool(draft.measures) and not draft.many)
            setattr(draft, name, getattr(draft, name) or not related)
            if name == "compare":
                walk.mode = "compare"
            return True
    if item.is_("down") and _raining(walk):
        return True  # “how much rain fell”
    if item.is_("change", "up", "down"):
        draft.change = next((name for name in ("up", "down") if item.is_(name)), draft.change or "change")
        return True
    if item.is_("fast", "slow") and (draft.change or any(one.is_("change", "up", "down") for one in walk.items)):
        draft.fast, draft.rank = True, "top" if item.is_("fast") else "bottom"
        return True
    if item.is_("versus"):
        draft.compare = True
        return True
    if item.is_("many"):
        draft.many = True
        return True
    if item.is_("much"):
        draft.much = True
        return True
    if item.is_("which"):
        walk.mode = "which"
        draft.which = True
        return True
    if item.is_("contains"):
        return containing(walk)
    return False


def _raining(walk: Walk) -> bool:
    wet = KIN[("precipitation",)] | {("precipitation",)}
    return any(walk.names.words(name) in wet for item in walk.items for name in item.columns)


_COLUMNS = frozenset(["columns", "column", "fields", "field", "spalten", "spalte", "felder", "feld", "variables"])


def joint(walk: Walk, item: Item) -> bool:
    """Words that only hold others together."""
    draft = walk.draft
    if item.is_("show"):
        draft.listing = True
        return True
    if item.is_("verb"):
        return True
    if item.is_("rest"):
        draft.every = True
    draft.them = draft.them or item.is_("them")
    if item.plain in _COLUMNS:
        draft.headers = True
    if item.is_("and"):
        draft.added = draft.added or walk.at == 0
    if item.is_("between") and (draft.compare or How.CORRELATION in draft.how):
        return True
    return item.is_(*JOINTS)
