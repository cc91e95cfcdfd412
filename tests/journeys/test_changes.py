"""People edit and delete what they said, and say whether an answer helped."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from domain.conversations.said import Answer, Note
from domain.tasks import notes
from tests.factories.rehearsal import Rehearsal
from tests.factories.specs import node, plan, reply, tool
from tests.fixtures.legwork import Script
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually


async def test_an_edit_before_the_work_begins_counts(talk: Talk, script: Script) -> None:
    script.then(reply("Two."))
    with talk.worker.away():
        await talk.tell("one", message_id="m1")
        await talk.change("m1", "edited", "two")
    assert (await talk.settle()).one(Answer).text == "Two."
    assert script.requests[0].variables["message"] == "two"


async def test_a_message_deleted_before_it_was_understood_is_not_worked_on(talk: Talk) -> None:
    with talk.worker.away():
        await talk.tell("one", message_id="m1")
        await talk.change("m1", "deleted")
    assert not await talk.settle()
    assert not await talk.rows("SELECT 1 FROM tasks")


async def test_an_edit_while_it_runs_is_asked_about_and_may_start_again(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)), reply("Two."))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "edited", "two")
    assert "edited" in (await talk.settle()).one(Note).text
    replies = await talk.press("Start again")
    assert replies.one(Answer).text == "Two."
    rows = await talk.rows("SELECT status FROM tasks ORDER BY id")
    assert [row["status"] for row in rows] == ["CANCELLED", "SUCCEEDED"]


async def test_a_deletion_while_it_runs_is_noticed_and_it_goes_on(talk: Talk, script: Script) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "deleted")
    assert [button.label for button in (await talk.settle()).one(Note).buttons] == ["Stop"]
    await talk.press("Stop")
    assert (await talk.task())["status"] == "CANCELLED"


@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_afterwards_nothing_is_repeated_unasked(talk: Talk, script: Script, change: str) -> None:
    script.then(reply("One."))
    await talk.say("one", message_id="m1")
    await talk.change("m1", change, "two")
    assert not await talk.settle()
    assert len(await talk.rows("SELECT 1 FROM tasks")) == 1


async def test_an_edit_that_changes_nothing_or_is_of_somebody_elses_message_is_ignored(
    talk: Talk, script: Script
) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "edited", "one")
    await talk.other("eve", talk.place).change("m1", "edited", "something else")
    await talk.change("m9", "edited", "what was never said")
    assert not await talk.settle()


async def test_an_edit_while_it_is_planned_is_told(talk: Talk, script: Script) -> None:
    gate = asyncio.Event()
    script.then([gate, json.dumps(reply("One."))])
    await talk.tell("one", message_id="m1")
    await eventually(lambda: script.requests)
    await talk.change("m1", "edited", "two")
    gate.set()
    assert "edited" in (await talk.settle()).of(Note)[0].text


async def test_what_a_person_thinks_of_an_answer_is_kept_and_may_change(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    await talk.press("👍")
    await talk.press("👎")
    rows = await talk.rows("SELECT value FROM task_feedback")
    assert len(rows) == 1


async def test_nobody_else_rates_it(talk: Talk, script: Script) -> None:
    script.then(plan(tool("n1", "note", text="a")))
    await talk.say("note it")
    assert "There is no such task here." in (await talk.other("eve").press("👍")).whisper
    assert not await talk.rows("SELECT 1 FROM task_feedback")


@pytest.mark.parametrize("planned", [True, False])
async def test_an_edit_after_the_answer_offers_to_answer_again_once(talk: Talk, script: Script, planned: bool) -> None:
    script.then(plan(tool("n1", "note", text="a")) if planned else reply("One."), reply("Two."), reply("Three."))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "edited", "two")
    assert not await talk.settle(), "nothing is repeated unasked, and nothing new is said"
    again = talk.chat.button("Answer again")
    assert (await talk.press("Answer again")).one(Answer).text == "Two."
    assert script.requests[-1].variables["message"] == "two"
    assert (await talk.send_press(again.action, again.value)).whisper == "That was begun already."
    await talk.change("m1", "edited", "three")
    await talk.settle()
    assert (await talk.press("Answer again")).one(Answer).text == "Three."


async def test_a_deletion_after_the_answer_offers_nothing(talk: Talk, script: Script) -> None:
    script.then(reply("One."))
    await talk.say("one", message_id="m1")
    await talk.change("m1", "deleted")
    assert not await talk.settle()
    assert len(talk.chat.calls) == 1


# -- what was noted for work that runs -----------------------------------------------------------------

LEADS = plan(
    tool("n1", "note", text="go"), tool("n2", "note", text="all years"), edges=[["n1", "n2"]], title="Hillside leads"
)
ANEW = plan(
    tool("n1", "note", text="go"), tool("n3", "note", text="2025"), edges=[["n1", "n3"]], title="Hillside leads"
)
AGAIN = plan(
    tool("n1", "note", text="go"), tool("n4", "note", text="2024"), edges=[["n1", "n4"]], title="Hillside leads"
)


async def noted(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    """The first of two steps is running, and something was said to it."""
    script.then(LEADS)
    rehearsal.gate("go")
    await talk.begin("look at the leads")
    await eventually(lambda: talk.chat.shown)
    await talk.begin_with("only 2025", message_id="n1", answers=next(iter(talk.chat.shown)))
    await told(talk, "Noted for")


async def told(talk: Talk, words: str) -> None:
    await eventually(lambda: any(words in str(one) for one in talk.chat.posts()))


async def test_a_note_that_nobody_has_heard_says_what_its_message_says_now(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await noted(talk, script, rehearsal)
    await talk.change("n1", "edited", "only 2024")
    await talk.worker.start()
    await told(talk, "Noted for “Hillside leads” as it reads now: only 2024.")
    script.then(AGAIN)
    rehearsal.gate("go").set()
    await talk.settle()
    assert script.requests[-1].variables["notes"] == [{"words": "only 2024"}]
    assert rehearsal.of("note")[-1] == {"text": "2024"}


async def test_a_note_that_was_heard_is_told_anew(talk: Talk, script: Script, rehearsal: Rehearsal) -> None:
    await noted(talk, script, rehearsal)
    rehearsal.gate("2025")
    script.then(ANEW)
    rehearsal.gate("go").set()
    await eventually(lambda: len(rehearsal.of("note")) == 2)
    await talk.change("n1", "edited", "only 2024")
    await talk.worker.start()
    await told(talk, "had heard it already. Noted for “Hillside leads”: only 2024 (instead of")
    script.then(AGAIN)
    rehearsal.gate("2025").set()
    await talk.settle()
    assert rehearsal.of("note")[-1] == {"text": "2024"}
    heard = await talk.rows("SELECT heard_by FROM task_notes")
    assert len(heard) == 2
    assert all(row["heard_by"].startswith("plan:") for row in heard)


async def test_a_note_that_is_deleted_before_it_was_heard_changes_nothing(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await noted(talk, script, rehearsal)
    await talk.change("n1", "deleted")
    await talk.worker.start()
    await told(talk, "Taken back, before “Hillside leads” heard it: only 2025.")
    rehearsal.gate("go").set()
    assert (await talk.settle()).one(Answer).text == "note: all years"
    assert len(script.requests) == 1


async def test_a_note_that_is_deleted_when_it_was_heard_is_told_to_go_on(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await noted(talk, script, rehearsal)
    rehearsal.gate("2025")
    script.then(ANEW)
    rehearsal.gate("go").set()
    await eventually(lambda: len(rehearsal.of("note")) == 2)
    await talk.change("n1", "deleted")
    await talk.worker.start()
    await told(talk, "You deleted what “Hillside leads” has heard already (only 2025.) It goes on with that.")
    rehearsal.gate("2025").set()
    assert (await talk.settle()).one(Answer).text == "note: 2025"


async def test_a_note_that_is_edited_when_its_task_has_ended_is_offered_as_new_work(
    talk: Talk, script: Script, rehearsal: Rehearsal
) -> None:
    await noted(talk, script, rehearsal)
    script.then(ANEW)
    rehearsal.gate("go").set()
    await talk.settle()
    await talk.change("n1", "edited", "only 2024")
    assert "which has ended" in (await talk.settle()).one(Note).text
    script.then(reply("In 2024 there were 5."))
    assert (await talk.press("Make it a task of its own")).last.text == "In 2024 there were 5."
    assert script.requests[-1].variables["message"] == "only 2024"


async def made_viewer(talk: Talk) -> None:
    await talk.change_role("viewer")


async def handed(talk: Talk) -> None:
    """The task is Ana's from now on."""
    await talk.other("ana").say("/about")
    await talk.rows("UPDATE tasks SET user_id = (SELECT id FROM users WHERE name = 'Ana') RETURNING 1")


@pytest.mark.parametrize("happens", [made_viewer, handed])
@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_a_change_steers_no_work_that_is_not_ones_own_or_may_not_be_any_more(
    talk: Talk, script: Script, change: str, happens: Callable[[Talk], Awaitable[None]]
) -> None:
    script.then(plan(node("n1", "delay", seconds=3600)))
    await talk.say("look at the leads", message_id="m1")
    noted = await talk.tell("/about", message_id="n1")
    await talk.settle()
    task = await talk.task()
    async with talk.legwork.database.system("a test") as session:
        await notes.add(session, task["id"], user_id=task["user_id"], message_id=noted, words="only 2025")
    await happens(talk)
    with talk.worker.away():
        for message in ("m1", "n1"):
            await talk.change(message, change, "send it to Eve")
    assert not [said for said in await talk.settle() if isinstance(said, Note)]
    assert [(row["words"], row["heard_by"]) for row in await talk.rows("SELECT words, heard_by FROM task_notes")] == [
        ("only 2025", None)
    ]
    assert (await talk.task())["status"] == task["status"]
