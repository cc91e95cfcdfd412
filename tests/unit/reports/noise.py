"""Tables in which nothing happens, of many shapes: what varies by chance, by weekday, by season, or wanders."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from tests.unit.reports.tables import Row, write

Draw = Callable[[np.random.Generator, list[date], float], "np.ndarray[tuple[int], np.dtype[np.float64]]"]


def _neighbourly(
    chance: np.random.Generator, days: list[date], size: float
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    pushes, out = chance.standard_normal(len(days)), np.zeros(len(days))
    for at in range(1, len(days)):
        out[at] = 0.5 * out[at - 1] + pushes[at]
    return size * (1 + 0.1 * out)


def _by_day(days: list[date], factor: Callable[[date], float]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array([factor(day) for day in days])


NOISES: dict[str, Draw] = {
    "gaussian": lambda chance, days, size: size * (1 + 0.1 * chance.standard_normal(len(days))),
    "counted": lambda chance, days, size: chance.poisson(size * 0.3, len(days)).astype(np.float64),
    "few": lambda chance, days, size: chance.poisson(3, len(days)).astype(np.float64),
    "skewed": lambda chance, days, size: size * np.exp(0.6 * chance.standard_normal(len(days))),
    "heavy tails": lambda chance, days, size: size * (1 + 0.08 * chance.standard_t(3, len(days))),
    "neighbourly": _neighbourly,
    "weekdays": lambda chance, days, size: (
        size * _by_day(days, lambda day: 0.5 if day.weekday() > 4 else 1 + 0.05 * day.weekday())
        * (1 + 0.08 * chance.standard_normal(len(days)))
    ),
    "season": lambda chance, days, size: (
        size * _by_day(days, lambda day: 1 + 0.3 * np.sin(2 * np.pi * day.timetuple().tm_yday / 365.25))
        * (1 + 0.06 * chance.standard_normal(len(days)))
    ),
    "random walk": lambda chance, days, size: (
        size * np.exp(np.cumsum(chance.choice([0.005, 0.01, 0.03, 0.06]) * chance.standard_normal(len(days))))
    ),
    "mostly nothing": lambda chance, days, size: np.where(
        chance.random(len(days)) < 0.12, chance.gamma(2, size / 8, len(days)), 0.0
    ),
}  # fmt: skip
SHAPES = ("columns", "few groups", "many groups", "two groupings", "cases", "no dates")
STEPS = ("day", "week", "month", "weekday")


def noise_table(path: Path, seed: int) -> tuple[Path, str]:
    """A table of noise, and what it is: ten seeds hold all noises, sixty all shapes of them, 240 all steps of those."""
    chance = np.random.default_rng(seed)
    noise = list(NOISES)[seed % len(NOISES)]
    shape = SHAPES[seed // len(NOISES) % len(SHAPES)]
    step = STEPS[seed // (len(NOISES) * len(SHAPES)) % len(STEPS)]
    least, most = {"day": (60, 500), "week": (40, 200), "month": (24, 90), "weekday": (60, 400)}[step]
    count = int(chance.integers(least, most))
    draw, days = NOISES[noise], _days(step, count)
    whole = noise in ("counted", "few") or (noise != "heavy tails" and seed // 7 % 2 == 0)
    name = ("amount", "orders", "score", "volume")[seed % 4]

    def cells(at: list[date], size: float) -> list[float]:
        return [round(float(number), None if whole else 2) for number in draw(chance, at, size)]

    rows: list[Row] = []
    if shape == "columns":
        header = ["date", *[f"{name} {at}" for at in "abc"]]
        rows = list(zip(days, cells(days, 100), cells(days, 200), cells(days, 300), strict=True))
    elif shape in ("few groups", "many groups"):
        header = ["date", "group", name]
        for group in range(3 if shape == "few groups" else 20):
            rows += [(day, f"G{group}", number) for day, number in zip(days, cells(days, 80), strict=True)]
    elif shape == "two groupings":
        header = ["date", "region", "product", name, f"{name} too"]
        for region, product in ((region, product) for region in range(3) for product in range(4)):
            both = zip(days, cells(days, 80 * (1 + region)), cells(days, 60), strict=True)
            rows += [(day, f"R{region}", f"P{product}", one, other) for day, one, other in both]
    else:
        header = ["date", "type", "team", name]
        at = sorted(days[int(chance.integers(0, count))] for _ in range(int(chance.integers(300, 2500))))
        for day, number in zip(at, cells(at, 100), strict=True):
            rows.append((day, f"T{chance.integers(0, 5)}", f"U{chance.integers(0, 8)}", number))
    rows.sort(key=lambda row: str(row[0]))
    if shape == "no dates":
        header, rows = header[1:], [row[1:] for row in rows]
    return write(path, header, rows), f"{noise}, {shape}, by {step}, {count} steps"


def _days(step: str, count: int) -> list[date]:
    if step == "week":
        return [date(2020, 1, 6) + timedelta(weeks=at) for at in range(count)]
    if step == "month":
        return [date(2015 + at // 12, at % 12 + 1, 1) for at in range(count)]
    every = [date(2022, 1, 3) + timedelta(days=at) for at in range(2 * count)]
    return [day for day in every if step == "day" or day.weekday() < 5][:count]
