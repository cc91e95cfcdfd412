"""“/export my data” and “/delete my data”, from the word to the last row."""

import json
from typing import Any

import pytest

from domain.audit.chain import KEY
from domain.audit.verify import verify
from domain.conversations.said import FilePost, Note, Problem
from domain.core.queue import enqueue, recurring
from domain.metadata import metadata
from domain.personal import service
from tests.fixtures.linked import GROUP
from tests.fixtures.own_data import SECRET, archive_of, mara, upkeep, week_passes, where_it_is, works
from tests.fixtures.talk import Talk

__all__ = ["mara"]  # a fixture


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


@pytest.mark.parametrize("zone", ["Mars/Base", "Europe", "../UTC", ""])
async def test_ones_data_is_deleted_whatever_the_platform_calls_ones_time_zone(mara: Talk, zone: str) -> None:
    await mara.say("hello")
    await mara.rows("UPDATE user_profiles SET timezone = :zone RETURNING id", zone=zone)
    await mara.say("/delete my data")
    assert "(UTC) I delete what I have kept" in (await mara.press("Delete")).last.text


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
