"""A small shop's sales, as a file and as plain rows: what a query finds is computed again from the rows."""

import csv
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.reports.numbers import check
from domain.reports.querying.query import Query
from domain.reports.querying.result import Result
from domain.reports.querying.run import run_query
from domain.reports.reading import Table, read_table

Row = dict[str, Any]
HEADER = ("date", "Region", "Category", "Sales", "Profit", "Discount")


def rows(count: int = 300, seed: int = 5) -> list[Row]:
    """Three years of sales; a few have no region, one has no date, one amount is no number."""
    chance = random.Random(seed)
    out: list[Row] = [
        {
            "date": f"{2013 + at % 3}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
            "Region": chance.choice(["West", "East", "North", ""]),
            "Category": chance.choice(["Technology", "Furniture"]),
            "Sales": round(chance.uniform(1, 1000), 2),
            "Profit": round(chance.gauss(10, 50), 2),
            "Discount": chance.randrange(0, 30),
        }
        for at in range(count)
    ]
    out[7]["date"] = ""
    out[17]["Sales"] = "n.b."
    return out


def written(path: Path, given: list[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row in given:
            writer.writerow([*(row[name] for name in HEADER[:-1]), f"{row['Discount']} %"])
    return path


def table_of(path: Path) -> Table:
    return read_table(written(path / "sales.csv", rows()), "sales.csv")


def ask(table: Table, other: Table | None = None, **asked: Any) -> Result:
    """What a query finds; its sentence and the numbers of its rows are those of its facts."""
    found = run_query(table, Query.model_validate({"file": table.file, **asked}), other)
    stand_on_facts(found)
    return found


def stand_on_facts(found: Result) -> None:
    told = found.as_json()
    stated = [*told["facts"], *({"text": note} for note in told["notes"])]
    assert check(found.sentence, stated).unmatched == (), (found.sentence, told["facts"])
    for line in found.shown[: len(told["rows"])]:
        assert check("; ".join(line), stated).unmatched == (), line


def amounts(given: list[Row], name: str, chosen: Callable[[Row], bool] = lambda _: True) -> list[float]:
    return [row[name] for row in given if chosen(row) and isinstance(row[name], int | float)]
