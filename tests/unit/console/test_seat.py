import os
from pathlib import Path

import pytest

from bot.console.seat import taken, timezone
from domain.core.errors import Misconfigured


def test_two_terminals_are_two_chats_of_one_person(tmp_path: Path) -> None:
    with taken(tmp_path) as first, taken(tmp_path) as second:
        assert first.person == second.person
        assert (first.address.chat, second.address.chat) == (f"{first.person}/1", f"{first.person}/2")
        assert first.address.platform == "console"


def test_a_seat_that_was_left_is_free_again(tmp_path: Path) -> None:
    with taken(tmp_path) as before, taken(tmp_path):
        pass
    with taken(tmp_path) as after:
        assert after.address == before.address


def test_a_seat_is_left_when_its_session_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), taken(tmp_path) as before:
        raise RuntimeError
    with taken(tmp_path) as after:
        assert after.address == before.address


def test_a_data_directory_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "console").write_text("a file in the way")
    with pytest.raises(Misconfigured, match="cannot be written to"), taken(tmp_path):
        pass


@pytest.mark.parametrize(("named", "zone"), [("Europe/Berlin", "Europe/Berlin"), (":Asia/Tokyo", "Asia/Tokyo")])
def test_the_time_zone_is_the_one_named(named: str, zone: str, tmp_path: Path) -> None:
    assert timezone(named, tmp_path / "localtime") == zone


def test_else_the_time_zone_is_the_machines(tmp_path: Path) -> None:
    zones = tmp_path / "zoneinfo" / "Europe"
    zones.mkdir(parents=True)
    (zones / "Berlin").touch()
    (tmp_path / "localtime").symlink_to(zones / "Berlin")
    assert timezone("", tmp_path / "localtime") == "Europe/Berlin"
    assert timezone("No/Where", tmp_path / "localtime") == "Europe/Berlin"


@pytest.mark.parametrize("named", ["", "No/Where", "../etc/passwd", "<+03>-3"])
def test_a_time_zone_that_is_not_known_is_none(named: str, tmp_path: Path) -> None:
    assert timezone(named, tmp_path / f"localtime-{os.getpid()}") is None
