"""The words that steer, as commands and as people vary them: on every platform they steer what is at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.conversations.said import Answer, Listing, Note, Problem
from tests.factories.incoming import file
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

TWO = plan(tool("n1", "note", text="go"), tool("n2", "note", text="then"), edges=[["n1", "n2"]])


async def working(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(TWO)
    rehearsal.gate("go")
    await talk.begin("note two things")
    await eventually(lambda: rehearsal.calls)


def asks(title: str) -> dict[str, Any]:
    return plan(node("n1", "ask", "which", question="Which one?"), title=title)


@pytest.mark.parametrize(
    "written",
    ["/stop", "/cancel", "!stop", "!cancel", "/abort", "/STOP", "/stop.", "/stop please", "STOP!", "please stop",
     "stopp", "/legwork stop"],
)  # fmt: skip
async def test_it_stops(talk: Talk, script: Script, rehearsal: Rehearsal, written: str) -> None:
    await working(talk, script, rehearsal)
    assert (await talk.say(written)).one(Note).text.startswith("Stopped: ")
    assert (await talk.task())["status"] == "CANCELLED"
    assert len(rehearsal.calls) == 1


async def test_a_kept_case_stops(talk: Talk, script: Script, rehearsal: Rehearsal, shared: Path) -> None:
    written = json.loads((shared / "cases" / "E01.json").read_text())["while a task runs"]
    await working(talk, script, rehearsal)
    await talk.say(written)
    assert (await talk.task())["status"] == "CANCELLED"


@pytest.mark.parametrize(("pause", "resume"), [("/pause", "/resume"), ("!pause", "!continue"), ("/wait", "weiter")])
async def test_it_pauses_and_goes_on(talk: Talk, script: Script, rehearsal: Rehearsal, pause: str, resume: str) -> None:
    await working(talk, script, rehearsal)
    await talk.begin(pause)
    await eventually(lambda: any(isinstance(said, Note) and "Paused" in said.text for said in talk.chat.posts()))
    rehearsal.gate("go").set()
    await talk.settle()
    assert (await talk.task())["status"] == "PAUSED"
    assert (await talk.say(resume)).one(Answer).text == "note: then"


@pytest.mark.parametrize("written", ["stop", "/stop", "!cancel", "pause", "/pause", "cancel everything", "/stop all"])
async def test_with_nothing_running_that_is_said(talk: Talk, written: str) -> None:
    assert (await talk.say(written)).one(Note).text == "Nothing is running."
    assert await talk.rows("SELECT 1 FROM tasks") == []


async def test_with_nothing_paused_the_command_says_so_and_the_word_is_talk(talk: Talk, script: Script) -> None:
    script.then(reply("And so on."))
    assert (await talk.say("/resume")).one(Note).text == "Nothing is paused."
    assert (await talk.say("go on")).one(Answer).text == "And so on."


async def test_what_ended_before_is_not_stopped_once_more(talk: Talk, script: Script) -> None:
    script.then(reply("Done."))
    await talk.say("hello")
    assert (await talk.say("/stop")).one(Note).text == "Nothing is running."


async def test_stop_outside_of_the_threads_that_work_means_the_one_task_of_the_chat(talk: Talk, script: Script) -> None:
    script.then(asks("First"))
    await talk.say("begin", thread="t1")
    assert (await talk.say("stop", thread="t2")).one(Note).text.startswith("Stopped: First")


async def test_of_several_a_person_chooses_or_stops_all(talk: Talk, script: Script) -> None:
    script.then(asks("First"), asks("Second"), asks("Third"))
    for number in range(3):
        await talk.say("begin", thread=f"t{number}")
    listing = (await talk.say("/stop", thread="elsewhere")).one(Listing)
    assert [row[1] for row in listing.rows] == ["Third", "Second", "First"]
    assert listing.buttons[-1].label == "Stop all 3"
    assert {row["status"] for row in await talk.rows("SELECT status FROM tasks")} == {"PAUSED"}
    await talk.send_press(listing.buttons[2].action, listing.buttons[2].value)
    stopped = await talk.rows("SELECT title FROM tasks WHERE status = 'CANCELLED'")
    assert [row["title"] for row in stopped] == ["First"]
    listing = (await talk.say("cancel everything", thread="t1")).one(Listing)
    assert listing.buttons[-1].label == "Stop all 2"
    script.then(asks("Fourth"))
    await talk.say("begin", thread="t9")
    replies = await talk.send_press(listing.buttons[-1].action, listing.buttons[-1].value)
    assert replies.one(Note).text.startswith("Stopped 2 tasks")
    left = await talk.rows("SELECT title FROM tasks WHERE status <> 'CANCELLED'")
    assert [row["title"] for row in left] == ["Fourth"]


async def test_others_tasks_are_neither_listed_nor_stopped(talk: Talk, script: Script) -> None:
    script.then(asks("Mara's"), asks("Private"))
    await talk.say("begin", thread="t1", private=False)
    private = talk.other("ben", "dm-ben")
    await private.say("begin")
    ben = talk.other("ben", talk.place, private=False)
    assert (await ben.say("stop", thread="t2")).one(Note).text == "Nothing is running."
    assert (await ben.say("cancel everything", thread="t2")).one(Note).text == "Nothing is running."
    assert {row["status"] for row in await talk.rows("SELECT status FROM tasks")} == {"PAUSED"}


@pytest.mark.parametrize("written", ["stop", "/cancel"])
async def test_what_was_said_a_moment_before_is_withdrawn_or_stopped(
    talk: Talk, script: Script, rehearsal: Rehearsal, written: str
) -> None:
    script.then(TWO)
    rehearsal.gate("go")
    with talk.worker.away():
        await talk.tell("note two things")
        await talk.tell(written)
    [told] = (await talk.settle()).of(Note)
    assert told.text.startswith(("Stopped before it began: “note two things”", "Stopped: "))
    assert [row for row in await talk.rows("SELECT status FROM tasks") if row["status"] != "CANCELLED"] == []


async def test_a_file_that_comes_with_the_word_is_work(talk: Talk, script: Script) -> None:
    script.then(reply("Read."))
    assert (await talk.say("stop", [file("a.csv", b"a\n1\n")])).one(Answer).text == "Read."


async def test_new_begins_a_thread_of_its_own(talk: Talk, script: Script) -> None:
    script.then(reply("One."), reply("Two."))
    await talk.say("first")
    assert "new thread" in (await talk.say("/new")).one(Note).text
    await talk.say("second")
    assert script.requests[-1].turns == []


async def test_in_a_topic_nothing_is_called_new(talk: Talk, script: Script) -> None:
    script.then(reply("One."))
    await talk.say("first", thread="topic")
    assert "stays one thread" in (await talk.say("/new", thread="topic")).one(Problem).sentence
    assert len(await talk.rows("SELECT 1 FROM threads")) == 1


@pytest.mark.parametrize("choice", ["Cancel", "Continue", "wait"])
async def test_a_word_that_is_offered_as_an_answer_is_one(talk: Talk, script: Script, choice: str) -> None:
    ask = node("n1", "ask", "which", question="And now?", choices=["Cancel", "Continue", "Wait"])
    script.then(plan(ask, tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]))
    await talk.say("begin")
    assert (await talk.say(choice)).one(Answer).text == f"note: {choice}"


async def test_a_task_is_stopped_by_its_name_and_no_other(talk: Talk, script: Script) -> None:
    later = node("n1", "delay", seconds=3_600)
    script.then(
        plan(later, title="Hillside leads"), plan(later, title="Supplier prices"), reply("There is no such one.")
    )
    await talk.say("find out why Hillside lost leads")
    await talk.say("compare the supplier prices")
    assert "Stopped: Hillside leads" in str(await talk.say("please stop the Hillside thing"))
    await talk.say("stop the Riverside leads")
    rows = await talk.rows("SELECT title, status FROM tasks WHERE plan IS NOT NULL ORDER BY id")
    assert [(row["title"], row["status"]) for row in rows] == [
        ("Hillside leads", "CANCELLED"),
        ("Supplier prices", "RUNNING"),
    ]
