"""Workspaces install the Slack app by themselves, are spoken to with their own tokens, and go again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from arq.connections import ArqRedis

from bot.slack.install import COOKIE
from domain.connectors.service import AHEAD
from domain.conversations.ports import Address
from domain.conversations.said import Note
from domain.core.errors import Refused, Unavailable
from domain.core.queue import Queue, enqueue, recurring
from domain.flow.common.legwork import Legwork
from domain.personal.organizations import add_erasure_of
from tests.factories.specs import reply
from tests.fakes.chat import FakeChat
from tests.fixtures.installs import Browser, Town, town
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Worker

INSTALLED = "SELECT team, status, token IS NOT NULL AS open, revision FROM slack_installations ORDER BY team_name"


@pytest.fixture
async def there(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Town]:
    async with town(legwork, redis) as made:
        yield made


@pytest.fixture
async def rotating(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Town]:
    """Where the app's tokens expire after twelve hours."""
    async with town(legwork, redis, rotates=True) as made:
        yield made


# -- installing ---------------------------------------------------------------------------------------


async def test_two_workspaces_install_and_each_is_answered_with_its_own_token(there: Town, script: Script) -> None:
    for person, workspace in ((there.mara, there.acme), (there.ben, there.bolt)):
        answer = await there.browser.install(person, workspace)
        assert answer.status_code == 200
        assert f"Legwork is installed in {workspace.name}" in answer.text
    script.then(reply("Hello Mara."), reply("Hello Ben."))
    there.mara.dm("hello")
    await there.settle()
    there.ben.dm("hello")
    await there.settle()
    assert "Hello Mara." in there.answers(there.mara)
    assert "Hello Ben." in there.answers(there.ben)
    owners = await there.rows(
        """SELECT o.name, om.role, ci.platform_user_id AS who FROM organizations o
        JOIN organization_members om ON om.org_id = o.id JOIN chat_identities ci ON ci.user_id = om.user_id
        ORDER BY o.name"""
    )
    assert owners == [
        {"name": "Acme", "role": "owner", "who": there.mara.id},
        {"name": "Bolt", "role": "owner", "who": there.ben.id},
    ]
    said = await there.rows("SELECT action, outcome FROM audit_logs WHERE action = 'slack.install'")
    assert len(said) == 2


async def test_an_installation_is_known_to_a_process_that_has_just_looked(there: Town) -> None:
    to = Address("slack", there.acme.id, there.mara.dm_channel.id, person=there.mara.id)
    with pytest.raises(Refused, match="no token"):
        await there.gateway.post(to, Note(text="Hello."), key="note:1")
    await there.browser.install(there.mara, there.acme)
    there.gateway.doubt(there.acme.id)  # five seconds later
    await there.gateway.post(to, Note(text="Hello."), key="note:2")
    assert "Hello." in there.answers(there.mara)


async def test_an_answer_that_comes_ten_times_at_once_installs_once(there: Town) -> None:
    back = await there.browser.allow(there.mara, there.acme)
    answers = await asyncio.gather(*(there.browser.client.get(back) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200, *[400] * 9]
    exchanged = [request for request in there.slack.requests if request.method == "oauth.v2.access"]
    assert len(exchanged) == 1
    assert len(await there.rows(INSTALLED)) == 1


async def test_an_answer_in_another_browser_installs_nothing_and_uses_nothing_up(there: Town) -> None:
    """Somebody else's yes must not bring their workspace into our session, nor ours into theirs."""
    back = await there.browser.allow(there.mara, there.acme)
    other = Browser(there.application, there.slack)
    assert (await other.client.get(back)).status_code == 400
    await other.leave()  # it has a cookie, of its own
    assert (await other.client.get(back)).status_code == 400
    await other.close()
    assert await there.rows(INSTALLED) == []
    assert (await there.browser.client.get(back)).status_code == 200


async def test_an_answer_after_ten_minutes_installs_nothing(there: Town) -> None:
    back = await there.browser.allow(there.mara, there.acme)
    await there.change("UPDATE oauth_states SET expires_at = now() - interval '1 second'")
    answer = await there.browser.client.get(back)
    assert answer.status_code == 400
    assert "ten minutes" in answer.text
    assert await there.rows(INSTALLED) == []


async def test_who_presses_cancel_is_told_so(there: Town) -> None:
    back = there.slack.oauth.deny(await there.browser.leave())
    answer = await there.browser.client.get(back.removeprefix("https://legwork.test"))
    assert answer.status_code == 200
    assert "nothing was installed" in answer.text


@pytest.mark.parametrize("query", ["", "?state=", "?state=x&code=", "?code=1", f"?state={'x' * 5_000}&code=1"])
async def test_an_address_that_was_made_up_installs_nothing(there: Town, query: str) -> None:
    await there.browser.leave()
    assert (await there.browser.client.get(f"/slack/oauth{query}")).status_code == 400
    assert [request.method for request in there.slack.requests] == []


async def test_whoever_only_looks_is_sent_nowhere(there: Town) -> None:
    for path in ("/slack/install", "/slack/oauth?state=x&code=y"):
        answer = await there.browser.client.head(path)
        assert (answer.status_code, answer.headers["referrer-policy"]) == (200, "no-referrer")
    assert await there.rows("SELECT 1 FROM oauth_states") == []


async def test_the_cookie_is_for_this_host_alone(there: Town) -> None:
    answer = await there.browser.client.get("/slack/install")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(COOKIE)
    assert {part.strip().lower() for part in cookie.split(";")[1:]} >= {"secure", "httponly", "samesite=lax", "path=/"}
    assert "domain" not in cookie.lower()


async def test_what_slack_refuses_is_a_sentence_and_installs_nothing(there: Town) -> None:
    back = await there.browser.allow(there.mara, there.acme)
    there.slack.clock.advance(601)  # the code is good for ten minutes
    answer = await there.browser.client.get(back)
    assert (answer.status_code, "Nothing was installed." in answer.text) == (409, True)
    there.slack.oauth.enterprise = True
    answer = await there.browser.install(there.mara, there.acme)
    assert "whole Enterprise organization is not supported" in answer.text
    there.slack.oauth.enterprise = False
    there.slack.oauth.client_secret = "another"
    answer = await there.browser.install(there.mara, there.acme)
    assert "SLACK_CLIENT_SECRET" in answer.text
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


# -- ending -------------------------------------------------------------------------------------------


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


# -- tokens that expire -------------------------------------------------------------------------------


async def _expires_in(there: Town, lasts: str) -> None:
    await there.change(
        "UPDATE slack_installations SET expires_at = now() + CAST(:lasts AS text)::interval", lasts=lasts
    )


def _asked(there: Town) -> int:
    """How often the next token was asked for."""
    asked = [request for request in there.slack.requests if request.arguments.get("grant_type") == "refresh_token"]
    return len(asked)


async def test_a_token_is_renewed_two_hours_ahead_by_one_of_five(rotating: Town) -> None:
    await rotating.browser.install(rotating.mara, rotating.acme)
    several = [rotating.installed for _ in range(5)]
    await asyncio.gather(*(one.tend() for one in several))
    assert _asked(rotating) == 0, "it is good for twelve hours"
    await _expires_in(rotating, f"{AHEAD.total_seconds() - 1} seconds")
    await asyncio.gather(*(one.tend() for one in several))
    assert _asked(rotating) == 1
    [row] = await rotating.rows(
        "SELECT revision, expires_at > now() + interval '11 hours' AS fresh FROM slack_installations"
    )
    assert row == {"revision": 2, "fresh": True}


async def test_an_expired_token_is_renewed_before_it_is_used(rotating: Town) -> None:
    await rotating.browser.install(rotating.mara, rotating.acme)
    rotating.slack.clock.advance(50_000)
    await _expires_in(rotating, "-1 hours")
    to = Address("slack", rotating.acme.id, rotating.mara.dm_channel.id, person=rotating.mara.id)
    await rotating.gateway.post(to, Note(text="Hello."), key="note:1")
    assert "Hello." in rotating.answers(rotating.mara)
    assert _asked(rotating) == 1


async def test_while_slack_is_away_the_present_token_stays_and_the_next_is_asked_for_later(rotating: Town) -> None:
    await rotating.browser.install(rotating.mara, rotating.acme)
    await _expires_in(rotating, "1 hour")
    rotating.slack.break_down("oauth.v2.access", times=1)
    await rotating.installed.tend()
    [row] = await rotating.rows(INSTALLED)
    assert (row["status"], row["revision"]) == ("active", 1)
    await rotating.installed.tend()
    assert (await rotating.rows(INSTALLED))[0]["revision"] == 2


async def test_a_refused_refresh_ends_the_installation_only_once_its_token_has_expired(rotating: Town) -> None:
    await rotating.browser.install(rotating.mara, rotating.acme)
    await _expires_in(rotating, "1 hour")
    rotating.slack.refuse("oauth.v2.access", "invalid_refresh_token", times=2)
    await rotating.installed.tend()
    [row] = await rotating.rows(INSTALLED)
    assert (row["status"], row["open"]) == ("active", True)
    await rotating.change("UPDATE slack_installations SET expires_at = now(), refreshing_until = NULL")
    await rotating.installed.tend()
    [row] = await rotating.rows(INSTALLED)
    assert (row["status"], row["open"]) == ("lapsed", False)


async def test_nothing_is_said_with_an_expired_token_while_another_process_renews_it(rotating: Town) -> None:
    await rotating.browser.install(rotating.mara, rotating.acme)
    await rotating.change(
        "UPDATE slack_installations SET expires_at = now(), refreshing_until = now() + interval '1 minute'"
    )
    rotating.gateway.doubt(rotating.acme.id)
    to = Address("slack", rotating.acme.id, rotating.mara.dm_channel.id, person=rotating.mara.id)
    with pytest.raises(Unavailable, match="next token"):
        await rotating.gateway.post(to, Note(text="Hello."), key="note:1")


# -- who installs -------------------------------------------------------------------------------------


async def test_who_installs_owns_it_whatever_slack_says_of_them_and_who_comes_later_does_not(
    there: Town, script: Script
) -> None:
    await there.browser.install(there.mara, there.acme)
    zoe = there.slack.person("Zoe", workspace=there.acme)
    other = Browser(there.application, there.slack)
    assert (await other.install(zoe, there.acme)).status_code == 200
    await other.close()
    script.then(reply("Hello Mara."), reply("Hello Zoe."))
    for person in (there.mara, zoe):
        person.dm("hello")
        await there.settle()
    roles = await there.rows(
        """SELECT ci.platform_user_id AS who, om.role FROM organization_members om
        JOIN chat_identities ci ON ci.user_id = om.user_id ORDER BY om.id"""
    )
    assert roles == [{"who": there.mara.id, "role": "owner"}, {"who": zoe.id, "role": "member"}]


async def test_who_was_put_out_does_not_come_in_again_by_installing(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    zoe = there.slack.person("Zoe", workspace=there.acme)
    other = Browser(there.application, there.slack)
    await other.install(zoe, there.acme)
    await there.change("UPDATE organization_members SET status = 'removed' WHERE role = 'member'")
    answer = await other.install(zoe, there.acme)
    await other.close()
    assert (answer.status_code, "no longer a member of Acme" in answer.text) == (409, True)
    [row] = await there.rows(INSTALLED)
    assert row["revision"] == 2


async def test_a_workspace_that_is_not_let_in_is_told_so_and_has_no_work_done(
    legwork: Legwork, redis: ArqRedis, script: Script
) -> None:
    asked = legwork.settings.model_copy(update={"admission": "request"})
    async with town(replace(legwork, settings=asked), redis) as there:
        answer = await there.browser.install(there.mara, there.acme)
        assert "has to let the workspace in" in answer.text
        there.mara.dm("hello")
        await there.settle()
        assert script.requests == []
        assert await there.rows("SELECT 1 FROM tasks") == []


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
    await there.browser.install(there.mara, there.acme)
    there.gateway.doubt(there.acme.id)
    await there.gateway.post(before, Note(text="Hello again."), key="note:2")
    assert "Hello again." in there.answers(there.mara)
