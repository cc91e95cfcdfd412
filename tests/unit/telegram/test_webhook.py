"""The webhook: only Telegram is believed, what is stored is acknowledged, and nothing that comes breaks it."""

import asyncio
import json
import random
import string
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.applications import Starlette

from bot import registry
from bot.edge import Edge
from bot.http.listener import listen as open_socket
from bot.http.server import serve
from bot.telegram.listen import listen
from bot.telegram.updates import read
from bot.telegram.webhook import HEADER, routes
from domain.core.db import open_database
from domain.core.errors import Misconfigured
from domain.core.settings import Settings
from tests.contracts.telegram import settings_for
from tests.fakes.telegram import FakeTelegram, Fault, Refusal, group, person
from tests.fixtures.fuzzing import cases, json_bodies
from tests.fixtures.waiting import eventually
from tests.unit.telegram.events import BOT, GROUP, MARA, PRIVATE, message

SECRET = "s3cret-Token_of_32_characters_0000"


@pytest.fixture
def hooked(edge: Edge, fake: FakeTelegram) -> Edge:
    chosen = settings_for(
        fake,
        data_dir=edge.settings.data_dir,
        telegram_webhook_url="https://legwork.example/",
        telegram_webhook_secret=SECRET,
    )
    return replace(edge, settings=chosen, closing=[])


Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def post(hooked: Edge, fake: FakeTelegram) -> AsyncIterator[Post]:
    """Bring something to the web process, without a socket in between."""
    transport = httpx.ASGITransport(Starlette(routes=routes(hooked, quiet=0.05)))
    async with httpx.AsyncClient(transport=transport) as client:
        yield partial(client.post, f"http://web/telegram/{fake.world.bot['id']}")
    for close in hooked.closing:
        await close()


def signed(body: Any) -> dict[str, Any]:
    return {"content": json.dumps(body).encode(), "headers": {HEADER: SECRET}}


async def stored(edge: Edge) -> list[str]:
    async with edge.database.system("a test") as session:
        rows = await session.all(text("SELECT content FROM messages ORDER BY id"))
    return [row["content"] for row in rows]


async def test_an_update_is_stored_and_acknowledged_and_again_changes_nothing(post: Post, hooked: Edge) -> None:
    update = {"update_id": 1, "message": message("hello")}
    answers = await asyncio.gather(*(post(**signed(update)) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert await stored(hooked) == ["hello"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: SECRET[:-1]},
        {HEADER: SECRET + " x"},
        {HEADER: SECRET.upper()},
        {HEADER: "ß-é".encode("latin-1")},
        {HEADER: b"\xff\xfe"},
        {"X-Telegram-Bot-Api-Secret": SECRET},
        {"Authorization": SECRET},
    ],
    ids=str,
)
async def test_without_the_secret_nothing_is_believed(post: Post, hooked: Edge, headers: dict[str, Any]) -> None:
    answer = await post(content=json.dumps({"update_id": 1, "message": message("x")}), headers=headers)
    assert answer.status_code == 401
    assert await stored(hooked) == []


async def test_a_thousand_mutated_secrets_are_refused(post: Post, hooked: Edge) -> None:
    chance = random.Random(7)
    letters = string.ascii_letters + string.digits + "-_"
    body = json.dumps({"update_id": 1, "message": message("x")})
    for _ in range(1_000):
        at, kind = chance.randrange(len(SECRET)), chance.randrange(3)
        given = {
            0: SECRET[:at] + chance.choice(letters.replace(SECRET[at], "")) + SECRET[at + 1 :],
            1: SECRET[:at],
            2: SECRET + "".join(chance.choices(letters, k=at + 1)),
        }[kind]
        assert (await post(content=body, headers={HEADER: given})).status_code == 401
    assert await stored(hooked) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"{}", b'"x"', b"1", b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_update_is_acknowledged_and_passed_over(post: Post, body: bytes) -> None:
    assert (await post(content=body, headers={HEADER: SECRET})).status_code == 200


async def test_a_body_beyond_all_measure_is_not_read(post: Post) -> None:
    assert (await post(content=b" " * 1_100_000, headers={HEADER: SECRET})).status_code == 413


DOCUMENT = {"file_id": "F1", "file_name": "a.csv", "mime_type": "text/csv", "file_size": 12}
LINK = {"type": "text_link", "offset": 0, "length": 1, "url": "https://example.com"}
ORIGIN = {"type": "user", "date": 1, "sender_user": MARA}
SHAPES: list[dict[str, Any]] = [
    {"update_id": 1, "message": message("hello", entities=[{"type": "bot_command", "offset": 0, "length": 5}])},
    {"update_id": 1, "message": message("@legwork_bot hello", chat=GROUP, reply_to_message=message("x", sender=BOT))},
    {"update_id": 1, "message": message(document=DOCUMENT, caption="sum", message_thread_id=3, is_topic_message=True)},
    {"update_id": 1, "message": message(photo=[{"file_id": "P1", "width": 9, "height": 9}], media_group_id="7")},
    {"update_id": 1, "message": message("why?", quote={"text": "x", "position": 0, "entities": [LINK]},
     reply_to_message=message("x y", sender=MARA, document=DOCUMENT))},
    {"update_id": 1, "message": message("why?", external_reply={"origin": ORIGIN, "chat": GROUP, "message_id": 7,
     "photo": [{"file_id": "P1", "width": 9, "height": 9}]})},
    {"update_id": 1, "message": message("stop", forward_origin=ORIGIN, entities=[LINK])},
    {"update_id": 1, "message": message(venue={"title": "x"}, location={"latitude": 1.0, "longitude": 2.0})},
    {"update_id": 1, "message": message("@legwork_bot hi", chat=GROUP, sender=BOT, sender_chat=GROUP)},
    {"update_id": 1, "edited_message": message("hullo", edit_date=1_795_000_001)},
    {"update_id": 1, "callback_query": {"id": "1", "from": MARA, "message": message("x", sender=BOT),
     "data": "stop|t"}},
    {"update_id": 1, "message_reaction": {"chat": PRIVATE, "message_id": 41, "user": MARA, "date": 1,
     "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
    {"update_id": 1, "my_chat_member": {"chat": GROUP, "from": MARA, "date": 1, "new_chat_member": {"status": "left"}}},
]  # fmt: skip


@settings(max_examples=cases(200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json_bodies(SHAPES), st.integers(1, 10**12), st.integers(0, 9))
async def test_no_update_is_an_error_of_ours(post: Post, body: bytes, number: int, known: int) -> None:
    body = body.replace(b'"update_id": 1,', b'"update_id": %d,' % number)
    answer = await post(content=body, headers={HEADER: SECRET} if known else {})  # one in ten is not signed
    assert answer.status_code == (200 if known else 401)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: list(shape)[1])
async def test_updates_of_telegram_are_what_is_mutated(shape: dict[str, Any]) -> None:
    """Were they passed over as they are, mutating them would show nothing."""
    assert read(shape) != "malformed"


async def test_while_the_database_is_away_telegram_keeps_the_update(hooked: Edge) -> None:
    away = open_database("postgresql://postgres@/x?host=/nonexistent", pool=1)
    broken = replace(hooked, database=away, closing=[])
    [route] = routes(broken)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=[route]))) as client:
        answer = await client.post(f"http://web{route.path}", **signed({"update_id": 1, "message": message("x")}))
    assert answer.status_code == 503
    for close in broken.closing:
        await close()
    await away.close()


async def test_while_telegram_does_not_say_who_the_bot_is_it_keeps_the_update(
    post: Post, fake: FakeTelegram, hooked: Edge
) -> None:
    update = signed({"update_id": 1, "message": message("hello")})
    fake.fail(Fault("getMe", refusal=Refusal(401, "Unauthorized")))
    assert (await post(**update)).status_code == 503
    assert (await post(**update)).status_code == 200
    assert await stored(hooked) == ["hello"]


@pytest.mark.parametrize("secret", [None, "", "with space", "ü", "x" * 257])
def test_a_webhook_without_a_proper_secret_stops_the_start(edge: Edge, fake: FakeTelegram, secret: str | None) -> None:
    chosen = settings_for(fake, telegram_webhook_url="https://x.example", telegram_webhook_secret=secret)
    with pytest.raises(Misconfigured, match="TELEGRAM_WEBHOOK_SECRET"):
        routes(replace(edge, settings=chosen, closing=[]))


async def test_the_listener_tells_telegram_where_to_bring_updates(hooked: Edge, fake: FakeTelegram) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(listen(hooked, stop))
    await eventually(lambda: fake.calls("setMyCommands"))
    [call] = fake.calls("setWebhook")
    assert call.arguments["url"] == f"https://legwork.example/telegram/{fake.world.bot['id']}"
    assert call.arguments["secret_token"] == SECRET
    assert "message_reaction" in call.arguments["allowed_updates"]
    stop.set()
    await task


async def test_telegram_brings_updates_until_they_are_stored(hooked: Edge, fake: FakeTelegram) -> None:
    """Over real sockets: the double posts, the web process stores; an album in parallel requests is one message."""
    stop = asyncio.Event()
    fake.fail(Fault("getMe", refusal=Refusal(500, "Internal Server Error")))
    with open_socket("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()[:2]
        application = Starlette(routes=routes(hooked, quiet=60))
        serving = asyncio.create_task(serve(application, listener, stop))
        await fake.updates.hook(f"http://{host}:{port}/telegram/{fake.world.bot['id']}", SECRET)
        fake.updates.wants(["message", "message_reaction"])
        seat = person(fake)
        seat.say("one")
        await eventually(lambda: not fake.world.queue)
        seat.album([(f"{number}.csv", b"1") for number in range(10)], caption="two")  # all there are in an album
        await eventually(lambda: not fake.world.queue)
        seat.at(group(fake)).say("@legwork_bot three")
        await eventually(lambda: not fake.world.queue)
        assert fake.updates.answers[0] == 503
        assert set(fake.updates.answers[1:]) == {200}
        stop.set()
        await serving
    for close in hooked.closing:
        await close()
    assert await stored(hooked) == ["one", "two", "three"]


def test_telegram_is_off_without_a_token(fake: FakeTelegram) -> None:
    off = Settings.model_validate({"telegram_bot_token": None})
    assert "telegram" not in registry.listeners(off)
    assert registry.routes(off) == []
    polling = settings_for(fake)
    assert "telegram" in registry.listeners(polling)
    assert registry.routes(polling) == []
    assert len(registry.routes(settings_for(fake, telegram_webhook_url="https://x.example"))) == 1
