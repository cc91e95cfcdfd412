"""The facts of a table of 20,000 rows, in a fresh interpreter and in a warm one."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from domain.reports.facts import analyse
from tests.bench.measure import ROUNDS, Figure


def table(path: Path, rows: int = 20_000) -> None:
    """Orders by day, region and channel, with noise and a season."""
    chance = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["date", "region", "channel", "orders", "revenue", "returns", "visits", "note"])
        day, written = date(2023, 1, 1), 0
        while written < rows:
            for region in ("North", "South", "East", "West"):
                for channel in ("Shop", "App", "Phone", "Partner", "Fair"):
                    orders = max(0, round(chance.gauss(40 + 10 * (day.weekday() < 5), 6)))
                    revenue = round(orders * chance.gauss(52, 3), 2)
                    writer.writerow([day, region, channel, orders, revenue, orders // 12, orders * 9 + 3, "ok"])
                    written += 1
            day += timedelta(days=1)


async def run(folder: Path) -> list[Figure]:
    path = folder / "orders.csv"
    table(path)
    seconds: list[float] = []
    for _ in range(ROUNDS + 1):
        begun = perf_counter()
        analyse(path)
        seconds.append(perf_counter() - begun)
    return [
        Figure("first analysis of 20,000 rows, libraries loaded by it", "s", seconds[:1]),
        Figure("analysis of 20,000 rows", "s", seconds[1:]),
    ]
