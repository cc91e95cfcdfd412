"""The tool that draws: the picture is of the query or the words that ask for it; where there is none, it says why."""

from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.reports.querying.result import UNANSWERABLE
from domain.reports.tools.draw_chart import DRAW_CHART, DrawChart
from tests.factories.tools import tool_context

ROWS = "".join(
    f"2015-{month:02}-0{day},{city},{sales},{sales // 4}\n"
    for month in range(1, 7)
    for day, (city, sales) in enumerate((("Bonn", 40 * month), ("Kiel", 30), ("Ulm", 90 - 7 * month)), 1)
)
TABLE = f"day,city,sales,visits\n{ROWS}"
QUERY = {
    "file": "shop.csv",
    "select": [{"how": "sum", "column": "sales"}],
    "by": ["city"],
    "where": [{"column": "city", "is": "!=", "value": "Ulm"}],
    "period": ["2015-02", "2015-04"],
}


async def drawn(folder: Path, **asked: Any) -> dict[str, Any]:
    context = tool_context(folder)
    context.files.put("shop.csv", TABLE.encode())  # type: ignore[attr-defined]
    return await DRAW_CHART.run(DrawChart.model_validate({"file": "shop.csv", **asked}), context)


async def test_the_picture_is_of_the_query(tmp_path: Path) -> None:
    out = await drawn(tmp_path, query=QUERY, kind="bar")
    assert out["file"] == "shop - Sales by city, without Ulm, February to April 2015 (bar).png"
    assert out["chart"]["x"] == ("Bonn", "Kiel")
    assert out["chart"]["series"][0]["values"] == (40 * (2 + 3 + 4), 90)
    assert out["title"] == "Sales by city, without Ulm, February to April 2015"
    assert out["chart"]["source"] == "shop.csv, 6 rows"
    assert out["query"]["by"] == ["city"]


async def test_pictures_of_one_file_are_told_apart_by_their_names(tmp_path: Path) -> None:
    asked = ("sales by city as a pie", "sales by city as bars", "visits by city as bars", "average sales per city/day")
    names = [(await drawn(tmp_path, question=question))["file"] for question in asked]
    assert len(set(names)) == len(names)
    assert not any(mark in name for name in names for mark in '/:?"<>|*')
    assert names[0] == "shop - Sales by city (pie).png"


@pytest.mark.parametrize(
    ("question", "kind", "title"),
    [
        ("pie of sales by city", "pie", "Sales by city"),
        ("plot sales against visits", "scatter", "Sales against visits"),
        ("histogram of sales", "histogram", "Distribution of sales"),
        ("average sales by month as a line chart", "line", "Average sales by month"),
        ("sales by city in March 2015 as bars", "bar", "Sales by city, March 2015"),
        ("Kreisdiagramm der sales nach city", "pie", "Sales by city"),
        ("draw a chart", "line", "Sales by month and city"),
        ("visits in March 2015 as a line chart", "line", "Visits by day, March 2015"),
        ("bar chart of visits", "bar", "Visits by day"),
        ("plot visits by day", "line", "Visits by day"),
    ],
)
async def test_the_words_say_what_and_how(tmp_path: Path, question: str, kind: str, title: str) -> None:
    out = await drawn(tmp_path, question=question)
    assert (out["chart"]["kind"], out["title"]) == (kind, title)


async def test_points_are_of_all_rows_and_nothing_else_is_said(tmp_path: Path) -> None:
    out = await drawn(tmp_path, query={"file": "shop.csv", "columns": ["sales", "visits"]}, kind="scatter")
    assert (len(out["chart"]["x"]), out["notes"], out["left"]) == (18, [], [])


async def test_a_follow_up_changes_the_kind_of_the_last_query(tmp_path: Path) -> None:
    out = await drawn(tmp_path, question="as a pie chart", previous=QUERY)
    assert (out["chart"]["kind"], out["chart"]["x"]) == ("pie", ("Bonn", "Kiel"))


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("what is the average of sales?", "One number is no picture; "),
        ("line chart of sales by city", "City has no order that a line could follow; I can draw a bar chart instead."),
        ("pie of average sales by city", "Average sales does not add up to a whole, so it is no pie; "),
        ("show me a pie chart", "It is open what the pie is to show"),
    ],
)
async def test_no_picture_is_an_answer_with_its_reason(tmp_path: Path, question: str, reason: str) -> None:
    out = await drawn(tmp_path, question=question)
    assert out["file"] is None
    assert out["reason"].startswith(reason)
    assert set(out) == {"file", "reason"}


async def test_what_the_table_cannot_answer_is_no_picture_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        await drawn(tmp_path, question="plot bananas by city")
    assert caught.value.reason == UNANSWERABLE
    assert "bananas" in caught.value.sentence


async def test_without_query_and_words_it_is_the_main_number(tmp_path: Path) -> None:
    out = await drawn(tmp_path)
    assert (out["chart"]["kind"], out["title"]) == ("line", "Sales by month and city")
    assert "query" not in out
    out = await drawn(tmp_path, metric="visits", by=["city"], kind="bar")
    assert out["title"] == "Visits by city"
    assert out["chart"]["x"][0] == "Bonn"
