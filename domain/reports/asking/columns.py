"""Columns in a question: what is computed, and by what it is grouped."""

from domain.reports.asking.draft import Draft, Measure, condition
from domain.reports.asking.items import Item
from domain.reports.asking.lexicon import PEOPLE
from domain.reports.asking.spans_said import before_time
from domain.reports.asking.walk import ADVERBS, HOWS, STEPS, UNITS, Walk
from domain.reports.asking.words import name_words, word_set
from domain.reports.facts.words import hints
from domain.reports.querying.query import How, Is

_EACH = word_set("per pro je each every jede jeden jedes")


def said_by(walk: Walk, item: Item) -> bool:
    if not item.is_("by") or item.columns:
        return False
    place = walk.ahead(walk.at + 1, "column", "rest")
    follower = walk.item_at(place)
    if follower is None or not (follower.columns or follower.is_(*UNITS)):
        return False
    walk.mode = "sort" if walk.mode == "sort" or walk.sorting else "by"
    walk.each = item.plain in _EACH
    walk.at = place
    return True


def computed(walk: Walk, item: Item) -> bool:
    how = next((HOWS[name] for name in HOWS if item.is_(name)), None)
    if how is None or (item.exact and not _said_of_the_next(walk, item)):
        return False
    draft = walk.draft
    if how is How.DISTINCT:
        draft.distinct = True
        return True
    if how is How.SHARE:
        draft.share = True
        walk.mode = "share"
        return True
    follower = walk.item_at(walk.ahead(walk.at + 1, "of", "in", "column", "rest", "by"))
    direct = walk.items[walk.at - 1] if walk.at else None
    wants = not item.ends and follower is not None and (
        follower.columns or follower.is_(*HOWS, "and", "verb", "top", "bottom")
    )  # fmt: skip
    if direct is not None and direct.columns and draft.measures and draft.measures[-1].how is None and not (
        wants and follower is not None and not follower.is_("and") and not walk.grouping(follower)
    ):  # fmt: skip
        draft.measures[-1].how = how  # “leads average”
        return True
    if how not in draft.how or how is not How.SUM:
        draft.how.append(how)
    walk.mode = "measure"
    return True


def _said_of_the_next(walk: Walk, item: Item) -> bool:
    """“total refunds”, in a table with a column Total."""
    after = walk.item_at(walk.at + 1)
    numbers = after is not None and after.columns and all(map(walk.names.is_number, after.columns))
    return (
        bool(numbers) and item.is_("sum", "mean") and not (item.ends or item.quoted) and walk.mode not in ("by", "sort")
    )


def said_rows(walk: Walk, item: Item) -> bool:
    draft = walk.draft
    if item.exact and not item.is_("rows"):
        return False
    if item.is_("rows") and not item.columns:
        draft.rows = True
        _counted(walk)
        return True
    before = walk.behind("rest", "column")
    if before is not None and before.is_("by") and not item.columns and not _each_row(walk, before, item):
        return False  # “by canteen”: what the file is called is no group
    if item.is_("noun") and not any(walk.names.is_number(name) for name in item.columns):
        return _noun(walk, item)
    return False


def _each_row(walk: Walk, before: Item, item: Item) -> bool:
    """“the average amount per transaction” is that over the rows, unless only the file is called so."""
    hows = {*walk.draft.how, *(one.how for one in walk.draft.measures)}
    averaged = before.plain in _EACH and bool(hows & {How.MEAN, How.MEDIAN})
    return averaged and not walk.names.file_is_of(item.words[0].plain)


def _counted(walk: Walk) -> None:
    """“20 rows”."""
    before = walk.items[walk.at - 1] if walk.at else None
    if (
        before is not None
        and before.number is not None
        and before in walk.draft.left
        and before.number >= 1
        and before.number % 1 == 0
    ):
        walk.draft.left.remove(before)
        walk.draft.limit = int(before.number)


def _noun(walk: Walk, item: Item) -> bool:
    """What rows are called here: “orders” of a table of orders."""
    if item.columns and (walk.mode in ("by", "sort") or walk.unique(item.columns[0]) is False):
        return False
    walk.draft.noun = item.said
    _counted(walk)
    walk.draft.entity = item.columns[0] if item.columns else None
    walk.draft.people = walk.draft.people or item.words[0].plain in PEOPLE
    return True


def said_column(walk: Walk, item: Item) -> bool:
    if not item.columns:
        return False
    draft = walk.draft
    numbers = tuple(name for name in item.columns if walk.names.is_number(name))
    others = tuple(name for name in item.columns if name not in numbers)
    kin = not item.exact and item.said.casefold() != item.columns[0].casefold()
    if kin and len(item.columns) == 1 and not item.taken and not item.is_("verb", "super-top", "super-bottom"):
        _say(walk, item.said, item.columns[0])
    first = item.columns[0]
    if _flagged(walk, item) or (walk.names.all_dates(item.columns) and before_time(walk, item.columns)):
        return True
    if walk.mode == "sort":
        draft.sort = _sorted_by(walk, item)
        walk.last = (walk.at, first)
        return True
    measuring = walk.joined and not others and all(map(walk.names.continuous, numbers))
    if walk.mode == "by" or (walk.mode == "group" and walk.joined and not measuring):
        if (
            numbers
            and not others
            and (draft.rank or draft.compare)
            and (draft.compare or draft.subject or draft.groups or draft.rows or draft.noun)
            and walk.mode == "by"
        ):
            _measure(walk, item, numbers)
            walk.mode = "measure"
            return True
        quotient = walk.each and any(hints(name, "flow") or _counts_things(name) for name in numbers)
        if not others and (quotient or not (item.exact or _named(walk, item))):
            return False  # “profit per unit”
        draft.groups.append(walk.one_of(item, others or numbers))
        walk.mode = "group"
        walk.last = (walk.at, first)
        return True
    if (numbers and not others) or (
        numbers and (draft.how or draft.much or draft.rank) and not draft.distinct and walk.mode != "which"
    ):
        _measure(walk, item, numbers)
    else:
        _subject(walk, item, others or item.columns)
    walk.last = (walk.at, first)
    return True


def _flagged(walk: Walk, item: Item) -> bool:
    """A column of yes and no that says which rows: “passengers who survived”, “discontinued products”."""
    draft, name = walk.draft, item.columns[0]
    chosen = draft.many or draft.noun or draft.rows or draft.subject or draft.measures or draft.listing
    if (
        len(item.columns) > 1
        or not (item.exact or _named(walk, item))
        or walk.mode in ("by", "sort", "which", "group")
        or draft.how
    ):
        return False
    flag = walk.names.flag(name)
    after = walk.item_at(walk.ahead(walk.at + 1, "is"))
    if flag is None or not (chosen or draft.share) or draft.rank or draft.compare:
        return False
    if after is not None and (
        after.number is not None or after.values or after.is_("missing", "filled", "sum", "mean")
    ):
        return False
    draft.where.append(condition(name, Is.EQUAL, flag[1] if walk.negated else flag[0]))
    walk.negated = False
    draft.part = name if draft.share else draft.part
    walk.last = (walk.at, name)
    return True


def _named(walk: Walk, item: Item) -> bool:
    """Whether the words stand in the column's own name, or are a slip of it."""
    own = set(walk.names.words(item.columns[0]))
    return bool(item.taken) or bool(set(name_words(item.said)) & own)


def _counts_things(name: str) -> bool:
    """Whether a header is a plural: appointments are counted, an age is not."""
    return name.casefold().endswith("s") and not name.casefold().endswith("ss")


def _say(walk: Walk, said: str, column: str) -> None:
    mine, its = name_words(said), name_words(column)
    if mine != its and "".join(mine) != "".join(its) and not set(mine) & set(its):
        walk.draft.assumed.append(f"I took “{said}” for {column}.")


def _sorted_by(walk: Walk, item: Item) -> Measure:
    how = (
        walk.draft.how.pop()
        if walk.draft.how and walk.mode == "sort" and len(walk.draft.how) > len(walk.draft.measures)
        else None
    )
    return Measure(how, item.columns, item.said)


def _measure(walk: Walk, item: Item, numbers: tuple[str, ...]) -> None:
    draft = walk.draft
    hows: list[How | None] = [*draft.how] or [None]
    if draft.measures and walk.joined and not draft.how and draft.measures[-1].how is not None:
        hows = [draft.measures[-1].how]  # “average price and cost”
    verb = item.is_("verb")
    if verb and draft.measures and not draft.measures[-1].verb and not draft.how:
        return  # “how many units were sold”: the units are named already
    if not verb:
        draft.measures = [
            one for one in draft.measures if not one.verb or (one.rank and set(one.columns) != set(numbers))
        ]
    if verb and not draft.how and any(one.columns == numbers for one in draft.measures):
        return  # “how many hours were worked”
    before = walk.behind()
    which = before is not None and before.is_("which")
    draft.measures += [Measure(how, numbers, item.said, verb=verb, exact=item.exact, which=which) for how in hows]
    draft.how = []
    walk.mode = "measure"


def _subject(walk: Walk, item: Item, columns: tuple[str, ...]) -> None:
    """A column of words or dates that stands without “by”."""
    draft = walk.draft
    name = walk.one_of(item, columns)
    text = item.words[-1].plain
    if walk.mode == "compare":
        draft.groups.append(name)
        return
    if draft.subject is None:
        draft.subject = name
        _counted(walk)
        draft.plural = text.endswith(("s", "en")) and not text.endswith("ss")
    elif name != draft.subject:
        (draft.groups if walk.joined else draft.strange).append(name)


def _replaced(draft: Draft, column: str, date: str) -> str:
    """The date column, in the place of the one that was read."""
    draft.groups = [date if one == column else one for one in draft.groups]
    draft.subject = date if draft.subject == column else draft.subject
    return date


def _step_of(walk: Walk, column: str, step: str) -> str:
    """The step of the very date column that was just named, which then is no column of its own."""
    draft = walk.draft
    if walk.names.columns[column].kind != "date":  # “order month”, of Order Date
        said = set(name_words(walk.items[walk.at - 1].said))
        dated = [one for one in walk.names.dates() if said & set(walk.names.words(one))]
        if len(dated) != 1:
            return step
        column = _replaced(draft, column, dated[0])
    if draft.groups and draft.groups[-1] == column:
        draft.groups.pop()
        walk.mode = "by"
    elif draft.subject == column:
        draft.subject = None
    date = walk.names.date()
    return step if date is not None and date.name == column else f"{column}: {step}"


def said_step(walk: Walk, item: Item) -> bool:
    name = next((name for name in (*ADVERBS, *UNITS) if item.is_(name)), None)
    if name is None or item.values:
        return False
    draft, step = walk.draft, STEPS[name]
    if walk.calendar is None:
        return False
    if name not in ADVERBS and before_time(walk, step=step):
        return True
    if walk.last is not None and walk.last[0] == walk.at - 1 and not item.is_("day"):
        step = _step_of(walk, walk.last[1], step)  # “start year”
    if walk.mode == "sort":
        draft.sort = Measure(None, (step,), item.said)
    elif name in ADVERBS or walk.mode in ("by", "compare") or (walk.mode == "group" and walk.joined):
        draft.groups.append(step)
        walk.mode = "group"
    elif draft.subject is None:
        draft.subject = step
        draft.plural = item.plain.endswith("s") or item.plain in ("monate", "tage", "jahre", "wochen")
    elif draft.many or step == "day":
        date = walk.names.date()
        if step == "day" and draft.noun is None and date is not None and walk.unique(date.name):
            draft.noun = item.said  # “which year had the most rainy days”: a day is a row
        return True
    else:
        draft.groups.append(step)
    return True
