"""A group that becomes a supergroup is the same chat from then on, however that becomes known."""

import json
import os
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from bot.telegram.translate import moved, translate
from domain.conversations import outbox, service
from domain.conversations.said import Note
from domain.core.db import Session
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fakes.telegram import group, person
from tests.fakes.telegram.world import Chat
from tests.fixtures.legwork import Script
from tests.fixtures.waiting import eventually
from tests.unit.telegram import events
from tests.unit.telegram.conversation import Conversation

SHARED = Path(os.environ.get("LEGWORK_SHARED", Path(__file__).parents[4] / "shared"))
CASE = SHARED / "cases" / "A06.json"
ASK = node("n1", "ask", "which one", question="Which branch?")
BASIC = {"id": -555, "type": "group", "title": "Team"}
SUPER = {"id": -100555, "type": "supergroup", "title": "Team"}


async def rows(conversation: Conversation, statement: str) -> list[Any]:
    async with conversation.worker.legwork.database.system("a test") as session:
        return [tuple(row.values()) for row in await session.all(text(statement))]


async def talking(conversation: Conversation, script: Script) -> Chat:
    """A group in which somebody has been answered."""
    script.then(reply("Nice to meet you."))
    team = group(conversation.fake, kind="group", privacy=False)
    conversation.seat = conversation.seat.at(team)
    await conversation.say("@legwork_bot I am Mara")
    return team


@pytest.mark.skipif(not CASE.is_file(), reason="the collected cases in LEGWORK_SHARED are absent")
def test_the_collected_message_names_both_ids() -> None:
    fields = json.loads(CASE.read_text())["fields"]
    update = events.update(body=events.message(chat=BASIC, **fields))
    assert moved(update) == ("-555", str(fields["migrate_to_chat_id"]))


@pytest.mark.parametrize(
    ("chat", "field"), [(BASIC, {"migrate_to_chat_id": -100555}), (SUPER, {"migrate_from_chat_id": -555})]
)
def test_each_of_the_two_service_messages_names_both_ids(chat: dict[str, Any], field: dict[str, Any]) -> None:
    update = events.update(body=events.message(chat=chat, **field))
    assert moved(update) == ("-555", "-100555")
    assert translate(update, events.ME) is None
    assert moved(events.update(body=events.message("hello", chat=chat))) is None


@pytest.mark.parametrize("heard", [("to",), ("from",), ("to", "from"), ("from", "to")], ids="-".join)
async def test_the_talk_goes_on_with_its_history(conversation: Conversation, script: Script, heard: Any) -> None:
    await talking(conversation, script)
    conversation.seat = conversation.seat.at(conversation.seat.upgrade(heard=heard))
    script.then(reply("You are Mara."))
    [answer] = await conversation.say("@legwork_bot who am I?")
    assert answer["text"] == "You are Mara."
    assert [turn.text for turn in script.requests[1].turns] == ["I am Mara", "Nice to meet you."]
    assert len(await rows(conversation, "SELECT DISTINCT org_id FROM chats")) == 1
    assert len(await rows(conversation, "SELECT DISTINCT org_id FROM tasks")) == 1


async def test_what_was_due_is_said_in_the_supergroup_though_nobody_told(
    conversation: Conversation, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("go")
    script.then(plan(tool("n1", "note", text="go")))
    conversation.seat = conversation.seat.at(group(conversation.fake, kind="group"))
    conversation.seat.say("@legwork_bot note it")
    await eventually(lambda: not conversation.fake.world.queue)
    await conversation.worker.start()
    await eventually(lambda: rehearsal.of("note"))
    conversation.seat = conversation.seat.at(conversation.seat.upgrade(heard=()))
    gate.set()
    await conversation.settle()
    assert "reply_to_message" not in conversation.seat.said[-1], "the old number names another message here"
    assert await rows(conversation, "SELECT status FROM outbound_messages WHERE kind = 'post' ORDER BY seq") in (
        [("sent",)] * 2,
        [("superseded",), ("sent",)],
    )
    assert [chat for (chat,) in await rows(conversation, "SELECT chat FROM chats")] == [str(conversation.seat.chat.id)]


async def test_a_question_asked_before_is_answered_after(
    conversation: Conversation, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(ASK, tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]))
    conversation.seat = conversation.seat.at(group(conversation.fake, kind="group", privacy=False))
    await conversation.say("@legwork_bot note a branch")
    conversation.seat = conversation.seat.at(conversation.seat.upgrade())
    await conversation.say("@legwork_bot Hillside")
    assert rehearsal.of("note") == [{"text": "Hillside"}]


async def test_who_writes_in_the_supergroup_before_it_is_known_to_be_one_loses_nothing(
    conversation: Conversation, script: Script
) -> None:
    before = await talking(conversation, script)
    now = conversation.seat.upgrade(heard=())
    conversation.seat = person(conversation.fake, "Ben").at(now)
    script.then(reply("You are Ben."))
    await conversation.say("@legwork_bot who am I?")
    assert len(await rows(conversation, "SELECT 1 FROM organizations WHERE slug LIKE 'telegram-group:%'")) == 2
    conversation.fake.happens("message", next(reversed(before.messages.values())))
    script.then(reply("Mara and Ben."))
    [answer] = await conversation.say("@legwork_bot who is here?")
    assert answer["text"] == "Mara and Ben."
    assert [turn.text for turn in script.requests[2].turns] == ["I am Mara", "Nice to meet you."], "it goes on"
    organizations = "SELECT DISTINCT c.slug FROM tasks t JOIN organizations c ON c.id = t.org_id"
    assert await rows(conversation, organizations) == [(f"telegram-group:{before.id}",)]
    listed = "\n".join(message["text"] for message in await conversation.say("/tasks@legwork_bot"))
    assert "who am I?" in listed
    members = "SELECT count(*) FROM organization_members m JOIN chats c ON c.org_id = m.org_id WHERE c.chat = '{}'"
    assert await rows(conversation, members.format(now.id)) == [(2,)]


async def test_a_straggler_of_the_old_group_is_answered_in_the_new(conversation: Conversation, script: Script) -> None:
    before = await talking(conversation, script)
    now = conversation.seat.upgrade()
    await conversation.settle()
    script.then(reply("Here."))
    straggler = conversation.fake.world.add_message(before, conversation.seat.user, text="@legwork_bot where?",
        entities=[{"type": "mention", "offset": 0, "length": 12}])  # fmt: skip
    conversation.fake.happens("message", straggler)
    await conversation.settle()
    assert conversation.seat.at(now).text == "Here."


@pytest.mark.parametrize("order", list(permutations(("told there", "told here", "refused", "spoken to"))), ids="-".join)
async def test_in_whatever_order_it_becomes_known_there_is_one_chat_with_everything(
    conversation: Conversation, script: Script, order: tuple[str, ...]
) -> None:
    before = await talking(conversation, script)
    fake, old = conversation.fake, conversation.seat
    now = old.upgrade(heard=())
    new = conversation.seat = old.at(now)
    script.then(reply("Still here."))
    thread = await rows(conversation, "SELECT id FROM threads")

    async def happen(what: str) -> None:
        if what == "told there":
            fake.happens("message", next(reversed(before.messages.values())))
        elif what == "told here":
            fake.happens("message", next(iter(now.messages.values())))
        elif what == "spoken to":
            new.say("@legwork_bot are you there?")
        else:
            async with conversation.worker.legwork.database.system("a test") as session:
                said, _, _ = await service.setting(session, *(await _first_thread(session)))
                await outbox.say(session, said, Note(text="What was due."), key="due")

    for what in (*order, "told there", "told here"):
        await happen(what)
        await conversation.settle()
    assert sorted(message["text"] for message in new.said) == ["Still here.", "What was due."]
    kept = "FROM chats c JOIN threads t ON t.chat_id = c.id JOIN outbound_messages o ON o.thread_id = t.id"
    assert await rows(conversation, f"SELECT DISTINCT c.chat, c.org_id = t.org_id, o.chat_id = c.id {kept}") == [
        (str(now.id), True, True)
    ]
    assert await rows(conversation, f"SELECT current_thread_id FROM chats WHERE chat = '{now.id}'") == thread
    assert await rows(conversation, "SELECT DISTINCT status FROM outbound_messages") == [("sent",)]


async def _first_thread(session: Session) -> tuple[UUID, UUID]:
    row = await session.first(text("SELECT id, user_id FROM threads ORDER BY id LIMIT 1"))
    assert row is not None
    return row["id"], row["user_id"]
