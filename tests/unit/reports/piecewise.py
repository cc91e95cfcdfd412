"""Series that go from one level to another, and what may be said of their steps."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.reports.facts.analysis import analyse_table
from domain.reports.facts.fact import Analysis, Fact
from domain.reports.reading import Column, Table

_NEAR = 3
"""Steps between a true step and the one that is stated."""


@dataclass(frozen=True, slots=True)
class Series:
    """``levels`` is what each step would be without noise."""

    table: Table
    dates: list[date]
    levels: list[float]


def series(seed: int) -> Series:
    """A series of days, weeks or months with one to three steps, of flows or of averages, up or down."""
    chance = random.Random(seed)
    days, count = chance.choice(((1, 90), (1, 200), (7, 80), (7, 130), (30, 48)))
    pieces = chance.randint(2, 4)
    cuts = sorted(chance.sample(range(count // 8, count - count // 8), pieces - 1))
    level, levels = chance.uniform(30, 5000), list[float]()
    for at in range(count):
        if at in cuts:
            level *= chance.choice((chance.uniform(0.3, 0.85), chance.uniform(1.15, 3.0)))
        levels.append(level)
    noise = chance.choice((0.01, 0.04, 0.1))
    whole = chance.random() < 0.6
    numbers = [max(0.0, round(one * chance.gauss(1, noise), 0 if whole else 2)) for one in levels]
    first = date(2021, 1, 1)
    if days == 30:
        dates = [date(2021 + at // 12, at % 12 + 1, 1) for at in range(count)]
    else:
        dates = [first + timedelta(days=at * days) for at in range(count)]
    metric = chance.choice(("visits", "orders", "revenue", "score"))
    columns = [
        Column("Day", "date", [day.isoformat() for day in dates], moments=[_midnight(day) for day in dates],
               grain="month" if days == 30 else "day"),
        Column(metric, "number", [str(number) for number in numbers], numbers=list(numbers),
               decimals=0 if whole else 2),
    ]  # fmt: skip
    return Series(Table(f"series-{seed}.csv", None, columns, list(range(2, count + 2))), dates, levels)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - reports say no zone


def reversed_steps(made: Series, analysis: Analysis | None = None) -> tuple[int, list[str]]:
    """How many changes are stated, and those of which the sign is not that of the step."""
    said = analysis or analyse_table(made.table)
    changes = [fact for fact in said.facts if fact.type == "change"]
    return len(changes), [fact.text for fact in changes if _is_reversed(made, fact)]


def _is_reversed(made: Series, fact: Fact) -> bool:
    if fact.period is None or fact.baseline is None:
        return True
    first = next(at for at, day in enumerate(made.dates) if day.isoformat() >= fact.period.start)
    steps = [at for at in range(1, len(made.levels)) if made.levels[at] != made.levels[at - 1]]
    near = [at for at in steps if abs(at - first) <= _NEAR]
    if len(near) == 1:
        true = made.levels[near[0]] - made.levels[near[0] - 1]
    else:
        true = _mean(made, fact.period.start, fact.period.end) - _mean(made, fact.baseline.start, fact.baseline.end)
    words = {"higher": 1, "more": 1, "rose": 1, "lower": -1, "less": -1, "fell": -1}
    told = [sign for word, sign in words.items() if f" {word} " in fact.text.split(" on average")[0]]
    return fact.value * true <= 0 or any(sign * true < 0 for sign in told)


def _mean(made: Series, start: str, end: str) -> float:
    inside: Sequence[float] = [
        level for day, level in zip(made.dates, made.levels, strict=True)
        if start <= day.isoformat()[: len(start)] and day.isoformat()[: len(end)] <= end
    ]  # fmt: skip
    return sum(inside) / len(inside)
