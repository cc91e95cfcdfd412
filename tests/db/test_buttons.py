"""What buttons mean that is too long for their platform: of a chat, for a while."""

import pytest

from bot.tokens import StoredTokens
from domain.conversations.ports import Address, Press
from domain.core.db import Database
from domain.core.errors import NotFound
from tests.factories.jobs import execute, rows
from tests.fixtures.room import Chat

PRESS = Press("command", "tasks")


async def test_what_a_button_means_is_its_chats_and_of_a_private_one_its_persons(room: Chat) -> None:
    [chat] = await rows(room.database, "SELECT * FROM chats")
    [identity] = await rows(room.database, "SELECT * FROM chat_identities")
    there = Address(chat.platform, chat.workspace, chat.chat, person=identity.platform_user_id)
    kept = StoredTokens(room.database)
    token = await kept.keep(PRESS, there)
    assert await kept.look_up(token) == PRESS
    [value] = await rows(room.database, "SELECT * FROM button_values")
    assert (value.chat_id, value.org_id, value.user_id) == (chat.id, chat.org_id, identity.user_id)
    await execute(room.database, "UPDATE chats SET private = false")
    await kept.keep(PRESS, there)
    await kept.keep(PRESS, Address("fake", "w", "nowhere"))
    [_, shared, nowhere] = await rows(room.database, "SELECT * FROM button_values ORDER BY id")
    assert (shared.chat_id, shared.user_id) == (chat.id, None)
    assert nowhere.chat_id is None


async def test_a_button_that_has_ended_is_no_longer_good(database: Database) -> None:
    kept = StoredTokens(database)
    ended, good = [await kept.keep(PRESS, Address("fake", "w", "nowhere")) for _ in range(2)]
    await execute(database, "UPDATE button_values SET expires_at = now() WHERE token = :token", token=ended)
    with pytest.raises(NotFound, match="no longer good"):
        await kept.look_up(ended)
    assert await kept.look_up(good) == PRESS
