"""Questions for the first of an order: the best, the lowest, the top five, and when it was."""

from domain.core.errors import Invalid
from domain.reports.asking.build import Builder, label
from domain.reports.asking.walk import main_measure
from domain.reports.querying.query import STEPS, How, Order, Query, Select
from domain.reports.querying.result import UNANSWERABLE


def extreme(builder: Builder, query: Query, groups: list[str]) -> Query:
    """“what is the highest price”."""
    measured = next((one for one in builder.draft.measures if one.which and len(one.columns) == 1), None)
    if measured is not None and builder.names.continuous(measured.columns[0]):
        column = measured.columns[0]
        raise Invalid(
            f"{column} is a number here, so there are not several of “{measured.said}” to choose from.",
            remedy=f"Ask what has the most {column}, or for the highest {column}.",
            code=UNANSWERABLE,
        )
    if any(one.verb for one in builder.draft.measures) and not groups:
        of = next((name for name, column in builder.names.columns.items() if column.kind == "text"), None)
        raise Invalid(
            f"It is not said of what “{builder.draft.measures[0].said}” is to be the most or the least.",
            remedy=f"Name it, as in “which {of}”." if of else "Name the column.",
            code=UNANSWERABLE,
        )
    how = How.MAX if builder.draft.rank == "top" else How.MIN
    selects = tuple(Select(how=how, column=builder.number(one)) for one in builder.draft.measures)
    return query.model_copy(update={"select": selects, "by": tuple(groups)})


def ranked_groups(builder: Builder, query: Query, groups: list[str]) -> Query:
    """“highest temperature per month”."""
    draft = builder.draft
    if all(one.how is None for one in draft.measures) and not draft.how and draft.limit is None:
        return builder.ordered(extreme(builder, query, groups))
    selects = tuple(builder.select(one) for one in builder.measures())
    query = query.model_copy(update={"select": selects, "by": tuple(groups)})
    order = (Order(by=label(selects[0]), descending=draft.rank == "top"),)
    return query.model_copy(update={"order": order, "limit": draft.limit or 1})


def ranked(builder: Builder, query: Query, groups: list[str]) -> Query:
    """“top 5 states by profit”, “which product sold most”, “the 3 largest orders”."""
    draft = builder.draft
    down = draft.rank == "top"
    if draft.most and not draft.measures and draft.sort is None:
        draft.counted = True  # “in which city do the most live”
        if draft.subject is None:
            raise Invalid(
                "“Most” asks for a group, and none was named.",
                remedy="Name one, as in “which region has the most orders”.",
                code=UNANSWERABLE,
            )
    if draft.subject is None and draft.limit is None and not groups:
        draft.subject = builder.entity()
        if draft.subject is not None and not draft.measures and draft.sort is None and not draft.counted:
            draft.measures = builder.main()
    if draft.subject is None:
        if not draft.measures and draft.sort is None:
            draft.measures = builder.measures()
        measure = draft.sort or next((one for one in draft.measures if one.rank), draft.measures[0])
        column = builder.number(measure) if measure.columns else main_measure(builder.names)
        order = (Order(by=column, descending=down),)
        return query.model_copy(update={"order": order, "limit": draft.limit or 1})
    if groups:
        raise Invalid(
            f"I can rank {draft.subject} over the whole, or within one group, not within each {groups[0]} at once.",
            remedy=f"Name one {groups[0]}, or ask by {groups[0]} and {draft.subject}.",
            code=UNANSWERABLE,
        )
    measures = [draft.sort] if draft.sort is not None and not draft.measures else builder.measures()
    measure = measures[0]
    if measure.how is None and measure.columns:
        measure = next((one for one in measures if one.rank), measure)
        column = builder.number(measure)
        name = builder.day() if draft.subject == builder.grain() else draft.subject
        single = name is not None and name in builder.names.columns and builder.unique(name)
        shown = _shown(builder, column)
        if single and len(shown) > 1:
            columns = tuple(dict.fromkeys((name or "", *shown)))
            order = (Order(by=column, descending=down),)
            limit = draft.limit or (None if draft.plural else 1)
            return query.model_copy(update={"columns": columns, "order": order, "limit": limit})
        limit = draft.limit or (None if draft.plural else 1)
        if single:  # each has one row, whose number is its sum as well as its average
            dated = How.MAX if down else How.MIN
            how = How.SUM if builder.adds_up(column) else dated if draft.subject in STEPS else How.MEAN
            return _in_order(query, Select(how=how, column=column), draft.subject, limit, down=down)
        select = Select(how=builder.default(column), column=column)
        if select.how is How.MEAN:
            builder.assumed.append(f"I took the average of {column}.")
    else:
        select = builder.select(measure)
    return _in_order(query, select, draft.subject, draft.limit or (None if draft.plural else 1), down=down)


def _in_order(query: Query, select: Select, by: str, limit: int | None, *, down: bool) -> Query:
    order = (Order(by=label(select), descending=down),)
    return query.model_copy(update={"select": (select,), "by": (by,), "order": order, "limit": limit})


def _shown(builder: Builder, column: str) -> tuple[str, ...]:
    """The columns that were named beside the one that ranks."""
    named = [builder.number(one) for one in builder.draft.measures if one.columns and not one.verb]
    return tuple(dict.fromkeys((*named, column)))


def when(builder: Builder, query: Query) -> Query:
    """“when was the temperature highest”: the date of the row, or the step of the highest sum."""
    draft = builder.draft
    date = builder.names.date()
    if date is None:
        raise Invalid("The table has no dates.", remedy="Ask for the row instead.", code=UNANSWERABLE)
    hows = {one.how for one in draft.measures}
    down = draft.rank != "bottom" and How.MIN not in hows | set(draft.how)
    if draft.rank is None and not (hows | set(draft.how)) & {How.MAX, How.MIN}:
        if draft.edge or draft.noun or draft.where:
            if draft.edge and draft.limit is None:
                how = How.MAX if draft.edge == "last" else How.MIN
                return query.model_copy(update={"select": (Select(how=how, column=date.name),)})
            order = (Order(by=date.name, descending=draft.edge == "last"),)
            return query.model_copy(update={"columns": (date.name,), "order": order, "limit": draft.limit})
        raise Invalid(
            "“When” asks for a date, and of what was not said.",
            remedy="Ask for example when a column was highest.",
            code=UNANSWERABLE,
        )
    if not draft.measures:
        draft.measures = builder.measures()
    column = builder.number(draft.measures[0])
    adds = builder.adds_up(column)
    how = How.SUM if adds else How.MAX if down else How.MIN
    return _in_order(query, Select(how=how, column=column), builder.grain(), draft.limit or 1, down=down)
