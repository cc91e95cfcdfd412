"""What belongs to one organization, or one person, is not seen or steered from another."""

import re
from typing import Any

import pytest

from domain.conversations.said import Answer, Listing, Problem
from domain.core import ids
from domain.flow.understand.steer import ACTIONS
from tests.factories.incoming import file
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk

CHANNEL: dict[str, Any] = {"organization": "T1", "private": False}


@pytest.mark.parametrize("action", [*ACTIONS, "again", "details"])
async def test_no_button_reaches_a_task_of_another_organization(
    talk: Talk, script: Script, rehearsal: Rehearsal, action: str
) -> None:
    stranger = talk.other("eve")
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("write to Ben")
    before = await talk.task()
    for value in (talk.chat.button("Approve").value, talk.chat.button("Details").value):
        refusal = (await stranger.send_press(action, value)).whisper
        assert re.search("no such task|no task|no longer good", refusal)
        assert before["title"] not in refusal
    assert await talk.task() == before
    assert not rehearsal.calls


@pytest.mark.parametrize("verb", ["show", "stop", "pause", "resume", "retry", "priority", "logs", "files", "save"])
async def test_no_command_reaches_a_task_of_another_organization(talk: Talk, script: Script, verb: str) -> None:
    stranger = talk.other("eve")
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("write to Ben")
    before = await talk.task()
    for written in (ids.text("task", before["id"]), ids.short("task", before["id"])):
        problem = (await stranger.say(f"/tasks {verb} {written} urgent")).one(Problem)
        assert "no such task" in problem.sentence or "no task" in problem.sentence
    assert await talk.task() == before


async def test_lists_hold_ones_own(talk: Talk, script: Script) -> None:
    stranger = talk.other("eve")
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    task = ids.short("task", (await talk.task())["id"])
    await talk.say(f"/tasks save {task} Monday notes")
    await talk.say("/threads rename Mine")
    assert not (await stranger.say("/tasks")).one(Listing).rows
    assert not (await stranger.say("/workflows")).one(Listing).rows
    assert "Mine" not in [row[1] for row in (await stranger.say("/threads")).one(Listing).rows]
    assert "no workflow" in (await stranger.say("/workflows run Monday notes")).one(Problem).sentence
    thread = ids.short("thrd", (await talk.task())["thread_id"])
    for verb in ("use", "delete"):
        assert "no thread" in (await stranger.say(f"/threads {verb} {thread}")).one(Problem).sentence


async def test_a_member_of_the_same_organization_does_not_steer_anothers_task(talk: Talk, script: Script) -> None:
    mara, ben = talk.other("mara", "C1", **CHANNEL), talk.other("ben", "C1", **CHANNEL)
    script.then(plan(tool("n1", "send", to="ben")))
    await mara.say("write to Ben")
    for action in ACTIONS:
        refusal = (await ben.send_press(action, talk.chat.button("Approve").value)).whisper
        assert re.search("Only the person it works for|no longer good", refusal)
    assert "Only the person it works for" in (await ben.say("stop")).one(Problem).sentence
    assert (await talk.task())["status"] == "PAUSED"


async def test_a_viewer_presses_nothing(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    script.then(plan(tool("n1", "send", to="ben")))
    await talk.say("write to Ben")
    await talk.rows("UPDATE organization_members SET role = 'viewer' RETURNING id")
    assert "viewer" in (await talk.press("Approve")).whisper
    assert not rehearsal.calls


async def test_a_file_of_one_thread_is_not_found_from_another(talk: Talk, script: Script) -> None:
    stranger = talk.other("eve")
    script.then(reply("Thank you."))
    await talk.say("keep this", [file("salaries.csv", b"name,salary\nMara,1\n")])
    [kept] = await talk.rows("SELECT attachments FROM messages WHERE attachments <> '[]'")
    for name in ("salaries.csv", kept["attachments"][0]["key"]):
        script.then(plan(tool("n1", "read_file", file=name)), reply("There is none."))
        assert "no file" in (await stranger.say("read it")).one(Problem).sentence
    script.then(plan(tool("n1", "read_file", file="salaries.csv")))
    assert "Mara" in (await talk.say("read it")).one(Answer).text


async def test_one_chats_previous_task_is_not_another_chats(talk: Talk, script: Script) -> None:
    stranger = talk.other("eve")
    script.then(plan(tool("n1", "note", text="a")), reply("What do you mean?"))
    await talk.say("note it")
    await stranger.say("and again?")
    assert script.requests[1].variables["last"] is None
    assert not script.requests[1].turns
