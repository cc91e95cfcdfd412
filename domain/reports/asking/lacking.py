"""Missing cells that were asked for without a word about where: those of the columns that have some."""

from domain.core.errors import Invalid
from domain.reports.asking.build import Builder
from domain.reports.querying.query import Condition, How, Is, Query, Select
from domain.reports.querying.result import UNANSWERABLE

_MOST = 8
"""Columns whose missing cells are counted side by side."""


def lacking(builder: Builder, query: Query, groups: list[str]) -> Query:
    """“how many values are missing”: a count for each column; “list the missing values”: the rows.

    Raises Invalid where rows are asked for and several columns have gaps.
    """
    draft = builder.draft
    gaps = {name: column.empty() - len(column.unread) for name, column in builder.names.columns.items()}
    gaps = {name: count for name, count in gaps.items() if count}
    if not (draft.listing or draft.which or draft.rows) or draft.many or groups or not gaps:
        names = list(gaps or builder.names.columns)
        if len(names) > _MOST:
            shown = ", ".join(f"{name} ({count:,})" for name, count in list(gaps.items())[:_MOST])
            raise Invalid(
                f"{len(names):,} columns have missing cells, among them {shown}.",
                remedy="Name the one you mean.",
                code=UNANSWERABLE,
            )
        selects = tuple(Select(how=How.MISSING, column=name) for name in names)
        return builder.ordered(query.model_copy(update={"select": selects, "by": tuple(groups)}))
    if len(gaps) > 1:
        shown = ", ".join(f"{name} ({count:,})" for name, count in list(gaps.items())[:_MOST])
        raise Invalid(
            f"Cells are missing in several columns: {shown}.",
            remedy="Name the one you mean, as in “rows without …”.",
            code=UNANSWERABLE,
        )
    name = next(iter(gaps))
    builder.assumed.append(f"Only {name} has missing cells.")
    return builder.ordered(
        query.model_copy(update={"where": (*query.where, Condition.model_validate({"column": name, "is": Is.MISSING}))})
    )
