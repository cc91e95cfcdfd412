"""What the flow makes of Telegram's failures: order kept, nothing lost, nothing twice."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text

from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fakes.telegram import Fault, Refusal
from tests.fixtures.legwork import Script
from tests.fixtures.waiting import eventually
from tests.unit.telegram.conversation import Conversation


async def rows(conversation: Conversation) -> Sequence[RowMapping]:
    async with conversation.worker.legwork.database.system("a test") as session:
        return await session.all(text("SELECT status, plain, error FROM outbound_messages ORDER BY seq"))


async def test_a_message_whose_answer_is_lost_is_not_sent_again(conversation: Conversation, script: Script) -> None:
    script.then(reply("It is noon."))
    conversation.fake.fail(Fault("sendMessage", lost=True))
    assert [message["text"] for message in await conversation.say("what time is it?")] == ["It is noon."]
    assert [row["status"] for row in await rows(conversation)] == ["unknown"]


async def test_a_form_telegram_rejects_is_said_plainly(conversation: Conversation, script: Script) -> None:
    script.then(reply("It is **noon**."))
    refusal = Refusal(400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0')
    conversation.fake.fail(Fault("sendMessage", refusal=refusal))
    [answer] = await conversation.say("what time is it?")
    assert answer["text"] == "It is noon."
    assert "entities" not in answer
    assert [(row["status"], row["plain"]) for row in await rows(conversation)] == [("sent", True)]


async def test_a_request_for_patience_is_honoured_and_the_order_kept(
    conversation: Conversation, script: Script
) -> None:
    script.then(reply("one"), reply("two"), reply("three"))
    conversation.fake.fail(Fault("sendMessage", refusal=Refusal(429, "Too Many Requests", retry_after=1)))
    for word in ("first", "second", "third"):
        conversation.seat.say(word)

    async def all_said() -> bool:
        await conversation.settle()
        return len(conversation.seat.said) == 3

    await eventually(all_said)
    assert [message["text"] for message in conversation.seat.said] == ["one", "two", "three"]
    refused, *sent = [call for call in conversation.fake.ledger if call.method == "sendMessage"]
    assert refused.status == 429
    assert min(call.at for call in sent) - refused.at >= 1.0


async def test_a_card_that_somebody_deleted_does_not_stop_its_task(
    conversation: Conversation, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    script.then(plan(tool("n1", "note", text="go")))
    conversation.seat.say("note it")
    await eventually(lambda: not conversation.fake.world.queue)
    await conversation.worker.sweeper.sweep()
    await eventually(lambda: "[Stop]" in conversation.seat.text)
    conversation.seat.chat.messages.clear()
    gate.set()
    assert "note: go" in await conversation.settle()
