"""Workspaces install the Slack app by themselves, are spoken to with their own tokens, and belong to who installed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from arq.connections import ArqRedis

from bot.slack import events
from bot.slack.install import COOKIE
from domain.conversations.ports import Address
from domain.conversations.said import Note
from domain.core.errors import Refused
from domain.flow.common.legwork import Legwork
from domain.identity import service as identity
from domain.orgs import service as orgs
from tests.factories.specs import reply
from tests.fakes.slack import Person
from tests.fixtures.installs import INSTALLED, Browser, Town, town
from tests.fixtures.legwork import Script


@pytest.fixture
async def there(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Town]:
    async with town(legwork, redis) as made:
        yield made


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


async def _by(there: Town, person: Person) -> str:
    """Somebody installs it in Acme. Returns what they read."""
    browser = Browser(there.application, there.slack)
    answer = await browser.install(person, there.acme)
    await browser.close()
    assert answer.status_code == 200
    return answer.text


async def test_where_people_work_with_it_already_it_is_owned_by_an_admin_of_the_workspace_alone(there: Town) -> None:
    ana, zoe = (there.slack.person(name, workspace=there.acme) for name in ("Ana", "Zoe"))
    ana.user.rank = "admin"
    async with there.legwork.database.system("a test") as session:  # by a token of the settings
        org_id = await orgs.named(session, slug=events.organization(there.acme.id), name="Acme")
        given = {"platform": "slack", "workspace": there.acme.id, "platform_user_id": zoe.id}
        user_id = await identity.find_or_add(session, **given, name="Zoe", timezone=None)
        await orgs.join(session, org_id, user_id, standing="member")
    for person in (zoe, there.mara):
        assert "nobody owns its organization" in await _by(there, person)
    there.slack.refuse("users.info", "internal_error", times=1)
    assert "nobody owns its organization" in await _by(there, ana)
    assert "nobody owns" not in await _by(there, ana)
    there.mara.user.rank = "owner"
    assert "nobody owns" not in await _by(there, there.mara)
    found = await there.rows(
        """SELECT ci.platform_user_id AS who, om.role FROM organization_members om
        JOIN chat_identities ci ON ci.user_id = om.user_id"""
    )
    assert {row["who"]: row["role"] for row in found} == {zoe.id: "member", there.mara.id: "member", ana.id: "owner"}


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
