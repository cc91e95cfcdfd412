"""Questions over the three reports, and the query that each of them is, or what it is refused for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Conditions = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Asked:
    """``after``: the questions that were asked before. ``refused``: words that the refusal holds."""

    report: str
    question: str
    query: dict[str, Any] = field(default_factory=dict[str, Any])
    chart: str | None = None
    export: str | None = None
    facts: bool = False
    refused: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def _select(one: str) -> dict[str, str]:
    how, _, column = one.partition(" ")
    name, _, of = column.partition(" & ")
    return {"how": how} | ({"column": name} if column else {}) | ({"of": of} if of else {})


def _condition(one: tuple[Any, ...]) -> dict[str, Any]:
    if len(one) == 2:
        name, value = one
        return {"column": name, "value": value} if value not in ("missing", "filled") else {"column": name, "is": value}
    return {"column": one[0], "is": one[1], "value": one[2]}


def asks(
    *select: str,
    by: Sequence[str] = (),
    where: Conditions = (),
    period: str | tuple[str, str] | None = None,
    compare_to: str | None = None,
    order: str | None = None,
    limit: int | None = None,
    columns: Sequence[str] = (),
) -> dict[str, Any]:
    """A query as JSON without what is left at its default; ``order`` with a minus before it is a descending one."""
    out: dict[str, Any] = {}
    if select:
        out["select"] = [_select(one) for one in select]
    if by:
        out["by"] = list(by)
    if where:
        out["where"] = [_condition(one) for one in where]
    if period is not None:
        out["period"] = [period, period] if isinstance(period, str) else list(period)
    if compare_to is not None:
        out["compare_to"] = [compare_to, compare_to]
    if order is not None:
        name = order.removeprefix("-")
        out["order"] = [{"by": name, "descending": True} if order.startswith("-") else {"by": name}]
    if limit is not None:
        out["limit"] = limit
    if columns:
        out["columns"] = list(columns)
    return out


QUESTIONS: list[Asked] = [
    # one number
    Asked("orders", "what is the average of sales?", asks("mean Sales")),
    Asked("orders", "the median of Sales", asks("median Sales")),
    Asked("orders", "Umsatz insgesamt?", asks("sum Sales"), assumed=("“Umsatz” for Sales",)),
    Asked("orders", "sales?", asks("sum Sales")),
    Asked("orders", "number of different customers", asks("distinct Customer")),
    Asked("orders", "Wie viele Bestellungen gab es 2024?", asks("count", period="2024")),
    Asked("staff", "how many employees work in Sales?", asks("count", where=[("Department", "Sales")])),
    Asked("staff", "average salary in Sales", asks("mean Salary", where=[("Department", "Sales")])),
    Asked("staff", "how many people are older than 50", asks("count", where=[("Age", ">", 50)])),
    Asked("staff", "correlation between age and salary", asks("correlation Age & Salary")),
    Asked("weather", "how many rainy days in 2015?", asks("count", where=[("weather", "rain")], period="2015")),
    Asked("weather", "wie viele Regentage gab es 2015?", asks("count", where=[("weather", "rain")], period="2015")),
    Asked(
        "orders",
        "total sales for Technology in the West",
        asks("sum Sales", where=[("Category", "Technology"), ("Region", "West")]),
    ),
    Asked("orders", "how many orders with more than 10 quantity", asks("count", where=[("Quantity", ">", 10)])),
    Asked("orders", "what percentage of sales comes from the West?", asks("share Sales", where=[("Region", "West")])),
    # groups and places in an order
    Asked("orders", "sales by region", asks("sum Sales", by=["Region"])),
    Asked("orders", "Umsatz nach Region", asks("sum Sales", by=["Region"])),
    Asked("orders", "Durchschnittlicher Preis pro Kategorie", asks("mean Unit Price", by=["Category"])),
    Asked("staff", "Durchschnittsgehalt pro Abteilung", asks("mean Salary", by=["Department"])),
    Asked(
        "orders",
        "top 5 states by profit",
        asks("sum Profit", by=["State"], order="-sum of Profit", limit=5),
    ),
    Asked(
        "orders",
        "which product sold most?",
        asks("sum Sales", by=["Product"], order="-sum of Sales", limit=1),
        assumed=("“sold” for Sales",),
    ),
    Asked(
        "orders",
        "welches Produkt wurde am meisten verkauft?",
        asks("sum Sales", by=["Product"], order="-sum of Sales", limit=1),
    ),
    Asked("staff", "who earns the most?", asks(order="-Salary", limit=1, columns=["Name", "Salary"])),
    Asked("weather", "when was temp_max highest?", asks(order="-temp_max", limit=1, columns=["date", "temp_max"])),
    Asked("orders", "compare 2023 and 2024", asks("sum Sales", period="2023", compare_to="2024")),
    # rows
    Asked("orders", "show me the first 5 rows", asks(limit=5)),
    Asked("orders", "list the rows without price", asks(where=[("Unit Price", "missing")])),
    Asked("staff", "list employees with salary over 60000", asks(where=[("Salary", ">", 60000)])),
    # times
    Asked("weather", "average temp max by month in 2014", asks("mean temp_max", by=["month"], period="2014")),
    Asked(
        "weather", "average temp max in May", asks("mean temp_max", where=[("month", "May")]), assumed=("every year",)
    ),
    # charts and facts
    Asked("orders", "sales per month as a line chart", asks("sum Sales", by=["month"]), chart="line"),
    Asked("staff", "histogram of age", asks(columns=["Age"]), chart="histogram"),
    Asked("orders", "what changed?", facts=True),
    # what follows
    Asked("orders", "and by category?", asks("sum Sales", by=["Category"]), after=("sales by region",)),
    Asked("orders", "only 2024", asks("sum Sales", by=["Region"], period="2024"), after=("sales by region",)),
    Asked("orders", "as a bar chart", asks("sum Sales", by=["Region"]), chart="bar", after=("sales by region",)),
    Asked(
        "orders",
        "what about May?",
        asks("sum Sales", by=["Region"], period="2024-05"),
        after=("sales by region", "only 2024"),
    ),
    Asked("orders", "the median instead", asks("median Sales", by=["Region"]), after=("sales by region",)),
    Asked(
        "orders", "export this as Excel", asks("sum Sales", by=["Region"]), export="xlsx", after=("sales by region",)
    ),
    Asked(
        "orders",
        "top 3",
        asks("sum Sales", by=["State"], order="-sum of Sales", limit=3),
        after=("sales by state",),
    ),
    # refused by name
    Asked("orders", "Sales by warehouse", refused=("the sum of Sales", "“by warehouse”")),
    Asked("weather", "average temperature", refused=("temp_max or temp_min",)),
    Asked("orders", "why did sales fall?", refused=("“why”",)),
    Asked("orders", "forecast sales for next year", refused=("“forecast”",)),
]
