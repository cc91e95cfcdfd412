"""Whose event it is: the coarsest segment of which all parts moved, or the one part that did."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.reports.facts import Fact, analyse
from tests.unit.reports.tables import Row, write

COUNTRIES = {"Kenya": 0.4, "Ghana": 1.0, "Peru": 0.7, "Chile": 0.5}
KINDS = {"audio": 1.0, "video": 0.6, "print": 0.25, "maps": 0.1}

Factor = Callable[[int, str, str], float]


def made(
    path: Path, factor: Factor, *, count: int = 150, weekly: bool = False, noise: float = 0.08, seed: int = 2
) -> Path:
    chance = random.Random(seed)
    rows: list[Row] = []
    for at in range(count):
        day = date(2023, 1, 2) + timedelta(days=at * (7 if weekly else 1))
        for country, size in COUNTRIES.items():
            for kind, share in KINDS.items():
                usual = 400 * size * share * factor(at, country, kind)
                rows.append((day, country, kind, round(usual * chance.gauss(1, noise))))
    return write(path, ["date", "country", "kind", "orders"], rows)


def events(path: Path) -> list[Fact]:
    return [fact for fact in analyse(path).facts if fact.type in ("change", "anomaly")]


CASES: dict[str, tuple[dict[str, str], Callable[[str, str], float]]] = {
    "a country with all its kinds": ({"country": "Kenya"}, lambda country, _: 0.5 if country == "Kenya" else 1),
    "a country whose kinds moved by different amounts": (
        {"country": "Kenya"},
        lambda country, kind: (0.45 + 0.04 * len(kind) % 0.15) if country == "Kenya" else 1,
    ),
    "one kind of one country": (
        {"country": "Kenya", "kind": "audio"},
        lambda country, kind: 0.5 if (country, kind) == ("Kenya", "audio") else 1,
    ),
    "a small kind of one country": (
        {"country": "Ghana", "kind": "print"},
        lambda country, kind: 2.2 if (country, kind) == ("Ghana", "print") else 1,
    ),
    "one kind of all countries": ({"kind": "video"}, lambda _, kind: 1.6 if kind == "video" else 1),
    "everything": ({}, lambda _, __: 0.6),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.parametrize("weekly", [False, True], ids=["by day", "by week"])
@pytest.mark.parametrize("lasts", [False, True], ids=["passing", "lasting"])
def test_an_event_is_told_once_and_for_the_segment_that_had_it(
    tmp_path: Path, case: str, weekly: bool, lasts: bool
) -> None:
    segment, effect = CASES[case]
    for seed in range(3):
        path = made(
            tmp_path / "t.csv",
            lambda at, country, kind: effect(country, kind) if (at >= 70 if lasts else at in (70, 71)) else 1,
            count=150 if not weekly else 110, weekly=weekly, seed=seed,
        )  # fmt: skip
        assert [(fact.type, dict(fact.segment)) for fact in events(path)] == [
            ("change" if lasts else "anomaly", segment)
        ], [fact.text for fact in events(path)]


def test_two_events_at_one_time_are_two(tmp_path: Path) -> None:
    def factor(at: int, country: str, kind: str) -> float:
        if at not in (90, 91):
            return 1
        return 2.5 if country == "Peru" else 0.3 if (country, kind) == ("Kenya", "audio") else 1

    found = {tuple(dict(fact.segment).values()): fact.value for fact in events(made(tmp_path / "t.csv", factor))}
    assert set(found) == {("Peru",), ("Kenya", "audio")}
