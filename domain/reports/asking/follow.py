"""What follows a question changes its query: another group, another period, fewer values, another order."""

from domain.reports.asking.build import Builder, conditions_over, label
from domain.reports.asking.draft import Draft
from domain.reports.querying.query import How, Order, Query, Select


def follows(draft: Draft) -> bool:
    """Whether the words change the last question, rather than being a whole one themselves."""
    turned = draft.about or draft.instead or draft.added or draft.only or draft.behind or draft.drop
    if draft.behind:
        return True
    if draft.many or draft.much or draft.when or draft.who or (draft.which and (draft.subject or draft.measures)):
        return False
    if draft.rows or draft.noun:
        return False
    if draft.measures or draft.subject is not None:
        return bool(turned) and not (draft.measures and draft.groups)
    if draft.how or draft.share:
        return True
    return not (draft.listing and draft.groups) or bool(turned)


def changed(builder: Builder, previous: Query) -> Query:
    """The last query with what was said anew."""
    draft = builder.draft
    fresh, periods = builder.base()
    query = previous
    if draft.drop:
        query = query.model_copy(update={"where": (), "period": None, "compare_to": None})
    if draft.behind:
        query = Query(file=query.file, table=query.table, where=query.where, period=query.period)
    where = conditions_over(query, fresh.where)
    if periods.where:
        query = query.model_copy(update={"period": None, "compare_to": None})
    query = query.model_copy(update={"where": where})
    if fresh.period is not None:
        dated = [one for one in where if one.column not in ("month", "quarter")]
        query = query.model_copy(update={"period": fresh.period, "compare_to": fresh.compare_to, "where": tuple(dated)})
    groups = [*draft.groups, *([draft.subject] if draft.subject is not None else [])]
    if draft.compare:
        groups += [one.column for one in fresh.where if isinstance(one.value, tuple)]
    if draft.trend:
        groups.append(builder.trend())
    if groups:
        query = query.model_copy(update={"by": tuple(groups), "order": (), "limit": None, "columns": ()})
        if not query.select:
            query = query.model_copy(update={"select": (Select(how=How.COUNT),)})
    query = _measured(builder, query)
    return _placed(builder, query)


def _measured(builder: Builder, query: Query) -> Query:
    draft = builder.draft
    hows = draft.how
    if draft.share:
        hows = [How.SHARE]
    if draft.measures:
        old = [one.how for one in query.select if one.column is not None]
        selects: list[Select] = []
        for one in draft.measures:
            select = builder.select(one)
            keep = (
                one.how is None
                and old
                and old[0] is not select.how
                and old[0] in (How.MEDIAN, How.MIN, How.MAX, How.MEAN)
            )
            selects.append(select.model_copy(update={"how": old[0]}) if keep else select)
        return query.model_copy(update={"select": tuple(selects), "order": _reordered(query, selects), "columns": ()})
    if hows and query.select:
        selects = [one.model_copy(update={"how": hows[0], "of": None}) for one in query.select]
        return query.model_copy(update={"select": tuple(selects), "order": _reordered(query, selects)})
    return query


def _reordered(query: Query, selects: list[Select]) -> tuple[Order, ...]:
    """The order over what is selected now."""
    old = {label(one) for one in query.select}
    return tuple(
        Order(by=label(selects[0]), descending=one.descending) if one.by in old else one for one in query.order
    )


def _placed(builder: Builder, query: Query) -> Query:
    draft = builder.draft
    if draft.sort is not None:
        query, order = builder.sorted(query, draft.sort)
        query = query.model_copy(update={"order": order})
    elif draft.descending is not None:
        by = label(query.select[0]) if query.select else (query.by or ("",))[0]
        if by:
            query = query.model_copy(update={"order": (Order(by=by, descending=draft.descending),)})
    if draft.rank is not None and query.by and query.select:
        order = (Order(by=label(query.select[0]), descending=draft.rank == "top"),)
        return query.model_copy(update={"order": order, "limit": draft.limit or 1})
    if draft.limit is not None:
        query = query.model_copy(update={"limit": draft.limit})
    return query
