"""Events of a chat become messages: once each, whole or not at all."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.inbound import accept
from domain.conversations.ports import Incoming
from domain.conversations.quoted import Quoted
from domain.core.db import Database
from domain.core.errors import Invalid
from domain.core.ids import new_id
from domain.core.settings import Settings
from domain.core.storage import Storage, open_storage
from domain.flow.receive.message import receive_known
from tests.factories.incoming import file, incoming
from tests.factories.jobs import blocked, rows
from tests.fixtures.waiting import eventually


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(Settings.model_validate({"data_dir": tmp_path, "max_file_mb": 1}))


async def counts(database: Database, *tables: str) -> tuple[int, ...]:
    return tuple([(await rows(database, f"SELECT count(*) FROM {table}"))[0][0] for table in tables])


async def all_of(database: Database, storage: Storage, *events: Incoming) -> list[Any]:
    return [
        received.message_id for received in await asyncio.gather(*(accept(database, storage, one) for one in events))
    ]


async def test_one_event_four_times_at_once_is_one_message_and_one_job(database: Database, storage: Storage) -> None:
    event = incoming("hello")
    ids = await all_of(database, storage, event, event, event, event)
    assert len([message_id for message_id in ids if message_id is not None]) == 1
    assert await counts(database, "messages", "queue_jobs", "users", "chats", "threads") == (1, 1, 1, 1, 1)


async def test_a_message_that_arrives_as_two_events_is_one_message(database: Database, storage: Storage) -> None:
    mention = incoming("hi", event_key="mention", message_id="1700000000.1", chat="C1")
    message = incoming("hi", event_key="message", message_id="1700000000.1", chat="C1")
    await all_of(database, storage, mention, message)
    assert await counts(database, "messages", "queue_jobs") == (1, 1)


async def test_the_same_message_id_in_another_chat_is_another_message(database: Database, storage: Storage) -> None:
    await all_of(database, storage, incoming("a", message_id="1", chat="C1"), incoming("b", message_id="1", chat="C2"))
    assert await counts(database, "messages") == (2,)


async def test_a_new_persons_first_messages_at_once_make_one_person(database: Database, storage: Storage) -> None:
    await all_of(database, storage, *(incoming(f"message {number}") for number in range(6)))
    assert await counts(
        database, "users", "chat_identities", "organizations", "organization_members", "chats", "threads", "messages"
    ) == (1, 1, 1, 1, 1, 1, 6)


async def test_two_people_who_write_first_in_a_new_channel_share_it(database: Database, storage: Storage) -> None:
    where: dict[str, Any] = {"chat": "C1", "organization": "T1", "private": False, "thread": "t1"}
    await all_of(database, storage, *(incoming("hi", person=person, **where) for person in ("mara", "ben", "zoe")))
    assert await counts(database, "users", "organizations", "organization_members", "chats", "threads") == (
        3, 1, 3, 1, 1,
    )  # fmt: skip
    roles = sorted(row.role for row in await rows(database, "SELECT role FROM organization_members"))
    assert roles == ["member", "member", "owner"]


async def test_a_person_has_an_organization_of_their_own_apart_from_others(
    database: Database, storage: Storage
) -> None:
    await all_of(database, storage, incoming("hi", person="mara"), incoming("hi", person="ben"))
    assert await counts(database, "organizations", "organization_members") == (2, 2)


async def test_a_new_thread_becomes_the_chats_current_one(database: Database, storage: Storage) -> None:
    for event in (incoming("one"), incoming("two", new_thread=True), incoming("three")):
        await accept(database, storage, event)
    threads = [row.thread_id for row in await rows(database, "SELECT thread_id FROM messages ORDER BY id")]
    assert threads[0] != threads[1] == threads[2]


def root(words: str, at: str, **more: Any) -> Incoming:
    """A message outside of a thread, where each begins one."""
    return incoming(words, message_id=at, thread=at, **more)


async def test_a_message_that_begins_a_thread_is_taken_in_one_statement(database: Database, storage: Storage) -> None:
    await accept(database, storage, root("first", "1.1"))
    async with database.system("a test", single=True) as session:
        received = await receive_known(session, root("second", "1.2"))
    assert received is not None
    assert received.message_id is not None
    found = await rows(
        database, "SELECT t.platform_thread FROM messages m JOIN threads t ON t.id = m.thread_id ORDER BY m.id"
    )
    assert [row.platform_thread for row in found] == ["1.1", "1.2"]


async def test_two_events_of_a_message_that_begins_a_thread_make_one(database: Database, storage: Storage) -> None:
    await accept(database, storage, root("first", "1.1"))
    again = [root("second", "1.2", event_key=key) for key in ("mention", "message", "mention")]
    ids = await all_of(database, storage, *again)
    assert len([message_id for message_id in ids if message_id is not None]) == 1
    assert await counts(database, "messages", "threads", "queue_jobs") == (2, 2, 2)


async def test_who_is_new_begins_no_thread_before_they_are_known(database: Database, storage: Storage) -> None:
    await accept(database, storage, root("first", "1.1", chat="C1", organization="T1", private=False))
    new = root("second", "1.2", person="ben", chat="C1", organization="T1", private=False)
    async with database.system("a test", single=True) as session:
        assert await receive_known(session, new) is None
    assert await counts(database, "threads") == (1,)
    await accept(database, storage, new)
    assert await counts(database, "threads", "messages") == (2, 2)


async def test_a_file_that_is_too_large_is_refused_and_nothing_is_stored(
    database: Database, storage: Storage, tmp_path: Path
) -> None:
    event = incoming("look", files=(file("big.csv", b"x" * (1024 * 1024 + 1)),))
    with pytest.raises(Invalid, match=r"big\.csv is larger than 1 MB"):
        await accept(database, storage, event)
    assert await counts(database, "inbound_events", "messages", "users", "queue_jobs") == (0, 0, 0, 0)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


async def test_files_are_kept_with_size_and_checksum(database: Database, storage: Storage) -> None:
    await accept(database, storage, incoming("look", files=(file("a.csv", b"a,b\n1,2\n"), file("b.csv", b""))))
    [(attachments,)] = await rows(database, "SELECT attachments FROM messages")
    assert [(kept["name"], kept["size"]) for kept in attachments] == [("a.csv", 8), ("b.csv", 0)]
    assert await storage.read(attachments[0]["key"]) == b"a,b\n1,2\n"


@pytest.mark.parametrize("words", ["a\0b", "half \ud800 a pair", "🙂", "x" * 100_000, ""])
async def test_any_text_a_platform_can_send_is_taken(database: Database, storage: Storage, words: str) -> None:
    piece = Quoted("forward", words, words[:20], words[:20], files=(words[:20],))
    sent = (file(f"{words[:20]}.csv", b"1"),)
    await accept(database, storage, incoming(words, person_name=words[:50], files=sent, quoted=(piece,)))
    assert await counts(database, "messages") == (1,)


async def test_what_steers_overtakes_a_queue_of_work(database: Database, storage: Storage) -> None:
    for words in ("do a", "do b", "stop", "/tasks"):
        await accept(database, storage, incoming(words))
    lanes = await rows(database, "SELECT lane IS NULL AS free, priority FROM queue_jobs ORDER BY id")
    assert [tuple(lane) for lane in lanes] == [(False, 2), (False, 2), (True, 3), (True, 3)]


async def test_who_is_put_out_while_their_message_is_taken_in_is_told(database: Database, storage: Storage) -> None:
    where: dict[str, Any] = {"chat": "C1", "organization": "T1", "private": False}
    await accept(database, storage, incoming("hi", person="mara", **where))
    await accept(database, storage, incoming("hi", person="ben", **where))
    async with database.system("a test") as session:
        row = await session.first(text("SELECT user_id FROM chat_identities WHERE platform_user_id = 'ben' FOR UPDATE"))
        assert row is not None
        renamed = incoming("do it", person="ben", person_name="Benjamin", **where)
        taken = asyncio.create_task(accept(database, storage, renamed))
        await eventually(lambda: blocked(database))
        await session.execute(
            text("UPDATE organization_members SET status = 'removed' WHERE user_id = :user_id"), dict(row)
        )
    assert (await taken).turned_away
    assert [row.content for row in await rows(database, "SELECT content FROM messages ORDER BY id")] == [
        "hi", "hi", "do it",
    ]  # fmt: skip


async def test_an_edit_waits_for_what_becomes_of_its_message(database: Database, storage: Storage) -> None:
    """It is known then that a task has begun with it."""
    await accept(database, storage, incoming("one", message_id="m1"))
    async with database.system("a test") as session:
        await session.execute(text("UPDATE messages SET handled_at = now()"))
        deleted = asyncio.create_task(accept(database, storage, incoming(message_id="m1", change="deleted")))
        await eventually(lambda: blocked(database))
        task_id = new_id()
        await session.execute(text("UPDATE messages SET task_id = :id"), {"id": task_id})
    await deleted
    assert [row.task_id for row in await rows(database, "SELECT task_id FROM messages")] == [task_id]
