"""The bins of a histogram: every number is in one of them, their widths are round, and outliers are counted apart."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.reports.charts.bins import binned

REAL = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False).map(lambda value: round(value, 4))


@given(st.lists(REAL, min_size=1, max_size=60))
def test_every_number_is_in_exactly_one_bin(values: list[float]) -> None:
    bins = binned(values, whole=False)
    assert sum(bins.counts) == len(values)
    assert len(bins.edges) == len(bins.counts) + 1 == len(bins.names) + 1
    assert list(bins.edges) == sorted(set(bins.edges))
    assert len(bins.counts) <= 40


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=60))
def test_whole_numbers_have_whole_bins(values: list[int]) -> None:
    bins = binned([float(value) for value in values], whole=True)
    assert sum(bins.counts) == len(values)
    assert len(set(bins.names)) == len(bins.names)


def test_a_few_whole_numbers_have_a_bin_each() -> None:
    bins = binned([1.0, 2.0, 2.0, 5.0], whole=True)
    assert bins.names == ("1", "2", "3", "4", "5")
    assert bins.counts == (1, 2, 0, 0, 1)


def test_widths_are_round() -> None:
    chance = random.Random(5)
    bins = binned([chance.gauss(170, 9) for _ in range(2_000)], whole=False)
    step = bins.edges[1] - bins.edges[0]
    assert round(step / 10 ** math.floor(math.log10(step)), 6) in (1, 2, 2.5, 5)
    assert bins.names[0] == f"{bins.edges[0]:g} to {bins.edges[1]:g}"


def test_what_lies_far_outside_does_not_squeeze_the_rest() -> None:
    chance = random.Random(5)
    values = [round(chance.uniform(10, 100), 2) for _ in range(500)]
    bins = binned([*values, 22_638.48, 9_000.0, -70_000.0], whole=False)
    assert (bins.above, bins.below) == (2, 1)
    assert (bins.names[-1], bins.counts[-1]) == ("100 or more", 2)
    assert (bins.names[0], bins.counts[0]) == ("less than 10", 1)
    assert len(bins.counts) > 6


def test_whole_numbers_have_round_widths_too() -> None:
    bins = binned([float(at % 71) for at in range(3_000)], whole=True)
    assert bins.edges[1] - bins.edges[0] in (2, 5, 10)


@pytest.mark.parametrize("value", [0.0, 5.0, -1e12, 1e-9])
def test_equal_numbers_are_one_bin(value: float) -> None:
    bins = binned([value] * 7, whole=False)
    assert bins.counts == (7,)


def test_mostly_nothing_and_a_few_amounts() -> None:
    bins = binned([0.0] * 950 + [float(at) for at in range(50)], whole=False)
    assert sum(bins.counts) == 1_000
