"""What a task has not heard when it is stopped, paused or fails, and what the person makes a task of its own."""

import asyncio
import json
from uuid import UUID

from domain.conversations.said import Answer, Note, Problem
from domain.core.ids import new_id
from domain.flow.conclude import quarantine
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import change, reply
from tests.fixtures.heard import heard_by, noted, said, texts, work
from tests.fixtures.legwork import Script
from tests.fixtures.meanwhile import OTHERWISE, OWN, goes_on, told, told_at_its_card, told_early, under_way
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually


class GivenUp:
    """A job that dealt with what a task had left, in the ledger."""

    def __init__(self, task_id: UUID) -> None:
        self.id, self.kind, self.task_id = new_id(), "left", None
        self.data = {"task_id": str(task_id)}


async def test_what_was_noted_becomes_a_task_of_its_own_when_the_person_says_so(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    await told(talk, script, reply("In 2025 there were 3."))
    await talk.touch(OWN)
    await eventually(lambda: len(script.requests) == 3)
    await goes_on(talk, rehearsal)
    assert noted(rehearsal) == ["go", "all years"]
    assert script.requests[-1].variables["open"] == []  # the person has decided
    [by] = await heard_by(talk)
    assert by is not None
    assert by.startswith("task:")
    assert (await talk.press(OWN)).one(Note).text == "That was begun already."
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "noted"), ("SUCCEEDED", "answer")]


async def test_what_is_made_a_task_of_its_own_while_the_plan_is_made_anew_changes_no_plan(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    gate = asyncio.Event()
    script.then([gate, json.dumps(OTHERWISE)], reply("In 2025 there were 3."))
    await told_at_its_card(talk)
    rehearsal.gate("go").set()
    await eventually(lambda: len(script.requests) == 2)
    await talk.touch(OWN)
    await eventually(lambda: len(script.requests) == 3)
    gate.set()
    await talk.settle()
    assert noted(rehearsal) == ["go", "all years"]
    assert await work(talk) == [("SUCCEEDED", "answer"), ("SUCCEEDED", "answer")]


async def test_what_a_stopped_task_has_not_heard_is_offered_as_a_task_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await under_way(talk, script, rehearsal)
    await told(talk, script)
    await talk.say("stop")
    [left] = [text for text in texts(talk) if "was stopped before it heard" in text]
    assert "only 2025." in left
    assert await heard_by(talk) == ["dropped"]
    assert await work(talk) == [("CANCELLED", "answer"), ("SUCCEEDED", "noted")]
    script.then(reply("In 2025 there were 3."))
    assert (await talk.press(OWN)).last.text == "In 2025 there were 3."


async def test_what_a_failed_task_has_not_heard_becomes_a_task_of_its_own(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    replies = await told_early(talk, script, {}, "{}", "{}", reply("In 2025 there were 3."))
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
    await goes_on(talk, rehearsal)
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
    await told_at_its_card(talk)
    task = await talk.task()
    async with talk.legwork.database.system("a test") as session:
        await quarantine.tell(session, GivenUp(task["id"]))
    await eventually(lambda: any(isinstance(one, Problem) for one in talk.chat.posts()))
    [problem] = [one for one in talk.chat.posts() if isinstance(one, Problem)]
    assert problem.remedy == "“Hillside leads” had not heard this; say it again: only 2025."
    assert await heard_by(talk) == ["dropped"]
    await goes_on(talk, rehearsal)
