"""What ``legwork doctor`` says of who is let in."""

import pytest

from domain.core.settings import Settings
from domain.health import Level
from domain.health.admission import admission

MARA = ("telegram:7001:512004711",)


@pytest.mark.parametrize(
    ("given", "appointed", "level"),
    [
        ({}, 0, Level.OK),
        ({"env": "production"}, 0, Level.WARNING),
        ({"env": "production"}, 1, Level.OK),
        ({"env": "production", "platform_admins": MARA}, 0, Level.OK),
        ({"env": "production", "admission": "open", "platform_admins": MARA}, 1, Level.WARNING),
        ({"admission": "request"}, 0, Level.WARNING),
        ({"admission": "request"}, 2, Level.OK),
    ],
    ids=["development", "nobody to let in", "made by a link", "named", "open to all", "nobody to ask", "made, to ask"],
)
async def test_it_is_a_warning_where_nobody_can_let_in_or_everybody_is(
    given: dict[str, object], appointed: int, level: Level
) -> None:
    [finding] = await admission(Settings.model_validate(given), appointed)
    assert finding.level is level
    assert "Platform admins: whoever sits at a console here, " in finding.message
    assert (finding.remedy is None) is (level is Level.OK)
