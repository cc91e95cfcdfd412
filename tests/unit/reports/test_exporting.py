"""A result as a file: read back with other libraries, it holds the numbers of the result."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from domain.core.errors import Invalid
from domain.reports.exporting import MOST_ON_PAGES, name_of, title_of, written
from domain.reports.querying.query import Query
from domain.reports.querying.result import Result
from domain.reports.querying.run import run_query
from domain.reports.reading import read_table

SHOPS = ("Köln", "Ulm", "Bonn")
ROWS = "When,Shop,Paid,Left\n" + "\n".join(
    f"2024-{1 + place // 28:02d}-{1 + place % 28:02d},{SHOPS[place % 3]},€{place * 1.25:.2f},{place % 7}"
    for place in range(84)
)


def asked(tmp_path: Path, query: Mapping[str, Any], content: str = ROWS, most: int = 5_000) -> Result:
    path = tmp_path / "stored"
    path.write_text(content, encoding="utf-8")
    table = read_table(path, "shops.csv")
    return run_query(table, Query.model_validate({"file": "shops.csv", **query}), most=most)


def sheet(result: Result) -> Any:
    return load_workbook(io.BytesIO(written(result, "xlsx", "shops.csv").content)).active


def lines(result: Result) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written(result, "csv", "shops.csv").content.decode("utf-8-sig"))))


SHARES: Mapping[str, Any] = {
    "select": [{"how": "share", "column": "Left"}, {"how": "mean", "column": "Left"}],
    "by": ["Shop"],
}


def test_shares_are_percentages_in_a_workbook_and_times_a_hundred_in_csv(tmp_path: Path) -> None:
    result = asked(tmp_path, SHARES)
    wanted = [row[1] for row in result.rows]
    cells = [row[1] for row in sheet(result).iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == pytest.approx(wanted)
    assert {cell.number_format for cell in cells} == {"0.0%"}
    header, *rows = lines(result)
    assert header[1].endswith("(%)")
    assert [float(row[1]) for row in rows] == pytest.approx([100 * float(str(value)) for value in wanted])


def test_the_unit_stands_in_the_header_and_not_in_the_cells(tmp_path: Path) -> None:
    result = asked(tmp_path, {"select": [{"how": "max", "column": "Paid"}], "by": ["Shop"]})
    header, *rows = lines(result)
    assert "EUR" in header[1]
    assert sorted(float(row[1]) for row in rows) == [81 * 1.25, 82 * 1.25, 83 * 1.25]


def test_the_rows_of_a_table_are_written_all_with_dates_that_sort(tmp_path: Path) -> None:
    result = asked(tmp_path, {"order": [{"by": "When", "descending": True}]})
    rows = lines(result)[1:]
    assert len(rows) == 84
    assert rows[0][0] == "2024-03-28"
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), reverse=True)


def test_more_rows_than_a_result_keeps_are_kept_for_a_file(tmp_path: Path) -> None:
    many = "Name,Value\n" + "\n".join(f"n{place},{place}" for place in range(6_000))
    assert len(asked(tmp_path, {}, many).rows) == 5_000
    result = asked(tmp_path, {}, many, most=200_000)
    assert [row[0] for row in lines(result)[1:]] == [f"n{place}" for place in range(6_000)]
    with pytest.raises(Invalid, match="too many for a document") as refused:
        written(result, "pdf", "shops.csv")
    assert "Excel" in str(refused.value.remedy)
    assert len(result.rows) > MOST_ON_PAGES


def test_a_document_holds_sentence_rows_and_notes(tmp_path: Path) -> None:
    spoiled = ROWS.replace("€1.25", "soon")
    result = asked(tmp_path, {"select": [{"how": "sum", "column": "Paid"}], "by": ["Shop"]}, spoiled)
    document = Document(io.BytesIO(written(result, "docx", "shops.csv").content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert text.startswith("Sum of Paid by Shop")
    assert "From shops.csv." in text
    assert result.sentence in text
    assert all(note in text for note in result.notes)
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows][1:] == [
        list(row) for row in result.shown
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_runs_as_a_formula(tmp_path: Path, kind: str) -> None:
    rows = '"=HYPERLINK(""x"")",A\n1,-5\n2,+3\n=2+2,4\n@x,5\n'
    result = asked(tmp_path, {}, rows)
    if kind == "csv":
        assert not [cell for row in lines(result) for cell in row if cell.startswith(("=", "@"))]
    else:
        assert "f" not in {cell.data_type for row in sheet(result).iter_rows() for cell in row}


def test_it_is_called_by_what_it_shows(tmp_path: Path) -> None:
    result = asked(tmp_path, SHARES)
    assert name_of(result, "shops.csv") == f"shops - {title_of(result)}"
    assert title_of(result).endswith(" by Shop")
    assert title_of(asked(tmp_path, {})) == "Rows"
    assert title_of(asked(tmp_path, {"columns": ["Paid", "Left"]})) == "Rows of Paid, Left"
    assert len(name_of(result, f"{'x' * 200}.csv")) <= 80


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ({"where": [{"column": "Shop", "value": "Ulm"}]}, "Sum of Left by Shop, Ulm"),
        ({"where": [{"column": "Shop", "value": "Bonn"}], "period": ["2024-01", "2024-02"]},
         "Sum of Left by Shop, Bonn, January to February 2024"),
        ({"order": [{"by": "sum of Left", "descending": True}], "limit": 2}, "Sum of Left by Shop, top 2"),
        ({"limit": 20}, "Sum of Left by Shop"),
    ],
)  # fmt: skip
def test_its_name_says_what_was_left_out(tmp_path: Path, query: Mapping[str, Any], title: str) -> None:
    asked_for = {"select": [{"how": "sum", "column": "Left"}], "by": ["Shop"], **query}
    assert title_of(asked(tmp_path, asked_for)) == title
