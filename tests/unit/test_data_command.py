"""``legwork data keep``: what cannot be kept so long, or at all, is said before anything is begun."""

import argparse

import pytest

from bot import cli_data
from bot.console.failures import Misuse


@pytest.mark.parametrize("days", ["", "1", "-1", "1.5", "36501", "99999999999", "x", "for"])
def test_a_number_of_days_that_is_none_is_told(days: str) -> None:
    with pytest.raises(Misuse, match="from 2 to 36,500"):
        _run("keep", "logs", "--", days)


def test_what_is_not_kept_for_a_time_is_told() -> None:
    with pytest.raises(Misuse, match="Nothing is called “tea”"):
        _run("keep", "tea", "5")


def _run(*words: str) -> None:
    parser = argparse.ArgumentParser()
    cli_data.declare(parser.add_subparsers())
    options = parser.parse_args(["data", *words])
    options.run(options)
