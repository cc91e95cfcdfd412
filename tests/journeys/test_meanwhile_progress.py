"""How far it is, asked while work runs: told from the steps, and no task."""

import pytest

from domain.conversations.said import Note
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.heard import said, work
from tests.fixtures.legwork import Script
from tests.fixtures.meanwhile import goes_on, under_way
from tests.fixtures.talk import Talk


@pytest.mark.parametrize("words", ["how far are you?", "Wie weit bist du?"])
async def test_how_far_it_is_is_told_from_the_steps_and_is_no_task(
    talk: Talk, script: Script, rehearsal: Rehearsal, words: str
) -> None:
    await under_way(talk, script, rehearsal)
    await talk.begin(words)
    await said(talk, "0 of 2 steps done; now")
    assert len(script.requests) == 1
    await goes_on(talk, rehearsal)
    assert await work(talk) == [("SUCCEEDED", "answer")]


async def test_where_nothing_runs_how_far_it_is_is_talk(talk: Talk, script: Script) -> None:
    script.then(reply("I have nothing to do."))
    assert (await talk.say("how far are you?")).last.text == "I have nothing to do."


async def test_of_several_tasks_each_gets_a_line(talk: Talk, script: Script) -> None:
    for title in ("Hillside leads", "Supplier prices"):
        script.then(plan(node("n1", "delay", "wait", seconds=3_600), title=title))
        await talk.say(f"look at {title}")
    text = (await talk.say("how far are you?")).one(Note).text
    assert [line[:18] for line in text.splitlines()] == ["- “Supplier prices", "- “Hillside leads”"]


async def test_others_tasks_are_not_told(talk: Talk, script: Script) -> None:
    script.then(plan(node("n1", "delay", "wait", seconds=3_600)), reply("Nothing of yours."))
    await talk.say("wait an hour")
    assert (await talk.other("ben", talk.place, private=False).say("how far are you?")).last.text == "Nothing of yours."


async def test_a_task_that_waits_for_a_yes_says_so_and_is_not_answered_by_the_question(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben", text="the leads")))
    await talk.say("write to Ben")
    assert "waits for your approval" in (await talk.say("how far are you?")).one(Note).text
    await talk.say("yes")
    assert len(rehearsal.of("send")) == 1


async def test_a_word_that_a_task_waits_for_is_its_answer_and_no_question_how_far_it_is(
    talk: Talk, script: Script
) -> None:
    told = node("n2", "post", text="You said: {{ n1.output.text }}")
    script.then(plan(node("n1", "ask", question="Which column?"), told, edges=[["n1", "n2"]]))
    await talk.say("sum up a column")
    assert "waits" in str(await talk.say("how far are you?"))
    assert "You said: status" in str(await talk.say("status"))
