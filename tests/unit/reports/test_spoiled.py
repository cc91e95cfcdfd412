"""Reports with one to five cells in a hundred spoiled, in every way that is known: each stated number is that of the
cells that can be read, and how many cannot is said exactly. ``make bench ARGS=facts`` does a thousand of them.
"""

from pathlib import Path

import pytest

from domain.reports.facts import analyse
from tests.unit.reports.spoiled import faults, report
from tests.unit.reports.tables import one, told, write

FEW = 48


@pytest.mark.parametrize("first", range(0, FEW, 8))
def test_every_number_is_that_of_the_cells_that_can_be_read(tmp_path: Path, first: int) -> None:
    wrong = {seed: found for seed in range(first, first + 8) if (found := faults(report(tmp_path, seed)))}
    assert wrong == {}


def test_a_percentage_among_plain_numbers_is_left_out_and_named(tmp_path: Path) -> None:
    rows = [(f"2026-01-{day:02}", "12 %" if day == 5 else day + 10) for day in range(1, 29)]
    analysis = analyse(write(tmp_path / "visits.csv", ["Day", "visits"], rows))
    assert one(analysis, "total", "visits").value == sum(day + 10 for day in range(1, 29) if day != 5)
    [left] = told(analysis, "data_quality", "visits")
    assert (left.value, left.rows) == (1, ((6, 6),))


def test_a_mark_in_a_cell_that_is_no_number_decides_nothing(tmp_path: Path) -> None:
    rows = [(f"2026-01-{day:02}", "12..5" if day == 5 else day + 10) for day in range(1, 29)]
    analysis = analyse(write(tmp_path / "visits.csv", ["Day", "visits"], rows))
    assert one(analysis, "total", "visits").value == sum(day + 10 for day in range(1, 29) if day != 5)
