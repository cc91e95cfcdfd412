"""What a Telegram message refers to, over the whole path: quotes, forwards, comments, long pastes, later mentions."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from domain.llm.model import Request
from domain.llm.offline.provider import OfflineModel
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.telegram import group, person
from tests.fakes.web import FakeWeb
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Worker
from tests.unit.telegram.conversation import Conversation


def told(request: Request) -> str:
    return request.prompt.render(request.variables)[1]


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [each["text"] for each in messages if "text" in each]


def by_ben(conversation: Conversation, words: str, **more: Any) -> dict[str, Any]:
    """Something Ben wrote elsewhere."""
    ben = person(conversation.fake, "Ben")
    ben.chat.closed = "the bot is not there"
    return ben.chat.messages[ben.say(words, **more)]


async def test_a_quote_of_an_answer_is_given_to_the_model(conversation: Conversation, script: Script) -> None:
    script.then(reply("The total is 880 euros, due on 14 March."), reply("Yes."))
    [answer] = await conversation.say("what does invoice 2291 say?")
    said = answer["message_id"]
    await conversation.does(lambda: conversation.seat.say("sure?", reply_to=said, quote="880 euros"))
    assert 'refers to:\n<untrusted source="quoted, by Legwork">\n880 euros\n</untrusted>' in told(script.requests[1])


async def test_a_picture_that_is_answered_is_fetched(conversation: Conversation, script: Script) -> None:
    script.then(reply("Nice."), reply("A fox."))
    await conversation.does(lambda: conversation.seat.photo(b"\x89PNG picture"))
    [photo] = [each["message_id"] for each in conversation.seat.chat.messages.values() if "photo" in each]
    await conversation.say("what is this?", reply_to=photo)
    name = f"photo-{photo}.jpg"
    assert [file["name"] for file in script.requests[1].variables["attachments"]] == [name]
    assert f'(with "{name}")' in told(script.requests[1])


async def test_a_forwarded_stop_stops_nothing_and_is_asked_about(conversation: Conversation, script: Script) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)))
    await conversation.say("wait an hour")
    stop = by_ben(conversation, "stop")
    [asked] = await conversation.does(lambda: conversation.seat.forward(stop, hidden=True))
    assert asked["text"] == "You forwarded me a message from Ben: what shall I do with it?"
    assert "Stopped" not in conversation.seat.text


async def test_what_is_forwarded_twice_keeps_whose_it_was_first(conversation: Conversation) -> None:
    first = by_ben(conversation, "It rained.")
    seat = conversation.seat
    await conversation.does(lambda: seat.forward(first))
    again = next(each for each in seat.chat.messages.values() if "forward_origin" in each)
    [asked] = await conversation.does(lambda: seat.forward(again))
    assert "from Ben" in asked["text"]


async def test_three_forwards_are_asked_about_once_and_can_be_spoken_of(
    conversation: Conversation, script: Script
) -> None:
    theirs = [by_ben(conversation, f"Invoice {number} is due.") for number in (1, 2, 3)]
    asked = await conversation.does(lambda: [conversation.seat.forward(each) for each in theirs])
    assert texts(asked) == ["You forwarded me 3 messages from Ben: what shall I do with them?"]
    script.then(reply("Three are due."))
    await conversation.say("how many are due?")
    assert [f"Invoice {number} is due." in script.requests[0].turns[0].text for number in (1, 2, 3)] == [True] * 3


async def test_a_comment_typed_while_forwarding_is_about_what_is_forwarded(
    conversation: Conversation, script: Script
) -> None:
    script.then(reply("What is?"), reply("On 14 March."))
    theirs = by_ben(conversation, "Invoice 2291 is due on 14 March.")

    def both() -> None:
        conversation.seat.say("when is this due?")
        conversation.seat.forward(theirs)

    assert "On 14 March." in texts(await conversation.does(both))
    assert script.requests[-1].variables["message"] == "when is this due?"
    assert "Invoice 2291" in told(script.requests[-1])


async def test_a_long_paste_is_one_message(conversation: Conversation, script: Script) -> None:
    script.then(reply("Long."))
    words = ("🦊 word " * 1_500).strip()
    await conversation.say(words)
    [request] = script.requests
    assert request.variables["message"] == words


TABLE = "date,branch,enquiries\n" + "".join(
    f"2026-{1 + row % 12:02d}-{1 + row % 28:02d},{('Hillside', 'Harbour', 'Old Town')[row % 3]},{100 + row % 97}\n"
    for row in range(1_800)
)


async def test_a_table_that_telegram_cuts_into_many_messages_is_one_file_line_by_line(
    conversation: Conversation, script: Script
) -> None:
    script.then(reply("Seen."))
    said = texts(await conversation.say(f"which branch has most?\n{TABLE}"))
    assert said[-1] == "Seen."
    [request] = script.requests
    assert request.variables["message"] == "which branch has most?"
    [file] = request.variables["attachments"]
    assert said[0] == f"I took the text you pasted as the file {file['name']} ({len(TABLE) - 1:,} bytes)."
    async with conversation.worker.legwork.database.system("a test") as session:
        key = await session.scalar(text("SELECT attachments -> 0 ->> 'key' FROM messages WHERE role = 'user'"))
    kept = await conversation.worker.legwork.storage.read(str(key))
    assert kept.decode() == TABLE.strip()


async def test_an_edit_of_one_of_its_messages_leaves_a_long_text_as_it_was_and_says_so(
    conversation: Conversation, script: Script
) -> None:
    script.then(reply("Hillside."), reply("It is long."))
    seat = conversation.seat
    for words in (f"which branch has most?\n{TABLE}", "which is longest?\n" + "a line\n" * 1_000):
        await conversation.say(words)
        first = next(at for at, each in seat.chat.messages.items() if each.get("text", "")[:40] == words[:40])
        [told] = texts(await conversation.does(lambda at=first: seat.edit(at, "which has least?\na,b\n1,2")))
        assert told.startswith("You edited one of the messages that your long text was sent in. I keep to what it said")
    async with conversation.worker.legwork.database.system("a test") as session:
        rows = await session.all(text("SELECT content FROM messages WHERE role = 'user' ORDER BY id"))
    assert [row["content"].partition("\n")[0] for row in rows] == ["which branch has most?", "which is longest?"]


async def test_the_address_behind_a_word_is_read(conversation: Conversation, loopback_web: FakeWeb) -> None:
    worker = conversation.worker
    offline = replace(worker.legwork, model=OfflineModel())
    await worker.stop()
    talk = Conversation(conversation.fake, conversation.seat, Worker(offline))
    page = loopback_web.url("/article")
    await talk.does(lambda: talk.seat.say("summarise this report", links={"report": page}))
    assert [seen.path for seen in loopback_web.ledger] == ["/article"], talk.seat.text
    await talk.worker.stop()


@pytest.mark.parametrize("words", ["approve", "yes"])
async def test_an_anonymous_admin_is_answered_and_decides_nothing(
    conversation: Conversation, script: Script, words: str
) -> None:
    chat = group(conversation.fake, privacy=False)
    admins = replace(conversation, seat=conversation.seat.at(chat).anonymously())
    script.then(plan(tool("n1", "send", to="ben@example.org", text="hi")))
    await admins.say("@legwork_bot write to Ben")
    asked = admins.seat.said[-1]["message_id"]
    await admins.say(words, reply_to=asked)
    assert "you write without a name" in admins.seat.text


async def test_a_mention_added_by_an_edit_is_answered_once(conversation: Conversation, script: Script) -> None:
    chat = group(conversation.fake, privacy=False)
    here = replace(conversation, seat=conversation.seat.at(chat))
    script.then(reply("Paris."))
    asked = here.seat.say("what is the capital of France?")
    assert await here.does(lambda: here.seat.edit(asked, "@legwork_bot what is the capital of France?"))
    await here.does(lambda: here.seat.edit(asked, "@legwork_bot what is the capital of Spain?"))
    assert len(script.requests) == 1


async def test_a_sticker_gets_a_sentence(conversation: Conversation) -> None:
    sticker = {"file_id": "s", "file_unique_id": "u", "type": "regular", "width": 512, "height": 512,
               "is_animated": False, "is_video": False}  # fmt: skip
    assert texts(await conversation.does(lambda: conversation.seat.send(sticker=sticker))) == [
        "I cannot take stickers. Write it in words."
    ]
