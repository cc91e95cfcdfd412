"""What somebody calls a task, or is called, shows itself alone where Legwork says it: no mark of it counts, nobody is
called by it."""

from collections.abc import AsyncIterator

import pytest
from arq.connections import ArqRedis

from domain.conversations.quoted import Quoted
from domain.conversations.said import Listing, Note
from domain.core.text import literal
from domain.flow.common.legwork import Legwork
from tests.factories.specs import node, plan
from tests.fakes.chat import FakeChat
from tests.fixtures.faces import FACES, Face
from tests.fixtures.legwork import Script, run_with
from tests.fixtures.talk import Talk
from tests.fixtures.waiting import eventually

HOSTILE = "*_x_ <!channel> [a](http://evil)"


@pytest.fixture(params=["slack", "telegram"])
async def face(request: pytest.FixtureRequest, legwork: Legwork, redis: ArqRedis) -> AsyncIterator[Face]:
    async with FACES[request.param](legwork, redis) as made:
        yield made


async def test_a_task_that_is_steered_is_called_what_it_is_called(face: Face, script: Script) -> None:
    script.then(plan(node("n1", "ask", "which", question="Which one?"), title=HOSTILE))
    await face.tell("begin")
    await eventually(lambda: "Which one?" in face.shows())
    for said, told in (
        ("pause", f"Paused: {HOSTILE}. What is running"),
        ("pause", f"“{HOSTILE}” is paused already."),
        ("How far are you?", f"{HOSTILE}"),
        ("resume", f"Going on: {HOSTILE}."),
        ("stop", f"Stopped: {HOSTILE}. Nothing further"),
    ):
        await face.tell(said)
        await face.worker.settle()
        assert told in face.shows(), said


async def test_what_a_press_comes_to_names_it_too(talk: Talk, script: Script) -> None:
    script.then(plan(node("n1", "delay", seconds=3600), title=HOSTILE))
    await talk.say("begin")
    await talk.say("pause")
    assert (await talk.press("Resume")).whisper == f"Going on: {HOSTILE}."


async def test_a_change_of_its_message_names_it_too(talk: Talk, script: Script) -> None:
    script.then(plan(node("n1", "delay", seconds=3600), title=HOSTILE))
    await talk.say("one", message_id="m1")
    for change in ("edited", "deleted"):
        await talk.change("m1", change, "two")
        assert f"(“{literal(HOSTILE)}”)" in (await talk.settle()).one(Note).text, change


async def test_tasks_that_are_stopped_at_once_are_named_too(talk: Talk, script: Script) -> None:
    script.then(*[plan(node("n1", "delay", seconds=3600), title=HOSTILE)] * 2)
    for thread in ("t1", "t2"):
        await talk.say("begin", thread=thread)
    listing = (await talk.say("cancel everything", thread="t1")).one(Listing)
    replies = await talk.send_press(listing.buttons[-1].action, listing.buttons[-1].value)
    assert replies.one(Note).text.count(literal(HOSTILE)) == 2


async def test_what_had_not_begun_is_named_too(legwork: Legwork, chat: FakeChat) -> None:
    talk = Talk(run_with(legwork, worker_slots=1), chat)  # what steers comes first
    with talk.worker.away():
        await talk.tell(HOSTILE)
        await talk.tell("stop")
    assert (await talk.settle()).one(Note).text == f"Stopped before it began: “{literal(HOSTILE)}”."
    await talk.worker.stop()


async def test_so_is_whose_words_were_passed_on(talk: Talk) -> None:
    quoted = Quoted(kind="forward", text="hello", who=HOSTILE)
    assert literal(HOSTILE) in (await talk.say("", quoted=(quoted,))).one(Note).text
