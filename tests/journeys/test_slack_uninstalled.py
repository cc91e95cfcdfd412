"""A workspace takes the Slack app away: its token is erased, it is told elsewhere, and it may come again."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from arq.connections import ArqRedis

from domain.conversations.ports import Address
from domain.conversations.said import Note
from domain.core.errors import Refused
from domain.core.queue import Queue, enqueue, recurring
from domain.flow.common.legwork import Legwork
from domain.personal.organizations import add_erasure_of
from tests.factories.specs import reply
from tests.fakes.chat import FakeChat
from tests.fixtures.installs import INSTALLED, Town, town
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Worker


@pytest.fixture
async def there(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Town]:
    async with town(legwork, redis) as made:
        yield made


@pytest.mark.parametrize(
    ("events", "status"),
    [
        (("tokens_revoked", "app_uninstalled"), "uninstalled"),
        (("app_uninstalled", "tokens_revoked"), "uninstalled"),
        (("tokens_revoked",), "revoked"),
    ],
)
async def test_an_end_erases_the_token_in_either_order_and_is_told_elsewhere(
    there: Town, script: Script, chat: FakeChat, events: tuple[str, ...], status: str
) -> None:
    await there.browser.install(there.mara, there.acme)
    script.then(reply("Hello Mara."))
    there.mara.dm("hello")
    await there.settle()
    await _at_home_on(there, "fake")
    for event in events:
        there.slack.uninstall(there.acme, tell=(event,))  # pyright: ignore[reportArgumentType]
        await there.settle()
    [row] = await there.rows("SELECT status, token, refresh_token, key_version FROM slack_installations")
    assert row == {"status": status, "token": None, "refresh_token": None, "key_version": None}
    notes = [said.text for said in chat.shown.values() if isinstance(said, Note)]
    told = [words for words in notes if "Slack workspace Acme" in words]
    assert len(told) == 1
    assert "30 days" in told[0]


async def _at_home_on(there: Town, platform: str) -> None:
    """Mara has written in a private chat of another platform, too."""
    await there.change(
        f"""WITH mara AS (SELECT user_id FROM chat_identities WHERE platform = 'slack'),
        own AS (SELECT org_id FROM slack_installations),
        place AS (INSERT INTO chats (id, platform, workspace, chat, org_id, private)
            SELECT gen_random_uuid(), '{platform}', 'w', 'dm-mara', org_id, true FROM own RETURNING id, org_id),
        who AS (INSERT INTO chat_identities (id, platform, workspace, platform_user_id, user_id, first_user_id)
            SELECT gen_random_uuid(), '{platform}', 'w', 'mara', user_id, user_id FROM mara RETURNING id, user_id)
        INSERT INTO threads (id, org_id, user_id, identity_id, chat_id, storage_id)
        SELECT gen_random_uuid(), place.org_id, who.user_id, who.id, place.id, gen_random_uuid() FROM place, who"""
    )


async def test_an_end_that_is_older_than_the_installation_changes_nothing(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    for event in ("tokens_revoked", "app_uninstalled"):
        there.slack.tell_end(there.acme, event, ago=5.0)  # pyright: ignore[reportArgumentType]
    there.slack.tell_end(there.acme, "tokens_revoked", bot=False)  # of a person's token
    await there.settle()
    [row] = await there.rows(INSTALLED)
    assert (row["status"], row["open"], row["revision"]) == ("active", True, 1)


async def test_an_installation_that_is_revoked_in_mid_answer_is_a_sentence_and_loses_nothing(
    there: Town, script: Script
) -> None:
    await there.browser.install(there.mara, there.acme)
    script.then(reply("Here is what you asked for."))
    there.mara.dm("look it up")
    await there.slack.settled()
    there.slack.uninstall(there.acme, tell=())  # and Slack's word of it never arrives
    await there.worker.settle()
    [task] = await there.rows("SELECT status, result FROM tasks")
    assert task["status"] == "SUCCEEDED"
    assert "Here is what you asked for." in str(task["result"])
    errors = {row["error"] for row in await there.rows("SELECT error FROM outbound_messages WHERE status = 'failed'")}
    assert errors
    assert all(error and error.endswith(".") for error in errors)
    [row] = await there.rows(INSTALLED)
    assert (row["status"], row["open"]) == ("uninstalled", False)
    await there.browser.install(there.mara, there.acme)
    there.gateway.doubt(there.acme.id)
    there.mara.dm("!tasks list")
    await there.settle()
    assert "look it up" in there.answers(there.mara).lower()


async def test_an_end_is_kept_a_month_and_then_forgotten(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    there.slack.uninstall(there.acme)
    await there.settle()
    await there.gateway.tend()
    assert len(await there.rows(INSTALLED)) == 1
    await there.change("UPDATE slack_installations SET ended_at = now() - interval '31 days'")
    await there.gateway.tend()
    assert await there.rows(INSTALLED) == []


async def test_installing_again_keeps_the_organization_and_goes_on(there: Town, script: Script) -> None:
    await there.browser.install(there.mara, there.acme)
    script.then(reply("Hello Mara."), reply("Hello again."))
    there.mara.dm("hello")
    await there.settle()
    there.slack.uninstall(there.acme)
    await there.settle()
    await there.browser.install(there.mara, there.acme)
    there.gateway.doubt(there.acme.id)
    there.mara.dm("hello again")
    await there.settle()
    assert "Hello again." in there.answers(there.mara)
    [row] = await there.rows(INSTALLED)
    assert (row["status"], row["open"], row["revision"]) == ("active", True, 3)
    assert len(await there.rows("SELECT 1 FROM organizations")) == 1


async def test_where_a_stored_token_does_not_open_any_more_the_app_is_installed_again(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    await there.change("UPDATE slack_installations SET token = overlay(token placing '\\x00' from length(token))")
    answer = await there.browser.install(there.mara, there.acme)
    assert "Legwork is installed in Acme" in answer.text
    there.gateway.doubt(there.acme.id)
    to = Address("slack", there.acme.id, there.mara.dm_channel.id, person=there.mara.id)
    await there.gateway.post(to, Note(text="Hello."), key="note:1")
    assert "Hello." in there.answers(there.mara)
    assert len(await there.rows("SELECT 1 FROM organizations")) == 1


async def test_with_its_organization_a_workspaces_token_and_data_keys_go(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    there.mara.dm("/about")
    await there.settle()
    before = Address("slack", there.acme.id, there.mara.dm_channel.id)
    [row] = await there.rows("SELECT org_id, installed_by FROM slack_installations")
    async with there.legwork.database.system("a test has it deleted") as session:
        await add_erasure_of(session, row["org_id"], row["installed_by"], timedelta(0))
        await enqueue(session, recurring.command("data.due"))
    upkeep = Worker(there.legwork, "upkeep", queues=(Queue.TASK, Queue.DELIVER, Queue.UPKEEP))
    await upkeep.settle()
    await upkeep.stop()
    assert not await there.rows("SELECT id FROM slack_installations")
    assert not await there.rows("SELECT id FROM data_keys WHERE org_id IS NOT NULL")
    there.gateway.doubt(there.acme.id)  # five seconds later
    with pytest.raises(Refused, match="was deleted"):
        await there.gateway.post(before, Note(text="Hello."), key="note:1")
    told = there.answers(there.mara)
    there.mara.dm("/about")
    await there.settle()
    assert there.answers(there.mara) == told
    await there.browser.install(there.mara, there.acme)
    [now] = await there.rows("SELECT org_id FROM slack_installations")
    assert now["org_id"] != row["org_id"]
    there.gateway.doubt(there.acme.id)
    await there.gateway.post(before, Note(text="Hello again."), key="note:2")
    assert "Hello again." in there.answers(there.mara)
