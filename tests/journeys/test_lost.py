"""A post whose answer was lost is followed later, once, by a note that shows it on demand."""

from dataclasses import replace

import pytest

from domain.conversations.ports import Found, Posted
from domain.conversations.said import Answer, FilePost, Note
from domain.core.errors import Ambiguous
from tests.factories.specs import plan, question, reply, tool
from tests.fakes.chat import FakeChat
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Replies, Talk

WORDS = "Something I said may not have arrived"
LATER = 10
LOST = Ambiguous("the connection broke")


def notes(said: Replies) -> list[Note]:
    return [one for one in said.of(Note) if one.text.startswith(WORDS)]


async def statuses(talk: Talk) -> list[str]:
    return [row["status"] for row in await talk.rows("SELECT status FROM outbound_messages ORDER BY seq")]


async def test_a_lost_answer_is_followed_and_shown_on_demand(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("It is noon."))
    chat.fail(LOST)
    await talk.say("what time is it?")
    [note] = notes(await talk.travel(seconds=LATER))
    assert [button.label for button in note.buttons] == ["Show it"]
    again = await talk.press("Show it")
    assert again.one(Answer).text == "It is noon."
    assert not [
        said for said in chat.shown.values() if any(one.label == "Show it" for one in getattr(said, "buttons", ()))
    ]


async def test_it_is_told_once_and_shown_once(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("It is noon."))
    chat.fail(LOST)
    await talk.say("what time is it?")
    await talk.travel(seconds=LATER)
    button = chat.button("Show it")
    await talk.press("Show it")
    second = await talk.send_press(button.action, button.value)
    assert not second.of(Answer)
    assert not notes(await talk.travel(hours=1))
    assert len([said for said in chat.posts() if isinstance(said, Answer)]) == 2  # the lost one arrived all the same


async def test_several_that_were_lost_are_told_in_one_note(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("It is noon."), plan(tool("n1", "write_file", name="a.txt", content="x")))
    chat.fail(LOST)
    await talk.say("what time is it?")
    chat.fail(None, LOST, LOST)  # the card arrives, the answer and the file may not have
    await talk.say("write it")
    [_] = notes(await talk.travel(seconds=LATER))
    shown = await talk.press("Show it")
    assert [said.type for said in shown if isinstance(said, (Answer, FilePost))] == ["answer", "answer", "file"]


async def test_what_is_lost_later_is_told_in_a_note_of_its_own(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("It is noon."), reply("It rains."))
    chat.fail(LOST)
    await talk.say("what time is it?")
    await talk.travel(seconds=LATER)
    chat.fail(LOST)
    await talk.say("how is the weather?")
    [_] = notes(await talk.travel(seconds=LATER))
    shown = await talk.press("Show it")
    assert [said.text for said in shown.of(Answer)] == ["It rains."]


async def test_a_lost_note_is_not_followed_by_another(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("It is noon."))
    chat.fail(LOST, LOST)
    await talk.say("what time is it?")
    await talk.travel(seconds=LATER)
    assert await statuses(talk) == ["unknown", "unknown"]
    for _ in range(3):
        assert not await talk.travel(hours=1)


async def test_what_was_shown_and_lost_again_is_told_again(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("It is noon."))
    chat.fail(LOST)
    await talk.say("what time is it?")
    await talk.travel(seconds=LATER)
    chat.fail(LOST)
    await talk.press("Show it")
    [_] = notes(await talk.travel(seconds=LATER))


async def test_a_card_and_its_changes_are_not_followed(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(plan(tool("n1", "note", text="x")))
    chat.fail(LOST)
    await talk.say("note x")
    assert "unknown" in await statuses(talk)
    assert not await talk.travel(seconds=LATER)


async def test_a_lost_question_that_was_answered_is_shown_as_it_stands_now(
    talk: Talk, script: Script, chat: FakeChat
) -> None:
    script.then(question("For which day?"), reply("Booked for Monday."))
    chat.fail(LOST)
    await talk.say("book it")
    await talk.say("Monday")
    await talk.travel(seconds=LATER)
    shown = await talk.press("Show it")
    assert "answered" in " ".join(one.text.lower() for one in shown.of(Note))


@pytest.mark.parametrize(
    ("found", "status", "posts"), [(Posted("77"), "sent", 0), ("absent", "sent", 1), ("unknown", "unknown", 0)]
)
async def test_a_platform_that_can_tell_is_asked_first(
    talk: Talk, script: Script, chat: FakeChat, found: Found, status: str, posts: int
) -> None:
    script.then(reply("It is noon."))
    chat.fail(LOST)
    await talk.say("what time is it?")
    chat.capabilities = replace(chat.capabilities, finds=True)
    chat.answers = found
    await talk.travel(seconds=LATER)
    assert (await statuses(talk))[0] == status
    assert len([said for said in chat.posts() if isinstance(said, Answer)]) == 1 + posts
    assert len([said for said in chat.posts() if isinstance(said, Note)]) == (1 if found == "unknown" else 0)


async def test_in_each_place_there_is_a_note_of_its_own(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("in sales"), reply("in travel"))
    chat.fail(LOST, LOST)
    sales, travel = (talk.other("mara", "team", thread=thread, private=False) for thread in ("sales", "travel"))
    await sales.say("where are we?")
    await travel.say("where are we?")
    assert len(notes(await travel.travel(seconds=LATER))) == 2
    shown = await travel.press("Show it")
    assert [said.text for said in shown.of(Answer)] == ["in travel"]


async def test_nobody_elsewhere_can_have_it_shown(talk: Talk, script: Script, chat: FakeChat) -> None:
    script.then(reply("It is noon."))
    chat.fail(LOST)
    await talk.say("what time is it?")
    await talk.travel(seconds=LATER)
    button = chat.button("Show it")
    said = await talk.other("ben").send_press(button.action, button.value)
    assert not said.of(Answer)
    for value in ("", "x", "0" * 32):
        assert not (await talk.send_press(button.action, value)).of(Answer)
