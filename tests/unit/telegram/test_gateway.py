"""How posts, edits and previews go to Telegram."""

import pytest
from arq.connections import ArqRedis

from bot.pacing import Pacer
from bot.telegram.connect import Connection
from bot.telegram.gateway import TelegramGateway, pacing
from bot.telegram.shown import Shown
from domain.conversations.ports import Address, ChatGateway
from domain.conversations.said import Answer, Button, Listing, Note, Problem
from domain.core.errors import Unavailable
from domain.core.ids import new_id
from tests.contracts.stored import png
from tests.contracts.telegram import TelegramHarness, settings_for, telegram
from tests.fakes.telegram import Fault, Refusal, group

TASK = new_id()
LONG = Note(text=" ".join(f"word{number}" for number in range(2_000)))


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
