"""Legwork asks back, and the answer takes the work further."""

from typing import Any

import pytest

from domain.conversations.said import Answer, ApprovalCard, Note, Question
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, question, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

ASK = node("n1", "ask", "which one", question="Which one, {{ context.person }}?", choices=["red", "blue: dark/light"])
THEN = tool("n2", "note", text="{{ n1.output.text }}")


async def test_a_question_back_is_answered_in_the_thread_and_the_same_task_goes_on(talk: Talk, script: Script) -> None:
    script.then(question("For which month?"), reply("In May it was 3."))
    assert (await talk.say("how many?")).one(Question).text == "For which month?"
    assert (await talk.task())["waiting_for"] == "answer"
    replies = await talk.say("May")
    assert replies.one(Answer).text == "In May it was 3."
    assert not [said for said in talk.chat.shown.values() if isinstance(said, Question)]
    assert "May" in script.requests[1].variables["message"]
    assert "how many?" in script.requests[1].variables["message"]
    assert len(await talk.rows("SELECT 1 FROM tasks")) == 1


async def test_an_ask_node_is_answered_by_typing(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(ASK, THEN, edges=[["n1", "n2"]]))
    asked = (await talk.say("note a colour")).one(Question)
    assert asked.text == "Which one, Mara?"
    assert talk.card.status == "PAUSED"
    assert (await talk.say("green, please")).one(Answer).text == "note: green, please"
    assert rehearsal.of("note") == [{"text": "green, please"}]


async def test_an_ask_node_is_answered_by_a_button(talk: Talk, script: Script) -> None:
    script.then(plan(ASK, THEN, edges=[["n1", "n2"]]))
    await talk.say("note a colour")
    assert (await talk.press("blue: dark/light")).one(Answer).text == "note: blue: dark/light"


async def test_a_second_press_of_an_answered_question_changes_nothing(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(ASK, THEN, edges=[["n1", "n2"]]))
    await talk.say("note a colour")
    blue = talk.chat.button("blue: dark/light")
    await talk.press("red")
    assert "answered already" in (await talk.send_press(blue.action, blue.value)).whisper
    assert rehearsal.of("note") == [{"text": "red"}]


@pytest.mark.parametrize("by_button", [True, False])
async def test_an_answered_question_waits_no_more_and_says_who_answered(
    talk: Talk, script: Script, by_button: bool
) -> None:
    script.then(plan(ASK, THEN, edges=[["n1", "n2"]]))
    await talk.say("note a colour")
    await (talk.press("red") if by_button else talk.say("red"))
    assert not talk.chat.card.asks
    assert talk.card.steps[0].note == ("answered “red” by Mara" if by_button else "answered by Mara")


@pytest.mark.parametrize("by_button", [True, False])
async def test_a_question_may_be_answered_while_other_steps_still_run(
    talk: Talk, script: Script, rehearsal: Rehearsal, by_button: bool
) -> None:
    gate = rehearsal.gate("slow")
    slow = tool("n3", "note", text="slow")
    script.then(plan(ASK, THEN, slow, edges=[["n1", "n2"]]))
    await talk.begin("note a colour, and something slow")
    await eventually(lambda: rehearsal.at_once == 1 and "question" in [said.type for said in talk.chat.told()])
    await (talk.touch("red") if by_button else talk.begin("red"))
    gate.set()
    replies = await talk.settle()
    assert replies.kinds[-1] == "answer"
    assert [call["text"] for call in rehearsal.of("note")] == ["slow", "red"]
    assert len(await talk.rows("SELECT 1 FROM tasks")) == 1


async def test_what_is_asked_is_not_lost_when_the_person_pauses_and_resumes(talk: Talk, script: Script) -> None:
    script.then(plan(ASK, THEN, edges=[["n1", "n2"]]))
    await talk.say("note a colour")
    await talk.say("pause")
    assert talk.card.status == "PAUSED"
    await talk.say("resume")
    assert (await talk.say("red")).one(Answer).text == "note: red"


async def test_words_that_neither_approve_nor_reject_are_new_work(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "send", to="ben")), reply("Ben is your colleague."))
    assert (await talk.say("write to Ben")).one(ApprovalCard)
    assert (await talk.say("who is Ben?")).one(Answer).text == "Ben is your colleague."
    rows = await talk.rows("SELECT status FROM tasks ORDER BY id")
    assert [row["status"] for row in rows] == ["PAUSED", "SUCCEEDED"]


async def test_what_others_say_in_the_thread_is_no_answer_to_a_question_asked_of_somebody_else(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    where: dict[str, Any] = {"organization": "T1", "private": False, "thread": "t1"}
    mara, ben = talk.other("mara", "C1", **where), talk.other("ben", "C1", **where)
    script.then(plan(ASK, THEN, edges=[["n1", "n2"]]), reply("Blue is nice."))
    await ben.say("/about")
    assert (await mara.say("note a colour")).one(Question)
    assert (await ben.say("blue")).one(Answer).text == "Blue is nice."
    assert not rehearsal.calls
    assert (await mara.say("red")).one(Answer).text == "note: red"


async def test_stop_means_ones_own_task_although_another_began_later(talk: Talk, script: Script) -> None:
    where: dict[str, Any] = {"organization": "T1", "private": False, "thread": "t1"}
    mara, ben = talk.other("mara", "C1", **where), talk.other("ben", "C1", **where)
    script.then(*(plan(node("n1", "delay", seconds=3600), title=title) for title in ("Mara's", "Ben's")))
    await mara.say("wait an hour")
    await ben.say("wait too, please")
    assert "Mara's" in (await mara.say("stop")).one(Note).text
    rows = await talk.rows("SELECT title, status FROM tasks ORDER BY id")
    assert [row["status"] for row in rows] == ["CANCELLED", "RUNNING"]
