"""A terminal shows all threads of its chat in one place: what belongs to another than the present one is announced."""

from pathlib import Path
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from bot.console.conversation import ConsoleConversation
from bot.console.seat import Seat
from bot.console.speaker import Speaker
from domain.conversations import outbox
from domain.conversations.ports import Address
from domain.conversations.said import Note
from domain.conversations.schemas import Thread
from domain.core import ids
from domain.core.db import Database
from domain.core.storage import open_storage
from domain.flow.common.legwork import Legwork

ADDRESS = Address("console", "host", "mara/1")


class Terminal:
    """One session: each of its first messages begins a thread."""

    def __init__(self, database: Database, redis: Redis, legwork: Legwork, folder: Path) -> None:
        self._database = database
        self.conversation = ConsoleConversation(
            database, open_storage(legwork.settings), redis, ADDRESS, made=folder / "made"
        )
        self.speaker = Speaker(self.conversation, Seat(ADDRESS, "mara", None, folder / "history"))

    async def asks(self, words: str) -> tuple[UUID, Thread]:
        """Its message and thread."""
        message_id = await self.speaker.say(words)
        assert message_id is not None
        async with self._database.system("a test") as session:
            row = await session.first(
                text("""SELECT t.id, t.chat_id, t.name, t.org_id FROM threads t JOIN messages m ON m.thread_id = t.id
                WHERE m.id = :id"""),
                {"id": message_id},
            )
        assert row is not None
        return message_id, Thread(row["id"], row["chat_id"], row["name"], None, None, True, "", row["org_id"])

    async def hears(self, thread: Thread, key: str, *, reply_to: UUID | None = None) -> str | None:
        """What announces something said in a thread."""
        async with self._database.system("a test") as session:
            await outbox.say(session, thread, Note(text=key), key=key, reply_to=reply_to)
        return await self.conversation.elsewhere(key)


@pytest.fixture
def sit(database: Database, redis: Redis, legwork: Legwork, tmp_path: Path):
    return lambda: Terminal(database, redis, legwork, tmp_path)


async def test_a_late_answer_is_announced_with_the_way_back_to_its_thread(sit, database: Database) -> None:
    _, earlier = await sit().asks("leads by region")
    async with database.system("a test") as session:
        await session.execute(text("UPDATE threads SET name = 'Leads by region'"))
    now = sit()
    message_id, thread = await now.asks("what is 2 + 2?")
    assert await now.hears(thread, "four", reply_to=message_id) is None
    line = await now.hears(earlier, "regions")
    assert line is not None
    assert "“Leads by region”" in line
    assert f"/threads use {ids.short('thrd', earlier.id)}" in line


async def test_before_its_first_message_a_terminal_is_in_no_thread(sit) -> None:
    _, earlier = await sit().asks("leads by region")
    assert await sit().hears(earlier, "regions") is not None


async def test_a_reply_to_what_was_just_said_is_never_elsewhere(sit, database: Database) -> None:
    """`/threads use` changes the present thread, and is answered where it was written."""
    _, earlier = await sit().asks("leads by region")
    now = sit()
    message_id, thread = await now.asks("/threads use …")
    async with database.system("a test") as session:
        await session.execute(text("UPDATE chats SET current_thread_id = :id"), {"id": earlier.id})
    assert await now.hears(thread, "back", reply_to=message_id) is None
    assert await now.hears(earlier, "regions") is None
    assert await now.hears(thread, "late") is not None


async def test_an_answer_being_written_belongs_to_its_tasks_thread(sit, database: Database) -> None:
    asked, earlier = await sit().asks("leads by region")
    now = sit()
    message_id, thread = await now.asks("what is 2 + 2?")
    keys: list[str] = []
    async with database.system("a test") as session:
        for question, at in ((asked, earlier), (message_id, thread)):
            row = await session.first(
                text("""INSERT INTO tasks (id, org_id, user_id, thread_id, message_id, title)
                SELECT :id, c.org_id, m.user_id, :thread, m.id, 'x' FROM messages m
                JOIN threads t ON t.id = m.thread_id JOIN chats c ON c.id = t.chat_id
                WHERE m.id = :message RETURNING id"""),
                {"id": ids.new_id(), "thread": at.id, "message": question},
            )
            assert row is not None
            keys.append(f"answer:{row['id']}")
    assert await now.conversation.elsewhere(keys[0]) is not None
    assert await now.conversation.elsewhere(keys[1]) is None
    assert await now.conversation.elsewhere(f"answer:{ids.new_id()}") is None
    assert await now.conversation.elsewhere("answer:x") is None
