"""As a new admin, from nothing, on each platform: who owns it, invite, set a role, remove and see them kept out."""

import re
from collections.abc import AsyncIterator

import pytest
from arq.connections import ArqRedis

from domain.flow.common.legwork import Legwork
from tests.fakes.slack import Person
from tests.fakes.telegram import FakeTelegram, Seat, group, person
from tests.fixtures.faces import console, on_telegram
from tests.fixtures.office import Office, opened
from tests.fixtures.talk import Worker
from tests.fixtures.waiting import eventually


class Phones:
    """People on Telegram, and what stands in front of each."""

    def __init__(self, fake: FakeTelegram, worker: Worker) -> None:
        self.fake = fake
        self.worker = worker

    async def say(self, seat: Seat, words: str) -> str:
        """What was new in that chat afterwards."""
        before = {message["message_id"] for message in seat.said}
        seat.say(words)
        await self.settle()
        new = [message for message in seat.said if message["message_id"] not in before]
        return "\n".join(str(message.get("text")) for message in new)

    async def settle(self) -> None:
        await eventually(lambda: not self.fake.world.queue)
        await self.worker.settle()


@pytest.fixture
async def phones(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Phones]:
    async with on_telegram(legwork, redis) as (fake, worker):
        yield Phones(fake, worker)


@pytest.fixture
async def office(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Office]:
    async with opened(legwork, redis) as office:
        yield office


async def test_on_telegram_from_a_link_to_being_kept_out(phones: Phones) -> None:
    mara, ben, zoe = (person(phones.fake, name) for name in ("Mara", "Ben", "Zoe"))
    team = group(phones.fake, "Team")
    team.ranks[mara.user["id"]] = "creator"
    there, bens = mara.at(team), ben.at(team)
    await phones.say(mara, "/start")
    assert "you are: owner" in await phones.say(there, "/org show")
    assert "role: member" in await phones.say(bens, "/whoami")
    assert "Ben is admin now" in await phones.say(there, "/org role Ben admin")
    assert "role: admin" in await phones.say(bens, "/whoami")

    before = len(mara.said)
    assert "private chat" in await phones.say(there, "/org invite viewer")
    given = "\n".join(str(message.get("text")) for message in mara.said[before:])
    link = re.search(rf"https://t\.me/{phones.fake.world.bot['username']}\?start=(?P<carried>[\w-]{{1,64}})", given)
    assert link is not None, given
    assert "You are viewer in Team" in await phones.say(zoe, f"/start {link['carried']}")
    assert "used before" in await phones.say(person(phones.fake, "Eve"), f"/start {link['carried']}")
    assert "Zoe" in await phones.say(there, "/org members")

    assert "Ben is removed" in await phones.say(there, "/org remove Ben")
    for words in ("/whoami", "/tasks"):
        assert await phones.say(bens, words) == "", "a group is not told whom it keeps out"


async def test_on_slack_its_admin_sets_roles_and_keeps_somebody_out(office: Office) -> None:
    office.mara.user.rank = "owner"
    ben = office.slack.person("Ben")
    ben.join(office.sales)

    async def told(who: Person, words: str) -> str:
        said = who.dm(words)
        await office.settle()
        return "\n".join(
            office.slack.shown(message, to=who) for message in office.slack.messages(who.dm_channel, said.ts, to=who)
        )

    assert "you are: admin" in await told(office.mara, "!org show")
    assert "role: member" in await told(ben, "!whoami")
    assert "needs the role admin" in await told(ben, "!org members")
    assert "is for an owner to say" in await told(office.mara, "!org role Ben admin")
    assert "Ben is viewer now" in await told(office.mara, "!org role Ben viewer")
    assert "role: viewer" in await told(ben, "!whoami")
    assert "Ben is removed" in await told(office.mara, "!org remove Ben")
    assert "no longer a member" in await told(ben, "!whoami")


async def test_on_the_console_whoever_sits_there_runs_it_and_owns_their_organization(
    legwork: Legwork, redis: ArqRedis
) -> None:
    async with console(legwork, redis) as face:
        for words, told in (
            ("/org show", "you are    owner"),
            ("/admin roles", "Who runs this Legwork"),
            ("/org invite viewer", "/start i-"),
            ("/org invitations", "open"),
            ("/org leave", "last owner"),
        ):
            await face.tell(words)
            await face.worker.settle()
            assert told in face.shows(), words
