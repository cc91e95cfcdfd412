"""Files laid out in ways that readers stumble over: columns of fixed width, headers with too few names, subtotals, JSON
of every shape, and what workbooks tell beside their values.
"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from domain.reports.reading import Table, read_table
from domain.reports.reading.shown import look_up
from domain.reports.reading.table import Line, Sheet
from tests.factories.ods import ods

DAYS = [f"2026-01-{day:02}" for day in range(1, 13)]


def table(folder: Path, content: str | bytes, name: str = "report.csv") -> Table:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def names(read: Table) -> list[str]:
    return [column.name for column in read.columns]


def total(read: Table, name: str) -> float:
    return sum(number for number in read.column(name).numbers if number is not None)


def told(read: Table) -> str:
    return " ".join(remark.text for remark in read.remarks)


def rows(made: Any) -> str:
    return "".join(made(at, day) for at, day in enumerate(DAYS))


# -- fields --------------------------------------------------------------------------------------------


def test_columns_of_a_fixed_width_may_have_spaces_in_names_and_cells(tmp_path: Path) -> None:
    made = rows(lambda at, day: f"Acme Corp {at:<6}{day}   {at * 10.5:8.2f}\n")
    read = table(tmp_path, f"Customer name   Order date   Amount due\n{made}")
    assert names(read) == ["Customer name", "Order date", "Amount due"]
    assert read.columns[0].cells[3] == "Acme Corp 3"
    assert total(read, "Amount due") == pytest.approx(693)


def test_what_stands_under_no_name_belongs_to_the_column_before(tmp_path: Path) -> None:
    made = rows(lambda at, day: f"Person {at:<3}{day} {at:8}\n")
    read = table(tmp_path, f"Name      Date         Orders\n{made}")
    assert names(read) == ["Name", "Date", "Orders"]
    assert read.columns[0].cells[0] == "Person 0"


def test_decimal_commas_among_commas_are_put_together_by_the_header(tmp_path: Path) -> None:
    made = rows(lambda at, day: f"{day},North,{100 + at},5{at % 10},{at}\n")
    read = table(tmp_path, f"date,shop,amount,qty\n{made}")
    assert total(read, "amount") == pytest.approx(sum(100 + at + (50 + at % 10) / 100 for at in range(12)))
    assert total(read, "qty") == 66
    assert "amount: the decimal comma stands between two fields" in told(read)


def test_two_columns_of_decimal_commas_are_put_together(tmp_path: Path) -> None:
    made = rows(lambda at, day: f"{day},{100 + at},25,{200 + at},75\n")
    read = table(tmp_path, f"date,net,gross\n{made}")
    assert (total(read, "net"), total(read, "gross")) == (1269, 2475)


def test_numbers_of_rows_without_a_name_do_not_move_the_names(tmp_path: Path) -> None:
    read = table(tmp_path, "date,orders\n" + rows(lambda at, day: f"{at + 1},{day},{at}\n"))
    assert total(read, "orders") == 66
    assert read.column("date").kind == "date"


def test_a_header_that_is_too_narrow_is_said(tmp_path: Path) -> None:
    read = table(tmp_path, "date,shop\n" + rows(lambda at, day: f"{day},North,{at}\n"))
    assert "2 names for 3 fields" in told(read)


def test_a_line_that_rules_off_the_names_is_no_second_line_of_names(tmp_path: Path) -> None:
    made = rows(lambda at, day: f"| {day} | {at} |\n")
    read = table(tmp_path, f"| Day | Orders |\n|:----|-------:|\n{made}", "report.md")
    assert names(read) == ["Day", "Orders"]


def test_years_over_quarters_without_merged_cells_are_one_date(tmp_path: Path) -> None:
    made = "".join(f"P{at};{at};{at + 1};{at + 2};{at + 3}\n" for at in range(6))
    read = table(tmp_path, f"Product;2024;;2025;\n;Q1;Q2;Q1;Q2\n{made}", "units.csv")
    assert total(read, "units") == 96
    assert read.column("Date").grain == "quarter"


# -- rows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "Region,Shop,Sales\nNorth,A,10\nNorth,B,20\nNorth subtotal,,30\nSouth,C,5\nSouth,D,6\nSouth subtotal,,11\n"
        "Grand total,,41\n",
        "Region;Filiale;Umsatz\nNord;A;10\nNord;B;20\nNord Ergebnis;;30\nSüd;C;5\nSüd;D;6\nSüd Ergebnis;;11\n"
        "Gesamtergebnis;;41\n",
        "Team,Person,Hours\nRed,A,7\nRed,B,3\nRed,C,12\nRed Total,,22\nBlue,D,8\nBlue,E,11\nBlue Total,,19\n",
    ],
)  # fmt: skip
def test_subtotals_that_are_called_after_their_group_are_left_out(tmp_path: Path, content: str) -> None:
    read = table(tmp_path, content)
    assert sum(number or 0 for number in read.columns[2].numbers) == 41
    assert "the sum of other rows" in told(read)


def test_a_group_that_is_only_called_a_total_stays(tmp_path: Path) -> None:
    read = table(tmp_path, "Plan,Users\nBasic,10\nFamily Total,70\nPro,20\nTeam,5\n")
    assert total(read, "Users") == 105


def test_footnotes_right_below_the_rows_are_notes(tmp_path: Path) -> None:
    made = rows(lambda at, day: f"{day},{at}\n")
    notes = "* preliminary\n(1) without returns\n[2] new shop\nAll figures in thousands\n"
    read = table(tmp_path, f"Day,Orders\n{made}{notes}")
    assert (len(read.row_numbers), read.columns[0].kind) == (12, "date")
    assert "4 rows are left out: notes" in told(read)


def test_numbers_to_be_dialled_are_names(tmp_path: Path) -> None:
    read = table(tmp_path, "Name,Phone,Orders\n" + rows(lambda at, _: f"N{at},0151 23456{at:02},{at}\n"))
    assert read.column("Phone").kind == "text"


@pytest.mark.parametrize(
    ("written", "first"),
    [("{0:02}.01.2026", (2026, 1, 2)), ("1/{0}/2026 2:30 PM", (2026, 1, 2)), ("{0:02}.1.26", (2026, 1, 2))],
)
def test_what_comes_first_is_told_by_how_a_date_is_written(
    tmp_path: Path, written: str, first: tuple[int, int, int]
) -> None:
    made = "".join(f"{written.format(at + 1)};{at}\n" for at in range(12))
    at = table(tmp_path, f"Day;Orders\n{made}").columns[0].moments[1]
    assert at is not None
    assert (at.year, at.month, at.day) == first


# -- documents -----------------------------------------------------------------------------------------

RECORDS = [{"day": day, "orders": at} for at, day in enumerate(DAYS)]


@pytest.mark.parametrize(
    "document",
    [
        RECORDS,
        {"page": 1, "data": RECORDS},
        {"meta": {"tags": ["a", "b"]}, "response": {"result": {"orders": RECORDS}}},
        [["day", "orders"], *([record["day"], record["orders"]] for record in RECORDS)],
        {"columns": ["day", "orders"], "data": [[record["day"], record["orders"]] for record in RECORDS]},
        {"day": DAYS, "orders": list(range(12))},
    ],
)
def test_a_document_holds_its_table_in_any_shape(tmp_path: Path, document: Any) -> None:
    read = table(tmp_path, json.dumps(document), "report.json")
    assert (names(read), len(read.row_numbers), total(read, "orders")) == (["day", "orders"], 12, 66)


def test_a_line_that_is_no_record_is_told(tmp_path: Path) -> None:
    lines = [json.dumps(record) for record in RECORDS]
    read = table(tmp_path, "\n".join([*lines[:5], '{"day": ', *lines[5:]]), "report.jsonl")
    assert (len(read.row_numbers), total(read, "orders")) == (12, 66)
    assert "1 line is no record and left out (row 6)" in told(read)


# -- workbooks -----------------------------------------------------------------------------------------


def sheet(
    path: Path, body: list[list[Any]], formats: dict[str, str] | None = None, hidden: tuple[int, ...] = ()
) -> Path:
    book = openpyxl.Workbook()
    page: Any = book.worksheets[0]
    for row in body:
        page.append(row)
    for letter, code in (formats or {}).items():
        for cell in page[letter][1:]:
            cell.number_format = code
    for number in hidden:
        page.row_dimensions[number].hidden = True
    book.save(path)
    return path


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    body = [["Day", "Orders"], *([datetime.fromisoformat(day), at] for at, day in enumerate(DAYS))]
    read = read_table(sheet(tmp_path / "t.xlsx", body, hidden=(3, 5)))
    assert total(read, "Orders") == 66
    assert "2 rows are hidden in the sheet, and read like the others (rows 3, 5)" in told(read)


def test_how_numbers_are_shown_stays_with_its_column_where_others_are_left_out(tmp_path: Path) -> None:
    body = [["Branch", "2022", "2023", "2024", "All"]]
    body += [[f"B{at}", 0.1 + at / 100, 0.2, 0.3 + at / 100, 0.6 + at / 50] for at in range(6)]
    read = read_table(sheet(tmp_path / "t.xlsx", body, {"B": "0.0%", "C": "0.0%", "D": "0.0%", "E": "0.0%"}))
    assert [(column.name, column.percent) for column in read.columns if column.kind == "number"] == [("Sheet", True)]
    money = [["Year", *["Jan", "Feb", "Mar", "Apr", "May", "Jun"]], *([2020 + at, *range(10, 16)] for at in range(4))]
    read = read_table(sheet(tmp_path / "m.xlsx", money, dict.fromkeys("BCDEFG", "#,##0 [$€-407]")))
    assert [column.unit for column in read.columns if column.kind == "number"] == ["EUR"]


@pytest.mark.parametrize("content", [b"PK\x03\x04 xl/workbook.xml", b"PK\x03\x04 xl/workbook.bin", b"\xd0\xcf\x11\xe0"])
def test_what_cannot_be_told_of_how_numbers_are_shown_is_said(content: bytes) -> None:
    rates = Sheet("Rates", [Line(1, ["Day", "Rate"]), *(Line(at, [day, at / 7]) for at, day in enumerate(DAYS, 2))])
    words = Sheet("Words", [Line(1, ["Day", "Word"]), Line(2, ["Monday", "one"])])
    look_up(content, [rates, words])
    assert [remark.text.split(" (")[0] for remark in rates.remarks] == ["How numbers are shown"]
    assert not words.remarks


def test_an_open_document_tells_its_percentages_and_currencies(tmp_path: Path) -> None:
    body: list[list[Any]] = [["Day", "Region", "Rate", "Amount", "Amount before", "n"]]
    body += [[date(2026, 1, at), "North", ("%", at / 100), ("EUR", 10.0), ("EUR", 10.0), 1.5] for at in range(1, 13)]
    read = table(tmp_path, ods({"Costs": body}), "t.ods")
    units = {column.name: (column.unit, column.percent) for column in read.columns if column.kind == "number"}
    assert units == {"Rate": ("%", True), "Amount": ("EUR", False), "Amount before": ("EUR", False), "n": (None, False)}
    assert (total(read, "Amount"), total(read, "Amount before")) == (120, 120)
