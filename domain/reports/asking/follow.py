"""What follows a question changes its query: another group, another period, fewer values, another order."""

from domain.core.errors import Invalid
from domain.reports.asking.build import Builder, conditions_over, label
from domain.reports.asking.compose import share
from domain.reports.asking.draft import Draft, Measure
from domain.reports.querying.query import STEPS, Condition, How, Is, Order, Query, Select
from domain.reports.querying.result import UNANSWERABLE

_OF_STEPS = ("month", "quarter", "weekday", "year")


def follows(draft: Draft, previous: Query) -> bool:
    """Whether the words change the last question, rather than being a whole one themselves."""
    if draft.behind or _again(draft, previous) or _rows_behind(draft, previous) or _of_them(draft):
        return True
    if draft.every_gap:
        return False  # “list the values that are missing”
    turned = draft.about or draft.instead or draft.added or draft.only or draft.drop or draft.also
    if draft.many and not (draft.measures or draft.subject or draft.noun or draft.rows or draft.where):
        return not draft.groups or turned  # “how many are there?”
    if draft.many or draft.much or draft.when or draft.who or (draft.which and (draft.subject or draft.measures)):
        return False
    if draft.rows or draft.noun:
        return False
    if _days(draft, previous):
        return True
    if draft.measures or draft.subject is not None:
        return turned and not (draft.measures and draft.groups)
    if draft.how or draft.share:
        return True
    return not (draft.listing and draft.groups) or turned


def _again(draft: Draft, previous: Query) -> bool:
    """“all regions again”, where one region was chosen."""
    return draft.every and any(one.column == draft.subject for one in previous.where) and not draft.measures


def _rows_behind(draft: Draft, previous: Query) -> bool:
    """“list them”, “which ones?”, “show the rows”, where they were counted or added."""
    named = draft.measures or draft.groups or draft.subject or draft.many or draft.how or draft.share
    if named or draft.noun or not previous.select:
        return False
    if draft.rows:
        return draft.listing and not (draft.where or draft.times or draft.limit or draft.edge)
    return draft.them and (draft.listing or draft.which) and not previous.by


def _of_them(draft: Draft) -> bool:
    """“how many of them were in the West”, “how many rows is that”."""
    own = draft.measures or draft.groups or draft.subject or draft.noun or (draft.rows and draft.where)
    return draft.them and draft.many and not own


def _days(draft: Draft, previous: Query) -> bool:
    """“sunny days?”, where rainy ones were counted."""
    counted = any(one.how is How.COUNT for one in previous.select)
    columns = {one.column for one in previous.where}
    return (
        counted
        and draft.subject in STEPS
        and not (draft.measures or draft.groups or draft.listing)
        and any(one.column in columns for one in draft.where)
    )


def changed(builder: Builder, previous: Query) -> Query:
    """The last query with what was said anew."""
    draft = builder.draft
    if _again(draft, previous):
        kept = tuple(one for one in previous.where if one.column != draft.subject)
        draft.subject = None
        previous = previous.model_copy(update={"where": kept})
    if _days(draft, previous):
        draft.subject = None
    if _rows_behind(draft, previous):
        draft.behind = True
    if _of_them(draft):
        previous = previous.model_copy(update={"by": (), "compare_to": None})
    if (draft.chart is not None or draft.anychart) and previous.limit == 1 and previous.by:
        previous = previous.model_copy(update={"limit": None})
    query = _lifted(builder, _chosen(builder, previous))
    if draft.share and draft.part is not None and not draft.groups:
        return _part(builder, query)
    if draft.only and not (query.select or query.by) and (draft.measures or draft.subject is not None):
        named = [builder.number(one) for one in draft.measures]
        columns = (*([draft.subject] if draft.subject is not None else []), *named)
        return _placed(builder, query.model_copy(update={"columns": columns}))
    return _placed(builder, _measured(builder, _grouped(builder, query)))


def _lifted(builder: Builder, query: Query) -> Query:
    """Without the one group that is asked beside the others now, and the one time that is now one of many."""
    draft = builder.draft
    fresh = {one.column for one in draft.where}
    asked = {*draft.groups, draft.subject} - fresh
    where = tuple(one for one in query.where if one.column not in asked or one.is_ is not Is.EQUAL)
    query = query.model_copy(update={"where": where})
    if draft.trend and not draft.times and query.period is not None and query.period[0] == query.period[1]:
        builder.assumed.append(f"I took all times, not only {query.period[0]}.")
        query = query.model_copy(update={"period": None, "compare_to": None})
    return query


def _part(builder: Builder, query: Query) -> Query:
    """“the share of India”, after a ranking of some: it is that of all; of what was added, else of the rows."""
    if not builder.draft.measures:
        added = [one.column for one in query.select if one.how in (How.SUM, How.SHARE) and one.column is not None]
        builder.draft.measures = [Measure(None, (name,), name) for name in added[:1]]
    return share(builder, Query(file=query.file, table=query.table, where=query.where, period=query.period), [])


def _chosen(builder: Builder, query: Query) -> Query:
    """With the conditions and the period that were said; each takes the place of the one it had."""
    draft = builder.draft
    fresh, periods = builder.base()
    if draft.drop:
        query = query.model_copy(update={"where": (), "period": None, "compare_to": None})
    if draft.behind:
        query = Query(file=query.file, table=query.table, where=query.where, period=query.period)
    where = conditions_over(query, fresh.where)
    if periods.where:
        query = query.model_copy(update={"period": None, "compare_to": None})
    if fresh.period is not None:
        where = tuple(one for one in where if one.column not in _OF_STEPS or one in fresh.where)
        query = query.model_copy(update={"period": fresh.period, "compare_to": fresh.compare_to})
    return query.model_copy(update={"where": where})


def _grouped(builder: Builder, query: Query) -> Query:
    draft = builder.draft
    groups = [*draft.groups, *([draft.subject] if draft.subject is not None else [])]
    if groups and query.by:  # “and by profit?” is another number, not another group
        numbers = [name for name in groups if builder.names.continuous(name)]
        draft.measures += [Measure(None, (name,), name) for name in numbers]
        groups = [name for name in groups if name not in numbers]
        draft.groups = [name for name in draft.groups if name not in numbers]
    if draft.compare:
        groups += _of_several(draft.where)
    if draft.trend:
        groups.append(builder.trend())
    if not groups:
        return query
    by = tuple(dict.fromkeys((*(query.by if draft.also else ()), *groups)))
    select = query.select or (Select(how=How.COUNT),)
    return query.model_copy(update={"by": by, "select": select, "order": (), "limit": None, "columns": ()})


def _of_several(where: list[Condition]) -> list[str]:
    return [one.column for one in where if isinstance(one.value, tuple)]


def _measured(builder: Builder, query: Query) -> Query:
    draft = builder.draft
    hows = [How.SHARE] if draft.share else draft.how
    if draft.many:
        select = (Select(how=How.COUNT),)
        return query.model_copy(update={"select": select, "order": (), "limit": None, "columns": ()})
    if draft.measures:
        old = [one.how for one in query.select if one.column is not None]
        selects: list[Select] = []
        for one in draft.measures:
            select = builder.select(one)
            keep = one.how is None and old and old[0] in (How.MEDIAN, How.MIN, How.MAX, How.MEAN)
            selects.append(select.model_copy(update={"how": old[0]}) if keep else select)
        chosen = tuple(dict.fromkeys((*(query.select if draft.also else ()), *selects)))
        order = query.order if draft.also else _reordered(query, selects)
        return query.model_copy(update={"select": chosen, "order": order, "columns": ()})
    if How.CORRELATION in hows:
        raise Invalid(
            "A correlation is of two columns of numbers.",
            remedy="Name two, as in “correlation of price and quantity”.",
            code=UNANSWERABLE,
        )
    if hows and query.select:
        if How.SHARE not in hows and all(one.column is None for one in query.select):
            selects = [builder.select(one) for one in builder.main()]
            return query.model_copy(update={"select": tuple(selects), "order": _reordered(query, selects)})
        selects = [one.model_copy(update={"how": hows[0], "of": None}) for one in query.select]
        return query.model_copy(update={"select": tuple(selects), "order": _reordered(query, selects)})
    return query


def _reordered(query: Query, selects: list[Select]) -> tuple[Order, ...]:
    """The order over what is selected now."""
    old = {label(one) for one in query.select}
    now = label(selects[0])
    return tuple(Order(by=now, descending=one.descending) if one.by in old else one for one in query.order)


def _placed(builder: Builder, query: Query) -> Query:
    draft = builder.draft
    if draft.sort is not None:
        query, order = builder.sorted(query, draft.sort)
        query = query.model_copy(update={"order": order})
    elif draft.descending is not None:
        by = _ordering(query)
        if by:
            query = query.model_copy(update={"order": (Order(by=by, descending=draft.descending),)})
    if draft.rank is not None:
        by = _ordering(query)
        if by:
            order = (Order(by=by, descending=draft.rank == "top"),)
            return query.model_copy(update={"order": order, "limit": draft.limit or query.limit or 1})
    if draft.limit is not None:
        query = query.model_copy(update={"limit": draft.limit})
    return query


def _ordering(query: Query) -> str | None:
    """What an order is by where that was not said: what it is by already, else the first number."""
    labels = [label(one) for one in query.select]
    if query.order and (query.order[0].by in labels or not labels):
        return query.order[0].by
    return labels[0] if labels and query.by else None
