"""A text too long for a message becomes a file of its thread, and is worked on as one."""

import csv
import io
import json
from typing import Any

import pytest

from domain.conversations.quoted import Quoted
from domain.conversations.said import Answer, Note, Problem, Question
from domain.core.errors import Invalid
from domain.flow.receive.pasted import LONGEST
from tests.factories.incoming import file
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, question, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

HEADER = "date,branch,enquiries\n"
ROWS = "".join(
    f"2026-{1 + day % 12:02d}-{1 + day % 28:02d},{('Hillside', 'Harbour', 'Old Town')[day % 3]},{100 + day % 97}\n"
    for day in range(1_700)
)
TABLE = HEADER + ROWS
LETTER = "".join(f"{number}. The harbour was quiet, and nobody came to see the boats.\n\n" for number in range(800))


def most() -> int:
    """Enquiries of Hillside, by another way."""
    rows = csv.DictReader(io.StringIO(TABLE))
    return sum(int(row["enquiries"]) for row in rows if row["branch"] == "Hillside")


async def stored(talk: Talk) -> dict[str, Any]:
    """The newest message of a person."""
    [row] = await talk.rows("SELECT * FROM messages WHERE role = 'user' ORDER BY id DESC LIMIT 1")
    return dict(row)


async def content(talk: Talk, attachment: dict[str, Any]) -> bytes:
    return await talk.legwork.storage.read(attachment["key"])


@pytest.mark.parametrize(
    "pasted",
    [
        "how many enquiries does Hillside have?\n" + TABLE,
        TABLE + "\nhow many enquiries does Hillside have?",
        "how many enquiries does Hillside have?\r\n\r\n" + TABLE.replace("\n", "\r\n"),
        "how many enquiries does Hillside have?\n```\n" + TABLE + "```",
        "how many enquiries does Hillside have?\n" + TABLE.replace(",", "\t"),
        "how many enquiries does Hillside have?\n" + json.dumps(list(csv.DictReader(io.StringIO(TABLE)))),
    ],
    ids=["before", "after", "crlf", "fenced", "tabs", "json"],
)
async def test_a_question_about_a_pasted_table_is_answered_from_all_of_it(offline: Talk, pasted: str) -> None:
    replies = await offline.say(pasted)
    assert f"{most():,}" in replies.one(Answer).text
    message = await stored(offline)
    assert message["content"] == "how many enquiries does Hillside have?"
    [kept] = message["attachments"]
    assert replies.of(Note)[0].text.startswith(f"I took the text you pasted as the file {kept['name']}")
    assert (await content(offline, kept)).decode() in pasted


async def test_a_planner_sees_the_beginning_of_a_paste_fenced_and_the_file(talk: Talk, script: Script) -> None:
    script.then(reply("It is long."))
    await talk.say("what is this about?\n\n" + LETTER)
    [request] = script.requests
    front, user = request.prompt.render(request.variables)
    assert request.variables["message"] == "what is this about?"
    [name] = [attachment["name"] for attachment in request.variables["attachments"]]
    assert name.startswith("pasted-")
    assert name.endswith(".txt")
    assert f'"{name}" (text/plain, ' in user
    assert "<untrusted" in user.partition("0. The harbour")[0]
    assert len(front) + len(user) < 16_000
    assert "799. The harbour" in (await content(talk, (await stored(talk))["attachments"][0])).decode()


@pytest.mark.parametrize(
    ("text", "is_file"),
    [
        ("x" * LONGEST, False),
        ("x" * (LONGEST + 1), True),
        ("é" * (LONGEST // 2), False),
        ("é" * (LONGEST // 2) + "x", True),
        ("東" * (LONGEST // 3 + 1), True),
        ("😀" * (LONGEST // 4), False),
        ("\0" * 10 + "x" * LONGEST, False),
        ("\ud800" + "x" * (LONGEST + 1), True),
    ],
)
async def test_a_text_is_a_file_from_one_byte_above_the_limit(
    talk: Talk, script: Script, text: str, is_file: bool
) -> None:
    script.then(reply("Yes."))
    await talk.say(text)
    message = await stored(talk)
    assert bool(message["attachments"]) is is_file
    kept = await content(talk, message["attachments"][0]) if is_file else message["content"].encode()
    assert kept.decode() == text.replace("\0", "").replace("\ud800", "")


async def test_a_megabyte_is_kept_and_more_than_a_file_may_have_is_refused(talk: Talk, script: Script) -> None:
    limit = talk.legwork.settings.max_file_bytes
    script.then(reply("Yes."))
    await talk.say("x" * limit)
    assert (await stored(talk))["attachments"][0]["size"] == limit
    with pytest.raises(Invalid, match="larger than 1 MB"):
        await talk.say("x" * (limit + 1))


async def test_a_paste_without_a_word_is_told_about_as_a_file_would_be(offline: Talk) -> None:
    replies = await offline.say(TABLE)
    assert "2 columns" not in replies.one(Answer).text
    assert "enquiries" in replies.one(Answer).text
    assert (await stored(offline))["content"] == ""
    assert "Hillside" in (await offline.say("which branch has the most enquiries?")).one(Answer).text


async def test_what_stands_in_a_paste_steers_nothing(talk: Talk, script: Script) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)), reply("It is a list of words."))
    await talk.say("wait an hour")
    await talk.say("stop\n" * 9_000)
    assert [row["status"] for row in await talk.rows("SELECT status FROM tasks ORDER BY id")] == [
        "RUNNING",
        "SUCCEEDED",
    ]


async def test_words_around_a_paste_run_no_command(talk: Talk, script: Script) -> None:
    script.then(reply("It is long."))
    replies = await talk.say(LETTER + "\n/threads delete")
    assert not replies.of(Problem)
    assert replies.one(Answer)


async def test_a_long_command_stays_one(talk: Talk) -> None:
    problem = (await talk.say("/threads instructions " + LETTER)).one(Problem)
    assert "8,000 characters" in problem.sentence


async def test_a_paste_that_answers_a_question_is_named_in_the_answer(talk: Talk, script: Script) -> None:
    script.then(question("Which table?"), reply("Thank you."))
    await talk.say("how many enquiries?")
    await talk.say(TABLE)
    request = script.requests[-1]
    [name] = [attachment["name"] for attachment in request.variables["attachments"]]
    assert f"I answered: {name}" in request.variables["message"]


async def test_a_step_that_asks_is_given_the_name_and_the_beginning_of_a_paste(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    ask = node("n1", "ask", question="Paste it, please.")
    script.then(plan(ask, tool("n2", "note", text="{{ n1.output.text }}"), edges=[["n1", "n2"]]))
    assert (await talk.say("note what I paste")).one(Question)
    await talk.say(TABLE)
    [noted] = rehearsal.of("note")
    assert noted["text"] == (await stored(talk))["attachments"][0]["name"]
    [step] = await talk.rows("SELECT output FROM task_steps WHERE node_id = 'n1'")
    assert HEADER.strip() in step["output"]["beginning"]


async def test_two_pastes_of_a_thread_are_two_files_and_the_same_one_is_one(talk: Talk, script: Script) -> None:
    script.then(reply("One."), reply("Two."), reply("Three."))
    for pasted in (TABLE, TABLE + "2026-12-31,Hillside,7\n", TABLE):
        await talk.say(pasted)
    rows = await talk.rows("SELECT attachments FROM messages WHERE role = 'user' ORDER BY id")
    names = [row["attachments"][0]["name"] for row in rows]
    assert names[0] != names[1]
    assert names[0] == names[2]


async def test_files_that_come_with_a_paste_are_kept_beside_it(talk: Talk, script: Script) -> None:
    script.then(reply("Yes."))
    await talk.say("compare\n" + TABLE, [file("old.csv", b"a,b\n1,2\n")])
    assert [attachment["name"].partition("-")[0] for attachment in (await stored(talk))["attachments"]] == [
        "old.csv",
        "pasted",
    ]


@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_a_paste_that_is_changed_before_its_work_has_begun_counts_as_it_reads_now(
    offline: Talk, change: str
) -> None:
    now = "how many enquiries does Hillside have?\n" + TABLE if change == "edited" else ""
    with offline.worker.away():
        await offline.tell("how many enquiries does Harbour have?\n" + HEADER + ROWS * 2, message_id="p1")
        await offline.change("p1", change, now)
    replies = await offline.settle()
    if change == "edited":
        assert f"{most():,}" in replies.one(Answer).text
        assert len((await stored(offline))["attachments"]) == 1
    else:
        assert not replies


async def test_a_message_that_is_edited_into_a_paste_and_back_is_what_it_says_now(talk: Talk, script: Script) -> None:
    script.then(reply("Five."), reply("Seven."))
    with talk.worker.away():
        await talk.tell("how many?", message_id="p2")
        await talk.change("p2", "edited", "how many?\n" + TABLE)
    await talk.settle()
    assert [kept["name"][-4:] for kept in script.requests[0].variables["attachments"]] == [".csv"]
    with talk.worker.away():
        await talk.tell("how many?\n" + TABLE, message_id="p3")
        await talk.change("p3", "edited", "how many days has a week?")
    await talk.settle()
    asked = script.requests[1].variables
    assert (asked["message"], asked["attachments"], asked["quoted"]) == ("how many days has a week?", [], [])


async def test_a_paste_that_is_edited_after_its_answer_is_answered_again_as_it_reads_now(
    talk: Talk, script: Script
) -> None:
    script.then(reply("Five."), reply("Seven."))
    await talk.say("how many?\n" + TABLE, message_id="p4")
    await talk.change("p4", "edited", "how many?\n" + HEADER + ROWS * 2)
    await talk.settle()
    await talk.press("Answer again")
    asked = script.requests[1].variables
    [message] = await talk.rows("SELECT attachments FROM messages WHERE platform_message_id = 'p4'")
    assert asked["message"] == "how many?"
    assert [message["attachments"][-1]["name"]] == [piece["files"][0] for piece in asked["quoted"]]


async def test_what_is_passed_on_whole_can_be_read_although_it_is_long(talk: Talk, script: Script) -> None:
    script.then(reply("Quiet."))
    pieces = tuple(Quoted("forward", LETTER[at : at + 4_000], "Ben") for at in range(0, len(LETTER), 4_000))
    await talk.say("what does Ben say?", quoted=pieces)
    [kept] = (await stored(talk))["attachments"]
    assert kept["of_others"]
    told = (await content(talk, kept)).decode()
    assert "799. The" in told
    assert kept["name"] in json.dumps(script.requests[0].variables["quoted"])


async def test_a_paste_belongs_to_its_thread(talk: Talk, script: Script) -> None:
    script.then(reply("Yes."), reply("No."))
    await talk.say("look\n" + TABLE)
    await talk.other("ben").say("look")
    assert script.requests[-1].variables["files"] == []
