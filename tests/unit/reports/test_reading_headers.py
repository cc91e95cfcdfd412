"""What columns are called, which rows are data, and workbooks: kinds that readers are known to stumble over."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import numbers as formats

from domain.reports.reading import read_table
from tests.unit.reports.test_reading_stumbles import DAYS, at, table, told, total

# -- headers and rows ------------------------------------------------------------------------------------


def test_years_as_names_of_columns_with_two_of_them(tmp_path: Path) -> None:
    read = table(tmp_path, "country,2018,2019\nAustria,10,12\nBelgium,20,21\nCroatia,5,6\n")
    assert [column.name for column in read.columns] == ["country", "2018", "2019"]


def test_two_lines_of_names_are_joined(tmp_path: Path) -> None:
    read = table(tmp_path, ",North,,South,\nWeek,Orders,Returns,Orders,Returns\n" + "".join(
        f"{day},{place},1,{place * 2},2\n" for place, day in enumerate(DAYS)
    ))  # fmt: skip
    assert [column.name for column in read.columns] == [
        "Week", "North Orders", "North Returns", "South Orders", "South Returns",
    ]  # fmt: skip


def test_repeated_names_are_numbered(tmp_path: Path) -> None:
    read = table(tmp_path, "city,sales,sales\nBern,1,2\nBasel,3,4\nChur,5,6\n")
    assert [column.name for column in read.columns] == ["city", "sales", "sales 2"]


def test_a_table_of_words_alone(tmp_path: Path) -> None:
    read = table(tmp_path, "name,team\nAnn,Red\nBob,Blue\nCid,Red\nDan,Blue\n")
    assert [column.name for column in read.columns] == ["name", "team"]


@pytest.mark.parametrize("name", ["World", "Alle Länder", "All natural disasters"])
def test_an_aggregate_by_whatever_name_is_left_out_and_told(tmp_path: Path, name: str) -> None:
    rows = [f"{year},{place},{number}" for year in (2019, 2020, 2021) for place, number in (
        ("Asia", 400 + year), ("Europe", 200), ("Africa", 120), (name, 720 + year)
    )]  # fmt: skip
    read = table(tmp_path, "\n".join(["year,place,people", *rows]))
    assert total(read, "people") == 3 * 720 + 2019 + 2020 + 2021
    assert "sum" in told(read, "rows left out")


@pytest.mark.parametrize("years", [True, False], ids=["a column for each year", "a row for each year"])
@pytest.mark.parametrize(("name", "code"), [("World", "WLD"), ("Erde", "X9")])
def test_an_aggregate_with_a_code_of_its_own_is_left_out_too(tmp_path: Path, years: bool, name: str, code: str) -> None:
    people = {("Kenya", "KEN"): (50, 52, 53), ("Brazil", "BRA"): (211, 212, 214), ("India", "IND"): (1383, 1396, 1407)}
    people |= {("Tuvalu", "TUV"): (11, None, 12), ("Chad", "TCD"): (16, 17, 18)}
    sums = tuple(sum(numbers[at] or 0 for numbers in people.values()) for at in range(3))
    lines = [["Country", "Code", "2019", "2020", "2021"]] if years else [["Country", "Code", "Year", "People"]]
    for (country, short), numbers in (people | {(name, code): sums}).items():
        cells = ["" if number is None else str(number) for number in numbers]
        if years:
            lines.append([country, short, *cells])
        else:
            lines += [[country, short, year, cell] for year, cell in zip(("2019", "2020", "2021"), cells, strict=True)]
    read = table(tmp_path, "\n".join(",".join(line) for line in lines))
    assert name not in read.column("Country").cells
    assert total(read, "report" if years else "People") == sum(sums)
    assert "the sum of" in told(read, "rows left out")


@pytest.mark.parametrize("header", ["Indicator Name", "indicator_name", "Measure"])
def test_numbers_of_year_columns_are_called_by_their_indicator(tmp_path: Path, header: str) -> None:
    rows = "Kenya,People,50,52,53\nBrazil,People,211,212,214\nIndia,People,1383,1396,1407\n"
    read = table(tmp_path, f"Country,{header},2019,2020,2021\n{rows}")
    assert read.column("People").kind == "number"


def test_notes_below_a_table_are_none_of_it_and_told(tmp_path: Path) -> None:
    rows = [f"{day},item,{place}" for place, day in enumerate(DAYS)]
    read = table(tmp_path, "\n".join(["Day,Item,Count", *rows, "", "Source: the till", "Figures are provisional."]))
    assert len(read.row_numbers) == 12
    assert "2 rows are left out: notes" in told(read, "rows left out")


def test_of_two_tables_under_one_another_the_larger_is_read_and_the_other_named(tmp_path: Path) -> None:
    rows = [f"{day},item,{place}" for place, day in enumerate(DAYS)]
    small = "Region,Boss\nNorth,Ann\nSouth,Bob\nWest,Cid"
    read = table(tmp_path, "\n".join(["Day,Item,Count", *rows, "", small]))
    assert len(read.row_numbers) == 12
    assert "A15:B18" in told(read, "elsewhere")
    assert read_table(tmp_path / "report.csv", wanted="A15:B18").column("Boss").cells == ["Ann", "Bob", "Cid"]


# -- workbooks -------------------------------------------------------------------------------------------


def workbook(path: Path) -> Any:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Region", "Month", "Sales", "Rate", "Margin"])
    for place in range(12):
        sheet.append([("North", "South", "West")[place // 4], at(2025, 1 + place, 1), 100 + place, 0.025, None])
        sheet.cell(place + 2, 4).number_format = formats.FORMAT_PERCENTAGE_00
        sheet.cell(place + 2, 5).value = f"=C{place + 2}*2"
    for top in (2, 6, 10):
        sheet.merge_cells(f"A{top}:A{top + 3}")
    notes = book.create_sheet("Old figures")
    notes.sheet_state = "hidden"
    notes.append(["Region", "Sales"])
    for place in range(100):
        notes.append([f"R{place}", place])
    book.save(path)
    return book


def test_a_workbook_says_what_was_read_and_what_it_lacks(tmp_path: Path) -> None:
    workbook(tmp_path / "report.xlsx")
    read = read_table(tmp_path / "report.xlsx")
    assert read.sheet == "Sheet"  # the visible one, though the hidden one is larger
    assert read.column("Region").cells == ["North"] * 4 + ["South"] * 4 + ["West"] * 4
    assert read.column("Rate").percent
    assert "Margin holds formulas without values" in told(read, "formulas without values")
    assert "Old figures" in told(read, "elsewhere")
    assert "hidden" in told(read, "elsewhere")


def test_durations_past_a_day_are_hours(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Who", "Worked"])
    for place in range(5):
        sheet.append([f"P{place}", timedelta(hours=30 + place, minutes=30)])
    book.save(tmp_path / "report.xlsx")
    read = read_table(tmp_path / "report.xlsx").column("Worked")
    assert read.numbers == pytest.approx([30.5, 31.5, 32.5, 33.5, 34.5])
    assert read.unit == "h"
