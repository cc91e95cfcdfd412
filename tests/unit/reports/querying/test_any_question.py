"""Any question to any table of a kind: each number is the one that plain Python gives, on the rows that it says."""

import math
import random
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pytest

from domain.reports.querying.result import Result
from domain.reports.reading import read_table
from tests.unit.reports.querying.shop import ask

Row = dict[str, Any]
SPOILED = ("n.b.", "#DIV/0!", "see note", "tbd")


def rows_of(chance: random.Random) -> list[Row]:
    """Rows with missing and spoiled cells; ``None`` is an empty one, a spoiled one is a text."""
    begin = date(chance.randrange(1995, 2024), chance.randrange(1, 13), 1)
    span = chance.choice([40, 400, 1500])
    spoiled = chance.choice([0, 0.01, 0.04])
    cities = chance.sample(["Köln", "Paris", "New York", "São Paulo", "Oslo", "NA-West", "O'Hara", "a|b"], 5)

    def number(value: float) -> float | str | None:
        drawn = chance.random()
        return None if drawn < 0.03 else chance.choice(SPOILED) if drawn < 0.03 + spoiled else value

    return [
        {
            "day": None if chance.random() < 0.02 else begin + timedelta(days=chance.randrange(span)),
            "city": None if chance.random() < 0.05 else chance.choice(cities),
            "kind": chance.choice(["red", "blue", "green"]),
            "pieces": number(chance.randrange(0, 500)),
            "takings": number(round(chance.gauss(100, 80), 2)),
        }
        for _ in range(chance.randrange(60, 250))
    ]


def written(path: Path, rows: list[Row]) -> Path:
    lines = ["day;city;kind;pieces;takings"]
    lines += [";".join("" if cell is None else str(cell) for cell in row.values()) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


HOW: dict[str, Callable[[list[float]], float | None]] = {
    "sum": lambda values: math.fsum(values) if values else None,
    "mean": lambda values: fmean(values) if values else None,
    "median": lambda values: median(values) if values else None,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "distinct": lambda values: len(set(values)),
}
BY: dict[str, Callable[[Row], object]] = {
    "city": lambda row: row["city"] or "(none)",
    "kind": lambda row: row["kind"],
    "year": lambda row: row["day"] and f"{row['day']:%Y}",
    "quarter": lambda row: row["day"] and f"{row['day'].year}-Q{(row['day'].month + 2) // 3}",
    "month": lambda row: row["day"] and f"{row['day']:%Y-%m}",
    "week": lambda row: row["day"] and (row["day"] - timedelta(days=row["day"].weekday())).isoformat(),
    "day": lambda row: row["day"] and row["day"].isoformat(),
    "weekday": lambda row: f"{row['day']:%A}" if row["day"] else "(none)",
}
WHERE: list[tuple[Row, Callable[[Row], bool]]] = [
    ({"column": "kind", "value": "RED"}, lambda row: row["kind"] == "red"),
    ({"column": "kind", "is": "!=", "value": "red"}, lambda row: row["kind"] != "red"),
    ({"column": "kind", "is": "in", "value": ["red", "blue"]}, lambda row: row["kind"] in ("red", "blue")),
    ({"column": "city", "is": "filled"}, lambda row: row["city"] is not None),
    ({"column": "pieces", "is": ">=", "value": 250}, lambda row: is_number(row["pieces"]) and row["pieces"] >= 250),
    ({"column": "takings", "is": "<", "value": 90.5}, lambda row: is_number(row["takings"]) and row["takings"] < 90.5),
    ({"column": "takings", "is": "missing"}, lambda row: row["takings"] is None),
    ({"column": "month", "value": "March"}, lambda row: row["day"] is not None and row["day"].month == 3),
    ({"column": "weekday", "is": "in", "value": ["saturday", "sunday"]},
     lambda row: row["day"] is not None and row["day"].weekday() > 4),
]  # fmt: skip


def is_number(cell: object) -> bool:
    return isinstance(cell, int | float)


@pytest.mark.parametrize("seed", range(30))
def test_any_question(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    rows = rows_of(chance)
    table = read_table(written(tmp_path / "t.csv", rows))
    for row, number in zip(rows, count(2), strict=False):
        row["number"] = number
    rows = [row for row in rows if row["number"] in set(table.row_numbers)]  # others are left out by the reading, said
    for _ in range(6):
        how, column = chance.choice(list(HOW)), chance.choice(["pieces", "takings"])
        by = chance.sample(list(BY), chance.choice([0, 1, 1, 2]))
        where = chance.sample(WHERE, chance.choice([0, 0, 1, 2]))
        month = chance.choice([row["day"] for row in rows if row["day"]])
        period = (f"{month:%Y-%m}", f"{month.year + 1}-06") if chance.random() < 0.4 else None
        found = ask(table, select=[{"how": how, "column": column}], by=by,
                    where=[condition for condition, _ in where], period=period)  # fmt: skip
        chosen = [row for row in rows if all(holds(row) for _, holds in where)]
        if period is not None:
            last = date(month.year + 1, 6, 30)
            chosen = [row for row in chosen if row["day"] and month.replace(day=1) <= row["day"] <= last]
        compare(found, how, column, by, chosen)


def compare(found: Result, how: str, column: str, by: list[str], chosen: list[Row]) -> None:
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in chosen:
        key = tuple(BY[name](row) for name in by)
        if None not in key:
            groups.setdefault(key, []).append(row)
    got = {row[:-1]: row[-1] for row in found.rows}
    assert set(got) == set(groups), (how, column, by)
    for key, mine in groups.items():
        values = [row[column] for row in mine if is_number(row[column])]
        expected = HOW[how](values)
        assert got[key] == (None if expected is None else pytest.approx(expected, rel=1e-12, abs=1e-9)), (how, by, key)
    told = found.facts[found.leading :] if groups else ()
    for row, fact in zip(found.rows, told, strict=True):
        mine = groups[row[:-1]]
        assert set(covered(fact.rows)) <= {one["number"] for one in mine}
        left = sum(isinstance(one[column], str) for one in mine)
        if left and row[-1] is not None and how != "distinct":
            assert f"without {left} cell" in fact.text


def covered(ranges: Iterable[tuple[int, int]]) -> list[int]:
    return [number for first, last in ranges for number in range(first, last + 1)]
