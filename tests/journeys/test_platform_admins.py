"""Who runs the installation, and what they see: names and totals of everybody."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.commands import CommandTable
from domain.conversations.said import Listing, Problem
from domain.flow.common.legwork import Legwork
from tests.fakes.chat import FakeChat
from tests.fixtures.talk import Talk

VERBS = ("users", "roles", "orgs")


@pytest.fixture
async def operator(legwork: Legwork, chat: FakeChat) -> AsyncIterator[Talk]:
    """Mara, whose account the settings name."""
    settings = legwork.settings.model_copy(update={"platform_admins": ("fake:w:mara",)})
    talk = Talk(replace(legwork, settings=settings, commands=CommandTable(settings, legwork.tools)), chat)
    yield talk
    await talk.worker.stop()


@pytest.mark.parametrize("verb", VERBS)
async def test_it_is_for_nobody_else(operator: Talk, verb: str) -> None:
    ben = operator.other("ben")
    assert "for whoever runs this Legwork" in (await ben.say(f"/admin {verb}")).one(Problem).sentence
    assert (await operator.say(f"/admin {verb}")).of(Listing)


async def test_users_and_organizations_are_listed_page_by_page_by_names_and_totals(operator: Talk) -> None:
    for number in range(12):
        await operator.other(f"person{number:02}").say("/whoami")
    seen: list[str] = []
    [listing] = (await operator.say("/admin users")).of(Listing)
    while True:
        seen += [row[1] for row in listing.rows]
        if not listing.buttons:
            break
        [listing] = (await operator.send_press(listing.buttons[0].action, listing.buttons[0].value)).of(Listing)
    assert seen == ["Mara"] + [f"Person{number:02}" for number in reversed(range(12))]
    [orgs] = (await operator.say("/admin orgs")).of(Listing)
    assert [row[2:5] for row in orgs.rows[:1]] == [("1", "1", "0")]
