"""An answer to what a task has said is about that task, and no model is asked what is meant."""

import pytest

from domain.conversations.said import Answer, Note
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.heard import card, heard_by, noted, said, work
from tests.fixtures.legwork import Script
from tests.fixtures.meanwhile import OTHERWISE, WORK, goes_on, told_at_its_card, under_way
from tests.fixtures.talk import Talk


async def test_an_answer_to_a_tasks_card_is_about_that_task_and_no_model_is_asked(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    await told_at_its_card(talk)
    assert len(script.requests) == 1
    script.then(OTHERWISE)
    await goes_on(talk, rehearsal)
    assert noted(rehearsal) == ["go", "2025"]
    assert await work(talk) == [("SUCCEEDED", "answer")]


async def test_a_word_that_steers_means_the_task_whose_card_it_answers(talk: Talk, script: Script) -> None:
    for title in ("Hillside leads", "Supplier prices"):
        script.then(plan(node("n1", "delay", "wait", seconds=3_600), title=title))
        await talk.say(f"look at {title}")
    first = next(iter(talk.chat.shown))
    assert (await talk.say("stop", answers=first)).one(Note).text.startswith("Stopped: Hillside leads.")
    [first_task, second] = await talk.rows("SELECT status FROM tasks ORDER BY id")
    assert (first_task["status"], second["status"] in ("RUNNING", "PENDING")) == ("CANCELLED", True)


async def test_an_answer_to_the_card_of_a_task_that_has_ended_is_new_work(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")), reply("In 2025 there were 3."))
    await talk.say(WORK)
    assert (await talk.say("only 2025", answers=next(iter(talk.chat.shown)))).last.text == "In 2025 there were 3."


async def test_an_answer_to_anothers_card_is_work_of_ones_own_also_if_an_admin_says_it(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    room = {"private": False, "organization": "acme"}
    mara = Talk(talk.legwork, talk.chat, person="mara", place="room", worker=talk.worker, **room)
    ben = mara.other("ben", "room")
    await mara.hear("/help")  # whoever comes first owns it
    await mara.settle()
    await ben.hear("/help")
    await ben.settle()
    talk.chat.shown.clear()
    await under_way(ben, script, rehearsal)
    for who in (mara.other("eve", "room"), mara):
        script.then(reply(f"Something of {who.person}."))
        await who.begin_with("only 2025", answers=await card(ben))
        await said(ben, f"Something of {who.person}.")
        assert await heard_by(talk) == []
    rehearsal.gate("go").set()
    await talk.worker.settle()
    assert noted(rehearsal) == ["go", "all years"]


async def test_a_yes_to_what_one_task_has_said_is_none_to_what_another_asks(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(reply("Shall I look the prices up, too?"))
    await talk.say("look it up")
    asked = [*talk.chat.shown][-1]
    script.then(plan(tool("n1", "send", to="ben", text="hi")), reply("Here they are."))
    await talk.say("write to ben")
    assert (await talk.say("yes", answers=asked)).last.text == "Here they are."
    assert rehearsal.of("send") == []
    assert talk.card.asks


@pytest.mark.parametrize("word", ["yes", "stop"])
async def test_a_word_to_somebody_elses_card_does_nothing_to_ones_own_task(
    talk: Talk, script: Script, rehearsal: Rehearsal, word: str
) -> None:
    where = {"private": False, "organization": "acme"}
    mara, ben = talk.other("mara", "room", **where), talk.other("ben", "room", **where)
    script.then(plan(tool("n1", "send", to="mara")), plan(tool("n1", "send", to="ben")), reply("Something."))
    await mara.say("write to mara")
    hers = [*talk.chat.shown][-1]
    await ben.say("write to ben")
    said = (await ben.say(word, answers=hers)).last
    assert "Only the person it works for" in said.sentence if word == "stop" else said.text == "Something."
    rows = await talk.rows("SELECT waiting_for FROM tasks WHERE status = 'PAUSED'")
    assert [row["waiting_for"] for row in rows] == ["approval", "approval"]
    assert not rehearsal.calls


async def test_a_viewer_cannot_note_anything(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await under_way(talk, script, rehearsal)
    await talk.change_role("viewer")
    await talk.begin_with("only 2025", answers=await card(talk))
    await said(talk, "Changing what a task does needs the role member; yours is viewer.")
    assert await heard_by(talk) == []
    assert (await goes_on(talk, rehearsal)).one(Answer).text == "note: all years"
