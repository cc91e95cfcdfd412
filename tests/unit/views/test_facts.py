"""What `legwork facts` prints: never nothing, and how the file was read."""

from bot.views.facts import fact_lines
from domain.reports.facts import Analysis


def analysis(*notes: str) -> Analysis:
    return Analysis(file="a.csv", rows=3, columns=(), step=None, period=None, facts=(), notes=notes)


def test_where_nothing_can_be_computed_that_is_said() -> None:
    assert list(fact_lines(analysis(), "a.csv")) == ["Nothing can be computed about the 3 rows of a.csv."]


def test_how_the_file_was_read_follows_without_control_characters() -> None:
    lines = list(fact_lines(analysis("1 row is left out: notes (row \x1b[31m9)."), "a.csv"))
    assert lines[1] == "\nHow it was read:"
    assert lines[2].startswith("- 1 row is left out")
    assert "\x1b" not in lines[2]
