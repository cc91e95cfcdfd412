"""How posts, edits, previews and files go to Telegram, and what becomes of its refusals."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from arq.connections import ArqRedis

from bot.pacing import Pacer
from bot.telegram.connect import Connection
from bot.telegram.gateway import TelegramGateway, pacing
from bot.telegram.shown import Shown
from domain.conversations.ports import Address, ChatGateway, Moved
from domain.conversations.said import Answer, Button, FilePost, FileRef, Listing, Note, Problem
from domain.core.errors import Ambiguous, Invalid, LegworkError, Misconfigured, NotFound, Refused, Unavailable
from domain.core.ids import new_id
from domain.core.settings import Settings
from tests.contracts.stored import LARGE, many, png
from tests.contracts.telegram import TelegramHarness, nowhere, settings_for, telegram
from tests.contracts.tokens import MemoryTokens
from tests.fakes.telegram import Fault, Pace, Refusal, group, person

TASK = new_id()
LONG = Note(text=" ".join(f"word{number}" for number in range(2_000)))


@pytest.fixture
async def harness(redis: ArqRedis) -> AsyncIterator[TelegramHarness]:
    async with telegram(redis) as made:
        yield made


def elsewhere(harness: TelegramHarness, redis: ArqRedis) -> TelegramGateway:
    """The gateway of another process."""
    chosen = settings_for(harness.fake)
    pacer = Pacer(redis, "telegram:other", pacing(chosen))

    async def read(key: str) -> bytes:
        return png()

    return TelegramGateway(Connection(chosen), read, pacer, Shown(redis), harness.tokens)


def in_group(harness: TelegramHarness) -> Address:
    team = group(harness.fake)
    harness.seat = harness.seat.at(team)
    return Address("telegram", harness.to.workspace, str(team.id))


# -- refusals ------------------------------------------------------------------------------------------

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


async def test_the_plain_form_has_no_parse_mode(harness: TelegramHarness) -> None:
    await harness.gateway.post(harness.to, Note(text="**bold** <b>"), key="a", plain=True)
    [call] = harness.fake.calls("sendMessage")
    assert "parse_mode" not in call.arguments
    assert call.arguments["link_preview_options"] == {"is_disabled": True}
    assert harness.seat.said[0]["text"] == "bold <b>"


# -- edits ---------------------------------------------------------------------------------------------


async def test_an_edit_that_changes_nothing_is_fine(harness: TelegramHarness) -> None:
    posted = await harness.gateway.post(harness.to, Note(text="x"), key="a")
    assert posted.message_id is not None
    await harness.gateway.edit(harness.to, posted.message_id, Note(text="x"), key="a")


async def test_an_edit_whose_answer_is_lost_may_be_repeated(harness: TelegramHarness) -> None:
    posted = await harness.gateway.post(harness.to, Note(text="x"), key="a")
    harness.fake.fail(Fault("editMessageText", lost=True))
    with pytest.raises(Unavailable):
        await harness.gateway.edit(harness.to, posted.message_id or "", Note(text="y"), key="b")


async def test_an_edit_takes_the_buttons_away_when_there_are_none(harness: TelegramHarness) -> None:
    asked = Note(text="Approve?", buttons=(Button(label="Approve", action="approve"),))
    posted = await harness.gateway.post(harness.to, asked, key="a")
    await harness.gateway.edit(harness.to, posted.message_id or "", Note(text="Approved."), key="a")
    assert harness.shown() == "Approved."


async def test_a_long_message_is_edited_whole(harness: TelegramHarness) -> None:
    posted = await harness.gateway.post(harness.to, LONG, key="a")
    assert posted.message_id is not None
    assert len(posted.message_id.split(",")) == len(harness.seat.said) > 1
    await harness.gateway.edit(harness.to, posted.message_id, Note(text="short now"), key="a")
    assert harness.shown() == "short now"


async def test_what_grows_beyond_its_message_says_that_there_is_more(harness: TelegramHarness) -> None:
    posted = await harness.gateway.post(harness.to, Note(text="short"), key="a")
    await harness.gateway.edit(harness.to, posted.message_id or "", LONG, key="a")
    [shown] = harness.seat.said
    assert shown["text"].endswith("\n…")


# -- long posts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [False, True], ids=["the same process", "another process"])
async def test_a_long_post_that_was_cut_off_goes_on_where_it_was(
    harness: TelegramHarness, redis: ArqRedis, other: bool
) -> None:
    await harness.gateway.post(harness.to, Note(text="before"), key="before")
    failing = Refusal(500, "Internal Server Error")
    second: ChatGateway = elsewhere(harness, redis) if other else harness.gateway
    real = harness.fake.world.add_message

    def once(*arguments: object, **parts: object) -> object:
        harness.fake.fail(Fault("sendMessage", refusal=failing))
        harness.fake.world.add_message = real
        return real(*arguments, **parts)  # pyright: ignore[reportArgumentType]

    harness.fake.world.add_message = once  # pyright: ignore[reportAttributeAccessIssue] - the double, not the program
    with pytest.raises(Unavailable):
        await harness.gateway.post(harness.to, LONG, key="a")
    posted = await second.post(harness.to, LONG, key="a")
    words = " ".join(message["text"] for message in harness.seat.said[1:]).split()
    assert words == LONG.text.split()
    assert posted.message_id == ",".join(str(message["message_id"]) for message in harness.seat.said[1:])
    if other:
        await second.close()


# -- previews ------------------------------------------------------------------------------------------


async def test_in_a_private_chat_a_preview_is_a_draft(harness: TelegramHarness) -> None:
    await harness.gateway.preview(harness.to, "answer:1", "It is **no")
    [call] = harness.fake.calls("sendMessageDraft")
    assert call.arguments["draft_id"] > 0
    assert harness.seat.said == []
    assert "It is **no" in harness.shown()
    await harness.gateway.post(harness.to, Answer(task_id=TASK, text="It is noon."), key="answer:1:0")
    assert harness.shown() == "It is noon."


async def test_previews_keep_their_distance(harness: TelegramHarness) -> None:
    for number in range(20):
        await harness.gateway.preview(harness.to, "answer:1", f"word {number}")
    assert len(harness.fake.calls("sendMessageDraft")) == 1


@pytest.mark.parametrize("key", ["answer:{task}:0", "problem:{task}:0"])
async def test_in_a_group_what_is_said_takes_the_place_of_its_preview(
    harness: TelegramHarness, redis: ArqRedis, key: str
) -> None:
    to = in_group(harness)
    await harness.gateway.preview(to, f"answer:{TASK}", "Enquiries fe")
    assert harness.shown() == "Enquiries fe"
    second = elsewhere(harness, redis)
    said = Problem(sentence="It broke.", task_id=TASK) if key.startswith("problem") else Answer(task_id=TASK, text="5")
    posted = await second.post(to, said, key=key.format(task=TASK))
    assert [str(message["message_id"]) for message in harness.seat.said] == [posted.message_id]
    assert "Enquiries fe" not in harness.shown()
    await second.preview(to, f"answer:{TASK}", "Enquiries fe")
    assert "Enquiries fe" not in harness.shown()
    await second.close()


async def test_a_preview_that_somebody_deleted_is_posted_anew(harness: TelegramHarness) -> None:
    to = in_group(harness)
    await harness.gateway.preview(to, "a", "begun")
    harness.seat.chat.messages.clear()
    await harness.gateway.post(to, Note(text="the end"), key="a")
    assert harness.shown() == "the end"


async def test_a_preview_gives_way_where_there_is_no_room(redis: ArqRedis) -> None:
    async with telegram(redis, telegram_chat_rate=0.001, telegram_chat_burst=1) as harness:
        await harness.gateway.post(harness.to, Note(text="x"), key="x")
        await harness.gateway.preview(harness.to, "a", "text")
        assert harness.fake.calls("sendMessageDraft") == []


# -- files ---------------------------------------------------------------------------------------------


def picture(**more: object) -> FileRef:
    given = {"key": "k", "name": "leads.png", "mime_type": "image/png", "size": 1_000}
    return FileRef.model_validate(given | more)


async def test_a_picture_is_shown_and_a_table_handed_over(harness: TelegramHarness) -> None:
    await harness.gateway.post(harness.to, FilePost(file=picture(), caption="Leads <b>"), key="a")
    sheet = picture(name="leads.xlsx", mime_type="application/vnd.ms-excel")
    await harness.gateway.post(harness.to, FilePost(file=sheet), key="b")
    shown, handed = harness.seat.said
    assert shown["caption"].startswith("Leads <b>\nleads.png")
    assert "photo" in shown
    assert handed["document"]["file_name"] == "leads.xlsx"


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 49 * 1024 * 1024])
async def test_a_large_picture_is_handed_over_as_a_document(harness: TelegramHarness, size: int) -> None:
    await harness.gateway.post(harness.to, FilePost(file=picture(size=size)), key="a")
    assert "document" in harness.seat.said[0]


async def test_a_picture_telegram_cannot_show_arrives_as_a_document(harness: TelegramHarness) -> None:
    harness.fake.fail(Fault("sendPhoto", refusal=Refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")))
    await harness.gateway.post(harness.to, FilePost(file=picture(), caption="wide"), key="a")
    [shown] = harness.seat.said
    assert "document" in shown
    assert shown["caption"].startswith("wide")


async def test_a_file_beyond_telegrams_limit_is_spoken_of(harness: TelegramHarness) -> None:
    await harness.gateway.post(harness.to, FilePost(file=picture(size=60 * 1024 * 1024)), key="a")
    assert "60 MB" in harness.shown()


async def test_a_file_of_20_mb_goes_both_ways(harness: TelegramHarness) -> None:
    file = picture(key=f"bytes/{LARGE}", name="all.bin", mime_type="application/octet-stream", size=LARGE)
    await harness.gateway.post(harness.to, FilePost(file=file), key="a")
    handed = harness.fake.world.files[harness.seat.said[0]["document"]["file_id"]]
    assert handed.content == many(LARGE)
    harness.seat.document("all.bin", many(LARGE))
    ref = harness.fake.world.delivered[-1]["message"]["document"]["file_id"]
    assert b"".join([chunk async for chunk in harness.gateway.open_file(ref)]) == many(LARGE)


async def test_a_long_caption_follows_its_file(harness: TelegramHarness) -> None:
    await harness.gateway.post(harness.to, FilePost(file=picture(), caption="word " * 400), key="a")
    first, second = harness.seat.said
    assert "caption" not in first
    assert second["text"].count("word") == 400


async def test_what_people_sent_is_streamed(harness: TelegramHarness) -> None:
    harness.seat.document("big.csv", b"x" * 200_000)
    ref = harness.fake.world.delivered[-1]["message"]["document"]["file_id"]
    chunks = [chunk async for chunk in harness.gateway.open_file(ref)]
    assert b"".join(chunks) == b"x" * 200_000
    assert len(chunks) > 1


async def test_a_file_that_cannot_be_fetched_says_why(harness: TelegramHarness) -> None:
    harness.seat.document("huge.csv", b"x" * (21 * 1024 * 1024))
    huge = harness.fake.world.delivered[-1]["message"]["document"]["file_id"]
    for ref, expected in ((huge, Invalid), ("unheard-of", NotFound)):
        with pytest.raises(expected):
            assert [chunk async for chunk in harness.gateway.open_file(ref)]
    harness.seat.document("small.csv", b"x")
    small = harness.fake.world.delivered[-1]["message"]["document"]["file_id"]
    harness.fake.fail(Fault("file", status=502))
    with pytest.raises(Unavailable):
        assert [chunk async for chunk in harness.gateway.open_file(small)]


# -- buttons -------------------------------------------------------------------------------------------


async def test_many_and_long_buttons_fit(harness: TelegramHarness) -> None:
    buttons = tuple(Button(label=f"choice {number} " + "ü" * 40, action="a", value="ß" * 40) for number in range(120))
    listing = Listing(title="Many", columns=("x",), rows=(("1",),), buttons=buttons)
    await harness.gateway.post(harness.to, listing, key="a")
    rows = harness.seat.said[0]["reply_markup"]["inline_keyboard"]
    assert sum(len(row) for row in rows) == 100
    assert len(harness.tokens.kept) == 100


async def test_a_thread_is_a_topic(harness: TelegramHarness) -> None:
    forum = group(harness.fake, topics=["Sales"])
    [topic] = forum.topics
    to = Address("telegram", "1", str(forum.id), thread=str(topic))
    await harness.gateway.post(to, Note(text="hello"), key="a")
    assert harness.seat.at(forum, topic).text == "hello"


@pytest.mark.parametrize("token", ["", "abc", "12x:abc"])
def test_what_is_no_token_stops_the_start(token: str) -> None:
    with pytest.raises(Misconfigured):
        Connection(Settings.model_validate({"telegram_bot_token": token}))
