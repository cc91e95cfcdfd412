"""Links and codes that open something once: thirty of them, used, mistyped and refused, are found again in the one
message that each was said in, and nowhere else."""

import logging
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import structlog
from arq.connections import ArqRedis
from pydantic import HttpUrl
from starlette.applications import Starlette

from bot.commands import CommandTable
from bot.http import account, one_time
from bot.http.purposes import purposes
from domain.core.discretion import discreet
from domain.flow.common.legwork import Legwork
from tests.factories.specs import reply
from tests.fixtures.legwork import Script
from tests.fixtures.linked import WORK, notes
from tests.fixtures.mailing import Post
from tests.fixtures.talk import Talk
from tests.health.canaries import forms

ROUNDS = 15
"""Each has a link and a code."""


@pytest.fixture
def talk(talk: Talk, legwork: Legwork) -> Talk:
    settings = legwork.settings.model_copy(update={"public_url": HttpUrl("https://legwork.test")})
    object.__setattr__(legwork, "commands", CommandTable(settings, legwork.tools))
    return talk


@pytest.fixture
async def browser(legwork: Legwork) -> AsyncIterator[httpx.AsyncClient]:
    routes = [*one_time.routes(legwork.database, purposes(legwork.settings)), *account.routes(legwork.database)]
    transport = httpx.ASGITransport(Starlette(routes=routes))
    async with httpx.AsyncClient(transport=transport, base_url="https://legwork.test") as made:
        yield made


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Every line that is logged, by whatever library, as a process writes it; the client of the test aside."""
    lines: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if not record.name.startswith(("httpx", "httpcore")):
                lines.append(self.format(record))

    handler, root = Keeping(), logging.getLogger()
    before = root.level, structlog.get_config()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    structlog.configure(processors=[lambda _, __, event: lines.append(str(event)) or event, _dropped])
    yield lines
    root.removeHandler(handler)
    root.setLevel(before[0])
    structlog.configure(**before[1])


def _dropped(*_: object) -> object:
    raise structlog.DropEvent


async def said_in(talk: Talk) -> tuple[str, str]:
    """A token and a code, as they stand in the message."""
    words = notes(await talk.say("/link start"))
    token, code = re.search(r"/l/([\w-]{43})", words), re.search(r"confirm ([A-Z]{4}-[A-Z]{4})`", words)
    assert token is not None
    assert code is not None
    return token[1], code[1]


async def everything(talk: Talk) -> str:
    """Every row of every table, as a dump has it."""
    tables = await talk.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [await talk.rows(f"SELECT t::text AS line FROM {table['tablename']} t") for table in tables]
    return "\n".join(row["line"] for each in rows for row in each)


async def everything_in(redis: ArqRedis) -> str:
    found: list[bytes] = await redis.keys("*")  # pyright: ignore[reportUnknownMemberType]
    return b"\n".join([key + repr(await redis.dump(key)).encode() for key in found]).decode()


async def test_thirty_secrets_stand_in_the_one_message_that_said_them(
    talk: Talk, script: Script, browser: httpx.AsyncClient, redis: ArqRedis, logged: list[str]
) -> None:
    work = talk.other("mara.nowak", **WORK)
    await work.say("/about")
    shown: list[str] = []
    cookies: list[str] = []
    for number in range(ROUNDS):
        token, code = await said_in(talk)
        shown += [token, code]
        if number % 3 == 0:
            await browser.get(f"/l/{token}")
            cookies += [cookie.value or "" for cookie in (await browser.post(f"/l/{token}")).cookies.jar]
            await browser.get(f"/l/{token}")
        elif number % 3 == 1:
            await talk.rows("UPDATE chat_identities SET tries = 0 RETURNING id")
            await work.say(f"/link confirm {code if number % 2 else token}")
            await work.say(f"/link confirm {code}")
        else:
            await browser.head(f"/l/{token[:-1]}")
            await work.say(f"/link confirm {code[:-1]}")
    assert len(cookies) == ROUNDS // 3
    script.then(reply("Nothing was linked."))
    await talk.say("what was linked?")

    dump = await everything(talk)
    kept = await everything_in(redis)
    asked = "\n".join(str(request) for request in script.requests)
    chats = [call.said.model_dump_json() for call in talk.chat.calls if call.said is not None]
    places = {"dump": dump, "redis": kept, "logs": "\n".join(logged), "prompts": asked}
    for secret in (*shown, *(code.replace("-", "") for code in shown), *cookies):
        shapes = {*forms(secret), secret.encode().hex(), secret.encode().hex().upper()}
        assert [where for where, found in places.items() if any(shape in found for shape in shapes)] == []
    assert [len([said for said in chats if secret in said]) for secret in shown] == [1] * 2 * ROUNDS
    assert not [said for said in chats if any(cookie in said for cookie in cookies)]


async def test_what_was_mailed_stands_in_the_mail_alone(post: Post, redis: ArqRedis, logged: list[str]) -> None:
    shown: list[str] = []
    for number in range(ROUNDS):
        if number % 3 == 1:
            post.server.to_letters.append((554, "5.7.1 no: your letter was ..."))
        if number % 3 == 2:
            post.server.answers[f"p{number}@example.org"] = [(451, "4.7.1 later")]
        await post.talk.say(
            f"/org invite p{number}@example.org" if number % 2 else f"/link start p{number}@example.org"
        )
        await post.talk.travel(minutes=2)
        if number % 3 != 1:
            shown.append(post.page.removeprefix("/l/"))
            await post.browser.get(post.page)
            await post.browser.post(post.page)
            await post.talk.other(f"p{number}").say(f"/start i-{shown[-1]}")
    assert len(set(shown)) == len(post.server.taken) == 10
    kept = await everything_in(redis)
    chats = "\n".join(call.said.model_dump_json() for call in post.talk.chat.calls if call.said is not None)
    places = {"dump": await everything(post.talk), "redis": kept, "logs": "\n".join(logged), "chats": chats}
    for secret in shown:
        shapes = {*forms(secret), secret.encode().hex().upper()}
        assert [where for where, found in places.items() if any(shape in found for shape in shapes)] == []
        assert len([taken for taken in post.server.taken if secret in taken.text]) == 1
    assert not [line for line in logged if re.search(r"[^…]@example\.org", line)]


def test_the_token_of_a_page_is_hidden_in_whatever_is_logged(legwork: Legwork) -> None:
    hide = discreet(legwork.settings)
    token = "aB3-" * 10 + "xyz"
    for line in (f"GET /l/{token} 500", f"https://legwork.test/l/{token}?x=1", f'{{"path": "/l/{token}"}}'):
        assert token not in hide(line)
        assert "/l/…" in hide(line)
    assert hide("no token at /l/ or /logs/aaaaaaaaaaaaaaaaaaaa") == "no token at /l/ or /logs/aaaaaaaaaaaaaaaaaaaa"
