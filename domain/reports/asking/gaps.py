"""What is not there, and what was written: missing cells column by column, and texts as they stand."""

from domain.core.errors import Invalid
from domain.reports.asking.build import Builder
from domain.reports.asking.draft import condition
from domain.reports.querying.query import How, Is, Query, Select
from domain.reports.querying.result import UNANSWERABLE

_MOST = 12


def gaps(builder: Builder, query: Query) -> Query:
    """“How many answers are missing?”: for each column that has empty cells, how many; “list them”: its rows.

    Raises Invalid where the question asks for more than that, or too many columns have some.
    """
    draft = builder.draft
    if draft.subject or draft.measures or draft.rank or draft.share:
        raise Invalid("Of which column cells are missing is not said.", remedy="Name one column.", code=UNANSWERABLE)
    columns = builder.names.columns
    some = {name: count for name, column in columns.items() if (count := column.empty() - len(column.unread))}
    counted = ", ".join(f"{name} ({count:,})" for name, count in list(some.items())[:_MOST])
    if len(some) > _MOST:
        raise Invalid(
            f"{len(some):,} columns have empty cells, and I tell those of {_MOST} at most: {counted}.",
            remedy="Name one of them.",
            code=UNANSWERABLE,
        )
    if some and (draft.listing or draft.which or draft.rows) and not (draft.many or draft.groups):
        if len(some) > 1:
            raise Invalid(
                f"Cells are missing in several columns: {counted}.",
                remedy="Name the one you mean, as in “rows without …”.",
                code=UNANSWERABLE,
            )
        name = next(iter(some))
        builder.assumed.append(f"Only {name} has missing cells.")
        return builder.ordered(query.model_copy(update={"where": (*query.where, condition(name, Is.MISSING))}))
    if len(some) < len(columns) and some:
        builder.assumed.append("In all other columns every cell is filled.")
    selects = tuple(Select(how=How.MISSING, column=name) for name in (some or list(columns)[:_MOST]))
    return query.model_copy(update={"select": selects, "by": tuple(draft.groups)})


def texts(builder: Builder, query: Query) -> Query:
    """“List the comments from HR”: each as it was written."""
    subject = builder.draft.subject or ""
    where = query.where
    if builder.names.columns[subject].empty() and not any(one.column == subject for one in where):
        where = (*where, condition(subject, Is.FILLED))
    return builder.ordered(query.model_copy(update={"columns": (subject,), "where": where}))
