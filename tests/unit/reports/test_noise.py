"""Where nothing happens, nothing is told: no event, no gap, no slip, no group apart, no trend but of what wanders."""

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from domain.reports.facts import ALARMS, analyse
from tests.unit.reports.noise import NOISES, noise_table
from tests.unit.reports.tables import write

TABLES = int(os.environ.get("LEGWORK_NOISE", "30"))


@pytest.mark.parametrize("noise", range(len(NOISES)), ids=list(NOISES))
def test_noise_tells_no_story(tmp_path: Path, noise: int) -> None:
    for at in range(max(1, TABLES // len(NOISES))):
        seed = noise + 7 * len(NOISES) * (at + noise)  # another shape and another step each time
        path, what = noise_table(tmp_path / "noise.csv", seed)
        found = analyse(path)
        wanders = list(NOISES)[noise] == "random walk"  # it does end elsewhere than it began, and that may be said
        stories = ALARMS if wanders else (*ALARMS, "trend")
        assert not [fact.text for fact in found.facts if fact.type in stories], (seed, what)
        assert "by its mix alone" not in " ".join(fact.text for fact in found.facts), (seed, what)


def test_sixty_series_of_noise_raise_no_alarm(tmp_path: Path) -> None:
    chance = np.random.default_rng(11)
    numbers = 100 * (1 + 0.1 * chance.standard_normal((1000, 60)))
    rows = [(date(2021, 1, 1) + timedelta(days=at), *[f"{number:.2f}" for number in numbers[at]]) for at in range(1000)]
    found = analyse(write(tmp_path / "wide.csv", ["date", *[f"s{at}" for at in range(60)]], rows))
    assert not [fact.text for fact in found.facts if fact.type in ALARMS]
