"""What is asked of a table, as plain data: a planner writes it, and a person's words are read into it."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Value = str | int | float | bool


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class How(StrEnum):
    """What is computed. ``ROWS`` are the rows themselves; ``COUNT`` counts them, or the filled cells of a column."""

    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    MISSING = "missing"
    DISTINCT = "distinct"
    SHARE = "share"
    FIRST = "first"
    LAST = "last"
    ROWS = "rows"
    CORRELATION = "correlation"


class Is(StrEnum):
    """How a cell compares with the value of a condition."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    IN = "in"
    CONTAINS = "contains"
    MISSING = "missing"
    FILLED = "filled"


Step = Literal["year", "quarter", "month", "week", "day", "weekday", "hour"]
STEPS: tuple[Step, ...] = ("year", "quarter", "month", "week", "day", "weekday", "hour")
"""Groups of a date column: those before ``weekday`` lie one after another, the last two return."""

ChartWish = Literal["bar", "line", "stacked", "pie", "scatter", "histogram"]


class Select(_Part):
    """``column`` is none for rows and their count and share. ``of``: the other column of a correlation."""

    how: How
    column: str | None = Field(default=None, description="none for rows, and for count and share of rows")
    of: str | None = Field(default=None, description="for correlation: the other column")


class Condition(_Part):
    """``value`` is a list for ``in``, none for ``missing`` and ``filled``; dates as 2024, 2024-03 or 2024-03-09."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)

    column: str
    is_: Is = Field(default=Is.EQUAL, alias="is")
    value: Value | tuple[Value, ...] | None = None


class Join(_Part):
    """Rows of another file that share the value of a column, called the same in both or given as a pair."""

    file: str
    on: str | tuple[str, str]


class Order(_Part):
    """``by`` is a column of the result: one that it groups by, or a selection as “sum of Sales”."""

    by: str
    descending: bool = False


Span = tuple[str, str]
"""From, to, both included: 2024, 2024-03, 2024-Q1, 2024-03-09 or 2024-03-09T05:00."""


class Query(_Part):
    """A question put to one table. Nothing selected: the rows themselves, or their count where it groups.

    ``by`` names columns, or steps of the table's date; “Ship Date: month” is the step of another date column.
    All conditions hold at once. ``compare_to`` is a second period, beside ``period``. ``limit`` cuts the rows of the
    result after ``order``.
    """

    file: str
    table: str | None = Field(default=None, description="the sheet, where a workbook holds several")
    select: tuple[Select, ...] = ()
    by: tuple[str, ...] = Field(
        default=(), description="columns, or year, quarter, month, week, day, weekday, hour of the table's date"
    )
    where: tuple[Condition, ...] = ()
    period: Span | None = Field(default=None, description="from, to: 2024, 2024-03 or 2024-03-09")
    compare_to: Span | None = Field(default=None, description="a second period to compare the first with")
    join: Join | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    columns: tuple[str, ...] = Field(default=(), description="where rows are listed: those columns alone")
