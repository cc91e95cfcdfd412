"""From what was read of a question to its query, by the kind of question that it is."""

from domain.core.errors import Invalid
from domain.reports.asking.build import Builder, label
from domain.reports.asking.changing import changed_between, is_of_two_times
from domain.reports.asking.gaps import gaps, texts
from domain.reports.asking.plotted import correlation, drawn
from domain.reports.asking.ranked import extreme, ranked, ranked_groups, when
from domain.reports.asking.telling import told_where
from domain.reports.querying.query import STEPS, How, Is, Order, Query, Select
from domain.reports.querying.result import UNANSWERABLE

_ORDERED = (Is.MORE, Is.LESS, Is.AT_LEAST, Is.AT_MOST)


def query_of(builder: Builder) -> Query:
    """Raises Invalid where the words ask for what no query can say."""
    draft = builder.draft
    query, periods = builder.base()
    if draft.every_gap:
        return gaps(builder, query)
    if is_of_two_times(builder):
        return changed_between(builder, query, list(draft.groups))
    draft.trend = draft.trend or (bool(draft.change) and not draft.groups)
    if draft.many and {How.MEAN, How.MEDIAN, How.MIN, How.MAX} & set(draft.how):
        raise Invalid(
            "A count has one number in all; an average of counts I do not compute.",
            remedy="Ask for the count by month, or by a column.",
            code=UNANSWERABLE,
        )
    measuring = next((name for name in draft.groups if builder.names.continuous(name)), None)
    if measuring is not None:
        raise Invalid(
            f"{measuring} has a different number in most rows, so it makes no groups.",
            remedy=f"Ask what goes with it, as in “correlation of … and {measuring}”, or sort by {measuring}.",
            code=UNANSWERABLE,
        )
    if draft.gaps and not (draft.measures or draft.subject or draft.rows or draft.noun or draft.how or draft.listing):
        draft.many = True
    groups = list(draft.groups)
    if periods.group and periods.group not in groups and not draft.many:
        groups.append(periods.group)
    if draft.compare:
        groups += builder.compared_values(groups)
    if draft.chart == "line" and not (groups or draft.subject or draft.trend) and builder.calendar is not None:
        draft.trend = True
    if draft.trend and not any(group in STEPS for group in groups):
        groups += [] if draft.how else builder.compared_values(groups)  # a line each, “for Kenya and Brazil”
        groups.append(builder.trend())
    if draft.persons is not None and not (draft.measures or draft.how):
        draft.noun = draft.noun or draft.persons  # “men in first class” are rows
    _of_each_step(builder, groups)
    if draft.how == [] and draft.measures and all(one.how is How.MEAN for one in draft.measures):
        for group in [one for one in groups if one in builder.names.columns and builder.unique(one)]:
            groups.remove(group)
            draft.groups.remove(group)
            builder.assumed.append(f"Each row has its own {group}: the average is that over the rows.")
    if draft.subject is not None and draft.subject == builder.date_name() and any(one in STEPS for one in groups):
        draft.subject, draft.many = None, True  # “hires per year”
    if draft.who and draft.subject is None:
        draft.subject = builder.who()
    if draft.chart in ("scatter", "histogram") and draft.measures:
        return drawn(builder, query, groups)
    if How.CORRELATION in draft.how or any(one.how is How.CORRELATION for one in draft.measures):
        return correlation(builder, query)
    if draft.when:
        return when(builder, query)
    if draft.share:
        return share(builder, query, groups)
    if (
        draft.rank
        and not draft.how
        and not any(one.how for one in draft.measures)
        and not (draft.subject or draft.rows or draft.noun or groups or (draft.limit or 1) > 1)
        and draft.measures
    ):
        return extreme(builder, query, groups)
    if draft.rank and (draft.subject or draft.rows or draft.noun or (draft.limit and not groups)):
        return ranked(builder, query, groups)
    if draft.rank and groups and draft.measures:
        return ranked_groups(builder, query, groups)
    if draft.many or draft.distinct:
        return counted(builder, query, groups)
    dated = draft.subject is not None and draft.subject in (builder.grain(), builder.date_name())
    if draft.edge and dated and not draft.measures and draft.limit is None and not groups:
        return _edge(builder, query, builder.date_name() or "")
    if draft.edge and not (draft.rows or draft.noun) and draft.measures and draft.limit is None:
        how = How.FIRST if draft.edge == "first" else How.LAST
        selects = tuple(Select(how=how, column=builder.number(one)) for one in draft.measures)
        return builder.ordered(query.model_copy(update={"select": selects, "by": tuple(groups)}))
    alone = not (draft.measures or draft.how or draft.subject or groups or draft.share or draft.rank)
    if draft.sort is not None and alone:
        return rows(builder, query)
    if (draft.rows or draft.noun) and not (
        draft.how or groups or (draft.measures and not draft.listing and not draft.which)
    ):
        return rows(builder, query)
    if draft.edge and draft.subject == builder.grain() and builder.day() is not None and not draft.measures:
        return rows(builder, query)
    if draft.edge and draft.subject in builder.names.columns and not draft.measures and draft.limit is None:
        return _edge(builder, query, draft.subject or "")
    if (draft.edge and draft.limit and not groups) or _bare_comparison(builder, query):
        return rows(builder, query)
    if draft.subject is not None and groups and not (draft.measures or draft.how or draft.listing or draft.which):
        if draft.chart in ("stacked", "histogram") and not builder.unique_rows(draft.subject):
            by = tuple(dict.fromkeys((*groups, draft.subject)))  # “stacked bars of gender by department”
            return builder.ordered(query.model_copy(update={"select": (Select(how=How.COUNT),), "by": by}))
        draft.many = True  # “customers by segment”
        return counted(builder, query, groups)
    if draft.listing and not (draft.measures or draft.how or groups) and builder.names.is_free_text(draft.subject):
        return texts(builder, query)
    if draft.subject is not None and not draft.measures and not draft.how:
        return listed(builder, query, groups)
    if draft.listing and draft.subject is not None and draft.measures and not (draft.how or groups) and all(
        one.how is None for one in draft.measures
    ):  # fmt: skip
        columns = (draft.subject, *(builder.number(one) for one in draft.measures))
        return builder.ordered(query.model_copy(update={"columns": columns, "limit": draft.limit}))
    if draft.subject is not None and _of_rows(builder):
        draft.noun, draft.subject = draft.noun or draft.subject, None
    days = draft.subject == builder.grain() and builder.day() is not None and query.where and not draft.which
    if draft.subject is not None and not days:  # “average wind on rainy days” is over rows
        groups.insert(0, draft.subject)
    selects = tuple(builder.select(one) for one in builder.measures())
    return builder.ordered(query.model_copy(update={"select": selects, "by": tuple(dict.fromkeys(groups))}))


def _of_rows(builder: Builder) -> bool:
    """“the average time of tickets” is that over the rows, where each is a ticket."""
    draft = builder.draft
    named = draft.which or draft.listing or draft.rank or draft.sort or draft.chart or draft.anychart
    hows = {*draft.how, *(one.how for one in draft.measures)} - {None}
    return bool(hows) and not named and builder.unique_rows(draft.subject or "")


def counted(builder: Builder, query: Query, groups: list[str]) -> Query:
    draft = builder.draft
    if draft.subject is not None:
        draft.measures = [one for one in draft.measures if not one.verb]
    if draft.measures and not (draft.rows or draft.noun):
        selects: list[Select] = []
        for one in draft.measures:
            column = builder.number(one)
            how = How.DISTINCT if draft.distinct or not builder.names.is_number(column) else one.how or How.SUM
            selects.append(Select(how=how, column=column))
        if draft.subject is not None:
            groups.insert(0, draft.subject)
        return builder.ordered(query.model_copy(update={"select": tuple(selects), "by": tuple(groups)}))
    select = Select(how=How.COUNT)
    if draft.subject is not None and not draft.distinct and builder.unique_rows(draft.subject):
        draft.subject, draft.noun = None, draft.noun or draft.subject  # each row is one ticket
    if draft.subject is not None and not draft.rows and draft.noun is None:
        if draft.distinct and not draft.many and not groups:
            return listed(builder, query, groups)
        _told_apart(builder, query, draft.subject)
        select = _number_of(builder, draft.subject)
    elif draft.subject is not None:
        groups.insert(0, draft.subject)
    return builder.ordered(query.model_copy(update={"select": (select,), "by": tuple(groups)}))


def _number_of(builder: Builder, subject: str) -> Select:
    """How many of a column's values, or days, there are."""
    if subject not in STEPS:
        return Select(how=How.DISTINCT, column=subject)
    date = builder.names.date()
    if date is not None and subject == (date.grain or "day") and builder.unique(date.name):
        return Select(how=How.COUNT)
    if date is not None and subject == (date.grain or "day"):
        builder.assumed.append(f"I counted the different dates of {date.name}.")
        return Select(how=How.DISTINCT, column=date.name)
    raise Invalid(
        f"I can count rows and different values, not {subject}s.",
        remedy=f"Ask for the count by {subject}.",
        code=UNANSWERABLE,
    )


def rows(builder: Builder, query: Query) -> Query:
    draft = builder.draft
    query = query.model_copy(update={"limit": draft.limit or (1 if draft.edge and not draft.plural else None)})
    if draft.rank is None and draft.edge and (draft.edge == "last" or not draft.rows) and draft.sort is None:
        date = builder.names.date()
        if date is not None:
            builder.assumed.append(f"The {draft.edge} ones are those by {date.name}.")
            query = query.model_copy(update={"order": (Order(by=date.name, descending=draft.edge == "last"),)})
        elif draft.edge == "last":
            raise Invalid(
                "The table has no dates, so there is no order in which rows are the last.",
                remedy="Say what to sort by, as in “sort by name, descending, first 5 rows”.",
                code=UNANSWERABLE,
            )
    columns = tuple(builder.number(one) for one in draft.measures)
    if draft.subject is not None and columns:
        columns = (draft.subject, *columns)
    return builder.ordered(query.model_copy(update={"columns": columns}))


def listed(builder: Builder, query: Query, groups: list[str]) -> Query:
    """“which regions are there”, “list all products”: each value once, with how many rows it has."""
    draft = builder.draft
    assert draft.subject is not None
    if draft.subject == builder.grain() and builder.day() is not None and not groups:
        return rows(builder, query)
    _told_apart(builder, query, draft.subject)
    by = tuple(dict.fromkeys((draft.subject, *groups)))
    if draft.sort is not None and any(map(builder.names.is_number_column, draft.sort.columns)):
        return builder.ordered(query.model_copy(update={"by": by}))
    if draft.subject in builder.names.columns and builder.unique(draft.subject) and not groups:
        return builder.ordered(query.model_copy(update={"columns": (draft.subject,)}))
    return builder.ordered(query.model_copy(update={"by": by, "select": (Select(how=How.COUNT),)}))


def _of_each_step(builder: Builder, groups: list[str]) -> None:
    """Says what an average by month is of, where a month has several rows."""
    averaged = any(one.how is How.MEAN for one in builder.draft.measures)
    step = next((one for one in groups if one in STEPS or one == builder.date_name()), None)
    if averaged and step is not None and builder.day() is None:
        builder.assumed.append(f"The average is that of the rows of each {step}.")


def _told_apart(builder: Builder, query: Query, subject: str) -> None:
    """Raises Invalid for “states with sales over 5,000”: the row's number is not the state's."""
    name = builder.day() if subject == builder.grain() else subject
    if name in builder.names.columns and builder.unique(name or ""):
        return
    for one in query.where:
        if one.is_ in _ORDERED and builder.names.is_number_column(one.column) and builder.adds_up(one.column):
            raise Invalid(
                f"I can choose rows by {one.column}, not each {subject} by its sum of {one.column}.",
                remedy=f"Ask for {one.column} by {subject}, sorted, or for the rows with that {one.column}.",
                code=UNANSWERABLE,
            )


def _bare_comparison(builder: Builder, query: Query) -> bool:
    """Whether a comparison of numbers is all that was said: its rows are meant."""
    draft = builder.draft
    return bool(query.where) and not (draft.measures or draft.how or draft.subject or draft.groups) and any(
        one.is_ not in (Is.EQUAL, Is.IN) or builder.names.is_number_column(one.column) for one in query.where
    )  # fmt: skip


def _edge(builder: Builder, query: Query, subject: str) -> Query:
    """“the first order date”, “the last customer”."""
    first = builder.draft.edge == "first"
    if builder.names.columns[subject].kind == "date":
        select = Select(how=How.MIN if first else How.MAX, column=subject)
    else:
        select = Select(how=How.FIRST if first else How.LAST, column=subject)
    return query.model_copy(update={"select": (select,), "by": tuple(builder.draft.groups)})


def share(builder: Builder, query: Query, groups: list[str]) -> Query:
    draft = builder.draft
    if draft.subject is not None and builder.unique_rows(draft.subject):
        draft.subject, draft.noun = None, draft.noun or draft.subject  # “share of tickets by priority”
    if draft.subject is not None and draft.subject not in groups and draft.subject not in STEPS:
        groups.insert(0, draft.subject)
    measures = [one for one in draft.measures if one.columns]
    column = builder.number(measures[0]) if measures else None
    if column is None and draft.noun is None and not draft.rows and draft.subject not in STEPS:
        builder.assumed.append("I took the share of the rows.")
    if not groups and not query.where and query.period is None:
        raise Invalid(
            "A share is a part of a whole, and no part was named.",
            remedy="Name one, as in “the share of sales by region”.",
            code=UNANSWERABLE,
        )
    select = Select(how=How.SHARE, column=column)
    part = next((one for one in query.where if one.column == draft.part and one.is_ is Is.EQUAL), None)
    if part is not None and groups:
        raise Invalid(
            f"The share of {part.value} within each {groups[0]} I do not compute.",
            remedy=f"Ask for the count by {groups[0]} and {part.column}, or for the share of {part.value} in all.",
            code=UNANSWERABLE,
        )
    if part is not None and len(query.where) > 1:
        groups = [part.column]
        query = query.model_copy(update={"where": tuple(one for one in query.where if one is not part)})
        builder.assumed.append(f"The shares are of all that {told_where(query.where)}.")
    query = builder.ordered(query.model_copy(update={"select": (select,), "by": tuple(groups)}))
    if draft.rank and groups:
        order = (Order(by=label(select), descending=draft.rank == "top"),)
        query = query.model_copy(update={"order": order, "limit": draft.limit or 1})
    return query
