import pytest

from bot.views import words


@pytest.mark.parametrize(
    ("milliseconds", "said"),
    [
        (-5, "0.0 s"),
        (0, "0.0 s"),
        (412, "0.4 s"),
        (9_949, "9.9 s"),
        (9_960, "10 s"),
        (59_400, "59 s"),
        (59_600, "1 min 00 s"),
        (185_000, "3 min 05 s"),
        (3_599_900, "1 h 00 min"),
        (7_620_000, "2 h 07 min"),
    ],
)
def test_durations_are_as_exact_as_they_are_short(milliseconds: int, said: str) -> None:
    assert words.duration(milliseconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1434, "1.4 KB"),
        (20 * 1024, "20 KB"),
        (20 * 1024**2, "20 MB"),
        (3 * 1024**3, "3.0 GB"),
    ],
)
def test_sizes_are_said_in_the_largest_fitting_unit(count: int, said: str) -> None:
    assert words.size(count) == said
