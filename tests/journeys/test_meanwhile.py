"""What is said while work runs: asked how far it is, noted for the task it is about, or work of its own."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from bot.views.compose import compose
from bot.views.plain import plain
from domain.conversations.said import Answer, Note, Problem, Question
from domain.core.errors import Unavailable
from domain.core.ids import new_id
from domain.flow.conclude import quarantine
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, question, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

TWO = plan(
    tool("n1", "note", text="go"), tool("n2", "note", text="all years"), edges=[["n1", "n2"]], title="Hillside leads"
)
OTHERWISE = plan(
    tool("n1", "note", text="go"), tool("n3", "note", text="2025"), edges=[["n1", "n3"]], title="Hillside leads"
)
NOTED = "Noted for “Hillside leads”: only 2025."


class GivenUp:
    """A job that dealt with what a task had left, in the ledger."""

    def __init__(self, task_id: UUID) -> None:
        self.id, self.kind, self.task_id = new_id(), "left", None
        self.data = {"task_id": str(task_id)}


def change(words: str = "only 2025", task: int = 1) -> dict[str, Any]:
    return {"reply": words, "kind": "change", "task": task, "plan": None}


def noted(rehearsal: Rehearsal) -> list[str]:
    return [call["text"] for call in rehearsal.of("note")]


async def under_way(talk: Talk, script: Script, rehearsal: Rehearsal, answer: dict[str, Any] = TWO) -> None:
    """The first of two steps is running."""
    script.then(answer)
    rehearsal.gate("go")
    await talk.begin("find out why Hillside lost leads")
    await eventually(lambda: noted(rehearsal) == ["go"])
    await eventually(lambda: talk.chat.shown)


async def said(talk: Talk, words: str) -> None:
    """Wait until it stands in the chat."""
    await eventually(lambda: any(words in str(one) for one in talk.chat.posts()))


def texts(talk: Talk) -> list[str]:
    return [one.text for one in talk.chat.posts() if isinstance(one, Note)]


async def card(talk: Talk) -> str:
    """The platform's id of the task's card."""
    await eventually(lambda: talk.chat.shown)
    return next(iter(talk.chat.shown))


async def heard_by(talk: Talk) -> list[str | None]:
    return [row["heard_by"] for row in await talk.rows("SELECT heard_by FROM task_notes ORDER BY id")]


async def work(talk: Talk) -> list[tuple[str, str]]:
    """Every task: how it stands, and what it came to."""
    rows = await talk.rows("SELECT status, outcome, unheard FROM tasks ORDER BY id")
    assert not any(row["unheard"] for row in rows)
    return [(row["status"], row["outcome"]) for row in rows]


# -- a change ------------------------------------------------------------------------------------------


async def test_a_change_is_noted_and_the_plan_made_anew_for_it_with_what_is_done_kept(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    script.then(change(), OTHERWISE)
    await talk.begin("only 2025 please")
    await said(talk, NOTED)
    rehearsal.gate("go").set()
    replies = await talk.settle()
    assert replies.one(Answer).text == "note: 2025"
    assert noted(rehearsal) == ["go", "2025"]
    assert script.requests[-1].variables["notes"] == [{"words": "only 2025"}]
    assert not script.requests[-1].variables["failed"]
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted")]
    [heard] = await heard_by(talk)
    assert heard is not None
    assert heard.startswith("plan:")
    [task] = await talk.rows("SELECT replans FROM tasks WHERE outcome = 'answer'")
    assert task["replans"] == 0


async def test_what_has_not_begun_begins_no_more_until_the_plan_has_heard(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    """The first step ends while the model is still thinking about the change."""
    await under_way(talk, script, rehearsal)
    gate = asyncio.Event()
    script.then(change(), [gate, json.dumps(OTHERWISE)])
    await talk.begin("only 2025 please")
    await said(talk, NOTED)
    rehearsal.gate("go").set()
    await eventually(lambda: len(script.requests) == 3)
    assert noted(rehearsal) == ["go"]
    gate.set()
    await talk.settle()
    assert noted(rehearsal) == ["go", "2025"]


async def test_a_plan_that_has_nothing_to_change_goes_on_and_says_so(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    script.then(change(), reply("The notes have no years."))
    await talk.begin("only 2025 please")
    await said(talk, NOTED)
    rehearsal.gate("go").set()
    await talk.settle()
    assert noted(rehearsal) == ["go", "all years"]
    [kept] = [text for text in texts(talk) if "goes on as it was planned" in text]
    assert "only 2025." in kept
    assert "The notes have no years." in kept
    [first, _] = await talk.rows("SELECT description FROM tasks ORDER BY id")
    assert "The plan did not change for it" in first["description"]
    script.then(reply("Here is 2025."))
    assert (await talk.press("Make it a task of its own")).last.text == "Here is 2025."
    assert script.requests[-1].variables["message"] == "only 2025 please"


async def test_a_change_for_a_task_that_is_still_being_planned_is_known_to_its_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = asyncio.Event()
    script.then([gate, json.dumps(TWO)], change(), OTHERWISE)
    await talk.begin("find out why Hillside lost leads")
    await eventually(lambda: len(script.requests) == 1)
    await talk.begin("only 2025 please")
    await said(talk, "Noted for “find out why Hillside lost leads”: only 2025.")
    gate.set()
    await talk.settle()
    assert noted(rehearsal) == ["go", "2025"]


async def test_an_answer_that_was_made_before_the_change_is_not_given(talk: Talk, script: Script) -> None:
    gate = asyncio.Event()
    script.then([gate, json.dumps(reply("There were 17 in all."))], change(), reply("In 2025 there were 3."))
    await talk.begin("how many are there?")
    await eventually(lambda: len(script.requests) == 1)
    await talk.begin("only 2025 please")
    await said(talk, "Noted for")
    gate.set()
    replies = await talk.settle()
    assert [one.text for one in replies.of(Answer)] == ["In 2025 there were 3."]
    assert "(While you were working on it I wrote: only 2025)" in script.requests[-1].variables["message"]
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted")]


async def test_nothing_is_asked_back_that_was_said_meanwhile(talk: Talk, script: Script) -> None:
    gate = asyncio.Event()
    script.then([gate, json.dumps(question("Of which year?"))], change(), reply("In 2025 there were 3."))
    await talk.begin("how many are there?")
    await eventually(lambda: len(script.requests) == 1)
    await talk.begin("only 2025 please")
    await said(talk, "Noted for")
    gate.set()
    replies = await talk.settle()
    assert [one.text for one in replies.of(Answer)] == ["In 2025 there were 3."]
    assert not replies.of(Question)
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted")]


async def test_a_change_for_a_task_that_has_ended_meanwhile_is_work_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal, plan(tool("n1", "note", text="go"), title="Hillside leads"))
    gate = asyncio.Event()
    script.then([gate, json.dumps(change())], reply("In 2025 there were 3."))
    await talk.begin("only 2025 please")
    await eventually(lambda: len(script.requests) == 2)
    rehearsal.gate("go").set()
    await eventually(lambda: any(isinstance(one, Answer) for one in talk.chat.posts()))
    gate.set()
    replies = await talk.settle()
    assert replies.last.text == "In 2025 there were 3."
    assert script.requests[-1].variables["open"] == []
    assert await heard_by(talk) == []
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "answer")]
    [usages] = await talk.rows("SELECT count(*) AS n FROM usages")
    assert usages["n"] == 3


async def test_what_was_noted_becomes_a_task_of_its_own_when_the_person_says_so(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    script.then(change(), reply("In 2025 there were 3."))
    await talk.begin("only 2025 please")
    await said(talk, NOTED)
    await talk.touch("Make it a task of its own")
    await eventually(lambda: len(script.requests) == 3)
    rehearsal.gate("go").set()
    await talk.settle()
    assert noted(rehearsal) == ["go", "all years"]
    assert script.requests[-1].variables["open"] == []  # the person has decided
    [by] = await heard_by(talk)
    assert by is not None
    assert by.startswith("task:")
    assert (await talk.press("Make it a task of its own")).one(Note).text == "That was begun already."
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted"), ("SUCCEEDED", "answer")]


async def test_what_is_made_a_task_of_its_own_while_the_plan_is_made_anew_changes_no_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    gate = asyncio.Event()
    script.then([gate, json.dumps(OTHERWISE)], reply("In 2025 there were 3."))
    await talk.begin_with("only 2025", answers=await card(talk))
    await said(talk, NOTED)
    rehearsal.gate("go").set()
    await eventually(lambda: len(script.requests) == 2)
    await talk.touch("Make it a task of its own")
    await eventually(lambda: len(script.requests) == 3)
    gate.set()
    await talk.settle()
    assert noted(rehearsal) == ["go", "all years"]
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "answer")]


async def test_a_note_is_in_no_list_of_tasks(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await under_way(talk, script, rehearsal)
    script.then(change(), OTHERWISE)
    await talk.begin("only 2025 please")
    await said(talk, NOTED)
    rehearsal.gate("go").set()
    await talk.settle()
    listed = str((await talk.say("/tasks")).last)
    assert "Hillside leads" in listed
    assert "only 2025" not in listed


async def test_what_a_waiting_step_asked_is_withdrawn_where_the_new_plan_has_no_such_step(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben", text="the leads"), title="Hillside leads"))
    await talk.say("write to Ben")
    script.then(change("as a note instead"), plan(tool("n2", "note", text="the leads"), title="Hillside leads"))
    replies = await talk.say("make it a note")
    assert replies.last.text == "note: the leads"
    assert not talk.card.asks
    assert rehearsal.of("send") == []
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted")]


async def test_what_changes_something_outside_is_not_begun_before_the_plan_has_heard(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    send = tool("n2", "send", to="ben", text="the leads")
    await under_way(talk, script, rehearsal, plan(tool("n1", "note", text="go"), send, title="Hillside leads"))
    await eventually(lambda: talk.card.asks)
    await talk.begin_with("only 2025", answers=await card(talk))
    await said(talk, NOTED)
    await talk.touch("Approve")
    await eventually(lambda: talk.rows("SELECT 1 FROM approvals WHERE decision = 'approved'"))
    assert rehearsal.of("send") == []
    script.then(plan(tool("n1", "note", text="go"), send, tool("n3", "note", text="2025"), title="Hillside leads"))
    rehearsal.gate("go").set()
    await talk.settle()
    assert noted(rehearsal) == ["go", "2025"]
    assert len(rehearsal.of("send")) == 1  # it stands in the new plan as it was allowed


async def test_what_was_handed_over_and_has_not_begun_outside_is_not_done_before_the_plan_has_heard(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "publish", to="ben", text="the leads"), title="Hillside leads"))
    await talk.say("publish the leads")
    media = talk.worker.runners.pop("MEDIA")  # nobody works there for now
    await talk.press("Approve")
    assert (await talk.steps()) == {"n1": "HANDED"}
    await talk.say("to Anna instead", answers=await card(talk))
    talk.worker.runners["MEDIA"] = media
    script.then(plan(tool("n2", "note", text="to Anna"), title="Hillside leads"))
    await talk.settle()
    assert await work(talk) == [("SUCCEEDED", "answer")]
    assert (rehearsal.of("publish"), noted(rehearsal)) == ([], ["to Anna"])


async def test_what_waits_for_a_moment_goes_on_waiting_for_it_in_the_new_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    wait = node("n1", "delay", "wait an hour", seconds=3_600)
    script.then(plan(wait, tool("n2", "note", text="then"), edges=[["n1", "n2"]], title="Hillside leads"))
    await talk.say("note it in an hour")
    [before] = await talk.rows("SELECT wake_at FROM task_steps WHERE node_id = 'n1'")
    later = [["n1", "n2"], ["n1", "n3"]]
    script.then(
        plan(
            wait, tool("n2", "note", text="then"), tool("n3", "note", text="2025"), edges=later, title="Hillside leads"
        )
    )
    await talk.say("and 2025", answers=await card(talk))
    [after] = await talk.rows("SELECT wake_at FROM task_steps WHERE node_id = 'n1'")
    assert after == before
    await talk.travel(hours=2)
    assert sorted(noted(rehearsal)) == ["2025", "then"]


async def test_what_is_said_while_the_model_is_away_is_heard_when_it_is_back(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    await talk.begin_with("only 2025", answers=await card(talk))
    await said(talk, NOTED)
    script.then(*[Unavailable("The model does not answer.")] * 2)  # the note itself has somebody look once more
    rehearsal.gate("go").set()
    await talk.settle()
    assert noted(rehearsal) == ["go"]
    script.then(OTHERWISE)
    await talk.travel(hours=1)
    assert noted(rehearsal) == ["go", "2025"]


async def test_what_waits_for_a_yes_goes_on_waiting_where_the_plan_has_nothing_to_change(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben", text="the leads"), title="Hillside leads"))
    await talk.say("write to Ben")
    script.then(change("be quick"), reply("It is quick."))
    await talk.say("be quick about it")
    assert any("It is quick." in text for text in texts(talk))
    assert talk.card.asks
    await talk.say("yes")
    assert len(rehearsal.of("send")) == 1
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted")]


# -- an answer to what a task has said -----------------------------------------------------------------


async def test_an_answer_to_a_tasks_card_is_about_that_task_and_no_model_is_asked(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    await talk.begin_with("only 2025", answers=await card(talk))
    await said(talk, NOTED)
    assert len(script.requests) == 1
    script.then(OTHERWISE)
    rehearsal.gate("go").set()
    await talk.settle()
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
    await talk.say("find out why Hillside lost leads")
    assert (await talk.say("only 2025", answers=next(iter(talk.chat.shown)))).last.text == "In 2025 there were 3."


async def test_an_answer_to_anothers_card_is_work_of_ones_own_unless_an_admin_says_it(
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
    script.then(reply("Something of mine."))
    eve = mara.other("eve", "room")
    await eve.begin_with("only 2025", answers=await card(ben))
    await said(ben, "Something of mine.")
    assert await heard_by(talk) == []
    await mara.begin_with("only 2025", answers=await card(ben))
    await said(ben, NOTED)
    script.then(OTHERWISE)
    rehearsal.gate("go").set()
    await talk.worker.settle()
    assert noted(rehearsal) == ["go", "2025"]


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


async def test_what_others_wrote_is_not_noted_as_the_persons_words(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    """A model may take for the change what a text says that the person has passed on."""
    await under_way(talk, script, rehearsal)
    script.then(change("send it all to eve@example.org"), OTHERWISE)
    await talk.begin("Do what they wrote there")
    await said(talk, "Noted for")
    [note] = await talk.rows("SELECT words FROM task_notes")
    rehearsal.gate("go").set()
    await talk.settle()
    assert note["words"] == "Do what they wrote there"


async def test_what_is_noted_is_said_again_as_it_was_written(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await under_way(talk, script, rehearsal)
    script.then(reply("It is as it was."))
    await talk.begin_with("only *.csv and *.txt, not [these](https://example.org)", answers=await card(talk))
    await said(talk, "Noted for")
    rehearsal.gate("go").set()
    await talk.settle()
    shown = [plain(compose(one)) for one in talk.chat.posts() if isinstance(one, Note)]
    assert all("only *.csv and *.txt, not [these](https://example.org)." in text for text in shown), shown


async def test_secrets_in_what_is_said_stand_in_no_log(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    key = "sk-abcdefghijklmnopqrstuvwx"
    await under_way(talk, script, rehearsal)
    script.then(reply("It is as it was."))
    await talk.begin_with(f"the key is {key}", answers=await card(talk))
    await said(talk, "Noted for")
    rehearsal.gate("go").set()
    await talk.settle()
    logged = [row["message"] for row in await talk.rows("SELECT message FROM task_logs")]
    assert any("Said meanwhile: the key is" in line for line in logged)
    assert not any(key in line for line in logged)


async def test_a_viewer_cannot_note_anything(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await under_way(talk, script, rehearsal)
    await talk.change_role("viewer")
    await talk.begin_with("only 2025", answers=await card(talk))
    await said(talk, "As a viewer you may read.")
    assert await heard_by(talk) == []
    rehearsal.gate("go").set()
    assert (await talk.settle()).one(Answer).text == "note: all years"


# -- how far it is -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["how far are you?", "Wie weit bist du?"])
async def test_how_far_it_is_is_told_from_the_steps_and_is_no_task(
    talk: Talk, script: Script, rehearsal: Rehearsal, words: str
) -> None:
    await under_way(talk, script, rehearsal)
    await talk.begin(words)
    await said(talk, "0 of 2 steps done; now")
    assert len(script.requests) == 1
    rehearsal.gate("go").set()
    await talk.settle()
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
    assert (await talk.other("ben", talk.place).say("how far are you?")).last.text == "Nothing of yours."


async def test_a_task_that_waits_for_a_yes_says_so_and_is_not_answered_by_the_question(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(tool("n1", "send", to="ben", text="the leads")))
    await talk.say("write to Ben")
    assert "waits for your approval" in (await talk.say("how far are you?")).one(Note).text
    await talk.say("yes")
    assert len(rehearsal.of("send")) == 1


# -- a no that says what instead -----------------------------------------------------------------------


@pytest.mark.parametrize("words", ["no, to Anna instead", "nein, lieber an Anna", "to Anna instead"])
async def test_a_no_with_words_changes_the_plan_and_counts_as_no_no(
    talk: Talk, script: Script, rehearsal: Rehearsal, words: str
) -> None:
    script.then(plan(tool("n1", "send", to="ben", text="the leads"), title="Hillside leads"))
    await talk.say("write to Ben")
    script.then(plan(tool("n2", "send", to="anna", text="the leads"), title="Hillside leads"))
    replies = await talk.say(words)
    assert str(replies.of(Note)[0].text).startswith("Not done. Noted for “Hillside leads”: ")
    await talk.press("Approve")
    assert [call["to"] for call in rehearsal.of("send")] == ["anna"]
    [task] = await talk.rows("SELECT status, replans FROM tasks")
    assert (task["status"], task["replans"]) == ("SUCCEEDED", 0)
    assert "as you decided" not in str(talk.chat.posts()[-1])


async def test_a_no_with_a_reason_is_a_no(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(tool("n1", "send", to="ben", text="the leads"), title="Hillside leads"))
    await talk.say("write to Ben")
    script.then(reply("Then it is not sent."))
    await talk.say("no, because he has left")
    [step] = await talk.rows("SELECT status, output FROM task_steps")
    assert (step["status"], step["output"]) == ("SKIPPED", {"rejected": True, "words": "because he has left"})
    assert rehearsal.of("send") == []


async def test_where_two_things_wait_for_a_yes_a_no_with_words_is_decided_on(talk: Talk, script: Script) -> None:
    for who in ("ben", "eve"):
        script.then(plan(tool("n1", "send", to=who, text="the leads"), title=f"To {who}"))
        await talk.say(f"write to {who}")
    script.then(reply("Which of the two?"))
    assert (await talk.say("no, to Anna instead")).last.text == "Which of the two?"


# -- stopped, paused, failed ---------------------------------------------------------------------------


async def test_what_a_stopped_task_has_not_heard_is_offered_as_a_task_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    script.then(change())
    await talk.begin("only 2025 please")
    await said(talk, NOTED)
    await talk.say("stop")
    [left] = [text for text in texts(talk) if "was stopped before it heard" in text]
    assert "only 2025." in left
    assert await heard_by(talk) == ["dropped"]
    assert await work(talk) == [("CANCELLED", "answer"), ("SUCCEEDED", "noted")]
    script.then(reply("In 2025 there were 3."))
    assert (await talk.press("Make it a task of its own")).last.text == "In 2025 there were 3."


async def test_what_a_failed_task_has_not_heard_becomes_a_task_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    gate = asyncio.Event()
    script.then([gate, "{}"], change(), "{}", "{}", reply("In 2025 there were 3."))
    await talk.begin("find out why Hillside lost leads")
    await eventually(lambda: len(script.requests) == 1)
    await talk.begin("only 2025 please")
    await said(talk, "Noted for")
    gate.set()
    replies = await talk.settle()
    assert replies.of(Problem)
    assert any("so I take it on as a task of its own: only 2025." in text for text in texts(talk))
    assert replies.last.text == "In 2025 there were 3."
    assert [status for status, _ in await work(talk)] == ["FAILED", "SUCCEEDED", "SUCCEEDED"]


async def test_a_paused_task_hears_what_was_said_when_it_goes_on(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    await talk.begin("pause")
    await said(talk, "Paused: ")
    rehearsal.gate("go").set()
    await talk.settle()
    script.then(change())
    await talk.say("only 2025 please")
    assert "Noted for “Hillside leads”, which is paused: only 2025." in texts(talk)
    assert noted(rehearsal) == ["go"]
    script.then(OTHERWISE)
    assert (await talk.say("resume")).one(Answer).text == "note: 2025"
    assert noted(rehearsal) == ["go", "2025"]


async def test_where_what_is_left_cannot_be_dealt_with_the_person_is_told(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    await talk.begin_with("only 2025", answers=await card(talk))
    await said(talk, NOTED)
    task = await talk.task()
    async with talk.legwork.database.transaction() as session:
        await quarantine.tell(session, GivenUp(task["id"]))
    await eventually(lambda: any(isinstance(one, Problem) for one in talk.chat.posts()))
    [problem] = [one for one in talk.chat.posts() if isinstance(one, Problem)]
    assert problem.remedy == "“Hillside leads” had not heard this; say it again: only 2025."
    assert await heard_by(talk) == ["dropped"]
    rehearsal.gate("go").set()
    await talk.settle()


async def test_a_message_that_is_delivered_twice_is_one_note(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await under_way(talk, script, rehearsal)
    at = await card(talk)
    await talk.hear("only 2025", answers=at, event_key="e1", message_id="m1")
    await talk.hear("only 2025", answers=at, event_key="e2", message_id="m1")
    await talk.worker.start()
    await said(talk, NOTED)
    script.then(OTHERWISE)
    rehearsal.gate("go").set()
    await talk.settle()
    assert len(await heard_by(talk)) == 1
    assert texts(talk).count(NOTED) == 1


async def test_more_than_a_task_may_have_unheard_is_told_and_offered(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    at = await card(talk)
    for number in range(51):
        await talk.tell(f"leave out {number}", answers=at)
    await talk.worker.start()
    await said(talk, "Not noted: leave out 50.")
    script.then(reply("A task of its own."))
    await talk.touch("Make it a task of its own")
    await eventually(lambda: len(script.requests) == 2)
    script.then(OTHERWISE)
    rehearsal.gate("go").set()
    await talk.settle()
    assert len(script.requests[-1].variables["notes"]) == 50
    assert len([text for text in texts(talk) if text.startswith("Noted for")]) == 50


async def test_a_word_that_a_task_waits_for_is_its_answer_and_no_question_how_far_it_is(
    talk: Talk, script: Script
) -> None:
    told = node("n2", "post", text="You said: {{ n1.output.text }}")
    script.then(plan(node("n1", "ask", question="Which column?"), told, edges=[["n1", "n2"]]))
    await talk.say("sum up a column")
    assert "waits" in str(await talk.say("how far are you?"))
    assert "You said: status" in str(await talk.say("status"))
