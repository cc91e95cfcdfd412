"""Where an answer stands: below its question, and in the chat itself where its topic is gone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from domain.conversations.ports import Address
from domain.conversations.said import Answer, FilePost, FileRef, Note, Said
from domain.core.errors import Refused
from domain.core.ids import new_id
from tests.contracts.telegram import TelegramHarness, telegram
from tests.factories.specs import reply
from tests.fakes.telegram import Fault, Refusal, Seat, group
from tests.fixtures.legwork import Script
from tests.fixtures.waiting import eventually
from tests.unit.telegram.conversation import Conversation

FILE = FilePost(file=FileRef(key="k", name="notes.txt", mime_type="text/plain", size=20), caption="Two lines")


@pytest.fixture
async def harness() -> AsyncIterator[TelegramHarness]:
    async with telegram() as made:
        yield made


def answered(message: dict[str, Any]) -> int | None:
    return message.get("reply_to_message", {}).get("message_id")


def asked_in(harness: TelegramHarness, seat: Seat, words: str, **more: object) -> Address:
    """A message of a person, and the address of its answer."""
    thread = str(seat.topic) if seat.topic is not None else None
    to = Address("telegram", harness.to.workspace, str(seat.chat.id), thread, answers=str(seat.say(words)))
    return replace(to, **more)  # pyright: ignore[reportArgumentType] - the names are Address' own


@pytest.mark.parametrize("said", [Note(text="5"), Answer(task_id=new_id(), text="5"), FILE], ids=lambda said: said.type)
async def test_in_a_group_what_is_said_replies_to_its_question(harness: TelegramHarness, said: Said) -> None:
    seat = harness.seat.at(group(harness.fake))
    to = asked_in(harness, seat, "@legwork_bot two and three?")
    seat.say("and I would like to know why")
    await harness.gateway.post(to, said, key="a")
    assert [answered(message) for message in seat.said] == [int(to.answers or 0)]


async def test_of_an_answer_in_parts_the_first_replies(harness: TelegramHarness) -> None:
    seat = harness.seat.at(group(harness.fake))
    to = asked_in(harness, seat, "@legwork_bot tell me all")
    await harness.gateway.post(to, Note(text="word " * 2_000), key="a")
    first, *others = [answered(message) for message in seat.said]
    assert first == int(to.answers or 0)
    assert set(others) == {None}


async def test_what_is_being_written_replies_too_since_it_becomes_the_answer(harness: TelegramHarness) -> None:
    seat = harness.seat.at(group(harness.fake))
    to = asked_in(harness, seat, "@legwork_bot two and three?")
    await harness.gateway.preview(to, "a", "I th")
    await harness.gateway.post(to, Note(text="I think 5"), key="a")
    [message] = seat.said
    assert message["text"] == "I think 5"
    assert answered(message) == int(to.answers or 0)


@pytest.mark.parametrize("crossed", [False, True])
async def test_in_a_private_chat_only_an_answer_that_was_crossed_replies(
    harness: TelegramHarness, crossed: bool
) -> None:
    to = asked_in(harness, harness.seat, "two and three?", crossed=crossed)
    await harness.gateway.post(to, Note(text="5"), key="a")
    [message] = harness.seat.said
    assert answered(message) == (int(to.answers or 0) if crossed else None)


async def test_a_question_that_was_deleted_is_answered_all_the_same(harness: TelegramHarness) -> None:
    seat = harness.seat.at(group(harness.fake))
    to = asked_in(harness, seat, "@legwork_bot two and three?")
    del seat.chat.messages[int(to.answers or 0)]
    await harness.gateway.post(to, Note(text="5"), key="a")
    [message] = seat.said
    assert answered(message) is None


@pytest.mark.parametrize("said", [Note(text="All is well."), FILE], ids=lambda said: said.type)
@pytest.mark.parametrize("how", ["deleted", "closed"])
async def test_where_the_topic_is_gone_the_chat_itself_is_told_and_why(
    harness: TelegramHarness, how: str, said: Said
) -> None:
    forum = group(harness.fake, topics=["Sales"])
    [topic] = forum.topics
    seat = harness.seat.at(forum, topic)
    to = asked_in(harness, seat, "@legwork_bot how are we?")
    if how == "deleted":
        del forum.topics[topic]
        del forum.messages[int(to.answers or 0)]
    else:
        forum.closed_topics.add(topic)
    await harness.gateway.post(to, said, key="a")
    assert seat.said == []
    [message] = seat.at(forum).said
    shown = message.get("text") or message["caption"]
    assert f"The topic this was asked in is {'gone' if how == 'deleted' else 'closed'}." in shown
    assert ("All is well." if isinstance(said, Note) else "Two lines") in shown


async def test_a_chat_without_topics_that_refuses_is_not_tried_twice(harness: TelegramHarness) -> None:
    harness.fake.fail(Fault(refusal=Refusal(400, "Bad Request: message thread not found")))
    with pytest.raises(Refused):
        await harness.gateway.post(harness.to, Note(text="x"), key="a")
    assert len(harness.fake.ledger) == 1


# -- over the whole path -------------------------------------------------------------------------------


async def test_two_people_of_a_group_see_which_answer_is_whose(conversation: Conversation, script: Script) -> None:
    script.then(reply("It is noon."), reply("It rains."))
    team = group(conversation.fake)
    mara = conversation.seat = conversation.seat.at(team)
    asked = [mara.say("@legwork_bot what time is it?"), mara.say("@legwork_bot how is the weather?")]
    await conversation.settle()
    assert sorted(answered(message) or 0 for message in mara.said) == asked


async def test_in_a_private_chat_an_answer_below_the_next_question_shows_which_it_answers(
    conversation: Conversation, script: Script
) -> None:
    script.then(reply("It is noon."), reply("It rains."))
    seat = conversation.seat
    first = seat.say("what time is it?")
    await eventually(lambda: not conversation.fake.world.queue)
    with conversation.worker.away():
        second = seat.say("how is the weather?")
        await eventually(lambda: not conversation.fake.world.queue)
    await conversation.settle()
    by_question = {answered(message): message["text"] for message in seat.said}
    assert second not in by_question, "nothing was written below the second question"
    assert len(seat.said) == 2
    assert set(by_question) <= {first, None}


async def test_a_follow_up_needs_no_reply(conversation: Conversation, script: Script) -> None:
    script.then(reply("It is noon."), reply("It rains."))
    said = [*await conversation.say("what time is it?"), *await conversation.say("how is the weather?")]
    assert [answered(message) for message in said] == [None, None]
