"""The way of a message from Telegram and back, with the real listener, flow and gateway in between."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from tests.contracts.stored import png
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.telegram import group, person
from tests.fixtures.legwork import Script
from tests.fixtures.travel import travel
from tests.fixtures.waiting import eventually
from tests.unit.telegram.conversation import Conversation

ASK = node("n1", "ask", "which one", question="Which branch?", choices=["Hillside", "North & South <b>" + "x" * 40])
LEADS = b"week,branch,leads\n2026-06-22,Hillside,402\n2026-06-29,Hillside,291\n"


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [str(message.get("text", message.get("caption"))) for message in messages]


async def test_a_message_is_answered_in_the_chat_it_came_from(conversation: Conversation, script: Script) -> None:
    script.then(reply("It is **noon** somewhere."))
    [answer] = await conversation.say("what time is it?")
    assert answer["text"] == "It is noon somewhere."
    assert [entity["type"] for entity in answer["entities"]] == ["bold"]
    assert conversation.seat.chat.actions == ["typing"]


async def test_a_file_goes_in_and_one_comes_out(conversation: Conversation, script: Script) -> None:
    script.then(
        plan(tool("n1", "write_file", name="hello.txt", content="Hello {{ input.message }}"), title="Greet"),
    )
    seat = conversation.seat
    said = await conversation.does(lambda: seat.document("leads.csv", LEADS, caption="Mara"))
    [sent] = [message for message in said if "document" in message]
    assert sent["document"]["file_name"] == "hello.txt"
    assert conversation.fake.world.files[sent["document"]["file_id"]].content == b"Hello Mara"
    assert [file["name"] for file in script.requests[0].variables["attachments"]] == ["leads.csv"]
    assert len(said) == 2, "the card has become the answer, and the file comes with it"


async def test_a_chart_is_shown_as_a_picture_with_its_caption(conversation: Conversation, script: Script) -> None:
    weeks = [(week, branch) for week in range(1, 13) for branch in ("Hillside", "North")]
    rows = "".join(f"2026-{1 + week // 5:02d}-{1 + week % 5 * 5:02d},{branch},{90 + week}\n" for week, branch in weeks)
    table = f"date,branch,enquiries\n{rows}".encode()
    script.then(plan(tool("n1", "draw_chart", file="leads.csv", by=["branch"])))
    seat = conversation.seat
    said = await conversation.does(lambda: seat.document("leads.csv", table, caption="draw it"))
    [picture] = [message for message in said if "photo" in message]
    assert "leads-chart.png" in picture["caption"]
    assert max(size["width"] for size in picture["photo"]) > 600


async def test_a_picture_comes_in_at_its_largest(conversation: Conversation, script: Script) -> None:
    script.then(reply("I see."))
    seat = conversation.seat
    await conversation.does(lambda: seat.photo(png(400, 300), caption="look"))
    [file] = script.requests[0].variables["attachments"]
    assert (file["mime_type"], file["size"]) == ("image/jpeg", len(png(400, 300)))


async def test_a_question_is_answered_by_a_button_too_long_for_telegram(
    conversation: Conversation, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(ASK, tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]))
    assert "Which branch?" in "\n".join(texts(await conversation.say("note a branch")))
    long_one = next(
        button["text"]
        for message in conversation.seat.said
        for row in message.get("reply_markup", {}).get("inline_keyboard", [])
        for button in row
        if button["text"].startswith("North")
    )
    await conversation.press(long_one)
    assert rehearsal.of("note") == [{"text": "North & South <b>" + "x" * 40}]
    assert all(answer is not None for answer in conversation.fake.world.callbacks.values())


async def test_nothing_is_sent_before_its_button_approves_it(
    conversation: Conversation, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben@example.org", text="hello")))
    said = await conversation.say("write to Ben")
    assert any("Approval needed" in shown and "ben@example.org" in shown for shown in texts(said))
    assert not rehearsal.calls
    await conversation.press("Approve")
    assert len(rehearsal.of("send")) == 1
    [only] = texts(conversation.seat.said)
    assert only.startswith("send: hello")
    assert list(conversation.fake.world.callbacks.values()) == ["Approved."]


async def test_what_is_asked_below_the_card_answers_the_card(
    conversation: Conversation, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    script.then(plan(tool("n1", "note", text="go"), tool("n2", "send", to="ben"), edges=[["n1", "n2"]]))
    conversation.seat.say("note it, then write to Ben")
    await eventually(lambda: not conversation.fake.world.queue)
    await conversation.worker.sweeper.sweep()
    await eventually(lambda: "[Stop]" in conversation.seat.text)
    await travel(conversation.worker.legwork.database, timedelta(seconds=31))
    gate.set()
    await conversation.settle()
    card, below = conversation.seat.said
    assert below["reply_to_message"]["message_id"] == card["message_id"]
    assert "Approval needed: Send" in below["text"]
    assert "to: ben" in card["text"]
    await conversation.press("Approve")
    card, below, answer = conversation.seat.said
    assert card["text"].startswith("✓ ")
    assert "Approved by Mara." in below["text"]
    assert answer["text"].startswith("send")


async def test_a_press_that_is_answered_too_late_is_no_failure(
    conversation: Conversation, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await conversation.say("write to Ben")
    conversation.seat.press("Approve")
    conversation.fake.world.callbacks = dict.fromkeys(conversation.fake.world.callbacks, "")
    await conversation.settle()
    assert len(rehearsal.of("send")) == 1
    [answer] = texts(conversation.seat.said)
    assert answer.startswith("send")


async def test_stop_ends_the_work_midway(conversation: Conversation, script: Script, rehearsal: Rehearsal) -> None:
    gate = rehearsal.gate("go")
    script.then(plan(tool("n1", "note", text="go"), tool("n2", "send", to="ben"), edges=[["n1", "n2"]]))
    conversation.seat.say("note it, then write to Ben")
    await eventually(lambda: not conversation.fake.world.queue)
    await conversation.worker.sweeper.sweep()
    await eventually(lambda: "[Stop]" in conversation.seat.text)
    conversation.seat.press("Stop")
    await eventually(lambda: "Stopped" in conversation.seat.text)
    assert any(told and told.startswith("Stopped: ") for told in conversation.fake.world.callbacks.values())
    gate.set()
    await conversation.settle()
    assert not rehearsal.of("send")


async def test_a_follow_up_remembers_and_a_thumb_is_noted(conversation: Conversation, script: Script) -> None:
    script.then(reply("Nice to meet you."), reply("You are Mara."))
    await conversation.say("I am Mara")
    [answer] = await conversation.say("who am I?")
    assert answer["text"] == "You are Mara."
    assert [turn.text for turn in script.requests[1].turns] == ["I am Mara", "Nice to meet you."]
    seat = conversation.seat
    assert await conversation.does(lambda: seat.react(answer["message_id"], "👍")) == []
    async with conversation.worker.legwork.database.system("a test") as session:
        assert await session.scalar(text("SELECT value FROM task_feedback")) == 1


async def test_an_album_is_one_message_with_all_its_files(conversation: Conversation, script: Script) -> None:
    script.then(reply("Three files."))
    files = [(f"part{number}.csv", LEADS) for number in range(3)]
    seat = conversation.seat
    said = await conversation.does(lambda: seat.album(files, caption="compare these"))
    assert texts(said) == ["Three files."]
    [request] = script.requests
    assert sorted(file["name"] for file in request.variables["attachments"]) == [name for name, _ in files]
    assert request.variables["message"] == "compare these"


async def test_in_a_group_only_what_is_meant_for_the_bot_is_heard(conversation: Conversation, script: Script) -> None:
    script.then(reply("42"), reply("Still 42."))
    team = group(conversation.fake, privacy=False)
    conversation.seat = conversation.seat.at(team)
    assert await conversation.say("what do you think, Ben?") == []
    [answer] = await conversation.say("@legwork_bot six times seven?")
    assert script.requests[0].variables["message"] == "six times seven?"
    [second] = await conversation.say("sure?", reply_to=answer["message_id"])
    assert second["text"] == "Still 42."


async def test_topics_are_threads_of_their_own(conversation: Conversation, script: Script) -> None:
    forum = group(conversation.fake, topics=["Sales", "Travel"])
    script.then(reply("in sales"), reply("in travel"))
    seat = conversation.seat
    for topic, words in zip(forum.topics, ("in sales", "in travel"), strict=True):
        conversation.seat = seat.at(forum, topic)
        assert texts(await conversation.say("@legwork_bot where are we?")) == [words]
    assert not script.requests[1].turns


async def test_two_people_of_a_group_share_its_organization(conversation: Conversation, script: Script) -> None:
    script.then(reply("one"), reply("two"))
    team = group(conversation.fake)
    team.ranks[conversation.seat.user["id"]] = "creator"
    conversation.seat = conversation.seat.at(team)
    await conversation.say("/whoami@legwork_bot")
    mara = conversation.seat.text
    conversation.seat = person(conversation.fake, "Ben").at(team)
    await conversation.say("/whoami")
    assert "owner" in mara
    assert "member" in conversation.seat.text


async def test_an_edit_after_the_answer_repeats_nothing(conversation: Conversation, script: Script) -> None:
    script.then(reply("4"))
    await conversation.say("2+2")
    heard = next(iter(conversation.seat.chat.messages))
    seat = conversation.seat
    assert await conversation.does(lambda: seat.edit(heard, "2+3")) == []


async def test_whoever_blocked_the_bot_is_left_alone_and_nothing_is_tried_for_ever(
    conversation: Conversation, script: Script
) -> None:
    script.then(reply("Nobody reads this."))
    conversation.seat.say("hello")
    await eventually(lambda: not conversation.fake.world.queue)
    conversation.seat.block()
    await conversation.settle()
    async with conversation.worker.legwork.database.system("a test") as session:
        [row] = await session.all(text("SELECT status, error FROM outbound_messages"))
    assert row["status"] == "failed"
    assert "blocked" in row["error"]
