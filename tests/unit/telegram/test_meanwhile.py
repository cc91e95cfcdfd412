"""In Telegram a message is answered: what answers a task's card is about that task."""

from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.unit.telegram.conversation import Conversation

LATER = plan(node("n1", "delay", "wait", seconds=3_600), title="Hillside leads")
NOW = plan(tool("n2", "note", text="2025"), title="Hillside leads")


async def test_what_answers_a_tasks_card_is_noted_for_that_task(
    conversation: Conversation, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(LATER)
    [card] = await conversation.say("find out why Hillside lost leads")
    script.then(NOW)
    said = await conversation.say("only 2025", reply_to=card["message_id"])
    assert "Noted for “Hillside leads”: only 2025." in said[0]["text"]
    assert rehearsal.of("note") == [{"text": "2025"}]
    assert [request.prompt.name for request in script.requests] == ["decide", "replan"]


async def test_of_two_tasks_the_one_is_meant_whose_card_is_answered(conversation: Conversation, script: Script) -> None:
    script.then(LATER, plan(node("n1", "delay", "wait", seconds=3_600), title="Supplier prices"))
    [first] = await conversation.say("find out why Hillside lost leads")
    await conversation.say("compare the supplier prices")
    [told] = await conversation.say("how far are you?", reply_to=first["message_id"])
    assert "0 of 1 steps done" in told["text"]
    script.then(NOW)
    said = await conversation.say("only 2025", reply_to=first["message_id"])
    assert "Noted for “Hillside leads”: only 2025." in said[0]["text"]


async def test_the_button_below_makes_it_a_task_of_its_own(conversation: Conversation, script: Script) -> None:
    script.then(LATER)
    [card] = await conversation.say("find out why Hillside lost leads")
    script.then(reply("It stays as it is."))
    await conversation.say("only 2025", reply_to=card["message_id"])
    script.then(reply("In 2025 there were 3."))
    [told] = await conversation.press("Make it a task of its own")  # the answer waits for that of the first task
    assert told["text"].startswith("A task of its own: only 2025.")
    assert [request.prompt.name for request in script.requests] == ["decide", "replan", "decide"]
    assert script.requests[-1].variables["message"] == "only 2025"


async def test_an_answer_to_somebody_elses_words_is_no_note(conversation: Conversation, script: Script) -> None:
    script.then(LATER)
    await conversation.say("find out why Hillside lost leads")
    own = conversation.seat.say("by the way")
    script.then(reply("Yes?"), reply("That is work of its own."))
    await conversation.settle()
    await conversation.say("only 2025", reply_to=own)
    assert [request.prompt.name for request in script.requests] == ["decide", "decide", "decide"]
