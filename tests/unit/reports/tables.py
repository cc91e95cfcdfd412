"""Small made-up reports with a fixed seed, written where a test can read them."""

import csv
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from domain.reports.facts import Analysis, Fact

Row = Sequence[object]


def write(
    path: Path, header: Sequence[str], rows: Iterable[Row], *, delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=at) for at in range(count)]


def daily(
    path: Path,
    count: int = 150,
    *,
    factor: Callable[[int, str, str], float] = lambda *_: 1.0,
    skip: Iterable[int] = (),
    seed: int = 7,
) -> Path:
    """Orders and takings of two regions and two channels, day by day, with noise and low weekends.

    ``factor`` multiplies what day ``at`` brings to a region and channel; days in ``skip`` are left out.
    """
    chance = random.Random(seed)
    rows: list[Row] = []
    for at, day in enumerate(days(date(2024, 1, 1), count)):
        for region, size in (("North", 200), ("South", 120)):
            for channel, share in (("web", 1.0), ("shop", 0.5)):
                usual = size * share * (0.4 if day.weekday() > 4 else 1.0) * factor(at, region, channel)
                orders = max(0, round(usual * chance.gauss(1, 0.06)))
                takings = round(orders * 12.5 * chance.gauss(1, 0.03), 2)
                if at not in set(skip):
                    rows.append((day.isoformat(), region, channel, orders, takings))
    return write(path, ["Day", "Region", "Channel", "Orders", "Revenue"], rows)


def read_back(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def told(analysis: Analysis, kind: str, metric: str | None = None) -> list[Fact]:
    return [fact for fact in analysis.facts if fact.type == kind and metric in (None, fact.metric)]


def one(analysis: Analysis, kind: str, metric: str, segment: dict[str, str] | None = None) -> Fact:
    found = [fact for fact in told(analysis, kind, metric) if dict(fact.segment) == (segment or {})]
    assert len(found) == 1, [fact.text for fact in told(analysis, kind)]
    return found[0]
