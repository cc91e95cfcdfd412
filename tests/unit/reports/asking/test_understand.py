"""A person's words over a table become the query that they mean, or are refused by their name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from domain.core.errors import Invalid
from domain.reports.asking import Understood, understand
from domain.reports.querying.query import Query
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.reading import Table, read_table
from tests.unit.reports.asking import reports
from tests.unit.reports.asking.questions import QUESTIONS, Asked


@pytest.fixture(scope="module")
def table_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Table]:
    folder = tmp_path_factory.mktemp("reports")
    written: dict[str, Callable[[Path], Path]] = {
        "orders": reports.orders,
        "weather": reports.weather,
        "staff": reports.staff,
    }
    tables = {name: read_table(write(folder)) for name, write in written.items()}
    return tables.__getitem__


def _asked(asked: Asked, table: Table) -> Understood:
    previous: Query | None = None
    for question in asked.after:
        previous = understand(question, table, previous).query
    return understand(asked.question, table, previous)


def _called(asked: Asked) -> str:
    return " / ".join([*asked.after, asked.question])[:80]


@pytest.mark.parametrize("asked", [one for one in QUESTIONS if not one.refused], ids=_called)
def test_a_question_is_read_into_its_query(asked: Asked, table_of: Callable[[str], Table]) -> None:
    found = _asked(asked, table_of(asked.report))
    query = found.query.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert query.pop("file") == f"{asked.report}.csv"
    assert query == asked.query
    assert (found.chart, found.export, found.facts) == (asked.chart, asked.export, asked.facts)
    assert found.left == asked.left


@pytest.mark.parametrize("asked", [one for one in QUESTIONS if one.refused], ids=_called)
def test_what_cannot_be_answered_is_refused_by_name(asked: Asked, table_of: Callable[[str], Table]) -> None:
    with pytest.raises(Invalid) as refused:
        _asked(asked, table_of(asked.report))
    assert refused.value.reason == UNANSWERABLE
    assert all(words in str(refused.value) for words in asked.refused)
