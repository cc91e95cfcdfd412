"""“/export my data” and “/delete my data”, from the word to the last row."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from domain.audit.chain import KEY
from domain.audit.verify import verify
from domain.conversations.said import FilePost, Listing, Note, Problem
from domain.core.queue import Queue, enqueue, recurring
from domain.flow.common.legwork import Legwork
from domain.llm.offline.provider import OfflineModel
from domain.metadata import metadata
from domain.personal import service
from tests.factories.incoming import file
from tests.fakes.chat import FakeChat
from tests.fixtures.linked import WORK, link, press
from tests.fixtures.talk import Talk, Worker
from tests.journeys.test_invitations import invited

SECRET = "Kanarienvogel"
"""A word that nothing else says."""
QUEUES = (Queue.TASK, Queue.DELIVER, Queue.UPKEEP)
GROUP: dict[str, Any] = {"organization": "T1", "private": False}


@pytest.fixture
async def mara(legwork: Legwork, chat: FakeChat) -> AsyncIterator[Talk]:
    given = replace(legwork, model=OfflineModel())
    talk = Talk(given, chat, worker=Worker(given, queues=QUEUES))
    yield talk
    await talk.worker.stop()


async def upkeep(talk: Talk) -> None:
    """The upkeep comes by."""
    async with talk.legwork.database.system("a test has it come by") as session:
        await enqueue(session, recurring.command("data.due"))
    await talk.settle()
    await talk.travel(seconds=2)  # what still ran has come to its end


async def week_passes(talk: Talk) -> None:
    async with talk.legwork.database.system("a test lets time pass") as session:
        await session.execute(text("UPDATE erasures SET due_at = due_at - interval '7 days'"))
    await upkeep(talk)


async def dump(talk: Talk) -> dict[str, str]:
    async with talk.legwork.database.system("a test looks at everything") as session:
        found = {name: await session.all(text(f"SELECT t::text AS line FROM {name} t")) for name in metadata.tables}
    return {name: "\n".join(str(row["line"]) for row in rows) for name, rows in found.items()}


async def where_it_is(talk: Talk, word: str) -> set[str]:
    """The tables in which the word stands."""
    return {name for name, dumped in (await dump(talk)).items() if word.lower() in dumped.lower()}


async def works(talk: Talk) -> None:
    """Mara works for herself, and in a channel beside Ben."""
    await talk.say(f"what is 15% of 3244? {SECRET}")
    table = f"month,{SECRET}\n2026-01,3\n2026-02,5\n".encode()
    await talk.say("analyse this", [file(f"{SECRET}.csv", table)])
    await talk.say(f"/threads rename {SECRET}")
    channel, ben = talk.other("mara", "team", **GROUP), talk.other("ben", "team", **GROUP)
    await ben.say("what is 2 + 2? Zeisig")
    await channel.say(f"what is 20% of 50? {SECRET}")
    await channel.say("analyse this", [file(f"{SECRET}.csv", table)])
    await channel.say(f"{SECRET} makes no sense at all, does it")


async def archive_of(talk: Talk, post: FilePost) -> ZipFile:
    return ZipFile(io.BytesIO(await talk.legwork.storage.read(post.file.key)))


async def test_an_export_holds_what_she_said_and_got_and_nothing_of_ben(mara: Talk) -> None:
    await works(mara)
    replies = await mara.say("/export my data")
    assert isinstance(replies[0], Note)
    archive = await archive_of(mara, replies.one(FilePost))
    said = [json.loads(line) for line in archive.read("messages.jsonl").splitlines()]
    assert f"what is 20% of 50? {SECRET}" in {one["content"] for one in said}
    tasks = [json.loads(line) for line in archive.read("tasks.jsonl").splitlines()]
    assert f"what is 20% of 50? {SECRET}" in {one["description"] for one in tasks}
    assert [name for name in archive.namelist() if name.endswith(".csv")]
    assert not [name for name in archive.namelist() if b"Zeisig" in archive.read(name)]


async def test_an_export_is_asked_for_once_an_hour_and_said_in_private(mara: Talk) -> None:
    await mara.say("hello")
    channel = mara.other("mara", "team", **GROUP)
    await channel.say("/export my data")
    shown = [call.to.chat for call in mara.chat.calls if isinstance(call.said, FilePost)]
    assert shown == ["dm-mara"]
    assert (await mara.say("/export my data")).one(Problem).sentence == "You have asked for that within this hour."
    await mara.rows("UPDATE data_exports SET created_at = created_at - interval '61 minutes' RETURNING id")
    assert (await mara.say("/export my data")).of(FilePost)


async def test_an_export_whose_time_is_over_is_gone(mara: Talk) -> None:
    await mara.say("hello")
    post = (await mara.say("/export my data")).one(FilePost)
    await mara.rows("UPDATE data_exports SET expires_at = now() RETURNING id")
    await upkeep(mara)
    assert post.file.key not in {key async for key in mara.legwork.storage.keys("exports")}


async def test_deleting_asks_first_waits_a_week_and_can_be_undone(mara: Talk) -> None:
    await works(mara)
    card = (await mara.say("/delete my data")).last
    assert "In seven days" in card.text
    told = (await mara.press("Delete")).last
    assert "/delete cancel" in told.text
    await upkeep(mara)
    assert "messages" in await where_it_is(mara, SECRET)
    assert "already" in (await mara.say("/delete my data") and (await mara.press("Delete")).last.text)
    assert (await mara.say("/delete cancel")).last.text == "Your data stays."
    await week_passes(mara)
    assert "messages" in await where_it_is(mara, SECRET)
    assert (await mara.say("/delete cancel")).last.text == "Nothing of yours was going to be deleted."


async def test_after_a_week_no_word_of_hers_is_left_anywhere(mara: Talk) -> None:
    await works(mara)
    await mara.say("/delete my data")
    await mara.press("Delete")
    assert {"messages", "tasks", "outbound_messages", "task_steps"} <= await where_it_is(mara, SECRET)
    await week_passes(mara)
    assert await where_it_is(mara, SECRET) == set()
    assert await where_it_is(mara, "mara") == set()
    assert "messages" in await where_it_is(mara, "Zeisig")
    found = await mara.rows("SELECT done_at, erased FROM erasures")
    assert found[0]["done_at"] is not None
    assert found[0]["erased"]["messages"] > 3
    assert not [key async for key in mara.legwork.storage.keys("fake")]


async def test_the_trail_holds_after_its_details_are_erased(mara: Talk) -> None:
    await works(mara)
    await mara.say("/delete my data")
    await mara.press("Delete")
    async with mara.legwork.database.system("a test has it sealed") as session:
        await enqueue(session, recurring.command("audit.seal"))
    await mara.settle()
    await week_passes(mara)
    async with mara.legwork.database.system("a test has it sealed") as session:
        await enqueue(session, recurring.command("audit.seal"))
    await mara.settle()
    found = await verify(mara.legwork.database, await mara.legwork.keyring.derive(KEY), [])
    assert not found.misfits
    actions = {row["action"] for row in await mara.rows("SELECT action FROM audit_logs")}
    assert {"delete.my_data", "data.erased"} <= actions


async def test_what_runs_for_her_is_stopped_first(mara: Talk) -> None:
    await mara.say("hello")
    await mara.say("/delete my data")
    await mara.press("Delete")
    with mara.worker.away():
        await mara.tell("what is 15% of 3244?")
    await week_passes(mara)
    assert not await mara.rows("SELECT id FROM tasks")
    assert not await mara.rows("SELECT id FROM messages")


async def test_who_comes_back_is_a_new_person(mara: Talk) -> None:
    await mara.say("hello")
    before = (await mara.rows("SELECT id FROM users"))[0]["id"]
    await mara.say("/delete my data")
    await mara.press("Delete")
    await week_passes(mara)
    assert await mara.say("what is 2 + 2?")
    people = {row["id"]: row for row in await mara.rows("SELECT id, name, deleted_at FROM users")}
    assert people[before]["name"] is None
    assert people[before]["deleted_at"] is not None
    assert len(people) == 2


async def make(talk: Talk, role: str, *names: str) -> None:
    """Give these people that role wherever they are."""
    who = "user_id IN (SELECT id FROM users WHERE name = ANY(:names))"
    await talk.rows(f"UPDATE organization_members SET role = :role WHERE {who} RETURNING id", role=role, names=[*names])


async def _own_acme(mara: Talk) -> tuple[Talk, Talk]:
    """Mara owns the organization to which Ben belongs as well."""
    channel, ben = mara.other("mara", "team", **GROUP), mara.other("ben", "team", **GROUP)
    await channel.say("what is 2 + 2?")
    await ben.say("what is 3 + 3?")
    await mara.say("hello")
    return channel, ben


async def test_the_last_owner_of_what_others_belong_to_hands_it_over_first(mara: Talk) -> None:
    await _own_acme(mara)
    await make(mara, "owner", "Mara")
    assert "last owner" in (await mara.say("/delete my data")).one(Problem).sentence
    await make(mara, "owner", "Mara", "Ben")
    await mara.say("/delete my data")
    assert "/delete cancel" in (await mara.press("Delete")).last.text


async def test_who_became_the_last_owner_meanwhile_is_told_once_and_waits(mara: Talk) -> None:
    await _own_acme(mara)
    await make(mara, "owner", "Mara", "Ben")
    await mara.say("/delete my data")
    await mara.press("Delete")
    await make(mara, "member", "Ben")
    before = len(mara.chat.told())
    await week_passes(mara)
    await upkeep(mara)
    told = [said for said in mara.chat.told()[before:] if isinstance(said, Note) and "last owner" in said.text]
    assert len(told) == 1
    assert "messages" in await where_it_is(mara, "2 + 2")
    await make(mara, "owner", "Mara", "Ben")
    await upkeep(mara)
    assert await where_it_is(mara, "mara") == set()


async def test_what_was_erased_is_erased_again_after_a_restore(mara: Talk) -> None:
    await mara.say(f"what is 15% of 3244? {SECRET}")
    kept: dict[str, list[dict[str, Any]]] = {}
    tables = [table for table in metadata.sorted_tables if table.name != "audit_logs"]  # which only grows
    async with mara.legwork.database.system("a test makes a backup") as session:
        for table in tables:
            kept[table.name] = [dict(row) for row in await session.all(table.select())]
    await mara.say("/delete my data")
    await mara.press("Delete")
    await week_passes(mara)
    assert await where_it_is(mara, SECRET) == set()
    async with mara.legwork.database.system("a test restores it") as session:
        for table in reversed(tables):
            await session.execute(table.delete())
        for table in tables:
            computed = {column.name for column in table.columns if column.computed or column.identity}
            rows = [{name: value for name, value in row.items() if name not in computed} for row in kept[table.name]]
            if rows:
                await session.execute(table.insert(), rows)
    assert "messages" in await where_it_is(mara, SECRET)
    assert await service.reapply(mara.legwork.database, mara.legwork.storage) == 1
    await mara.settle()
    assert await where_it_is(mara, SECRET) == set()
    assert await where_it_is(mara, "mara") == set()


async def _removes_ben(mara: Talk) -> None:
    """Ben has worked in his private chat for himself, and for Mara's own organization until she removed him."""
    ben = mara.other("ben")
    await ben.say("what is 2 + 2? Zeisig")
    await mara.say("/about")
    await ben.say(await invited(mara))
    await ben.say("/org switch Mara")
    await ben.say("what is 3 + 3? Dompfaff")
    await mara.say("/org remove Ben")


async def test_an_export_holds_nothing_of_the_private_chat_of_who_was_removed(mara: Talk) -> None:
    await _removes_ben(mara)
    archive = await archive_of(mara, (await mara.say("/export my data")).one(FilePost))
    held = b"".join(archive.read(name) for name in archive.namelist())
    assert (b"Zeisig" in held, b"Dompfaff" in held) == (False, False)


async def test_who_was_removed_keeps_their_private_chat_when_the_organization_goes(mara: Talk) -> None:
    await _removes_ben(mara)
    await mara.say("/delete my data")
    await mara.press("Delete")
    await week_passes(mara)
    assert await where_it_is(mara, "Dompfaff") == set()
    assert "messages" in await where_it_is(mara, "Zeisig")
    assert (await mara.other("ben").say("what is 4 + 4?")).last


async def _at_work(mara: Talk) -> Talk:
    await mara.say(f"what is 2 + 2? {SECRET}")
    work = mara.other("mara.nowak", **WORK)
    await work.say("/about")
    return work


def _told_at(mara: Talk, place: str, words: str) -> bool:
    return any(call.to.chat == place and words in str(call.said) for call in mara.chat.calls)


async def test_what_one_account_asked_for_alone_takes_no_other_along(mara: Talk) -> None:
    work = await _at_work(mara)
    await work.say("/delete my data")
    await press(work, "Delete", work.place)
    await link(mara, work)
    assert _told_at(mara, work.place, "Nothing is deleted")
    await week_passes(mara)
    assert "messages" in await where_it_is(mara, SECRET)
    assert (await mara.say("/delete cancel")).last.text == "Nothing of yours was going to be deleted."


async def test_every_account_is_told_of_a_deletion_and_may_undo_it(mara: Talk) -> None:
    work = await _at_work(mara)
    await link(mara, work)
    await work.say("/delete my data")
    await press(work, "Delete", work.place)
    await press(mara, "Keep my data", mara.place)
    await week_passes(mara)
    assert "messages" in await where_it_is(mara, SECRET)


async def test_an_account_that_is_taken_apart_is_not_deleted_with_the_others(mara: Talk) -> None:
    work = await _at_work(mara)
    await link(mara, work)
    await mara.say("/delete my data")
    await press(mara, "Delete", mara.place)
    listed = (await mara.say("/link list")).one(Listing).rows
    await mara.say(f"/link remove {next(row[0] for row in listed if 'mara.nowak' in row[3])}")
    assert _told_at(mara, work.place, "Nothing is deleted")
    await week_passes(mara)
    assert "messages" in await where_it_is(mara, SECRET)
