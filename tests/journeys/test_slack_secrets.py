"""What workspaces are spoken to with, through success and failure: in no log, prompt, chat, page, Redis or dump."""

import base64
import logging
from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from arq.connections import ArqRedis
from sqlalchemy import text

from domain.core.crypto.rotation import rotate
from domain.core.db.tables import sealed_tables
from domain.flow.common.legwork import Legwork
from domain.metadata import metadata
from tests.factories.specs import reply
from tests.fixtures.installs import Town, town
from tests.fixtures.legwork import Script
from tests.health.canaries import forms


@pytest.fixture
async def there(legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Town]:
    async with town(legwork, redis, rotates=True) as made:
        yield made


async def _dump(there: Town) -> str:
    """Every row of every table, bytes as themselves, in base64's place as hex."""
    found: list[str] = []
    async with there.legwork.database.system("a test") as session:
        for table in metadata.sorted_tables:
            rows = await session.execute(text(f"SELECT t::text FROM {table.name} t"))
            found += [str(row[0]) for row in rows]
            for column in table.columns:
                if column.type.__class__.__name__ == "LargeBinary":
                    values = await session.execute(text(f"SELECT {column.name} FROM {table.name}"))
                    found += [bytes(row[0]).decode("latin-1") for row in values if row[0] is not None]
    return "\n".join(found)


async def _redis(redis: ArqRedis) -> str:
    found: list[str] = []
    async for key in redis.scan_iter():
        found += [repr(key), repr(await redis.dump(key))]
    return "\n".join(found)


def _in(text: str, secrets: Iterator[str] | list[str]) -> list[str]:
    return [secret[:12] for secret in secrets if any(form in text for form in forms(secret))]


async def test_no_token_no_code_and_no_key_is_written_anywhere(
    there: Town,
    redis: ArqRedis,
    script: Script,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    pages: list[str] = []
    secrets: list[str] = [there.slack.oauth.client_secret]
    for person, workspace in ((there.mara, there.acme), (there.ben, there.bolt)):
        page = await there.browser.leave()
        back = await there.browser.allow(person, workspace, page)
        secrets += [parse_qs(urlsplit(back).query)[name][0] for name in ("code", "state")]
        secrets += list(there.browser.client.cookies.values())
        pages.append((await there.browser.client.get(back)).text)
        pages.append((await there.browser.client.get(back)).text)  # used up
    script.then(reply("Hello Mara."), reply("Hello Ben."))
    there.mara.dm("hello")
    there.ben.dm("hello")
    await there.settle()
    # the next tokens: given, refused, not to be had
    await there.change("UPDATE slack_installations SET expires_at = now() + interval '1 hour'")
    there.slack.refuse("oauth.v2.access", "invalid_refresh_token")
    await there.installed.tend()
    await there.change("UPDATE slack_installations SET refreshing_until = NULL")
    there.slack.lose_answer("oauth.v2.access")
    there.slack.break_down("oauth.v2.access", times=1, status=500)
    for _ in range(3):
        await there.installed.tend()
    await rotate(there.legwork.keyring, sealed_tables(metadata))
    there.slack.uninstall(there.acme, error="token_revoked")
    await there.settle()
    pages.append((await there.browser.install(there.mara, there.acme)).text)

    secrets += there.tokens()
    key = (there.legwork.settings.data_dir / "key").read_text().strip()
    secrets += [key, base64.b64decode(key).decode("latin-1")]
    assert len(secrets) >= 15
    ours = [record.getMessage() for record in caplog.records if record.name != "httpx"]  # that is the browser
    written = {
        "logs": "\n".join([*ours, *capsys.readouterr()]),
        "prompts": "\n".join(repr(request) for request in script.requests),
        "chat": "\n".join(seen.text for seen in there.slack.seen),
        "pages": "\n".join(pages),
        "redis": await _redis(redis),
        "dump": await _dump(there),
    }
    assert all(written.values())
    assert {where: found for where, text in written.items() if (found := _in(text, secrets))} == {}
    addresses = [request for request in there.slack.requests if set(request.in_address) & {"token", "code"}]
    assert addresses == []


def test_every_form_of_a_secret_is_looked_for() -> None:
    secret = "xoxe.xoxb-1-a/b+c="
    spelled = [secret, quote(secret, safe=""), secret.encode().hex(), base64.b64encode(f"ab{secret}".encode()).decode()]
    assert all(_in(f"before {form} behind", [secret]) for form in spelled)
