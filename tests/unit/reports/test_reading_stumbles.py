"""What readers of tables are known to stumble over: each kind in a file that failed once, and in others made here."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.reports.reading import Table, read_table

CASES = Path(os.environ.get("LEGWORK_SHARED", Path(__file__).parents[3] / "../shared")) / "cases"
DAYS = [f"2026-01-{day:02}" for day in range(1, 13)]


def at(*parts: int) -> datetime:
    return datetime(parts[0], parts[1], parts[2])  # noqa: DTZ001 - reports say no zone


def case(name: str) -> Table:
    if not (CASES / name).is_file():
        pytest.skip(f"{name} is not at {CASES}: LEGWORK_SHARED names another place")
    return read_table(CASES / name)


def table(tmp_path: Path, content: str | bytes, name: str = "report.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def column(tmp_path: Path, cells: list[str], name: str = "Amount", delimiter: str = ";") -> Any:
    """A column of cells beside one of days."""
    rows = [f"{DAYS[place]}{delimiter}{cell}" for place, cell in enumerate(cells)]
    return table(tmp_path, "\n".join([f"Day{delimiter}{name}", *rows]) + "\n").columns[1]


def total(read: Table, name: str) -> float:
    return sum(number for number in read.column(name).numbers if number is not None)


def told(read: Table, kind: str) -> str:
    return " ".join(remark.text for remark in read.remarks if remark.kind == kind)


@pytest.mark.parametrize(
    ("name", "metric", "rows", "adds_up_to"),
    [
        ("D01_t01_unclosed_quote.bad.csv", "qty", 40, 3900),
        ("D03_t03_one_bad_byte.bad.csv", "sales", 40, 3900),
        ("D04_t04_scientific_some.bad.csv", "litres", 60, 69_495),
        ("D09_t09_serial_dates.bad.csv", "Output", 60, 6040),
        ("D09_t10_unix_seconds.bad.csv", "orders", 60, 6040),
        ("D09_x06_serial_general.bad.xlsx", "Sales", 60, 6040),
        ("D12_x03_merged_headers.bad.xlsx", "South Orders", 20, 23_461),
        ("D13_x04_merged_rows.bad.xlsx", "Sales", 24, 2332),
        ("D15_t11_us_dollar_prefix.bad.csv", "amount", 40, 57_826),
        ("D15_t11b_code_glued.bad.csv", "amount", 40, 57_826),
        ("D15_t11c_won_naira.bad.csv", "amount", 40, 57_806),
        ("D18_t13_error_cells.bad.csv", "orders", 40, 3243),
        ("D18_x09_errors.bad.xlsx", "Orders", 40, 3243),
        ("tables/years_as_columns.csv", "years_as_columns", 20, 251),
        ("tables/worldbank_layout.csv", "Fertility rate", 3240, 11_972.465),
        ("tables/three_decimals.csv", "price", 6, 8.924),
        ("tables/one_hundred_thousand.csv", "price", 11, 345_000),
        ("tables/first_row_all.csv", "revenue", 6, 1370),
        ("tables/all_in_the_middle.csv", "points", 5, 835),
        ("tables/aggregate_inside.csv", "sales", 9, 970),
        ("tables/sparse_rows.csv", "qty", 8, 12),
        ("tables/monthly_rates_wide.csv", "monthly_rates_wide", 180, 990),
    ],
)
def test_a_file_that_once_was_misread(name: str, metric: str, rows: int, adds_up_to: float) -> None:
    read = case(name)
    assert len(read.row_numbers) == rows
    assert total(read, metric) == pytest.approx(adds_up_to)


@pytest.mark.parametrize(
    ("name", "date", "first", "last", "grain"),
    [
        ("D08_t08b_us_month_firsts_one_year.bad.csv", "Date", (2024, 1, 1), (2024, 12, 1), "day"),
        ("D09_t09_serial_dates.bad.csv", "Date", (2026, 1, 1), (2026, 3, 1), "day"),
        ("D09_t10_unix_seconds.bad.csv", "created_at", (2026, 1, 1), (2026, 3, 1), "day"),
        ("tables/years_before_1900.csv", "year", (1871, 1, 1), (1930, 1, 1), "year"),
        ("tables/yyyymm.csv", "month", (2020, 1, 1), (2022, 12, 1), "month"),
        ("tables/year_month_columns.csv", "year-month", (2020, 1, 1), (2022, 12, 1), "month"),
    ],
)
def test_dates_of_a_file_that_once_was_misread(
    name: str, date: str, first: tuple[int, int, int], last: tuple[int, int, int], grain: str
) -> None:
    read = case(name).column(date)
    moments = [moment for moment in read.moments if moment is not None]
    assert (min(moments), max(moments)) == (at(*first), at(*last))
    assert read.grain == grain


# -- numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1e+05", "2.5E3", "7"], [100_000, 2500, 7]),
        (["1.5e-04", "2.0e-04", "0"], [0.00015, 0.0002, 0]),
        (["A$1,200.00", "A$ 5.50", "-A$3.00"], [1200, 5.5, -3]),
        (["CHF12.50", "12.50CHF", "CHF 3.00"], [12.5, 12.5, 3]),
        (["₫1,200", "₫ 50", "₫7"], [1200, 50, 7]),
        (["120.50 CR", "20.25 DR", "3.00 CR"], [120.5, -20.25, 3]),
        (["1.2K", "3.4M", "950"], [1200, 3_400_000, 950]),
        (["2,5 Mio.", "1,25 Mrd.", "12,5"], [2_500_000, 1_250_000_000, 12.5]),
        (["1,204*", "980 †", "1,011[2]"], [1204, 980, 1011]),
        (["12.3 p", "12.9 b", "13.0"], [12.3, 12.9, 13.0]),
        (["12 kg", "13.5 kg", "9 kg"], [12, 13.5, 9]),
        (["37:30", "8:15", "40:00"], [37.5, 8.25, 40]),
    ],
)
def test_numbers_are_read_in_whatever_dress(tmp_path: Path, cells: list[str], numbers: list[float]) -> None:
    assert column(tmp_path, cells).numbers == pytest.approx(numbers)


@pytest.mark.parametrize("word", ["#DIV/0!", "#N/A", "#REF!", "#WERT!", "n.b.", "see note", "<5"])
def test_a_filled_cell_that_is_no_number_is_named(tmp_path: Path, word: str) -> None:
    rows = [f"{day},{number}" for day, number in zip(DAYS, range(1, 13), strict=True)]
    rows[4] = f"{DAYS[4]},{word}"
    read = table(tmp_path, "\n".join(["Day,Count", *rows]))
    assert total(read, "Count") == sum(range(1, 13)) - 5
    assert read.column("Count").unread == [4]
    assert f"“{word}” in row 6" in told(read, "unread cells")


def test_account_numbers_are_no_amounts(tmp_path: Path) -> None:
    assert column(tmp_path, ["9007199254740993", "9007199254740995", "9007199254741011"]).kind == "text"


def test_a_mark_before_three_digits_follows_the_file_and_is_told_where_it_is_open(tmp_path: Path) -> None:
    rows = ["a,1.459", "b,1.487", "c,1.512"]
    assert total(table(tmp_path, "\n".join(["Station,Litre", *rows])), "Litre") == pytest.approx(4.458)
    semicolons = table(tmp_path, "\n".join(["Station;Litre", *rows]).replace(",", ";"))
    assert "leaves open" in told(semicolons, "read as")


# -- dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cells", "second", "grain"),
    [
        ("Date", ["Jan-1-1995", "Feb-1-1995", "Mar-1-1995"], (1995, 2, 1), "day"),
        ("Year", ["1749.042", "1749.123", "1749.204"], (1749, 2, 1), "month"),
        ("timestamp", ["1767225600000", "1767312000000", "1767398400000"], (2026, 1, 2), "day"),
        ("Season", ["2009/10", "2010/11", "2011/12"], (2010, 1, 1), "year"),
        ("Founded", ["1785-03-01", "1790-04-01", "1801-05-01"], (1790, 4, 1), "day"),
    ],
)
def test_dates_are_read_in_whatever_dress(
    tmp_path: Path, name: str, cells: list[str], second: tuple[int, int, int], grain: str
) -> None:
    rows = [f"{cell};{place}" for place, cell in enumerate(cells)]
    read = table(tmp_path, "\n".join([f"{name};Count", *rows])).columns[0]
    assert read.moments[1] == at(*second)
    assert read.grain == grain


def test_a_date_the_other_way_round_is_named(tmp_path: Path) -> None:
    rows = [f"{day:02}/03/2026,{day}" for day in range(10, 25)] + ["03/25/2026,25"]
    read = table(tmp_path, "\n".join(["Date,Count", *rows]))
    assert read.columns[0].moments[-1] == at(2026, 3, 25)
    assert "other way round in 1" in told(read, "doubtful rows")


def test_a_cell_that_is_no_date_keeps_its_row(tmp_path: Path) -> None:
    rows = [f"{day},{number}" for day, number in zip(DAYS, range(1, 13), strict=True)]
    rows[3] = "unknown,4"
    read = table(tmp_path, "\n".join(["Day,Count", *rows]))
    assert total(read, "Count") == sum(range(1, 13))
    assert "“unknown” in row 5" in told(read, "unread cells")


# -- text ------------------------------------------------------------------------------------------------


def test_bytes_of_another_encoding_garble_nothing_else(tmp_path: Path) -> None:
    lines = [b"Town,Count", *("Zürich,1\nGenève,2\nŁódź,3".encode().split(b"\n")), b"K\xf6ln,4", "Köln,5".encode()]
    read = table(tmp_path, b"\n".join(lines))
    assert read.column("Town").cells == ["Zürich", "Genève", "Łódź", "Köln", "Köln"]
    assert "row 5" in told(read, "doubtful rows")


@pytest.mark.parametrize(
    ("encoding", "towns"), [("iso2022_jp", ["東京", "大阪", "札幌"]), ("hz", ["北京", "上海", "天津"])]
)
def test_seven_bit_encodings_are_read(tmp_path: Path, encoding: str, towns: list[str]) -> None:
    rows = "".join(f"{town},{place}\n" for place, town in enumerate(towns))
    read = table(tmp_path, f"人,口\n{rows}".encode(encoding))
    assert read.columns[0].cells == towns


def test_a_quote_that_never_closes_swallows_no_rows(tmp_path: Path) -> None:
    rows = [f"{day},item {place},{place}" for place, day in enumerate(DAYS)]
    rows[5] = f'{DAYS[5]},"5 in pipe,5'
    read = table(tmp_path, "\n".join(["Day,Item,Count", *rows]))
    assert total(read, "Count") == sum(range(12))
    assert "row 7" in told(read, "doubtful rows")


def test_a_quoted_field_over_two_lines_stays_one(tmp_path: Path) -> None:
    rows = [f'{day},"item {place}\nsecond line",{place}' for place, day in enumerate(DAYS)]
    read = table(tmp_path, "\n".join(["Day,Item,Count", *rows]))
    assert len(read.row_numbers) == 12
    assert not read.remarks


def test_backslashes_before_quotes(tmp_path: Path) -> None:
    rows = [f'{day},"a \\"b\\", c",{place}' for place, day in enumerate(DAYS)]
    read = table(tmp_path, "\n".join(["Day,Item,Count", *rows]))
    assert read.column("Item").cells[0] == 'a "b", c'
    assert total(read, "Count") == sum(range(12))


def test_a_surplus_comma_is_put_back_where_it_was(tmp_path: Path) -> None:
    rows = [f"{day},item {place},{place}" for place, day in enumerate(DAYS)]
    rows[2] = f"{DAYS[2]},nuts, bolts,2"
    read = table(tmp_path, "\n".join(["Day,Item,Count", *rows]))
    assert read.column("Item").cells[2] == "nuts, bolts"
    assert total(read, "Count") == sum(range(12))
    assert "row 4" in told(read, "doubtful rows")


def test_fields_that_stand_apart_by_spaces(tmp_path: Path) -> None:
    read = table(tmp_path, "Name     Count  Size\nAnna     1      2.5\nBernhard 2      3.5\nCarl     3      4.5\n")
    assert total(read, "Size") == pytest.approx(10.5)


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["EU", "NA", "APAC", "NA", "EU", "APAC"], 3),  # North America
        (["herbi", "NA", "carni", "NA", "herbi", "omni"], 3),
        (["yes", "-", "no", "?", "yes", "no"], 2),
    ],
)
def test_what_says_that_there_is_no_value(tmp_path: Path, values: list[str], kept: int) -> None:
    read = table(tmp_path, "\n".join(["Kind,Count", *(f"{value},{place}" for place, value in enumerate(values))]))
    assert len({cell for cell in read.column("Kind").cells if cell is not None}) == kept
