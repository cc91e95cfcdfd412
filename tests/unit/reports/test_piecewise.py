"""The sign of what is said of a change is that of the step. ``make bench ARGS=bars`` does ten thousand series."""

import pytest

from tests.unit.reports.piecewise import reversed_steps, series

FEW = 120


@pytest.mark.parametrize("first", range(0, FEW, 30))
def test_no_step_is_told_the_other_way_round(first: int) -> None:
    found = {seed: reversed_steps(series(seed)) for seed in range(first, first + 30)}
    assert {seed: wrong for seed, (_, wrong) in found.items() if wrong} == {}
    assert sum(count for count, _ in found.values()) >= 15
