"""Reading: what is written in many ways comes out as the same numbers, dates and row numbers."""

import json
from datetime import datetime
from pathlib import Path
from time import process_time

import openpyxl
import pytest

from domain.core.errors import Invalid
from domain.reports.reading import Table, read_table
from tests.unit.reports.tables import write


def table(tmp_path: Path, text: str, name: str = "report.csv", encoding: str = "utf-8") -> Table:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_table(path)


def at(*parts: int) -> datetime:
    return datetime(parts[0], parts[1], parts[2], *parts[3:])  # noqa: DTZ001 - reports say no zone


ROWS = "2024-03-01,a,1\n2024-03-02,b,2\n2024-03-03,c,3\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_encoding_is_told_from_the_bytes(tmp_path: Path, encoding: str) -> None:
    read = table(tmp_path, "Größe;Menge\nKöln;1\nZürich;2\nLinz;3\n", encoding=encoding)
    assert [column.name for column in read.columns] == ["Größe", "Menge"]
    assert read.columns[0].cells == ["Köln", "Zürich", "Linz"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_lines(tmp_path: Path, delimiter: str) -> None:
    read = table(tmp_path, f"Day,Kind,Count\n{ROWS}".replace(",", delimiter))
    assert [column.kind for column in read.columns] == ["date", "text", "number"]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.234,50", "12,5", "7"], [1234.5, 12.5, 7]),
        (["1,234.50", "12.5", "7"], [1234.5, 12.5, 7]),
        (["(1,234)", "5-", "-7"], [-1234, -5, -7]),
        (["€ 1.234,50", "-2,10 €", "3,00 €"], [1234.5, -2.1, 3]),
        (["12.3%", "4 %", "100%"], [0.123, 0.04, 1]),
        (["1 234,5", "2\u00a0345,5", "3'456,5"], [1234.5, 2345.5, 3456.5]),
        (["2,259", "181", "1,654"], [2259, 181, 1654]),
        (["2.259", "1.234.567", "12"], [2259, 1234567, 12]),
        (["0.125", "0.250", "1.500"], [0.125, 0.25, 1.5]),
        (["−3", "n/a", "4"], [-3, None, 4]),
    ],
)
def test_numbers_are_read_as_their_column_writes_them(
    tmp_path: Path, cells: list[str], numbers: list[float | None]
) -> None:
    read = table(tmp_path, "Name\tNumber\n" + "".join(f"n{place}\t{cell}\n" for place, cell in enumerate(cells)))
    found = read.column("Number").numbers
    assert found == [None if number is None else pytest.approx(number) for number in numbers]


def test_an_ambiguous_column_follows_the_rest_of_the_table(tmp_path: Path) -> None:
    read = table(tmp_path, "Item;Stock;Value\na;2.259;180,72\nb;1.654;2.132,32\nc;1.857;148,56\n")
    assert read.column("Stock").numbers == [2259, 1654, 1857]


@pytest.mark.parametrize(
    ("cells", "second", "grain"),
    [
        (["2024-03-09", "2024-03-10", "2024-03-11"], at(2024, 3, 10), "day"),
        (["09.03.2024", "10.03.2024", "31.03.2024"], at(2024, 3, 10), "day"),
        (["03/09/2024", "03/10/2024", "03/31/2024"], at(2024, 3, 10), "day"),
        (["09/03/2024", "10/03/2024", "31/03/2024"], at(2024, 3, 10), "day"),
        (["01/01/2024", "02/01/2024", "03/01/2024"], at(2024, 1, 2), "day"),
        (["2024-03-09 05:00", "2024-03-09 06:00", "2024-03-09 07:00"], at(2024, 3, 9, 6), "hour"),
        (["Jan 2023", "Feb 2023", "Mar 2023"], at(2023, 2, 1), "month"),
        (["Januar 2023", "Februar 2023", "März 2023"], at(2023, 2, 1), "month"),
        (["janv. 2023", "févr. 2023", "août 2023"], at(2023, 2, 1), "month"),
        (["enero 2023", "febrero 2023", "marzo 2023"], at(2023, 2, 1), "month"),
        (["2024-01", "2024-02", "2024-03"], at(2024, 2, 1), "month"),
        (["2024-W06", "2024-W07", "2024-W08"], at(2024, 2, 12), "week"),
        (["KW 6 2024", "KW 7 2024", "KW 8 2024"], at(2024, 2, 12), "week"),
        (["2024-Q1", "2024-Q2", "2024-Q3"], at(2024, 4, 1), "quarter"),
        (["Q1 2024", "Q2 2024", "Q3 2024"], at(2024, 4, 1), "quarter"),
        (["3 March 2024", "4 March 2024", "5 March 2024"], at(2024, 3, 4), "day"),
    ],
)
def test_dates_are_read_as_their_column_writes_them(
    tmp_path: Path, cells: list[str], second: datetime, grain: str
) -> None:
    read = table(tmp_path, "When;Count\n" + "".join(f"{cell};{place}\n" for place, cell in enumerate(cells)))
    assert read.columns[0].kind == "date"
    assert read.columns[0].moments[1] == second
    assert read.columns[0].grain == grain


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    read = table(tmp_path, f"Weekly report\n\nDay,Kind,Count\n{ROWS}\n2024-03-04,d,4\nTotal,,10\nSource: till\n")
    assert read.row_numbers == [4, 5, 6, 8]


def test_a_total_in_any_language_is_no_data_row(tmp_path: Path) -> None:
    read = table(tmp_path, "Kind,Count,Sum\na,1,10\nb,2,20\nc,3,30\nd,4,40\nKokku,10,100\n")
    assert len(read.row_numbers) == 4


def test_a_category_called_like_a_total_stays(tmp_path: Path) -> None:
    read = table(tmp_path, "Kind,Count,Sum\na,1,10\nTotal Care,2,20\nc,3,30\nd,4,45\n")
    assert len(read.row_numbers) == 4


def test_json_lines_are_numbered_by_line_and_nested_keys_joined(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"x{number}", "totals": {"revenue": number}}) for number in range(4)]
    read = table(tmp_path, "\n".join([*lines[:2], "", *lines[2:]]), "report.jsonl")
    assert read.row_numbers == [1, 2, 4, 5]
    assert read.column("totals.revenue").numbers == [0, 1, 2, 3]


def test_a_json_array_is_a_table(tmp_path: Path) -> None:
    read = table(tmp_path, json.dumps({"items": [{"a": number, "b": "x"} for number in range(5)]}), "report.json")
    assert read.column("a").numbers == [0, 1, 2, 3, 4]


def test_a_workbook_is_read_where_its_table_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    notes = book.create_sheet("Notes")
    notes.append(["Only words here"])
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sales"
    sheet.append(["Sales by month"])
    sheet.merge_cells("A1:C1")
    sheet.append([])
    sheet.append(["Month", "Kind", "Sum"])
    for month in (1, 2, 3):
        sheet.append([at(2024, month, 1), "a", month * 1.5])
    sheet.append(["Total", None, 9.0])
    book.save(tmp_path / "report.xlsx")
    read = read_table(tmp_path / "report.xlsx")
    assert (read.sheet, read.row_numbers) == ("Sales", [4, 5, 6])
    assert read.column("Sum").numbers == [1.5, 3.0, 4.5]


def test_a_column_per_month_is_made_long_without_its_totals(tmp_path: Path) -> None:
    read = table(
        tmp_path, "Team,Jan 2024,Feb 2024,Mar 2024,Total\nA,1,2,3,6\nB,4,5,6,15\nC,7,8,9,24\nTotal,12,15,18,45\n"
    )
    assert read.wide is not None
    assert read.wide.metric == "report"
    assert read.column("report").numbers == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert read.row_numbers == [2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert read.columns[1].moments[:2] == [at(2024, 1, 1), at(2024, 2, 1)]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b" \n\n", "empty"),
        ("a.csv", bytes(range(32)) * 20, "no table"),
        ("a.csv", b"just one line of text\n", "no table"),
        ("a.csv", b"Day,Count\n2024-01-01,2\n", "too few rows"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.pdf", b"%PDF-1.7 ...", "no table"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        read_table(path)
    assert says in refused.value.sentence
    assert refused.value.remedy


def test_the_sums_of_other_rows_are_looked_for_in_time_that_grows_with_the_rows(tmp_path: Path) -> None:
    """Two large groups of cases: each row was once compared with all others of its group."""
    took: list[float] = []
    for count in (3_000, 12_000):
        rows = [(at, "mf"[at % 2], "abcdefgh"[at % 8], at % 79, at * 7 % 101) for at in range(count)]
        path = write(tmp_path / "cases.csv", ["id", "sex", "kind", "age", "score"], rows)
        before = process_time()
        read_table(path)
        took.append(process_time() - before)
    assert took[1] < 9 * took[0]  # four times the rows; by the square it were sixteen
