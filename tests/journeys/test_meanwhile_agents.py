"""What is said to an agent at work, from the message to the thought that hears it."""

import asyncio

import pytest

from domain.conversations.said import Answer, ApprovalCard, Note
from tests.factories.rehearsal import Rehearsal
from tests.factories.replies import told
from tests.factories.specs import asks, change, node, plan, reply
from tests.fixtures.heard import heard_by, said
from tests.fixtures.legwork import Script
from tests.fixtures.meanwhile import NOTED, OWN, WORK
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

AGENT = plan(node("n1", "agent", "find out", goal="Find out why Hillside lost leads."), title="Hillside leads")
TELL_BEN = ("send", {"to": "ben", "text": "hi"})


async def test_a_change_is_noted_asked_after_and_heard_by_the_next_thought(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = rehearsal.gate("a")
    script.then(AGENT, asks(("note", {"text": "a"})))
    await talk.begin(WORK)
    await eventually(lambda: bool(rehearsal.calls))
    await talk.begin("how far are you?")
    await said(talk, "Round 1 of 12")
    script.then(change(), "Of 2025: the price.")
    await talk.begin("only 2025 please")
    await said(talk, NOTED)
    gate.set()
    assert (await talk.settle()).one(Answer).text == "Of 2025: the price."
    assert [turn.text for turn in script.requests[-1].exchange if turn.role == "user"] == ["only 2025"]
    assert await heard_by(talk) == ["n1[1].think"]
    stands = await talk.rows("SELECT status, outcome, unheard FROM tasks ORDER BY id")
    assert [tuple(task.values()) for task in stands] == [("SUCCEEDED", "answer", 0), ("SUCCEEDED", "noted", 0)]


@pytest.mark.parametrize("words", ["no, to Anna instead", "nein, lieber an Anna", "to Anna instead"])
async def test_a_change_of_mind_leaves_a_call_not_made_and_counts_as_no_no(
    talk: Talk, script: Script, rehearsal: Rehearsal, words: str
) -> None:
    script.then(AGENT, asks(TELL_BEN))
    assert (await talk.say("tell ben")).of(ApprovalCard)
    script.then(asks(("send", {"to": "anna", "text": "hi"})))
    replies = await talk.say(words)
    assert str(replies.of(Note)[0].text).startswith("Not done. “Hillside leads” goes on with that: ")
    [step] = await talk.rows("SELECT status, output FROM task_steps WHERE node_id = 'n1[0].c0'")
    assert (step["status"], list(step["output"])) == ("SKIPPED", ["not_made"])
    assert "Anna" in told(script.requests[-1])[0]
    assert await heard_by(talk) == []  # it is the answer to the call, and no other is heard
    script.then("Sent.")
    assert (await talk.press("Approve")).one(Answer).text == "Sent."
    assert [call["to"] for call in rehearsal.of("send")] == ["anna"]


async def test_a_no_with_a_reason_is_told_with_it(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(AGENT, asks(TELL_BEN), "Then not.")
    await talk.say("tell ben")
    assert (await talk.say("no, because he has left")).one(Answer).text.startswith("Then not.")
    assert "because he has left" in told(script.requests[-1])[0]
    [step] = await talk.rows("SELECT output FROM task_steps WHERE node_id = 'n1[0].c0'")
    assert step["output"] == {"rejected": True, "words": "because he has left"}
    assert rehearsal.calls == []


async def test_what_a_stopped_agent_had_not_heard_is_offered(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    late = asyncio.Event()
    script.then(AGENT, asks(("note", {"text": "a"})), [late, "The price."])
    await talk.begin(WORK)
    await eventually(lambda: len(script.requests) == 3)
    script.then(change())
    await talk.begin("only 2025 please")
    await said(talk, "Noted for")
    await talk.say("stop")
    assert await heard_by(talk) == ["dropped"]
    script.then(reply("In 2025: the weather."))
    assert (await talk.press(OWN)).last.text == "In 2025: the weather."
    late.set()
