"""What becomes of Telegram's refusals, lost answers and limits."""

import json
from datetime import timedelta

import pytest
from arq.connections import ArqRedis

from bot.pacing import Pacer
from bot.telegram.connect import Connection
from bot.telegram.gateway import TelegramGateway, pacing
from bot.telegram.shown import Shown
from domain.conversations.ports import Address, Moved
from domain.conversations.said import FilePost, Note
from domain.core.errors import Ambiguous, Invalid, LegworkError, Misconfigured, Refused, Unavailable
from domain.core.settings import Settings
from tests.contracts.telegram import TelegramHarness, nowhere, telegram
from tests.contracts.tokens import MemoryTokens
from tests.fakes.telegram import Fault, Pace, Refusal, person
from tests.unit.telegram.posting import picture

REFUSALS: dict[str, tuple[Fault, type[LegworkError]]] = {
    "the rate limit": (
        Fault(refusal=Refusal(429, "Too Many Requests: retry after 300", retry_after=300)),
        Unavailable,
    ),
    "blocked": (Fault(refusal=Refusal(403, "Forbidden: bot was blocked by the user")), Refused),
    "no such chat": (Fault(refusal=Refusal(400, "Bad Request: chat not found")), Refused),
    "no right to write": (
        Fault(refusal=Refusal(400, "Bad Request: not enough rights to send text messages to the chat")),
        Refused,
    ),
    "the topic is closed": (Fault(refusal=Refusal(400, "Bad Request: TOPIC_CLOSED")), Refused),
    "became a supergroup": (
        Fault(
            refusal=Refusal(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001234567890
            )
        ),
        Moved,
    ),
    "another form": (Fault(refusal=Refusal(400, "Bad Request: can't parse entities: Unclosed start tag")), Invalid),
    "the token is gone": (Fault(refusal=Refusal(401, "Unauthorized")), Refused),
    "an error of the server": (Fault(refusal=Refusal(500, "Internal Server Error")), Unavailable),
    "a gateway that is down": (Fault(status=502), Unavailable),
    "a gateway that lost patience": (Fault(status=504), Ambiguous),
    "the answer is lost": (Fault(lost=True), Ambiguous),
    "a proxy refuses": (Fault(status=404), Unavailable),
    "a proxy wants a password": (Fault(status=401), Unavailable),
    "a proxy's page in place of the answer": (Fault(body=b"<html>Sign in</html>"), Ambiguous),
    "an answer that is cut": (Fault(body=b'{"ok":true,"result":{"mess', lost=True), Ambiguous),
    "an answer of nothing": (Fault(body=b'{"ok":true}', lost=True), Ambiguous),
    "an answer that is no message": (Fault(body=b'{"ok":true,"result":["x"]}', lost=True), Ambiguous),
    "a message without its id": (Fault(body=b'{"ok":true,"result":{"date":5,"chat":{"id":1}}}', lost=True), Ambiguous),
    "an id that is none": (Fault(body=b'{"ok":true,"result":{"message_id":"5"}}', lost=True), Ambiguous),
    "a refusal with status 200": (
        Fault(body=b'{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked"}'),
        Refused,
    ),
    "a refusal that names no reason": (Fault(body=b'{"ok":false,"description":7}', status=400), Invalid),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refusal_says_what_is_to_happen_next(harness: TelegramHarness, name: str) -> None:
    fault, expected = REFUSALS[name]
    harness.fake.fail(fault)
    with pytest.raises(LegworkError) as raised:
        await harness.gateway.post(harness.to, Note(text="x"), key="a")
    assert type(raised.value) is expected
    assert harness.fake.token not in str(raised.value)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"date": "now", "chat": []},
        {"date": 1, "chat": {"id": 1, "type": "private"}, "from": {"id": 7, "first_name": "Legwork"}},  # no is_bot
        {"date": 1, "chat": {"type": "private"}},
        {"date": 1, "chat": {"id": 1, "type": "private"}, "entities": [{"type": 7}], "reply_to_message": {}},
        {"date": 1, "chat": {"id": 1, "type": "private"}, "photo": [{"width": 1}], "document": {"file_id": 1}},
    ],
    ids=repr,
)
async def test_what_has_an_id_was_sent_whatever_else_is_missing(
    harness: TelegramHarness, message: dict[str, object]
) -> None:
    body = json.dumps({"ok": True, "result": {"message_id": 41, **message}}).encode()
    harness.fake.fail(Fault("sendMessage", body=body, lost=True), Fault("sendPhoto", body=body, lost=True))
    assert (await harness.gateway.post(harness.to, Note(text="hello"), key="note:1")).message_id == "41"
    posted = await harness.gateway.post(harness.to, FilePost(file=picture()), key="file:1")
    assert posted.message_id == "41"


async def test_a_post_that_never_left_may_be_repeated() -> None:
    chosen = Settings.model_validate({"telegram_bot_token": "1:x", "telegram_api_base_url": "http://127.0.0.1:9"})
    redis = nowhere()
    pacer = Pacer(redis, "telegram:1", pacing(chosen))

    async def read(key: str) -> bytes:
        return b""

    gateway = TelegramGateway(Connection(chosen), read, pacer, Shown(redis), MemoryTokens())
    with pytest.raises(Unavailable):
        await gateway.post(Address("telegram", "1", "2"), Note(text="x"), key="a")
    await gateway.close()
    await redis.aclose()


async def test_nothing_is_sent_while_telegram_asks_for_patience_by_any_process(
    harness: TelegramHarness, redis: ArqRedis
) -> None:
    harness.fake.fail(Fault(refusal=Refusal(429, "Too Many Requests: retry after 300", retry_after=300)))
    with pytest.raises(Unavailable) as first:
        await harness.gateway.post(harness.to, Note(text="x"), key="a")
    assert first.value.after == timedelta(seconds=300)
    with pytest.raises(Unavailable) as second:
        await harness.gateway.post(harness.to, Note(text="x"), key="a")
    assert second.value.after is not None
    assert second.value.after > timedelta(seconds=200)
    assert len(harness.fake.ledger) == 1
    other = person(harness.fake, "Ben")
    await harness.gateway.post(Address("telegram", "1", str(other.chat.id)), Note(text="to Ben"), key="b")
    assert other.text == "to Ben"


async def test_the_pace_of_the_settings_is_kept_below_telegrams(redis: ArqRedis) -> None:
    async with telegram(redis, telegram_chat_rate=50, telegram_chat_burst=3, telegram_rate=1000) as harness:
        harness.fake.pace = Pace(chat=(60, 4))
        for number in range(12):
            await harness.gateway.post(harness.to, Note(text=f"number {number}"), key=str(number))
        assert [call.status for call in harness.fake.ledger] == [200] * 12


@pytest.mark.parametrize("token", ["", "abc", "12x:abc"])
def test_what_is_no_token_stops_the_start(token: str) -> None:
    with pytest.raises(Misconfigured):
        Connection(Settings.model_validate({"telegram_bot_token": token}))
