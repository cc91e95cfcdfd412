"""Who people are in a workspace, by Slack's word: what they may here, and when that changes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from arq.connections import ArqRedis

from bot.slack.people import KEPT_SECONDS, People
from bot.slack.web import Web
from domain.flow.common.legwork import Legwork
from tests.factories.specs import node, plan, reply
from tests.fixtures.legwork import Script
from tests.fixtures.office import Office, opened


@pytest.fixture
async def office(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Office]:
    async with opened(legwork, redis) as made:
        yield made


async def members(office: Office) -> dict[str, tuple[str, str]]:
    rows = await office.rows(
        """SELECT u.name, m.role, m.status FROM organization_members m JOIN users u ON u.id = m.user_id
        JOIN organizations o ON o.id = m.org_id WHERE o.slug LIKE 'slack:%' ORDER BY m.id"""
    )
    return {row["name"]: (row["role"], row["status"]) for row in rows}


@pytest.mark.parametrize(
    ("is_", "member"),
    [
        ({"rank": "owner"}, ("admin", "active")),
        ({"rank": "admin"}, ("admin", "active")),
        ({"rank": "member"}, ("member", "active")),
        ({"rank": "guest"}, ("viewer", "active")),
        ({"team": "T0ELSEWHERE"}, ("member", "stranger")),
    ],
)
async def test_the_first_to_write_is_what_slack_says(
    office: Office, script: Script, is_: dict[str, Any], member: tuple[str, str]
) -> None:
    script.then(reply("Hello."))
    for name, value in is_.items():
        setattr(office.mara.user, name, value)
    asked = office.mara.mention(office.sales, "hello")
    await office.settle()
    assert await members(office) == {"Mara": member}
    assert len(script.requests) == (member[0] != "viewer" and member[1] == "active")
    assert ("Here I work for members of this workspace only" in "".join(office.whispers(asked))) == (
        member[1] == "stranger"
    )


async def test_a_stranger_is_told_alone_and_once(office: Office, script: Script) -> None:
    office.mara.user.team = "T0ELSEWHERE"
    asked = [office.mara.mention(office.sales, words) for words in ("hello", "are you there?", "hm")]
    await office.settle()
    assert sorted(len(office.whispers(each)) for each in asked) == [0, 0, 1]
    assert not [message for each in asked for message in office.said(each) if message.to is None]
    assert not script.requests


async def test_slack_is_asked_once_an_hour_and_what_it_says_then_counts(office: Office) -> None:
    workspace, user = office.slack.workspace.id, office.mara.user
    seconds = 0.0
    web = Web(office.slack.bot_token, office.slack.base_url)
    people = People(web, now=lambda: seconds)
    user.rank = "admin"
    assert [(await people.about(user.id)).standing(workspace) for _ in range(3)] == ["admin"] * 3
    user.rank = "member"
    assert (await people.about(user.id)).standing(workspace) == "admin"
    seconds = KEPT_SECONDS
    office.slack.break_down("users.info", times=1)
    assert (await people.about(user.id)).standing(workspace) == "admin", "as it said before"
    assert (await people.about(user.id)).standing(workspace) == "member"
    assert (await people.about("U0NOBODY")).standing(workspace) == "unknown"
    await web.close()


@pytest.mark.parametrize("status", ["removed", "suspended"])
async def test_the_home_tab_of_who_was_put_out_shows_nothing_of_their_work(
    office: Office, script: Script, status: str
) -> None:
    script.then(plan(node("n1", "ask", "which", question="Which one?"), title="The secret offer"))
    office.mara.dm("begin")
    await office.settle()
    office.mara.open_home()
    await office.settle()
    assert "The secret offer" in office.slack.shown(office.mara.home)
    await office.rows(f"UPDATE organization_members SET status = '{status}' RETURNING 1")
    office.mara.open_home()
    await office.settle()
    home = office.slack.shown(office.mara.home)
    assert "Welcome to Legwork" in home
    assert "The secret offer" not in home
    assert "This month" not in home
