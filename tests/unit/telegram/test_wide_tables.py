"""A table wider than a telephone follows as a picture and as a file; the text says so."""

import csv
import io

import pytest
from sqlalchemy import text

from domain.conversations import outbox
from tests.factories.specs import reply
from tests.fakes.telegram import Fault, Refusal
from tests.fixtures.legwork import Script
from tests.fixtures.waiting import eventually
from tests.unit.telegram.conversation import Conversation

COLUMNS = ("branch", "leads", "calls", "meetings", "offers", "won", "lost", "revenue")
ROWS = [(f"Hillside {at}", *(f"{at * column:,}" for column in range(1, 7)), f"€ {at * 1234:,}") for at in range(1, 6)]


def table(rows: list[tuple[str, ...]]) -> str:
    return "\n".join("|" + "|".join(row) + "|" for row in (COLUMNS, ("---",) * len(COLUMNS), *rows))


ANSWER = f"## All branches\n\nHere they are: 2*3*4 = 24.\n\n{table(ROWS)}\n\n**That** is all."


async def test_it_follows_as_a_picture_and_as_a_file(conversation: Conversation, script: Script) -> None:
    script.then(reply(ANSWER))
    answer, picture, file = await conversation.say("All branches?")
    assert answer["text"] == (
        "All branches\n\nHere they are: 2*3*4 = 24.\n\n"
        "The table of 8 columns is too wide for here and follows as a picture and as all-branches.csv.\n\nThat is all."
    )
    assert max(size["width"] for size in picture["photo"]) <= 1280
    assert file["document"]["file_name"] == "all-branches.csv"
    content = conversation.fake.world.files[file["document"]["file_id"]].content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content))) == [[*COLUMNS], *([*row] for row in ROWS)]


async def test_what_is_tried_again_is_sent_once(conversation: Conversation, script: Script) -> None:
    script.then(reply(f"{ANSWER}\n\nAnd once more:\n\n{table(ROWS[:2])}"))
    conversation.fake.fail(
        Fault("sendMessage", refusal=Refusal(500, "Internal Server Error")),
        Fault("sendPhoto", refusal=Refusal(429, "Too Many Requests", retry_after=1)),
    )
    conversation.seat.say("All branches?")

    async def all_said() -> bool:
        await conversation.settle()
        return len(conversation.seat.said) >= 5

    await eventually(all_said)
    said = conversation.seat.said
    kinds = [name for message in said for name in ("text", "photo", "document") if name in message]
    assert kinds == ["text", "photo", "document", "photo", "document"]
    assert [message["document"]["file_name"] for message in said if "document" in message] == [
        "all-branches.csv",
        "all-branches-2.csv",
    ]


@pytest.mark.parametrize("name", ["Zweigstelle 北京", "סניף", "🦊 42"])
async def test_letters_that_cannot_be_drawn_are_in_the_file(
    conversation: Conversation, script: Script, name: str
) -> None:
    rows = [(name, *row[1:]) for row in ROWS]
    script.then(reply(f"Here:\n\n{table(rows)}"))
    said = await conversation.say("All branches?")
    drawn = "🦊" in name
    assert ["photo" in message for message in said] == ([False, True, False] if drawn else [False, False])
    assert ("as a picture and as table.csv" if drawn else "follows as table.csv.") in said[0]["text"]
    content = conversation.fake.world.files[said[-1]["document"]["file_id"]].content.decode("utf-8-sig")
    assert content.count(name) == 5


async def test_a_small_one_stays_where_it_is(conversation: Conversation, script: Script) -> None:
    script.then(reply("|a|b|\n|---|---|\n|x|5|\n\n|a|long|c|\n|---|---|---|\n|x|" + "words " * 20 + "|5|"))
    [answer] = await conversation.say("Small?")
    assert [entity["type"] for entity in answer["entities"] if entity["type"] == "pre"] == ["pre"]


async def test_nothing_in_the_file_is_a_formula(conversation: Conversation, script: Script) -> None:
    rows = [("=HYPERLINK(1)", "-5", *row[2:]) for row in ROWS]
    script.then(reply(table(rows)))
    said = await conversation.say("All branches?")
    content = conversation.fake.world.files[said[-1]["document"]["file_id"]].content.decode("utf-8-sig")
    assert content.splitlines()[1].startswith("'=HYPERLINK(1),-5,")


async def test_an_edit_of_the_answer_sends_nothing_again(conversation: Conversation, script: Script) -> None:
    script.then(reply(ANSWER))
    said = await conversation.say("All branches?")
    before = [message["message_id"] for message in said]
    async with conversation.worker.legwork.database.system("a test") as session:
        await session.execute(
            text(
                """INSERT INTO outbound_messages (id, org_id, chat_id, thread_id, kind, body, dedupe_key, target_key)
                SELECT gen_random_uuid(), org_id, chat_id, thread_id, 'edit', jsonb_set(body, '{text}', to_jsonb(
                    (body->>'text') || E'\n\nEdited.')), 'edit-of-it', dedupe_key
                FROM outbound_messages WHERE kind = 'post' LIMIT 1"""
            )
        )
        of = await session.first(text("SELECT chat_id, org_id FROM outbound_messages LIMIT 1"))
        assert of is not None
        await outbox.wake_delivery(session, of["chat_id"], "telegram", org_id=of["org_id"], progress=True)
    await conversation.settle()
    assert [message["message_id"] for message in conversation.seat.said] == before
    edited = conversation.seat.said[0]["text"]
    assert edited.endswith("That is all.\n\nEdited.")
    assert "follows as a picture and as all-branches.csv." in edited
