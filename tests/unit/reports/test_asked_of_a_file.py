"""The tool query_table in its computing process: what it gives beside the result."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from domain.core.budget import MEGABYTES, SECONDS
from domain.reports.tools.query_table import QueryTable, answer
from tests.factories.asked import FILES


def asked(path: Path, name: str, *, seconds: float = SECONDS, **arguments: Any) -> dict[str, Any]:
    return answer(path, name, QueryTable.model_validate({"file": name, **arguments}), None, seconds, MEGABYTES)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "stored"
    path.write_bytes(FILES["shop.csv"])
    return path


@pytest.mark.parametrize(
    ("words", "drawable"),
    [("sales by region", True), ("compare sales in 2013 and 2014", False), ("total sales", False),
     ("first 5 rows", False), ("sales per month", True)],
)  # fmt: skip
def test_it_says_whether_a_picture_tells_more(shop: Path, words: str, drawable: bool) -> None:
    assert asked(shop, "shop.csv", question=words)["drawable"] is drawable


def test_it_names_the_columns_that_the_next_question_may_be_about(shop: Path) -> None:
    has = asked(shop, "shop.csv", question="total sales")["has"]
    assert {"name": "Region", "kind": "text"} in has
    assert {"name": "Order Date", "kind": "date"} in has


@pytest.mark.parametrize("words", ["what stands out?", "what moved?", "Zusammenfassung bitte"])
def test_words_that_ask_for_everything_get_the_facts_of_the_table(shop: Path, words: str) -> None:
    out = asked(shop, "shop.csv", question=words)
    assert out["query"] is None
    assert len(out["facts"]) > 5
    assert out["drawable"]


def test_arguments_that_are_given_are_used_as_they_are_whatever_the_words(shop: Path) -> None:
    given = {"select": [{"how": "count"}], "question": "what stands out?"}
    assert asked(shop, "shop.csv", **given)["rows"] == [[540]]


def test_which_table_was_read_is_told_once_and_not_with_every_follow_up(tmp_path: Path) -> None:
    book = Workbook()
    for title in ("Sales", "Other"):
        sheet = book.create_sheet(title)
        sheet.append(["Region", "Amount"])
        for place in range(12):
            sheet.append([("North", "South")[place % 2], place + 1])
    path = tmp_path / "stored"
    book.save(path)
    first = asked(path, "book.xlsx", question="amount by region")
    assert any("there are others" in note for note in first["notes"])
    after = asked(path, "book.xlsx", question="only North", previous=first["query"])
    assert not any("there are others" in note for note in after["notes"])


def test_everything_that_a_question_asks_for_ends_with_the_time_it_may_take(shop: Path) -> None:
    out = asked(shop, "shop.csv", seconds=0.0, question="what stands out?")
    assert any(note.startswith("Not looked at for lack of time") for note in out["notes"])
    assert not [fact for fact in out["facts"] if fact["type"] in ("change", "anomaly")]
