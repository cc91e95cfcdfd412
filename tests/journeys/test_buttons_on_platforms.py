"""On every platform a button is pressed in the organization it was shown for: what it carries comes back whole."""

import re
from uuid import UUID

import pytest
from arq.connections import ArqRedis

from domain import audit
from domain.audit import Actor
from domain.core.db import Database
from domain.flow.common.legwork import Legwork
from domain.orgs import repository as orgs
from tests.factories.jobs import execute, rows
from tests.fakes.telegram import group, person
from tests.fixtures.faces import FACES, on_telegram
from tests.fixtures.office import opened
from tests.fixtures.waiting import eventually


async def another(database: Database) -> UUID:
    """Team, which whoever has written is an owner of."""
    [user] = await rows(database, "SELECT id FROM users")
    async with database.system("a test") as session:
        org_id = await orgs.add(session, "team", "Team", "admitted")
        assert org_id is not None
        await orgs.add_member(session, org_id, user.id, "owner")
    return org_id


async def acts(database: Database, org_id: UUID, what: str) -> None:
    """More acts of an organization than a page shows."""
    [user] = await rows(database, "SELECT id FROM users ORDER BY id LIMIT 1")
    async with database.transaction(org_id) as session:
        for number in range(12):
            audit.record(session, f"{what}.{number:02}", org_id=org_id, actor=Actor("person", user.id))


async def org_of(database: Database, private: bool) -> UUID:
    [chat] = await rows(database, f"SELECT org_id FROM chats WHERE private = {private}")
    return chat.org_id


@pytest.mark.parametrize("platform", ["console", "telegram"])
async def test_a_switched_private_chat_shows_the_rest_of_what_it_showed(
    legwork: Legwork, redis: ArqRedis, platform: str
) -> None:
    async with FACES[platform](legwork, redis) as face:
        await face.tell("/about")
        await face.worker.settle()
        team = await another(legwork.database)
        await execute(legwork.database, "UPDATE organization_members SET role = 'owner'")
        await acts(legwork.database, await org_of(legwork.database, private=True), "mine")
        await acts(legwork.database, team, "teams")
        await face.tell("/admin audit")
        await face.worker.settle()
        await face.tell("/org switch Team")
        await face.worker.settle()
        await face.press("More")
        await face.worker.settle()
        assert "mine.00" in face.shows()
        assert "teams." not in face.shows()


async def test_on_telegram_what_was_asked_in_a_group_goes_on_in_private(legwork: Legwork, redis: ArqRedis) -> None:
    async with on_telegram(legwork, redis) as (fake, worker):
        mara = person(fake, "Mara")
        team = group(fake, "Team")
        team.ranks[mara.user["id"]] = "creator"
        there = mara.at(team)
        for seat in (mara, there):
            seat.say("/whoami")
            await eventually(lambda: not fake.world.queue)
            await worker.settle()
        await acts(legwork.database, await org_of(legwork.database, private=True), "mine")
        await acts(legwork.database, await org_of(legwork.database, private=False), "teams")
        there.say("/admin audit")
        await eventually(lambda: not fake.world.queue)
        await worker.settle()
        mara.press("More")
        await eventually(lambda: not fake.world.queue)
        await worker.settle()
        assert set(re.findall(r"\b(mine|teams)\.\d\d", mara.text)) == {"teams"}
        assert "teams.00" in mara.text


async def test_on_slack_what_was_asked_in_a_channel_goes_on_in_private(legwork: Legwork, redis: ArqRedis) -> None:
    async with opened(legwork, redis) as office:
        office.mara.user.rank = "owner"
        office.mara.dm("!whoami")
        await office.settle()
        workspace = await org_of(legwork.database, private=True)
        team = await another(legwork.database)
        await acts(legwork.database, workspace, "mine")
        await acts(legwork.database, team, "teams")
        for words in ("!org switch Team", "!whoami"):
            office.mara.dm(words)
            await office.settle()
        office.mara.mention(office.sales, "!admin audit")
        await office.settle()
        await office.press("More", office.mara.dm_channel)
        shown = "\n".join(office.slack.shown(message) for message in office.slack.said(office.mara.dm_channel))
        assert set(re.findall(r"\b(mine|teams)\.\d\d", shown)) == {"mine"}
        assert "mine.00" in shown
