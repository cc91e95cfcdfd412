"""A new admin, from nothing to a trail that is verified and data that is gone: two workspaces, and a group."""

import io
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from zipfile import ZipFile

import pytest
from arq.connections import ArqRedis
from sqlalchemy import text

from bot.cli_admin import init
from domain.audit.chain import KEY
from domain.audit.verify import verify
from domain.core.queue import Queue, enqueue, recurring
from domain.flow.common.legwork import Legwork
from domain.health import Check, machine
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fakes.slack import Channel, Person
from tests.fakes.telegram import group, person
from tests.fixtures.faces import on_telegram
from tests.fixtures.installs import Town, town
from tests.fixtures.legwork import Script
from tests.fixtures.talk import QUEUES, Worker
from tests.journeys.test_admins_on_platforms import Phones


class Hall:
    """The town's people at their desks, and what is new before each after what they do."""

    def __init__(self, town: Town) -> None:
        self.town = town

    async def tell(self, who: Person, words: str) -> str:
        return await self._after(who, who.dm_channel, lambda: who.dm(words))

    async def ask(self, who: Person, where: Channel, words: str) -> str:
        return await self._after(who, where, lambda: who.mention(where, words))

    async def press(self, who: Person, label: str) -> str:
        slack = self.town.slack
        card = next(one for one in reversed(slack.said(who.dm_channel)) if f"[{label}]" in slack.shown(one))
        return await self._after(who, who.dm_channel, lambda: who.press(card, label))

    async def _after(self, who: Person, where: Channel, does: Callable[[], object]) -> str:
        slack = self.town.slack
        before = {slack.shown(one) for one in slack.messages(where, to=who)}
        does()
        await self.town.settle()
        return "\n".join(shown for one in slack.messages(where, to=who) if (shown := slack.shown(one)) not in before)


async def upkeep(worker: Worker, name: str) -> None:
    """It comes by."""
    async with worker.legwork.database.system("a test has it come by") as session:
        await enqueue(session, recurring.command(name))
    await worker.settle()


async def intact(legwork: Legwork) -> None:
    """The trail is what was written."""
    found = await verify(legwork.database, await legwork.keyring.derive(KEY))
    assert found.misfits == []
    assert found.rows > 0


@pytest.fixture
async def hall(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Hall]:
    settings = legwork.settings.model_copy(update={"admission": "request"})
    probes = partial(_probes, legwork)
    there = town(replace(legwork, settings=settings), redis, queues=(*QUEUES, Queue.UPKEEP), probes=probes)
    async with there as opened:
        yield Hall(opened)


@pytest.fixture
async def phones(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Phones]:
    legwork = replace(legwork, probes=partial(_probes, legwork))
    async with on_telegram(legwork, redis, (*QUEUES, Queue.UPKEEP)) as (fake, worker):
        yield Phones(fake, worker)


def _probes(legwork: Legwork) -> list[Check]:
    return [Check("data directory", partial(machine.data_directory, legwork.settings))]


async def test_two_workspaces_a_guest_and_a_shared_channel(
    hall: Hall, script: Script, rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    there, slack, mara, ben = hall.town, hall.town.slack, hall.town.mara, hall.town.ben
    legwork = there.legwork
    for who, workspace in ((mara, there.acme), (ben, there.bolt)):
        assert (await there.browser.install(who, workspace)).status_code == 200
    await init(legwork.settings, legwork.database)
    [_, code] = re.findall(r"/start (\S+)", capsys.readouterr().out)

    # whoever runs it lets in
    assert "platform admin now" in await hall.tell(mara, f"!start {code}")
    assert "lets them in" in await hall.tell(ben, "hello")
    assert "Bolt | waiting | 1" in await hall.tell(mara, "!admin admission")
    assert "Bolt is let in" in await hall.press(mara, "Admit")
    script.then(reply("Hello Ben."))
    assert "Hello Ben." in await hall.tell(ben, "hello")

    # who is there is what Slack says, until an admin says more
    zoe, eve = slack.person("Zoe", workspace=there.acme), slack.person("Eve", workspace=there.acme)
    zoe.user.rank, eve.user.team = "guest", there.bolt.id
    shared = slack.channel("shared", mara, zoe, eve, workspace=there.acme)
    assert "members of Acme only" in await hall.ask(eve, shared, "hello")
    assert "yours is viewer" in await hall.tell(zoe, "write to Eve")
    assert "Zoe is member now, and was viewer" in await hall.tell(mara, "!org role Zoe member")

    # a tool is switched off while its approval waits
    script.then(plan(tool("n1", "send", to="eve", text="hello")), reply("There is no other way."))
    assert "Approval needed" in await hall.tell(zoe, "write to Eve")
    assert "send is switched off" in await hall.tell(mara, "!tools disable send")
    assert "switched off by an admin" in await hall.press(zoe, "Approve")
    assert not rehearsal.calls

    # who is removed is kept out, in the workspace's channel as well
    assert "Zoe is removed" in await hall.tell(mara, "!org remove Zoe")
    assert "no longer a member of Acme" in await hall.tell(zoe, "hello")
    assert await hall.ask(zoe, shared, "hello") == "", "it was told her once"
    assert len(script.requests) == 3  # of all this a model was asked for what Ben and Zoe might have done

    await upkeep(there.worker, "health.probe")
    assert "data directory | ✓" in await hall.tell(mara, "!admin health")
    await upkeep(there.worker, "audit.seal")
    trail = await hall.tell(mara, "!admin audit")
    for act in ("member.role", "tools.disable", "tasks.begin | - | refused", "member.remove"):
        assert act in trail
    assert "Ben" not in trail, "another organization's"
    await intact(legwork)

    assert "hand it over first" in (await hall.tell(mara, "!delete my data")).lower()
    [link] = re.findall(r"https://legwork\.test(/l/\S+)", await hall.tell(ben, "!export my data"))
    print(await there.browser.client.get(link))
    got = await there.browser.client.post(link)
    print(got.status_code, got.text)
    with ZipFile(io.BytesIO(got.content)) as archive:
        assert b"hello" in archive.read("messages.jsonl")
    assert "In seven days" in await hall.tell(ben, "!delete my data")
    await hall.press(ben, "Delete")
    await there.change("UPDATE erasures SET due_at = due_at - interval '7 days'")
    await upkeep(there.worker, "data.due")
    assert await there.rows("SELECT 1 FROM users WHERE name = 'Ben'") == []
    assert await there.rows("SELECT 1 FROM organizations WHERE name = 'Bolt'") == []
    await intact(legwork)


async def test_in_private_and_in_a_group_that_migrates(
    phones: Phones, legwork: Legwork, script: Script, rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    mara, ben = (person(phones.fake, name) for name in ("Mara", "Ben"))
    team = group(phones.fake, "Team")
    team.ranks[mara.user["id"]] = "creator"
    there, bens = mara.at(team), ben.at(team)
    await init(legwork.settings, legwork.database)
    [code] = re.findall(r"/start ([A-Z-]+)\n", capsys.readouterr().out)
    assert "platform admin now" in await phones.say(mara, f"/start {code}")
    assert "you are: owner" in await phones.say(there, "/org show")
    script.then(plan(tool("n1", "send", to="eve", text="hello")), reply("There is no other way."))
    bot = phones.fake.world.bot["username"]
    assert "Approval needed" in await phones.say(bens, f"@{bot} write to Eve")

    now = there.upgrade()
    there, bens = mara.at(now), ben.at(now)
    shown = await phones.say(there, "/org show")
    assert "members: 1 owner, 1 member" in shown, "it is the same organization"
    await phones.say(mara, "/org show")
    assert "send is switched off" in await phones.say(there, "/tools disable send")
    [task] = re.findall(r"task_\w{6}", await phones.say(bens, "/tasks"))
    assert "Approval needed" in await phones.say(bens, f"/tasks show {task}")
    bens.press("Approve")
    await phones.settle()
    assert "switched off by an admin" in bens.text
    assert not rehearsal.calls
    assert "Ben is removed" in await phones.say(there, "/org remove Ben")
    assert await phones.say(bens, "/tasks") == "", "a group is not told whom it keeps out"

    await upkeep(phones.worker, "health.probe")
    assert "data directory" in await phones.say(mara, "/admin health")
    await upkeep(phones.worker, "audit.seal")
    before = len(mara.said)
    await phones.say(there, "/admin audit")
    trail = "\n".join(str(message.get("text")) for message in mara.said[before:])
    for act in ("member.remove", "tools.disable", "chat.move"):
        assert act in trail
    await intact(legwork)

    files = len([one for one in ben.said if "document" in one])
    await phones.say(ben, "/export my data")
    assert len([one for one in ben.said if "document" in one]) == files + 1
    assert "In seven days" in await phones.say(ben, "/delete my data")
    ben.press("Delete")
    await phones.settle()
    async with legwork.database.system("a test lets a week pass") as session:
        await session.execute(text("UPDATE erasures SET due_at = due_at - interval '7 days'"))
    await upkeep(phones.worker, "data.due")
    async with legwork.database.system("a test") as session:
        assert await session.all(text("SELECT 1 FROM users WHERE name = 'Ben'")) == []
    await intact(legwork)
