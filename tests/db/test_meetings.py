"""Two transactions that meet over the same rows: neither is undone for it, and nobody takes the database for away."""

import asyncio
from datetime import timedelta

import pytest

from domain.conversations import outbox
from domain.conversations.said import Note
from domain.core import queue
from domain.core.queue import Command, Held, Queue, Snooze
from domain.flow.common.legwork import Legwork
from domain.flow.deliver.moved import move_chat
from tests.factories.jobs import blocked, enqueue, rows
from tests.fixtures.room import Chat
from tests.fixtures.talk import Worker
from tests.fixtures.waiting import eventually


async def test_who_moves_a_chat_and_who_speaks_in_it_do_not_wait_for_one_another(room: Chat) -> None:
    [(before,)] = await rows(room.database, "SELECT chat FROM chats WHERE id = :id", id=room.thread.chat_id)
    platform, _, workspace = room.thread.account.partition(":")

    async def move() -> None:
        async with room.database.system("a test") as session:
            await move_chat(session, platform=platform, workspace=workspace, before=before, now="moved")

    async with room.database.system("a test") as session:
        await outbox.say(session, room.thread, Note(text="on its way"), key="said")
        moving = asyncio.create_task(move())
        await eventually(lambda: blocked(room.database))
    await moving
    assert await room.states() == {"said": "queued"}
    assert await rows(room.database, "SELECT chat FROM chats") == [("moved",)]


async def test_a_job_that_comes_back_as_its_twin_is_queued_is_noted_at_once(
    legwork: Legwork, capsys: pytest.CaptureFixture[str]
) -> None:
    taken, twin = asyncio.Event(), asyncio.Event()

    async def later(_: Legwork, held: Held) -> None:
        taken.set()
        await twin.wait()
        raise Snooze(timedelta(hours=1))

    worker = Worker(legwork, handlers={"test": later})
    await enqueue(legwork.database, dedupe_key="k", lane="a")
    await taken.wait()
    async with legwork.database.system("a test") as session:
        await queue.enqueue(session, Command(queue=Queue.TASK, kind="test", dedupe_key="k", lane="a"))
        twin.set()
        await eventually(lambda: blocked(legwork.database))
    await worker.settle()
    assert await rows(legwork.database, "SELECT status, dedupe_key FROM queue_jobs ORDER BY id") == [
        ("scheduled", None),
        ("scheduled", "k"),
    ]
    assert "could not be noted" not in "".join(capsys.readouterr())
