"""Tables whose words mean two things, and questions that are none: what is meant is taken, or nothing is."""

import csv
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.core.errors import Invalid
from domain.reports.asking import understand
from domain.reports.asking.lexicon import COMPARATIVES, MEANINGS, SUPERLATIVES
from domain.reports.querying.query import STEPS, Query
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Table, read_table
from tests.unit.reports.asking import reports


def _table(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return read_table(path)


@pytest.fixture
def odd(tmp_path: Path) -> Table:
    """Names and groups that are words of every question, and a column that is called like a value."""
    names = ["May", "April", "Will", "Mark", "Max", "Model 3", "Model 2", "A1", "In", "Hillside", "Hilltide"]
    groups = ["Other", "All", "None", "Total", "Sales"]
    rows = [(name, groups[place % 5], place * 7 + 3, ["yes", "no"][place % 2]) for place, name in enumerate(names * 3)]
    return _table(tmp_path / "odd.csv", ["Name", "Group", "sales", "Paid"], rows)


@pytest.fixture
def monthly(tmp_path: Path) -> Table:
    rows = [
        (f"{year}-{month:02}", branch, month * 3 + place, month + place, 1000 * month + 0.5)
        for year in (2013, 2014, 2015)
        for month in range(1, 13)
        for place, branch in enumerate(("Hillside", "Riverside", "Total Wine"))
    ]
    return _table(tmp_path / "branches.csv", ["Month", "Branch", "Leads", "Appointments", "Revenue (EUR)"], rows)


def _understood(question: str, table: Table) -> Query | None:
    """None where it is refused; anything else that goes wrong is a failure."""
    try:
        return understand(question, table).query
    except Invalid:
        return None


def _where(query: Query) -> list[tuple[str, str, object]]:
    return [(one.column, one.is_.value, one.value) for one in query.where]


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("sales in Sales", [("Group", "=", "Sales")]),
        ("sales for All", [("Group", "=", "All")]),
        ("sales for Other", [("Group", "=", "Other")]),
        ("sales in None", [("Group", "=", "None")]),
        ("total sales for Total", [("Group", "=", "Total")]),
        ("sales except None and Other", [("Group", "!=", "None"), ("Group", "!=", "Other")]),
        ("sales of May", [("Name", "=", "May")]),
        ("sales of Will", [("Name", "=", "Will")]),
        ("sales of Max", [("Name", "=", "Max")]),
        ("max sales of Mark", [("Name", "=", "Mark")]),
        ("sales of model 3", [("Name", "=", "Model 3")]),
        ("sales for A1", [("Name", "=", "A1")]),
        ("sales of Hilside", [("Name", "=", "Hillside")]),
        ("how many are paid?", [("Paid", "=", "yes")]),
        ("sales not paid", [("Paid", "=", "no")]),
    ],
)
def test_a_value_is_one_though_its_word_means_something_else(
    odd: Table, question: str, where: list[tuple[str, str, object]]
) -> None:
    assert _where(understand(question, odd).query) == where


def test_a_column_is_one_though_a_value_is_called_like_it(odd: Table) -> None:
    assert understand("total sales by group", odd).query.model_dump(
        mode="json", by_alias=True, exclude_defaults=True
    ) == {"file": "odd.csv", "select": [{"how": "sum", "column": "sales"}], "by": ["Group"]}


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("sales of Model 4", "Model 3 or Model 2"),
        ("sales of Hillxide", "Hillside or Hilltide"),
        ("sales by warehouse", "“by warehouse”"),
        ("sales 2024", "“2024”"),
        ("sales of “Maxi”", "“Maxi”"),
        ("'; DROP TABLE odd; --", "“DROP”"),
        ("🙂", "no words"),
        ("", "no words"),
        ("?!", "no words"),
        ("sales " * 400, "letters"),
        ("quel est le total des ventes par nom", "English and in German"),
        ("¿cuál es el total de ventas por grupo?", "English and in German"),
        ("why are sales low?", "“why”"),
        ("will sales rise?", "“will”"),
        ("should we sell Model 3?", "“should we”"),
        ("sales minus paid", "minus"),
        ("sales for May or above 10 or paid", "or"),
        ("hello", "nothing to compute"),
        ("how many columns are there?", "4 columns: Name, Group, sales, Paid"),
        ("sales by month", "no dates"),
    ],
)
def test_what_is_no_question_to_the_table_is_refused_by_name(odd: Table, question: str, named: str) -> None:
    with pytest.raises(Invalid) as refused:
        understand(question, odd)
    assert refused.value.reason == UNANSWERABLE
    assert named in str(refused.value)


def test_a_month_that_is_a_name_too_is_asked_back(tmp_path: Path) -> None:
    rows = [(name, f"2024-{month:02}-10", month) for month in range(1, 13) for name in ("May", "June", "Rose")]
    table = _table(tmp_path / "people.csv", ["Name", "Date", "Visits"], rows)
    assert understand("visits in May", table).query.period == ("2024-05", "2024-05")
    assert _where(understand("visits where Name is May", table).query) == [("Name", "=", "May")]
    with pytest.raises(Invalid, match="a month, and a value of Name"):
        understand("visits for May", table)


@pytest.mark.parametrize(
    "question",
    [
        "months with more than 40 leads",  # the sum of a month is no number of a row
        "leads per appointment",
        "top branch in each month",
        "average number of rows per month",
        "share of Hillside by month",
        "leads for Hillside or in 2015",
        "revenue minus leads",
        "leads in 2031",
        "leads by weekdays and weather",
    ],
)
def test_what_a_query_cannot_say_is_not_answered_with_something_near(monthly: Table, question: str) -> None:
    with pytest.raises(Invalid) as refused:
        understand(question, monthly)
    assert refused.value.reason == UNANSWERABLE


def test_what_was_taken_is_said(monthly: Table) -> None:
    assert understand("Umsatz nach Filiale", monthly).assumed == (
        "I took “Umsatz” for Revenue (EUR).",
        "I took “Filiale” for Branch.",
    )
    assert "every year: 2013, 2014 and 2015" in understand("leads in May", monthly).assumed[0]
    assert "2015-12" in understand("leads last month", monthly).assumed[0]
    assert understand("compare 2013 and 2014", monthly).assumed == ("No number was named; I took Revenue (EUR).",)


def test_two_questions_are_told_apart(monthly: Table) -> None:
    found = understand("Total leads? And which branch is best?", monthly)
    assert [one.column for one in found.query.select] == ["Leads"]
    assert found.left == ("And which branch is best",)


def test_any_words_are_a_query_over_the_table_or_are_refused(tmp_path: Path) -> None:
    chance = random.Random(11)
    tables = [read_table(write(tmp_path)) for write in (reports.orders, reports.weather, reports.staff)]
    asking = [" ".join(phrase) for phrase in (*MEANINGS, *SUPERLATIVES, *COMPARATIVES)]
    others = ["5", "10", "2024", "3.5", "-1", "May", "Q3", "last month", "?", ",", "by", "for", "“West”", ">="]
    for _ in range(400):
        table = chance.choice(tables)
        columns = [column.name for column in table.columns]
        values = [str(chance.choice(column.cells)) for column in table.columns if column.kind == "text"]
        kinds = (asking, asking, columns, columns, values, others)
        question = " ".join(chance.choice(chance.choice(kinds)) for _ in range(chance.randint(1, 7)))
        query = _understood(question, table)
        if query is None:
            continue
        named = {*query.columns, *(one.column for one in query.where)} | {one.column for one in query.select} - {None}
        assert named <= {*columns, *STEPS}, question
        assert all(name in columns or name.rpartition(": ")[2] in STEPS for name in query.by), question


@pytest.mark.parametrize(
    ("said", "where", "selects"),
    [
        (["leads in 2014", "how many of them were Hillside?"], [("Branch", "=", "Hillside")], ["count"]),
        (["total leads for Hillside in 2014", "list them"], [("Branch", "=", "Hillside")], []),
        (["total leads for Hillside in 2014", "which ones?"], [("Branch", "=", "Hillside")], []),
        (["leads by branch in 2014", "show the rows"], [], []),
        (["leads by branch in 2014", "as a table"], [], ["sum"]),
    ],
)
def test_what_speaks_of_the_last_rows_keeps_their_conditions(
    monthly: Table, said: list[str], where: list[tuple[str, str, object]], selects: list[str]
) -> None:
    query = None
    for question in said:
        query = understand(question, monthly, query).query
    assert query is not None
    assert _where(query) == where
    assert query.period == ("2014", "2014")
    assert [one.how for one in query.select] == selects


def test_a_whole_new_question_drops_the_last_one(monthly: Table) -> None:
    last = understand("leads by branch for Hillside in 2014", monthly).query
    fresh = understand("how many rows have leads over 20?", monthly, last).query
    assert fresh.period is None
    assert _where(fresh) == [("Leads", ">", 20)]


@pytest.fixture
def canteen(tmp_path: Path) -> Table:
    rows = [
        (f"2025-{month:02}-{day:02}", ("North", "South")[day % 2], 200 + (day * 7 + month * 31) % 190, day * 31.5)
        for month in (4, 5, 6)
        for day in range(1, 29)
    ]
    return _table(tmp_path / "canteen_meals.csv", ["date", "site", "meals", "takings"], rows)


@pytest.mark.parametrize(
    "question",
    ["meals by canteen", "average takings per canteen", "takings by canteen and site", "takings nach canteen"],
)
def test_what_the_file_is_called_is_no_group(question: str, canteen: Table) -> None:
    with pytest.raises(Invalid, match="canteen"):
        understand(question, canteen)


@pytest.mark.parametrize("question", ["which meal is the most popular?", "Welche meals sind am besten?"])
def test_one_of_several_is_not_chosen_where_a_number_is_all_there_is(question: str, canteen: Table) -> None:
    with pytest.raises(Invalid, match="meals"):
        understand(question, canteen)


def test_the_highest_of_a_number_is_asked_for_without_choosing(canteen: Table) -> None:
    assert understand("what were the highest takings?", canteen).query.select[0].how.value == "max"


@pytest.fixture
def crew(tmp_path: Path) -> Table:
    rows = [
        (f"{year}-{month:02}", name, size + month % 3, size * 2900.5)
        for year in (2023, 2024)
        for month in range(1, 13)
        for name, size in (("Engineering", 84), ("Finance", 22), ("Sales", 46))
    ]
    return _table(tmp_path / "headcount.csv", ["Month", "Department", "Headcount", "Gross pay"], rows)


@pytest.mark.parametrize(
    "question", ["how many people work here?", "how many employees are there now?", "Wie viele Mitarbeiter haben wir?"]
)
def test_people_are_counted_by_the_column_that_counts_them(question: str, crew: Table) -> None:
    query = understand(question, crew).query
    assert (query.select[0].how.value, query.select[0].column, query.period) == ("sum", "Headcount", ("2024-12",) * 2)


@pytest.fixture
def stores(tmp_path: Path) -> Table:
    rows = [
        (f"2024-{month:02}-01", place, article, 3 + (month * 7 + number * 11) % 40, 9.5 * number)
        for month in range(1, 13)
        for place in ("Lyon", "Nantes")
        for number, article in enumerate(("Kettle", "Lamp", "Fan"))
    ]
    return _table(tmp_path / "warehouse_stock.csv", ["Date", "Site", "Item", "Stock", "Value"], rows)


def test_items_with_a_column_of_their_own_are_no_rows(stores: Table) -> None:
    query = understand("how many items are there?", stores).query
    assert (query.select[0].how.value, query.select[0].column) == ("distinct", "Item")


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("which warehouse has the most stock?", "warehouse"),
        ("which items are out of stock?", "out of stock"),
        ("welche Artikel sind ausverkauft?", "ausverkauft"),
        ("average order value", "order value"),
        ("what sold best?", "sold"),
    ],
)
def test_what_no_column_says_is_refused_by_name(question: str, named: str, stores: Table) -> None:
    with pytest.raises(Invalid, match=named):
        understand(question, stores)


def test_the_value_of_what_there_is_is_the_column_that_holds_it(stores: Table) -> None:
    assert understand("stock value by site", stores).query.select[0].column == "Value"


def test_what_is_missing_is_asked_of_the_table_whatever_was_asked_before(monthly: Table) -> None:
    before = understand("how many branches are there?", monthly).query
    for question in ("list the values that are missing", "welche Werte fehlen?"):
        assert understand(question, monthly, before).query == understand(question, monthly).query
