"""“/org delete”, from the word to the last row: by an owner, on a card, a week later, and nothing of others."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from domain.conversations.said import Details, Note, Problem
from domain.core.queue import Queue, enqueue, recurring
from domain.flow.common.legwork import Legwork
from domain.llm.offline.provider import OfflineModel
from domain.personal.organizations import cancel_erasure_of
from tests.factories.incoming import file
from tests.factories.jobs import blocked
from tests.fakes.chat import FakeChat
from tests.fixtures.talk import Talk, Worker
from tests.fixtures.waiting import eventually

SECRET = "Kanarienvogel"
CHANNEL: dict[str, Any] = {"organization": "Acme", "private": False}
TABLES = ("threads", "messages", "tasks", "task_steps", "task_artifacts", "outbound_messages", "chats", "workflows")


@pytest.fixture
async def mara(legwork: Legwork, chat: FakeChat) -> AsyncIterator[Talk]:
    """She owns Acme, which has a channel, and writes to Legwork alone as well."""
    given = replace(legwork, model=OfflineModel())
    talk = Talk(given, chat, worker=Worker(given, queues=(Queue.TASK, Queue.DELIVER, Queue.UPKEEP)))
    await talk.say("what is 2 + 2? Zeisig")
    yield talk.other("mara", "C1", **CHANNEL)
    await talk.worker.stop()


async def week_passes(talk: Talk) -> None:
    async with talk.legwork.database.system("a test lets time pass") as session:
        await session.execute(text("UPDATE erasures SET due_at = due_at - interval '7 days'"))
        await enqueue(session, recurring.command("data.due"))
    await talk.settle()
    await talk.travel(seconds=2)


async def words_in(talk: Talk, word: str) -> list[str]:
    """The tables in which a word stands."""
    return [
        table
        for table in TABLES
        if await talk.rows(f"SELECT id FROM {table} t WHERE t::text ILIKE :word LIMIT 1", word=f"%{word}%")
    ]


async def test_all_of_it_goes_a_week_later_and_nothing_else(mara: Talk) -> None:
    alone = mara.other("mara", "dm-mara", organization=None, private=True)
    await mara.say(f"what is 15% of 3244? {SECRET}")
    await mara.say("analyse this", [file(f"{SECRET}.csv", f"month,{SECRET}\n2026-01,3\n2026-02,5\n".encode())])
    await alone.say("/org switch Acme")
    await alone.say(f"what is 20% of 50? {SECRET}")
    asked = (await mara.say("/org delete")).one(Note)
    assert "In 7 days Acme is deleted: 1 member, 2 chats" in asked.text
    assert await words_in(mara, SECRET)
    assert "On " in (await mara.press("Delete")).one(Note).text
    assert "to be deleted already" in (await _pressed_again(mara)).sentence
    await week_passes(mara)
    assert await words_in(mara, SECRET) == []
    assert await words_in(mara, "Zeisig")
    fields = dict((await alone.say("/org show")).one(Details).fields)
    assert fields["name"] == "Mara"


async def _pressed_again(mara: Talk) -> Problem:
    await mara.say("/org delete")
    await mara.touch("Delete")
    replies = await mara.settle()
    return replies.of(Problem)[0] if replies.of(Problem) else Problem(sentence=replies.whisper)


async def test_it_is_undone_until_then(mara: Talk) -> None:
    await mara.say(f"what is 15% of 3244? {SECRET}")
    await mara.say("/org delete")
    await mara.press("Delete")
    assert "Acme stays" in (await mara.say("/org delete cancel")).one(Note).text
    assert "Nothing is going to be deleted" in (await mara.say("/org delete cancel")).one(Problem).sentence
    await week_passes(mara)
    assert await words_in(mara, SECRET)


async def test_undone_as_it_begins_it_has_moved_nothing(mara: Talk) -> None:
    alone = mara.other("mara", "dm-mara", organization=None, private=True)
    await mara.say("/about")
    await alone.say("/org switch Acme")
    await alone.say(f"what is 20% of 50? {SECRET}")
    await mara.say("/org delete")
    await mara.press("Delete")
    [row] = await mara.rows("SELECT org_id FROM erasures")
    async with mara.legwork.database.system("a test lets a week pass") as session:
        await session.execute(text("UPDATE erasures SET due_at = now()"))
        await enqueue(session, recurring.command("data.due"))
    async with mara.legwork.database.system("a test undoes it") as session:
        assert await cancel_erasure_of(session, row["org_id"])
        coming = asyncio.create_task(mara.settle())
        await eventually(lambda: blocked(mara.legwork.database))
    await coming
    assert not await mara.rows("SELECT id FROM chats WHERE chat LIKE 'set-apart:%'")


async def test_it_is_an_owners(mara: Talk) -> None:
    await mara.say("/whoami")
    ben = mara.other("ben", "C1", **CHANNEL)
    await ben.say("/whoami")
    await mara.say("/org role Ben admin")
    assert "needs the role owner; yours is admin" in (await ben.say("/org delete")).one(Problem).sentence


async def test_ones_own_data_is_another_matter(mara: Talk) -> None:
    await mara.say(f"what is 15% of 3244? {SECRET}")
    await mara.say("/org delete")
    await mara.press("Delete")
    alone = mara.other("mara", "dm-mara", organization=None, private=True)
    await alone.say("/delete cancel")
    await week_passes(mara)
    assert await words_in(mara, SECRET) == []
