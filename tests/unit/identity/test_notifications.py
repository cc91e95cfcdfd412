"""When somebody is told of something."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from domain.core.errors import Invalid
from domain.identity import notifications
from domain.identity.notifications import Kind, read, told_at

WARSAW = ZoneInfo("Europe/Warsaw")


def at(hour: int, minute: int = 0) -> datetime:
    """In Warsaw, where it is summer: two hours ahead."""
    return datetime(2026, 7, 1, hour, minute, tzinfo=WARSAW).astimezone(UTC)


def test_what_nobody_has_set_is_told_at_once() -> None:
    assert told_at("done", read({}), at(3), WARSAW) == at(3)


def test_what_is_off_is_never_told() -> None:
    assert told_at("done", read({"done": "off"}), at(12), WARSAW) is None


@pytest.mark.parametrize("hour", [7, 9])
def test_what_is_daily_is_told_in_the_next_morning_of_its_person(hour: int) -> None:
    told = told_at("done", read({"done": "daily"}), at(hour), WARSAW)
    assert told is not None
    assert told.astimezone(WARSAW).time() == time(8)
    assert (told - at(hour)).total_seconds() == (3_600 if hour == 7 else 23 * 3_600)


@pytest.mark.parametrize(("hour", "waits"), [(21, 0), (22, 9), (23, 8), (3, 4), (7, 0)])
def test_in_quiet_hours_it_waits_for_their_end(hour: int, waits: int) -> None:
    told = told_at("failed", read({"quiet": ["22:00", "07:00"]}), at(hour), WARSAW)
    assert told is not None
    assert (told - at(hour)).total_seconds() == waits * 3_600


def test_what_asks_is_never_silenced() -> None:
    chosen = read({"asks": "off", "quiet": ["00:00", "23:59"]})
    assert told_at("asks", chosen, at(3), WARSAW) == at(3)
    with pytest.raises(Invalid, match="never silenced"):
        notifications.when("daily", "asks")


def test_a_day_that_is_an_hour_short_has_its_morning_all_the_same() -> None:
    before = datetime(2026, 3, 28, 20, tzinfo=WARSAW)
    told = told_at("done", read({"done": "daily"}), before.astimezone(UTC), WARSAW)
    assert told is not None
    assert told.astimezone(WARSAW) == datetime(2026, 3, 29, 8, tzinfo=WARSAW)


@pytest.mark.parametrize("written", ["22:00-07:00", "22 to 7", "22:00 – 07:00", "22 until 7"])
def test_quiet_hours_are_read_however_they_are_written(written: str) -> None:
    assert notifications.span(written) == (time(22), time(7))


@pytest.mark.parametrize("written", ["", "22", "22-22", "25-3", "22:61-7", "tonight"])
def test_what_are_no_hours_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        notifications.span(written)


@pytest.mark.parametrize("kind", notifications.KINDS)
def test_what_is_kept_is_read_as_it_was_set(kind: Kind) -> None:
    chosen = read({"done": "daily", "failed": "off", "quiet": ["22:00", "07:30"]})
    assert read(chosen.as_json()) == chosen
    assert kind in chosen.as_words()
