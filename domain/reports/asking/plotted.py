"""Numbers as they are in the rows: two that go together, and those behind a picture."""

from domain.core.errors import Invalid
from domain.reports.asking.build import Builder
from domain.reports.querying.query import How, Query, Select
from domain.reports.querying.result import UNANSWERABLE


def correlation(builder: Builder, query: Query) -> Query:
    columns = [builder.number(one) for one in builder.draft.measures]
    if len(columns) != 2:
        raise Invalid(
            "A correlation is of two columns of numbers.",
            remedy="Name two, as in “correlation of price and quantity”.",
            code=UNANSWERABLE,
        )
    select = Select(how=How.CORRELATION, column=columns[0], of=columns[1])
    return query.model_copy(update={"select": (select,), "by": tuple(builder.draft.groups)})


def drawn(builder: Builder, query: Query, groups: list[str]) -> Query:
    """The rows behind a scatter chart or a histogram."""
    columns = tuple(builder.number(one) for one in builder.draft.measures)
    wanted = 2 if builder.draft.chart == "scatter" else 1
    if len(columns) != wanted:
        raise Invalid(
            f"A {builder.draft.chart} shows {'two columns' if wanted == 2 else 'one column'} of numbers.",
            remedy="Name them.",
            code=UNANSWERABLE,
        )
    return query.model_copy(update={"columns": (*columns, *groups)})
