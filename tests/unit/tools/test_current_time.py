"""The time, where the person is and elsewhere."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.core.errors import Invalid
from domain.tools.builtin.current_time import current_time
from tests.factories.tools import call, tool_context


async def test_without_a_zone_it_is_the_persons_time(tmp_path: Path) -> None:
    output = await call(current_time(), tool_context(tmp_path))
    assert output == {
        "iso": "2026-11-20T13:00:00+01:00",
        "text": "Friday, 20 November 2026, 13:00 (CET, UTC+01:00)",
        "timezone": "Europe/Warsaw",
    }


@pytest.mark.parametrize(
    ("written", "zone", "time"),
    [
        ("Asia/Tokyo", "Asia/Tokyo", "21:00"),
        ("tokyo", "Asia/Tokyo", "21:00"),
        ("São Paulo", "America/Sao_Paulo", "09:00"),
        ("New York", "America/New_York", "07:00"),
        ("San Francisco", "America/Los_Angeles", "04:00"),
        ("kathmandu", "Asia/Kathmandu", "17:45"),
        ("UTC", "UTC", "12:00"),
        ("UTC+5:30", "UTC+05:30", "17:30"),
        ("-03:00", "UTC-03:00", "09:00"),
    ],
)
async def test_a_zone_may_be_named_by_its_city(tmp_path: Path, written: str, zone: str, time: str) -> None:
    output = await call(current_time(), tool_context(tmp_path), timezone=written)
    assert output["timezone"] == zone
    assert f", {time} (" in output["text"]


async def test_daylight_saving_is_the_zones_own(tmp_path: Path) -> None:
    context = tool_context(tmp_path, now=datetime(2026, 7, 1, 12, 0, tzinfo=UTC))
    assert (await call(current_time(), context, timezone="London"))["iso"] == "2026-07-01T13:00:00+01:00"


@pytest.mark.parametrize("written", ["Atlantis", "../../etc/passwd", "UTC+25", "UTC+5:99", "Europe/"])
async def test_an_unknown_place_is_explained(tmp_path: Path, written: str) -> None:
    with pytest.raises(Invalid) as caught:
        await call(current_time(), tool_context(tmp_path), timezone=written)
    assert caught.value.remedy
