"""Rows of a person are found by the account that spoke, however many of theirs there are on one platform."""

from pathlib import Path
from uuid import UUID

import pytest

from bot.inbound import accept
from domain.conversations import messages, outbox, service
from domain.conversations.ports import Address
from domain.conversations.said import Note
from domain.core.db import Database
from domain.core.ids import new_id
from domain.core.settings import Settings
from domain.core.storage import Storage, open_storage
from tests.factories.incoming import incoming
from tests.factories.jobs import execute, rows
from tests.fixtures.room import Chat


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(Settings.model_validate({"data_dir": tmp_path}))


async def second_account(database: Database, *, first: str = "mara", name: str = "mara2") -> None:
    """Another account of the same person on the same platform."""
    await execute(
        database,
        """INSERT INTO chat_identities (id, platform, workspace, platform_user_id, user_id, first_user_id)
        SELECT :id, platform, workspace, :name, user_id, user_id FROM chat_identities
        WHERE platform_user_id = :first""",
        id=new_id(),
        name=name,
        first=first,
    )


async def heard_as(database: Database, storage: Storage, person: str, words: str = "hi", **more: object) -> UUID:
    received = await accept(database, storage, incoming(words, person=person, chat="C1", **more))
    assert received.message_id is not None
    return received.message_id


async def test_who_is_answered_is_the_account_that_spoke(database: Database, storage: Storage) -> None:
    await heard_as(database, storage, "mara")
    await second_account(database)
    for person in ("mara2", "mara", "mara2"):
        message_id = await heard_as(database, storage, person)
        async with database.system("a test") as session:
            heard = await service.heard(session, message_id)
            _, _, address = await service.setting(session, heard.thread.id, heard.person.user_id, message_id)
        assert heard.address.person == person
        assert address.person == person


async def test_what_waits_to_be_said_does_not_double(database: Database, room: Chat) -> None:
    await second_account(database)
    await second_account(database, name="mara3")
    await room.say("one")
    await room.say("two")
    async with database.system("a test") as session:
        open_rows = await outbox.open_rows(session, room.thread.chat_id)
    assert [(row.dedupe_key, row.to.person) for row in open_rows] == [("one", "mara"), ("two", "mara")]


async def test_an_edit_finds_the_message_of_the_account_that_sent_it(database: Database, storage: Storage) -> None:
    await heard_as(database, storage, "mara", message_id="m1")
    await second_account(database)
    await heard_as(database, storage, "mara2", message_id="m2")
    async with database.system("a test") as session:
        found = {
            (person, message_id): await messages.sent_message(
                session, Address("fake", "w", "C1", person=person), message_id
            )
            for person in ("mara", "mara2")
            for message_id in ("m1", "m2")
        }
    assert {key for key, row in found.items() if row is not None} == {("mara", "m1"), ("mara2", "m2")}


async def test_what_was_stored_before_accounts_were_told_apart_is_found(database: Database, storage: Storage) -> None:
    message_id = await heard_as(database, storage, "mara", message_id="m1")
    await execute(database, "UPDATE messages SET identity_id = NULL")
    await execute(database, "UPDATE threads SET identity_id = NULL")
    await second_account(database)
    async with database.system("a test") as session:
        heard = await service.heard(session, message_id)
        sent = await messages.sent_message(session, Address("fake", "w", "C1", person="mara"), "m1")
        await outbox.say(session, heard.thread, Note(text="x"), key="x")
        [row] = await outbox.open_rows(session, heard.thread.chat_id)
    assert heard.address.person == "mara"
    assert row.to.person == "mara"
    assert sent is not None


async def test_a_message_and_its_setting_are_of_one_organization(database: Database, storage: Storage) -> None:
    """The thread's: its chat may be another's by now."""
    message_id = await heard_as(database, storage, "mara")
    other = new_id()
    await execute(database, "INSERT INTO organizations (id, name, slug) VALUES (:id, 'Other', 'other')", id=other)
    [thread] = await rows(database, "SELECT org_id FROM threads")
    await execute(database, "UPDATE chats SET org_id = :id", id=other)
    async with database.system("a test") as session:
        heard = await service.heard(session, message_id)
        _, person, _ = await service.setting(session, heard.thread.id, heard.person.user_id, message_id)
    assert (heard.person.org_id, heard.person.role) == (thread.org_id, "owner")
    assert (person.org_id, person.role) == (thread.org_id, "owner")
