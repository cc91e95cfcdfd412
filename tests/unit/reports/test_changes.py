"""New levels: said against the level just before, with where they end, and each step of a series by itself."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.reports.facts import Fact, analyse
from tests.unit.reports.tables import Row, told, write


def stepped(path: Path, levels: Sequence[tuple[int, float]], *, noise: float = 0.03, monthly: bool = False) -> Path:
    """One number a day (or month), at each level for so many steps."""
    chance = random.Random(5)
    rows: list[Row] = []
    for count, level in levels:
        for _ in range(count):
            at = len(rows)
            day = date(2014 + at // 12, at % 12 + 1, 1) if monthly else date(2024, 1, 1) + timedelta(days=at)
            rows.append((day, round(level * chance.gauss(1, noise), 2)))
    return write(path, ["date", "orders"], rows)


def changes(path: Path) -> list[Fact]:
    found = [fact for fact in told(analyse(path), "change") if fact.period]
    return sorted(found, key=lambda fact: fact.period.start if fact.period else "")


def test_a_crash_after_a_rise_is_a_crash(tmp_path: Path) -> None:
    found = changes(stepped(tmp_path / "t.csv", [(14, 20), (16, 100), (14, 48)], monthly=True))
    assert [fact.value for fact in found] == [pytest.approx(4, abs=0.2), pytest.approx(-0.52, abs=0.03)]
    assert found[1].baseline is not None
    assert found[1].baseline.start == "2015-03"


def test_each_step_of_a_stair_is_compared_with_the_one_before(tmp_path: Path) -> None:
    found = changes(stepped(tmp_path / "t.csv", [(40, 60), (30, 150), (50, 90), (40, 200)]))
    assert [round(fact.value, 1) for fact in found] == [1.5, -0.4, 1.2]
    assert [fact.baseline.start for fact in found if fact.baseline] == ["2024-01-01", "2024-02-10", "2024-03-11"]


def test_what_is_over_is_said_to_be_over_and_its_end_is_no_second_change(tmp_path: Path) -> None:
    found = changes(stepped(tmp_path / "t.csv", [(60, 100), (25, 60), (60, 101)]))
    assert [(fact.period.start, fact.period.end) for fact in found if fact.period] == [("2024-03-01", "2024-03-25")]
    assert found[0].value == pytest.approx(-0.4, abs=0.02)
    assert " % lower from 1 March 2024 to 25 March 2024" in found[0].text


def test_a_closing_spike_is_a_spike_and_no_new_level(tmp_path: Path) -> None:
    for monthly, count in ((False, 90), (True, 40)):
        path = stepped(tmp_path / "t.csv", [(count, 100), (1, 300)], monthly=monthly)
        spikes = told(analyse(path), "anomaly")
        assert [fact.value for fact in spikes] == [pytest.approx(300, rel=0.1)]
        assert not changes(path)


def test_steps_of_random_series_are_never_said_the_other_way_round(tmp_path: Path) -> None:
    for seed in range(60):
        chance = random.Random(seed)
        monthly = seed % 2 == 0
        sizes = [20, 35, 60, 100, 170]
        levels = [
            (chance.randint(8, 24 if monthly else 60), size) for size in chance.sample(sizes, chance.randint(2, 4))
        ]
        truth = [size for count, size in levels for _ in range(count)]
        path = stepped(tmp_path / "t.csv", levels, noise=chance.choice([0, 0.02, 0.06]), monthly=monthly)
        found = changes(path)
        assert found, seed
        days = [row.split(",")[0] for row in path.read_text("utf-8").split()[1:]]
        for fact in found:
            assert fact.period is not None
            first = next(at for at, day in enumerate(days) if day >= fact.period.start)
            cuts = [at for at in range(1, len(truth)) if truth[at] != truth[at - 1]]
            cut = min(cuts, key=lambda at: abs(at - first))
            assert abs(cut - first) <= 2, (seed, fact.text)
            assert (truth[cut] - truth[cut - 1]) * fact.value > 0, (seed, fact.text)
            last = max(at for at, day in enumerate(days) if day[: len(fact.period.end)] <= fact.period.end)
            assert abs(truth[last] / truth[cut] - 1) < 0.15, (seed, fact.text)
