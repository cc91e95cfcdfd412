"""Tokens that expire: the next is asked for ahead of time, by one process, and none is used past its end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from arq.connections import ArqRedis

from domain.connectors.service import AHEAD
from domain.conversations.ports import Address
from domain.conversations.said import Note
from domain.core.errors import Unavailable
from domain.flow.common.legwork import Legwork
from tests.fixtures.installs import INSTALLED, Town, town


@pytest.fixture
async def there(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Town]:
    """Where the app's tokens expire after twelve hours."""
    async with town(legwork, redis, rotates=True) as made:
        yield made


async def _expires_in(there: Town, lasts: str) -> None:
    await there.change(
        "UPDATE slack_installations SET expires_at = now() + CAST(:lasts AS text)::interval", lasts=lasts
    )


def _asked(there: Town) -> int:
    """How often the next token was asked for."""
    asked = [request for request in there.slack.requests if request.arguments.get("grant_type") == "refresh_token"]
    return len(asked)


async def test_a_token_is_renewed_two_hours_ahead_by_one_of_five(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    several = [there.installed for _ in range(5)]
    await asyncio.gather(*(one.tend() for one in several))
    assert _asked(there) == 0, "it is good for twelve hours"
    await _expires_in(there, f"{AHEAD.total_seconds() - 1} seconds")
    await asyncio.gather(*(one.tend() for one in several))
    assert _asked(there) == 1
    [row] = await there.rows(
        "SELECT revision, expires_at > now() + interval '11 hours' AS fresh FROM slack_installations"
    )
    assert row == {"revision": 2, "fresh": True}


async def test_an_expired_token_is_renewed_before_it_is_used(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    there.slack.clock.advance(50_000)
    await _expires_in(there, "-1 hours")
    to = Address("slack", there.acme.id, there.mara.dm_channel.id, person=there.mara.id)
    await there.gateway.post(to, Note(text="Hello."), key="note:1")
    assert "Hello." in there.answers(there.mara)
    assert _asked(there) == 1


async def test_while_slack_is_away_the_present_token_stays_and_the_next_is_asked_for_later(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    await _expires_in(there, "1 hour")
    there.slack.break_down("oauth.v2.access", times=1)
    await there.installed.tend()
    [row] = await there.rows(INSTALLED)
    assert (row["status"], row["revision"]) == ("active", 1)
    await there.installed.tend()
    assert (await there.rows(INSTALLED))[0]["revision"] == 2


async def test_a_refused_refresh_ends_the_installation_only_once_its_token_has_expired(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    await _expires_in(there, "1 hour")
    there.slack.refuse("oauth.v2.access", "invalid_refresh_token", times=2)
    await there.installed.tend()
    [row] = await there.rows(INSTALLED)
    assert (row["status"], row["open"]) == ("active", True)
    await there.change("UPDATE slack_installations SET expires_at = now(), refreshing_until = NULL")
    await there.installed.tend()
    [row] = await there.rows(INSTALLED)
    assert (row["status"], row["open"]) == ("lapsed", False)


async def test_nothing_is_said_with_an_expired_token_while_another_process_renews_it(there: Town) -> None:
    await there.browser.install(there.mara, there.acme)
    await there.change(
        "UPDATE slack_installations SET expires_at = now(), refreshing_until = now() + interval '1 minute'"
    )
    there.gateway.doubt(there.acme.id)
    to = Address("slack", there.acme.id, there.mara.dm_channel.id, person=there.mara.id)
    with pytest.raises(Unavailable, match="next token"):
        await there.gateway.post(to, Note(text="Hello."), key="note:1")
