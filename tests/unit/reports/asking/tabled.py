"""A question put to a small table from its words to the sentence that answers."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.reports.asking import Understood, understand
from domain.reports.querying.query import Query
from domain.reports.querying.result import UNANSWERABLE, Result
from domain.reports.querying.run import run_query
from domain.reports.reading import Table, read_table


def tabled(folder: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table as read from a file of that name; with semicolons where a German spreadsheet writes it."""
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";" if ";" in "".join(header) or name.startswith("de_") else ",")
        writer.writerow(header)
        writer.writerows(rows)
    return read_table(path)


def asked(table: Table, question: str, *before: str) -> tuple[Understood, Result]:
    """What the words were read as, and what came of it; ``before``: what was asked before them, in order."""
    previous: Query | None = None
    for one in before:
        previous = understand(one, table, previous).query
    found = understand(question, table, previous)
    return found, run_query(table, found.query)


def query(table: Table, question: str, *before: str) -> dict[str, Any]:
    """The query as JSON, without the file."""
    found = asked(table, question, *before)[0].query.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    found.pop("file")
    return found


def sentence(table: Table, question: str, *before: str) -> str:
    return asked(table, question, *before)[1].sentence


def refusal(table: Table, question: str) -> str:
    """The sentence and the remedy with which a question is refused."""
    with pytest.raises(Invalid) as refused:
        run_query(table, understand(question, table).query)
    assert refused.value.reason == UNANSWERABLE
    return f"{refused.value} {refused.value.remedy or ''}"
