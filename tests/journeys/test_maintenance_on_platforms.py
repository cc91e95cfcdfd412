"""Maintenance as it is met on each platform: one sentence, and everything begins in order once it is over."""

import asyncio
import io
from pathlib import Path

from arq.connections import ArqRedis
from redis.asyncio import Redis
from sqlalchemy import text

from bot.console import chat
from bot.console.conversation import ConsoleConversation
from domain.conversations.ports import Address
from domain.flow.common.legwork import Legwork
from domain.maintenance import service
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.operated import Phones, Street
from tests.fixtures.talk import Worker

WAITS = "Legwork is being worked on: Back at ten.\nI have what you wrote, and begin by myself once that is over."


class Terminals:
    """The running services that terminals talk to."""

    def __init__(self, legwork: Legwork, redis: Redis, folder: Path) -> None:
        self._legwork = legwork
        self._folder = folder
        self.redis = redis

    def conversation(self, to: Address) -> ConsoleConversation:
        legwork = self._legwork
        return ConsoleConversation(legwork.database, legwork.storage, self.redis, to, made=self._folder / "made")


async def test_who_asks_once_in_a_terminal_is_told_and_let_go(
    legwork: Legwork, redis: ArqRedis, tmp_path: Path, script: Script
) -> None:
    """Each time: a process does not know what the one before has shown."""
    runtime, worker = Terminals(legwork, redis, tmp_path), Worker(legwork)
    async with legwork.database.system("a test") as session:
        await service.begin(session, "Back at ten.", None)
    for words in ("first", "second"):
        out = io.StringIO()
        outcome = await chat.once(runtime, legwork.settings, words, [], out, limit=15)
        assert outcome is not None
        assert (outcome.status, outcome.text) == ("waits", WAITS)
        assert out.getvalue().count("I have what you wrote") == 1
    source, out = io.StringIO("third\nfourth\n"), io.StringIO()
    async with asyncio.timeout(15):
        assert await chat.piped(runtime, legwork.settings, source, out) == 0
    assert out.getvalue().count("I have what you wrote") == 1, "one session is told once"
    assert not script.requests
    await worker.stop()


async def begun(legwork: Legwork, *words: str) -> bool:
    """Whether these were begun one after another."""
    async with legwork.database.system("a test") as session:
        rows = await session.all(text("SELECT description FROM tasks ORDER BY created_at"))
    return [row["description"] for row in rows if row["description"] in words] == list(words)


SEND = plan(tool("n1", "send", to="ben@example.org", text="hello"))


async def test_on_slack_all_begins_in_order_and_an_approval_goes_on(
    street: Street, script: Script, rehearsal: Rehearsal
) -> None:
    there, ben = street.town, street.town.ben
    script.then(SEND)
    await street.say(street.zoe, "write to Ben")
    await street.say(there.mara, "!admin maintenance on Back at *ten*.")
    heard = len(script.requests)
    first = ben.dm("first")
    await there.settle()
    ben.dm("second", thread_ts=first.ts)
    await there.settle()
    ben.dm("third", thread_ts=first.ts, files=[("t.csv", b"a,b\n1,2\n")])
    street.zoe.mention(street.all, "fourth")
    await there.settle()
    told = "Legwork is being worked on: Back at *ten*.\nI have what you wrote"
    assert street.shown(ben.dm_channel).count(told) == 1, street.shown(ben.dm_channel)
    assert street.shown(street.all).count(told) == 1
    await street.press(street.zoe, "Approve")
    assert len(rehearsal.calls) == 1
    assert len(script.requests) == heard
    assert not await there.rows("SELECT 1 FROM messages WHERE attachments -> 0 ->> 'key' IS NOT NULL")
    script.by(lambda request: reply(f"done: {request.variables['message']}"))
    await street.say(there.mara, "!admin maintenance off")
    assert "4 messages begin now, in order" in street.shown(there.mara.dm_channel)
    await there.settle()
    assert await begun(there.legwork, "first", "second", "third")
    assert all(f"done: {words}" in street.shown(ben.dm_channel) for words in ("first", "second", "third"))
    assert "done: fourth" in street.shown(street.all)
    assert await there.rows("SELECT 1 FROM messages WHERE attachments -> 0 ->> 'key' IS NOT NULL")


async def test_on_telegram_all_begins_in_order_and_an_approval_goes_on(
    phones: Phones, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(SEND)
    await phones.say(phones.mara, "write to Ben")
    await phones.say(phones.mara, "/admin maintenance on Back at *ten*.")
    for words in ("first", "second"):
        await phones.say(phones.ben, words)
    phones.ben.document("t.csv", b"a,b\n1,2\n", caption="third")
    await phones.settle()
    assert phones.ben.text.count("Legwork is being worked on: Back at *ten*.\nI have what you wrote") == 1
    assert not phones.fake.calls("getFile")
    await phones.press(phones.mara, "Approve")
    assert len(rehearsal.calls) == 1
    script.by(lambda request: reply(f"done: {request.variables['message']}"))
    await phones.say(phones.mara, "/admin maintenance off")
    assert "3 messages begin now, in order" in phones.mara.text
    await phones.settle()
    assert await begun(phones.worker.legwork, "first", "second", "third")
    assert all(f"done: {words}" in phones.ben.text for words in ("first", "second", "third"))
    assert phones.fake.calls("getFile")
