"""While there is maintenance new work waits: it is kept, told of once, and begins by itself afterwards, in order."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.conversations.ports import IncomingFile
from domain.conversations.said import Answer, ApprovalCard, Details, Note, Problem
from domain.core.db import open_database
from domain.core.queue import Held, Snooze, bring_back, put_off_count, snooze
from domain.flow.common.legwork import Legwork
from domain.maintenance import service
from jobs.worker import HANDLERS
from tests.factories.jobs import claimed
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fakes.chat import CAPABILITIES, FakeChat
from tests.fixtures.legwork import Script, run_with
from tests.fixtures.mortal import Mortal, work
from tests.fixtures.talk import Talk, Worker

LATER = "I have what you wrote, and begin by myself once that is over."


@pytest.fixture
def chat() -> FakeChat:
    """A platform that can say what became of a post."""
    return FakeChat(replace(CAPABILITIES, finds=True))


@pytest.fixture
def named(legwork: Legwork) -> Legwork:
    return run_with(legwork, platform_admins=("fake:w:mara",))


@pytest.fixture
async def mara(named: Legwork, chat: FakeChat) -> AsyncIterator[Talk]:
    """Who runs the installation."""
    talk = Talk(named, chat)
    yield talk
    await talk.worker.stop()


@pytest.fixture
def ben(mara: Talk) -> Talk:
    return mara.other("ben")


def told(said: Sequence[object]) -> list[str]:
    return [one.text for one in said if isinstance(one, (Note, Answer))]


async def waiting(talk: Talk) -> int:
    async with talk.legwork.database.system("a test") as session:
        return await put_off_count(session)


async def begun(talk: Talk) -> list[str]:
    """What was begun, in that order. Models are asked about several at a time, in any order."""
    return [row["description"] for row in await talk.rows("SELECT description FROM tasks ORDER BY created_at")]


async def trail(talk: Talk) -> list[str]:
    rows = await talk.rows(
        "SELECT action FROM audit_logs WHERE org_id IS NULL AND action LIKE 'maintenance%' ORDER BY id"
    )
    return [row["action"] for row in rows]


async def test_new_work_waits_and_is_told_of_once_without_a_model(mara: Talk, ben: Talk, script: Script) -> None:
    await mara.say("/admin maintenance on Back at *ten*.")
    assert told(await ben.say("first")) == [f"Legwork is being worked on: Back at \\*ten\\*.\n{LATER}"]
    assert told(await ben.say("second")) == []
    assert not script.requests
    assert await waiting(mara) == 2
    assert await mara.rows("SELECT 1 FROM tasks") == []
    script.then(reply("one"), reply("two"))
    assert "2 messages begin now" in told(await mara.say("/admin maintenance off"))[0]
    await mara.settle()
    assert await begun(mara) == ["first", "second"]
    assert sorted(told(mara.chat.told())[-2:]) == ["one", "two"]
    assert await waiting(mara) == 0
    assert await mara.rows("SELECT 1 FROM messages WHERE handled_at IS NULL AND role = 'user'") == []
    assert await trail(mara) == ["maintenance.on", "maintenance.off"]


async def test_each_place_and_each_maintenance_is_told_of_by_itself(mara: Talk, ben: Talk, script: Script) -> None:
    channel = mara.other("ben", "team", private=False)
    script.then(*[reply("done")] * 4)
    for _ in range(2):
        await mara.say("/admin maintenance on")
        assert len(told(await ben.say("first"))) == 1
        assert len(told(await channel.say("second"))) == 1
        await mara.say("/admin maintenance off")


async def test_twice_on_and_twice_off_change_nothing(mara: Talk) -> None:
    assert told(await mara.say("/admin maintenance")) == ["There is no maintenance: new work begins."]
    await mara.say("/admin maintenance on")
    assert "already" in told(await mara.say("/admin maintenance on"))[0]
    assert "Soon." in told(await mara.say("/admin maintenance on Soon."))[0]
    shown = dict((await mara.say("/admin maintenance")).one(Details).fields)
    assert (shown["by"], shown["people are told"], shown["waits"]) == ("Mara", "Soon.", "0 messages")
    assert "nothing waited" in told(await mara.say("/admin maintenance off"))[0]
    assert told(await mara.say("/admin maintenance off")) == ["There is no maintenance: new work begins."]
    assert await trail(mara) == ["maintenance.on", "maintenance.on", "maintenance.off"]
    assert len(await mara.rows("SELECT 1 FROM maintenance_periods")) == 1


async def test_it_is_for_nobody_else(mara: Talk, ben: Talk) -> None:
    for verb in ("", " on", " off"):
        assert "for whoever runs this Legwork" in (await ben.say(f"/admin maintenance{verb}")).one(Problem).sentence
    assert (await mara.say("/admin maintenance soon")).one(Problem).sentence == "“soon” is neither on nor off."
    assert "1,000" in (await mara.say(f"/admin maintenance on {'x' * 1000}")).one(Problem).sentence


async def test_what_is_under_way_ends_with_its_approval(
    mara: Talk, ben: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben@example.org", text="hello")))
    (await ben.say("write to Ben")).one(ApprovalCard)
    await mara.say("/admin maintenance on")
    replies = await ben.press("Approve")
    assert replies.one(Answer).text == "send: hello"
    assert len(rehearsal.calls) == 1


async def test_commands_and_words_that_steer_are_obeyed(mara: Talk, ben: Talk, script: Script) -> None:
    await mara.say("/admin maintenance on")
    for words in ("/about", "/help", "/whoami", "/tasks", "/stop"):
        assert await ben.say(words), words
    await ben.say("first")
    await ben.say("stop")
    await mara.say("/admin maintenance off")
    await mara.settle()
    assert not script.requests, "what was taken back while it waited is not done"


async def test_what_a_command_begins_waits_but_for_who_works_on_it(mara: Talk, ben: Talk, rehearsal: Rehearsal) -> None:
    await mara.say("/admin maintenance on")
    assert told(await ben.say("/tools run note text=hello")) == [f"Legwork is being worked on.\n{LATER}"]
    assert told(await mara.say("/tools run note text=there")) == ["note: there"]
    await mara.say("/admin maintenance off")
    await mara.settle()
    assert told(mara.chat.told())[-1] == "note: hello"


async def test_a_button_that_begins_something_waits_and_is_told_to_who_pressed(
    mara: Talk, ben: Talk, script: Script
) -> None:
    script.then(plan(tool("n1", "note", text="hello")))
    await ben.say("make a note")
    await mara.say("/admin maintenance on Back at *ten*.")
    replies = await ben.press("Run again")
    assert "worked on: Back at *ten*." in replies.whisper
    assert len(await mara.rows("SELECT 1 FROM tasks")) == 1
    await mara.say("/admin maintenance off")
    await mara.settle()
    assert len(await mara.rows("SELECT 1 FROM tasks WHERE status = 'SUCCEEDED'")) == 2


async def test_files_are_fetched_afterwards(mara: Talk, ben: Talk, chat: FakeChat, script: Script) -> None:
    chat.files["F1"] = b"a,b\n1,2\n"
    await mara.say("/admin maintenance on")
    await ben.say("what is it?", [IncomingFile("t.csv", "text/csv", 8, None, "F1")])
    [row] = await mara.rows("SELECT attachments FROM messages WHERE content = 'what is it?'")
    assert row["attachments"][0]["key"] is None
    script.then(reply("a table"))
    await mara.say("/admin maintenance off")
    await mara.settle()
    [row] = await mara.rows("SELECT attachments FROM messages WHERE content = 'what is it?'")
    assert row["attachments"][0]["key"] is not None


async def test_what_waits_begins_in_order_before_what_was_not_looked_at_yet(
    mara: Talk, ben: Talk, script: Script
) -> None:
    """Workers were away for a while: some was put off, some not even that."""
    await mara.say("/admin maintenance on")
    for words in ("1", "2", "3"):
        await ben.say(words)
    with mara.worker.away():
        for words in ("4", "5"):
            await ben.tell(words)
        async with mara.legwork.database.system("a test") as session:
            await service.end(session, None)
            assert await bring_back(session, "TASK") == 3
    script.then(*[reply("done")] * 5)
    await mara.settle()
    assert await begun(mara) == ["1", "2", "3", "4", "5"]


async def test_a_second_maintenance_keeps_the_order_too(mara: Talk, ben: Talk, script: Script) -> None:
    script.then(*[reply("done")] * 9)
    for round_ in range(3):
        await mara.say("/admin maintenance on")
        with mara.worker.away():
            for place in range(3):
                await ben.tell(f"{round_}.{place}")
        await mara.settle()
        with mara.worker.away():
            async with mara.legwork.database.system("a test") as session:
                await service.end(session, None)
                await bring_back(session, "TASK")
    await mara.settle()
    assert await begun(mara) == [f"{round_}.{place}" for round_ in range(3) for place in range(3)]


async def test_what_a_worker_has_already_taken_comes_after_what_was_put_off(
    mara: Talk, ben: Talk, script: Script
) -> None:
    """At the very moment in which it is over."""
    legwork = mara.legwork
    await mara.say("/admin maintenance on")
    await ben.say("1")
    with mara.worker.away():
        await ben.tell("2")
        job = await claimed(legwork.database)
        async with legwork.database.system("a test") as session:
            await service.end(session, None)
            assert await bring_back(session, "TASK") == 1
        held = Held(legwork.database, job, timedelta(seconds=30))
        with pytest.raises(Snooze) as put_back:
            await HANDLERS[job.kind](legwork, held)
        async with legwork.database.system("a test") as session:
            await snooze(session, job, put_back.value.delay)
    script.then(*[reply("done")] * 2)
    await mara.travel(seconds=2)
    assert await begun(mara) == ["1", "2"]


async def test_it_holds_for_every_process_at_once(mara: Talk, ben: Talk, script: Script, shared_url: str) -> None:
    """Each with connections of its own."""
    database = open_database(shared_url)
    other = Worker(replace(mara.legwork, database=database), "other")
    elsewhere = Talk(other.legwork, mara.chat, person="ben", worker=other)
    await mara.say("/admin maintenance on")
    assert len(told(await elsewhere.say("1"))) == 1
    assert told(await ben.say("2")) == []
    script.then(*[reply("done")] * 3)
    with mara.worker.away(), other.away():
        await mara.tell("/admin maintenance off")
        await elsewhere.tell("3")
    await asyncio.gather(mara.worker.start(), other.start())
    await asyncio.gather(mara.worker.settle(), other.settle())
    await mara.travel(seconds=2)
    assert await begun(mara) == ["1", "2", "3"]
    assert len(await mara.rows("SELECT 1 FROM outbound_messages WHERE dedupe_key LIKE 'maintenance:%'")) == 1
    await other.stop()
    await database.close()


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("last", range(1, 16))
async def test_a_worker_dies_at_any_transaction(
    named: Legwork, chat: FakeChat, script: Script, last: int, committed: bool
) -> None:
    """On, a message, off: each begun by a worker that dies somewhere, and ended by another."""
    script.then(*[reply("done")] * 4)
    mortal = Mortal(named.database, last, committed=committed)
    talk = Talk(named, chat, worker=Worker(replace(named, database=mortal), "mortal", faults=True))
    other: Worker | None = None
    for words in ("/admin maintenance on", "first", "/admin maintenance off"):
        with talk.worker.away():
            await talk.tell(words)
        if other is None:
            await work(talk.worker)
        if mortal.dead:
            other = other or Worker(named, "other", faults=True)
            await other.lose_leases()
            await other.settle()
    for worker in filter(None, (talk.worker, other)):
        await worker.stop()
    assert [row["ended_at"] is not None for row in await talk.rows("SELECT ended_at FROM maintenance_periods")] == [
        True
    ]
    assert len(await talk.rows("SELECT 1 FROM tasks WHERE status = 'SUCCEEDED'")) == 1
    assert len(await talk.rows("SELECT 1 FROM outbound_messages WHERE dedupe_key LIKE 'maintenance:%'")) == 1
    assert await trail(talk) == ["maintenance.on", "maintenance.off"]
