"""Facts within a budget: what is known when it ends is said, and what was not looked at."""

from datetime import date
from itertools import count
from pathlib import Path

from domain.core.budget import Budget
from domain.reports.facts import analyse
from domain.reports.facts.analysis import analyse_table
from domain.reports.reading import read_table
from tests.unit.reports.tables import daily, days, one, told, write


def test_without_any_time_the_totals_are_stated_and_the_rest_is_named(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv", factor=lambda at, *_: 3.0 if at == 70 else 1.0)
    whole, hurried = analyse(path), analyse(path, seconds=0)
    assert told(whole, "anomaly")
    assert not told(hurried, "anomaly")
    assert one(hurried, "total", "Revenue").value == one(whole, "total", "Revenue").value
    [note] = [note for note in hurried.notes if note.startswith("Not looked at for lack of time: ")]
    assert "what happened in Revenue" in note
    assert not any("Not looked at" in note for note in whole.notes)


def test_time_that_ends_midway_leaves_the_plain_facts_their_share(tmp_path: Path) -> None:
    rows = [[day, *(at % 7 + place for place in range(40))] for at, day in enumerate(days(date(2024, 1, 1), 60))]
    path = write(tmp_path / "many.csv", ["Day", *(f"visits {place}" for place in range(40))], rows)
    ticks = count()
    budget = Budget(60, clock=lambda: float(next(ticks)), held=lambda: 0)
    analysis = analyse_table(read_table(path), None, budget)
    [note] = [note for note in analysis.notes if "Not looked at" in note]
    assert "what happened in visits" in note
    assert len(told(analysis, "total") + told(analysis, "average")) == 40
    assert told(analysis, "trend") or "groups and course of" in note


def test_memory_that_is_short_is_said_too(tmp_path: Path) -> None:
    path = daily(tmp_path / "orders.csv")
    held = count(0, 60 * 1024 * 1024)
    analysis = analyse_table(read_table(path), None, Budget(60, 100, held=lambda: next(held)))
    assert any(note.startswith("Not looked at for lack of memory: ") for note in analysis.notes)
    assert told(analysis, "total", "Revenue")


def test_rates_among_a_hundred_columns_are_found_and_without_time_named(tmp_path: Path) -> None:
    rows = [
        [at, *(((at * 7919 + place * 104729) % 8999) + 1000 for place in range(100))] for at in range(120)
    ]  # fmt: skip
    for row in rows:
        row.append(round(row[18] / row[91], 4))  # type: ignore[arg-type]
    path = write(tmp_path / "many.csv", ["n", *(f"c{place}" for place in range(100)), "conversion"], rows)
    roles = {column.name: column.role for column in analyse(path).columns}
    assert roles["conversion"] == "rate"
    hurried = analyse(path, seconds=0)
    assert any("columns that are the quotient of two others" in note for note in hurried.notes)
