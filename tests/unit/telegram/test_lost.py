"""What Telegram may not have shown, since its answer was lost."""

from datetime import timedelta

from domain.conversations.lost import LATER
from tests.factories.specs import reply
from tests.fakes.telegram import Fault, group
from tests.fixtures.legwork import Script
from tests.fixtures.travel import travel
from tests.unit.telegram.conversation import Conversation


async def later(conversation: Conversation, passed: timedelta = LATER) -> list[str]:
    """What is said by then that was not there before."""
    before = {message["message_id"] for message in conversation.seat.said}
    await travel(conversation.worker.legwork.database, passed)
    await conversation.settle()
    return [message["text"] for message in conversation.seat.said if message["message_id"] not in before]


async def test_the_chat_is_told_once_and_the_button_shows_it(conversation: Conversation, script: Script) -> None:
    script.then(reply("It is noon."))
    conversation.seat = conversation.seat.at(group(conversation.fake))
    conversation.fake.fail(Fault("sendMessage", lost=True))
    asked = conversation.seat.say("@legwork_bot what time is it?")
    await conversation.settle()
    [told] = await later(conversation)
    assert told.startswith("Something I said may not have arrived")
    [shown] = await conversation.press("Show it")
    assert shown["text"] == "It is noon."
    assert shown["reply_to_message"]["message_id"] == asked
    assert await later(conversation, timedelta(hours=1)) == []
