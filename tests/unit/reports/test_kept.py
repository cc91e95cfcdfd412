"""The table that was read last is not read again for its chart, and never taken for another one."""

import os
from pathlib import Path

import pytest

from domain.core.errors import Invalid, NotFound
from domain.reports.tools.kept import LastTable

TEXT = "region,sales\nWest,5\nEast,7\nNorth,9\n"


def file(folder: Path, name: str = "sales.csv", text: str = TEXT) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_same_file_is_read_once(tmp_path: Path) -> None:
    path, last = file(tmp_path), LastTable()
    assert last.read(path, "sales.csv") is last.read(path, "sales.csv")


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path, last = file(tmp_path), LastTable()
    before = last.read(path, "sales.csv")
    file(tmp_path, text=TEXT.replace("West", "Wald"))
    os.utime(path, ns=(1, 1))
    assert last.read(path, "sales.csv").column("region").cells[0] == "Wald"
    assert before.column("region").cells[0] == "West"


def test_another_file_name_or_sheet_is_another_table(tmp_path: Path) -> None:
    path, last = file(tmp_path), LastTable()
    first = last.read(path, "sales.csv")
    assert last.read(path, "march.csv").file == "march.csv"
    assert last.read(file(tmp_path, "b.csv"), "sales.csv") is not first
    assert last.read(path, "sales.csv") is not first


def test_a_file_that_is_away_or_holds_no_table_is_said(tmp_path: Path) -> None:
    path, last = file(tmp_path), LastTable()
    last.read(path, "sales.csv")
    path.unlink()
    with pytest.raises(NotFound):
        last.read(path, "sales.csv")
    with pytest.raises(Invalid):
        last.read(file(tmp_path, text="nothing"), "sales.csv")
