"""Commands of the shell on a database that is not as they need it: a sentence says what to do, and nothing is done."""

import pytest

from bot.cli import main

COMMANDS = ("audit verify", "audit heads", "keys rotate", "data keep", "data reapply", "admin users", "seed")


@pytest.mark.parametrize("command", COMMANDS)
def test_on_an_empty_database_it_says_what_to_run(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_url)
    assert main(command.split()) != 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "The database at DATABASE_URL is empty" in told.err
    assert "legwork migrate" in told.err


@pytest.mark.parametrize("command", [*COMMANDS, "migrate"])
def test_on_a_newer_database_it_touches_nothing(
    newer_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", newer_url)
    assert main(command.split()) != 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "newer" in told.err
