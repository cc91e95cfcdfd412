"""One person on Telegram and in Slack: what was begun on the one is answered on the other, once both are theirs."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
from arq.connections import ArqRedis
from sqlalchemy import text

from domain.core import ids
from domain.flow.common.legwork import Legwork
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, tool
from tests.fakes.telegram import FakeTelegram, Seat, person
from tests.fixtures.faces import on_telegram
from tests.fixtures.legwork import Script
from tests.fixtures.office import Office, opened
from tests.fixtures.talk import Worker
from tests.fixtures.waiting import eventually


class Both:
    """Mara with Telegram on her phone and Slack on her desk."""

    def __init__(self, office: Office, telegram: FakeTelegram, worker: Worker) -> None:
        self.office = office
        self.telegram = telegram
        self.seat: Seat = person(telegram)
        self.worker = worker

    async def settle(self) -> None:
        await eventually(lambda: not self.telegram.world.queue)
        await self.office.slack.settled()
        await self.worker.settle()

    async def on_phone(self, words: str) -> str:
        self.seat.say(words)
        await self.settle()
        return self.seat.text

    async def at_desk(self, words: str) -> str:
        """What stands below it."""
        asked = self.office.mara.dm(words)
        await self.settle()
        return "\n".join(
            self.office.slack.shown(one) for one in self.office.slack.said(self.office.mara.dm_channel, asked.ts)
        )

    async def press_at_desk(self, label: str) -> None:
        where = self.office.mara.dm_channel
        await self.office.mara.press(self.office.showing(label, where), label).answer()
        await self.settle()

    async def press_on_phone(self, label: str) -> None:
        self.seat.press(label)
        await self.settle()

    @property
    def desk(self) -> str:
        where = self.office.mara.dm_channel
        return "\n".join(self.office.slack.shown(message) for message in self.office.slack.said(where))

    async def link(self) -> None:
        code = re.findall(r"[A-Z]{4}-[A-Z]{4}", await self.on_phone("/link start"))[-1]
        await self.at_desk(f"!link confirm {code}")
        await self.press_at_desk("Join")
        await self.press_on_phone("Join")

    async def rows(self, statement: str) -> list[dict[str, object]]:
        async with self.worker.legwork.database.system("a test") as session:
            return [dict(row) for row in await session.all(text(statement))]


@pytest.fixture
async def both(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Both]:
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(opened(legwork, redis))
        telegram, worker = await stack.enter_async_context(on_telegram(legwork, redis))
        gateways = {**office.legwork.gateways, **worker.legwork.gateways}
        object.__setattr__(worker.legwork, "gateways", gateways)
        yield Both(office, telegram, worker)


async def test_what_asks_on_the_phone_is_answered_at_the_desk_and_apart_again_each_has_its_own(
    both: Both, script: Script, rehearsal: Rehearsal
) -> None:
    asks = node("n1", "ask", "which", question="Which one?")
    note = tool("n2", "note", text="{{ n1.output.text }}")
    script.then(plan(asks, note, edges=[["n1", "n2"]], title="The phone's"), plan(tool("n1", "note", text="desk")))
    both.office.mara.say(both.office.sales, "a channel that others read")
    assert "Which one?" in await both.on_phone("note one of them")
    await both.at_desk("note at the desk")
    assert "The phone's" not in await both.at_desk("!tasks")
    await both.link()
    assert "are one person now" in both.seat.text
    assert "are one person now" in both.desk

    listed = await both.at_desk("!tasks")
    assert "The phone's" in listed
    [asking] = [task for task in await both.rows("SELECT * FROM tasks") if task["title"] == "The phone's"]
    short = re.search(r"task_\w{6}", next(line for line in listed.splitlines() if "The phone's" in line))
    assert short is not None
    assert "Which one?" in await both.at_desk(f"!tasks show {short[0]}")
    assert "goes on" in await both.at_desk(f"!tasks answer {short[0]} the blue one")
    assert {"text": "the blue one"} in rehearsal.of("note")
    assert "the blue one" in both.seat.text
    [ended] = [task for task in await both.rows("SELECT * FROM tasks") if task["id"] == asking["id"]]
    assert (ended["status"], ended["user_id"]) == ("SUCCEEDED", asking["user_id"])
    assert both.office.slack.said(both.office.sales) == []  # nothing of it appears in a channel

    [account] = await both.rows("SELECT id FROM chat_identities WHERE platform = 'slack' AND linked_at IS NOT NULL")
    assert isinstance(account["id"], UUID)
    desk = ids.short("acc", account["id"])
    assert desk in await both.on_phone("/link list")
    await both.on_phone(f"/link remove {desk}")
    assert "each sees its own work" in both.desk
    assert "The phone's" not in await both.at_desk("!tasks")
    assert "no such task" in (await both.at_desk(f"!tasks show {short[0]}")).lower()
    mine = await both.on_phone("/tasks")
    assert "The phone's" in mine


async def test_the_link_at_the_desk_opens_the_phone_which_begins_to_link_there(both: Both) -> None:
    both.office.mara.say(both.office.sales, "a channel that others read")
    await both.on_phone("/about")
    bot = both.telegram.world.bot["username"]
    shown = await both.at_desk("!link start")
    found = re.search(rf"https://t\.me/{bot}\?start=([\w-]{{1,64}})", shown)
    assert found is not None, shown
    assert "would make one person" in await both.on_phone(f"/start {found[1]}")
    await both.press_on_phone("Join")
    assert not await both.rows("SELECT id FROM chat_identities WHERE linked_at IS NOT NULL")
    await both.press_at_desk("Join")
    [linked] = await both.rows("SELECT platform FROM chat_identities WHERE linked_at IS NOT NULL")
    assert linked["platform"] == "telegram"
    assert "t.me" not in await both.on_phone("/link start")


async def test_the_home_tab_shows_what_an_account_had_done_before_it_was_linked(both: Both, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="desk"), title="The desk's"))
    await both.at_desk("note at the desk")
    await both.link()
    both.office.mara.open_home()
    await both.settle()
    home = both.office.slack.shown(both.office.mara.home)
    assert "The desk's" in home
    assert "This month\n1 model call" in home
